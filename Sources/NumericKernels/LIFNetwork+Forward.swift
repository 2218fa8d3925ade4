extension LIFNetwork {
    /// Simulates one sample.
    ///
    /// - Parameters:
    ///   - weights: Weight rows as `weightVectors` says.
    ///   - scores: Receives the scores, [output lane]; lanes without a readout hold 0.
    /// - Returns: The number of hidden spikes.
    public func forward(
        events: Events, weights: UnsafePointer<Lanes>, scratch: Scratch,
        scores: UnsafeMutablePointer<Lanes>
    ) -> Int {
        switch min(hiddenVectors, Self.widestChunk) {
        case 1: forward(ChunkWidth<1>(), events, weights, scratch, scores)
        case 2: forward(ChunkWidth<2>(), events, weights, scratch, scores)
        case 3: forward(ChunkWidth<3>(), events, weights, scratch, scores)
        case 4: forward(ChunkWidth<4>(), events, weights, scratch, scores)
        default: forward(ChunkWidth<5>(), events, weights, scratch, scores)
        }
    }

    @inline(__always)
    private func forward<let width: Int>(
        _ chunk: ChunkWidth<width>, _ events: Events, _ weights: UnsafePointer<Lanes>,
        _ scratch: Scratch, _ scores: UnsafeMutablePointer<Lanes>
    ) -> Int {
        let chunks = chunkCount
        for i in 0..<2 * hiddenVectors { scratch.hidden[i] = .zero }
        for o in 0..<2 * outputVectors { scratch.output[o] = .zero }
        addInput(chunk, events, weights: weights, drive: scratch.drive)
        var spikes = 0
        scratch.spikeOffsets[0] = 0
        if isRecurrent {
            for t in 0..<stepCount {
                for c in 0..<chunks { advance(chunk, c, steps: t..<t + 1, scratch) }
                let before = spikes
                spikes = collectSpikes(t, count: spikes, scratch)
                if t + 1 < stepCount {
                    let next = scratch.drive + (t + 1) * hiddenVectors
                    for s in before..<spikes {
                        let row = weights + recurrentStart + Int(scratch.spikes[s]) * hiddenVectors
                        addRow(chunk, row, to: next)
                    }
                }
            }
        } else {
            for c in 0..<chunks { advance(chunk, c, steps: 0..<stepCount, scratch) }
            for t in 0..<stepCount { spikes = collectSpikes(t, count: spikes, scratch) }
        }
        read(weights + readoutStart, spikes, scratch, scores)
        return spikes
    }

    /// Adds a row of a weight or gradient array to another.
    @inline(__always)
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

    @inline(__always)
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

    /// The input current of every step.
    @inline(__always)
    private func addInput<let width: Int>(
        _ chunk: ChunkWidth<width>, _ events: Events, weights: UnsafePointer<Lanes>,
        drive: UnsafeMutablePointer<Lanes>
    ) {
        let hv = hiddenVectors
        for i in 0..<stepCount * hv { drive[i] = .zero }
        if let values = events.values {
            for e in 0..<events.count {
                addRow(
                    chunk, weights + Int(events.inputs[e]) * hv, times: values[e],
                    to: drive + Int(events.steps[e]) * hv)
            }
        } else {
            for e in 0..<events.count {
                addRow(
                    chunk, weights + Int(events.inputs[e]) * hv,
                    to: drive + Int(events.steps[e]) * hv)
            }
        }
    }

    /// Some steps of one chunk; its states wait in scratch.hidden in between.
    @inline(__always)
    private func advance<let width: Int>(
        _ chunk: ChunkWidth<width>, _ index: Int, steps: Range<Int>, _ scratch: Scratch
    ) {
        let hv = hiddenVectors
        let a = Lanes(repeating: membraneRate)
        let keepCurrent = Lanes(repeating: 1 - synapticRate)
        let theta = Lanes(repeating: threshold)
        let zero = Lanes.zero
        let states = scratch.hidden + index * width
        var current = InlineArray<width, Lanes> { states[$0] }
        var membrane = InlineArray<width, Lanes> { states[hv + $0] }
        var drive = scratch.drive + steps.lowerBound * hv + index * width
        var trace = scratch.membraneTrace + steps.lowerBound * hv + index * width
        for t in steps {
            var fired = SIMD8<Int32>.zero
            for h in 0..<width {
                let j = current[h] + drive[h]
                let next = membrane[h].addingProduct(a, j - membrane[h])
                trace[h] = next
                current[h] = j * keepCurrent
                let spiking = next .> theta
                membrane[h] = next.replacing(with: zero, where: spiking)
                fired.replace(
                    with: fired | SIMD8<Int32>(repeating: 1 &<< Int32(truncatingIfNeeded: h)),
                    where: spiking)
            }
            scratch.fired[t * chunkCount + index] = unsafeBitCast(
                SIMD8<UInt8>(truncatingIfNeeded: fired), to: UInt64.self)
            drive += hv
            trace += hv
        }
        for h in 0..<width {
            states[h] = current[h]
            states[hv + h] = membrane[h]
        }
    }

    /// Lists the neurons that fired in a step.
    @inline(__always)
    private func collectSpikes(_ step: Int, count: Int, _ scratch: Scratch) -> Int {
        var count = count
        for c in 0..<chunkCount {
            var bits = scratch.fired[step * chunkCount + c]
            while bits != 0 {
                let bit = bits.trailingZeroBitCount
                bits &= bits &- 1
                let vector = c &* Self.widestChunk &+ (bit & 7)
                scratch.spikes[count] = UInt16(truncatingIfNeeded: vector &* 8 &+ (bit >> 3))
                count &+= 1
            }
        }
        scratch.spikeOffsets[step + 1] = Int32(truncatingIfNeeded: count)
        return count
    }

    /// What the readouts make of the spikes.
    @inline(__always)
    private func read(
        _ weights: UnsafePointer<Lanes>, _ spikeCount: Int, _ scratch: Scratch,
        _ scores: UnsafeMutablePointer<Lanes>
    ) {
        let ov = outputVectors
        let a = Lanes(repeating: membraneRate)
        let keepCurrent = Lanes(repeating: 1 - synapticRate)
        for o in 0..<ov {
            let rows = weights + o
            if readout == .sum {
                var sum = Lanes.zero
                for s in 0..<spikeCount { sum += rows[Int(scratch.spikes[s]) * ov] }
                scores[o] = sum
                continue
            }
            var current = Lanes.zero
            var membrane = Lanes.zero
            var highest = Lanes(repeating: -.infinity)
            var s = 0
            for t in 0..<stepCount {
                let end = Int(scratch.spikeOffsets[t + 1])
                while s < end {
                    current += rows[Int(scratch.spikes[s]) * ov]
                    s += 1
                }
                membrane = membrane.addingProduct(a, current - membrane)
                current *= keepCurrent
                scratch.outputTrace[t * ov + o] = membrane
                highest = highest.replacing(with: membrane, where: membrane .> highest)
            }
            scores[o] = readout == .maximum ? highest : membrane
        }
    }
}
