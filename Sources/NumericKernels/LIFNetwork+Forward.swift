extension LIFNetwork {
    /// Simulates one sample and keeps what `backward` needs.
    ///
    /// - Parameter scores: Receives the scores, [quad]; elements without a readout hold 0.
    /// - Returns: The number of hidden spikes.
    public func forward(
        events: Events, weights: Weights, scratch: Scratch, scores: UnsafeMutablePointer<Quad>
    ) -> Int {
        let pass = ForwardPass(events: events, weights: weights, scratch: scratch, scores: scores)
        return switch chunkWidth {
        case 1: forward(ChunkWidth<1>(), pass, keepsTraces: true)
        case 2: forward(ChunkWidth<2>(), pass, keepsTraces: true)
        case 3: forward(ChunkWidth<3>(), pass, keepsTraces: true)
        case 4: forward(ChunkWidth<4>(), pass, keepsTraces: true)
        default: forward(ChunkWidth<5>(), pass, keepsTraces: true)
        }
    }

    /// The same scores and number of spikes, bit for bit, for less: no traces, and no steps in
    /// which nothing can happen any more.
    public func infer(
        events: Events, weights: Weights, scratch: Scratch, scores: UnsafeMutablePointer<Quad>
    ) -> Int {
        let pass = ForwardPass(events: events, weights: weights, scratch: scratch, scores: scores)
        return switch chunkWidth {
        case 1: forward(ChunkWidth<1>(), pass, keepsTraces: false)
        case 2: forward(ChunkWidth<2>(), pass, keepsTraces: false)
        case 3: forward(ChunkWidth<3>(), pass, keepsTraces: false)
        case 4: forward(ChunkWidth<4>(), pass, keepsTraces: false)
        default: forward(ChunkWidth<5>(), pass, keepsTraces: false)
        }
    }

    struct ForwardPass {
        let events: Events
        let weights: Weights
        let scratch: Scratch
        let scores: UnsafeMutablePointer<Quad>
    }

    @inline(always)
    private func forward<let width: Int>(
        _ chunk: ChunkWidth<width>, _ pass: ForwardPass, keepsTraces: Bool
    ) -> Int {
        addInput(chunk, pass)
        if isRecurrent {
            advanceRecurrent(chunk, pass, keepsTraces: keepsTraces)
        } else if chunkCount == 1 && outputQuads == 1 {
            return advanceWithReadout(chunk, pass, keepsTraces: keepsTraces)
        } else {
            for c in 0..<chunkCount { advance(chunk, c, pass, keepsTraces: keepsTraces) }
        }
        return read(chunk, pass, keepsTraces: keepsTraces)
    }

    /// Adds a row of a weight or gradient array to another.
    @inline(always)
    func addRow<let width: Int>(
        _ chunk: ChunkWidth<width>, _ row: UnsafePointer<Lanes>,
        to target: UnsafeMutablePointer<Lanes>
    ) {
        var offset = 0
        for _ in 0..<chunkCount {
            for h in 0..<width { target[offset + h] += row[offset + h] }
            offset += width
        }
    }

    @inline(always)
    func addRow<let width: Int>(
        _ chunk: ChunkWidth<width>, _ row: UnsafePointer<Lanes>, times value: Float,
        to target: UnsafeMutablePointer<Lanes>
    ) {
        let value = Lanes(repeating: value)
        var offset = 0
        for _ in 0..<chunkCount {
            for h in 0..<width { target[offset + h].addProduct(value, row[offset + h]) }
            offset += width
        }
    }

    /// The input current of every step that may have any.
    @inline(always)
    func addInput<let width: Int>(_ chunk: ChunkWidth<width>, _ pass: ForwardPass) {
        let hv = hiddenVectors
        let events = pass.events
        let weights = pass.weights.rows
        let drive = pass.scratch.drive
        for i in 0..<drivenSteps(events) * hv { drive[i] = .zero }
        guard let values = events.values else {
            for e in 0..<events.count {
                addRow(
                    chunk, weights + Int(events.inputs[e]) * hv,
                    to: drive + Int(events.steps[e]) * hv)
            }
            return
        }
        // Graded events come many to a step: their sum stays in registers.
        var first = 0
        while first < events.count {
            let step = events.steps[first]
            var end = first + 1
            while end < events.count && events.steps[end] == step { end += 1 }
            for c in 0..<chunkCount {
                let target = drive + Int(step) * hv + c * width
                var sum = InlineArray<width, Lanes> { target[$0] }
                for e in first..<end {
                    let row = weights + Int(events.inputs[e]) * hv + c * width
                    let value = Lanes(repeating: values[e])
                    for h in 0..<width { sum[h].addProduct(value, row[h]) }
                }
                for h in 0..<width { target[h] = sum[h] }
            }
            first = end
        }
    }

    /// All steps of one chunk without recurrence.
    @inline(always)
    private func advance<let width: Int>(
        _ chunk: ChunkWidth<width>, _ index: Int, _ pass: ForwardPass, keepsTraces: Bool
    ) {
        let hv = hiddenVectors
        let words = SpikePatterns(width: width).words
        let driven = drivenSteps(pass.events)
        let drive = pass.scratch.drive + index * width
        let trace = pass.scratch.membraneTrace + index * width
        let fired = pass.scratch.fired + index * words
        let stride = chunkCount * words
        var hidden = HiddenState<width>(self)
        hidden.proceed(drive)
        for t in 0..<stepCount {
            hidden.fire(
                trace: keepsTraces ? trace + t * hv : nil, into: fired + t * stride)
            if t + 1 < driven {
                hidden.proceed(drive + (t + 1) * hv)
            } else {
                hidden.proceed()
                if !keepsTraces && (t + 1) % Self.stepsAtOnce == 0 && hidden.isQuiet {
                    for later in t + 1..<stepCount {
                        for w in 0..<words { fired[later * stride + w] = 0 }
                    }
                    return
                }
            }
        }
    }

    /// All steps of a hidden layer of one chunk with its readouts, some at a time: the readouts'
    /// additions fill the pauses in which the membranes wait for themselves. Patterns go through
    /// memory, where their bytes are loaded one by one faster than taken from a register.
    @inline(always)
    private func advanceWithReadout<let width: Int>(
        _ chunk: ChunkWidth<width>, _ pass: ForwardPass, keepsTraces: Bool
    ) -> Int {
        let words = SpikePatterns(width: width).words
        let driven = drivenSteps(pass.events)
        let scratch = pass.scratch
        let sums = pass.weights.readoutSums
        var spikes = 0
        var hidden = HiddenState<width>(self)
        var output = ReadoutState(self)
        hidden.proceed(scratch.drive)
        var first = 0
        while first < stepCount {
            let end = min(first + Self.stepsAtOnce, stepCount)
            for t in first..<end {
                hidden.fire(
                    trace: keepsTraces ? scratch.membraneTrace + t * width : nil,
                    into: scratch.fired + t * words)
                if t + 1 < driven {
                    hidden.proceed(scratch.drive + (t + 1) * width)
                } else {
                    hidden.proceed()
                }
            }
            for t in first..<end {
                let fired = scratch.fired + t * words
                for w in 0..<words { spikes &+= fired[w].nonzeroBitCount }
                output.advance(
                    Self.sum(chunk, fired, sums),
                    trace: keepsTraces ? scratch.outputTrace + t : nil)
            }
            first = end
            if !keepsTraces && end >= driven && hidden.isQuiet {
                // A copy, so that the loop above keeps its state in registers.
                var rest = output
                rest.finish(stepCount - end)
                output = rest
                break
            }
        }
        pass.scores[0] = output.score
        return spikes
    }

    /// Steps after which readouts are brought up to date and silence is looked for.
    private static var stepsAtOnce: Int { 4 }

    /// All steps of a recurrent layer, chunk after chunk in each; states wait in scratch.hidden.
    @inline(always)
    private func advanceRecurrent<let width: Int>(
        _ chunk: ChunkWidth<width>, _ pass: ForwardPass, keepsTraces: Bool
    ) {
        let hv = hiddenVectors
        let scratch = pass.scratch
        let patterns = SpikePatterns(width: width)
        let rows = pass.weights.rows + recurrentStart
        let driven = drivenSteps(pass.events)
        for i in 0..<2 * hv { scratch.hidden[i] = .zero }
        var before = 0..<0
        scratch.spikeOffsets[0] = 0
        for t in 0..<stepCount {
            for c in 0..<chunkCount {
                let offset = c * width
                var hidden = HiddenState<width>(
                    self, current: scratch.hidden + offset, membrane: scratch.hidden + hv + offset)
                for s in before {
                    hidden.add(rows + Int(scratch.spikes[s]) * hv + offset)
                }
                if t < driven {
                    hidden.proceed(scratch.drive + t * hv + offset)
                } else {
                    hidden.proceed()
                }
                hidden.fire(
                    trace: keepsTraces ? scratch.membraneTrace + t * hv + offset : nil,
                    into: scratch.fired + (t * chunkCount + c) * patterns.words)
                hidden.store(
                    current: scratch.hidden + offset, membrane: scratch.hidden + hv + offset)
            }
            before =
                before.upperBound..<listSpikes(t, after: before.upperBound, patterns, scratch)
        }
    }

    /// What the readouts make of the spikes of all chunks.
    ///
    /// - Returns: The number of hidden spikes.
    @inline(always)
    func read<let width: Int>(
        _ chunk: ChunkWidth<width>, _ pass: ForwardPass, keepsTraces: Bool
    ) -> Int {
        let patterns = SpikePatterns(width: width)
        let tableLength = 8 * patterns.words * patterns.count
        let scratch = pass.scratch
        for q in 0..<outputQuads {
            var output = ReadoutState(self)
            for t in 0..<stepCount {
                var sum = Quad.zero
                for c in 0..<chunkCount {
                    sum += Self.sum(
                        chunk, scratch.fired + (t * chunkCount + c) * patterns.words,
                        pass.weights.readoutSums + (q * chunkCount + c) * tableLength)
                }
                output.advance(
                    sum, trace: keepsTraces ? scratch.outputTrace + t * outputQuads + q : nil)
            }
            pass.scores[q] = output.score
        }
        var spikes = 0
        for i in 0..<stepCount * chunkCount * patterns.words {
            spikes &+= scratch.fired[i].nonzeroBitCount
        }
        return spikes
    }

    /// The readout weights of those who fired in a chunk, added up.
    @inline(always)
    private static func sum<let width: Int>(
        _ chunk: ChunkWidth<width>, _ fired: UnsafePointer<UInt64>, _ table: UnsafePointer<Quad>
    ) -> Quad {
        let patterns = SpikePatterns(width: width)
        let bytes = UnsafeRawPointer(fired).assumingMemoryBound(to: UInt8.self)
        var even = quad(table, 8 &* Int(bytes[0]))
        var odd = quad(table + patterns.count, 8 &* Int(bytes[1]))
        for pair in 1..<4 &* patterns.words {
            let tables = table + 2 &* pair &* patterns.count
            even += quad(tables, 8 &* Int(bytes[2 &* pair]))
            odd += quad(tables + patterns.count, 8 &* Int(bytes[2 &* pair &+ 1]))
        }
        return even + odd
    }

    /// A whole vector in one load.
    @inline(always)
    private static func quad(_ table: UnsafePointer<Quad>, _ byteOffset: Int) -> Quad {
        (UnsafeRawPointer(table) + byteOffset).assumingMemoryBound(to: Quad.self).pointee
    }
}
