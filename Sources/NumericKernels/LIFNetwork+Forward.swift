extension LIFNetwork {
    /// Simulates one sample.
    ///
    /// - Parameter scores: Receives the scores, [output lane]; lanes without a readout hold 0.
    /// - Returns: The number of hidden spikes.
    public func forward(
        events: Events, weights: Weights, scratch: Scratch, scores: UnsafeMutablePointer<Lanes>
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
        _ chunk: ChunkWidth<width>, _ events: Events, _ weights: Weights, _ scratch: Scratch,
        _ scores: UnsafeMutablePointer<Lanes>
    ) -> Int {
        let chunks = chunkCount
        for i in 0..<2 * hiddenVectors { scratch.hidden[i] = .zero }
        addInput(chunk, events, weights: weights.rows, drive: scratch.drive)
        if isRecurrent {
            let rows = weights.rows + recurrentStart
            var before = 0..<0
            scratch.spikeOffsets[0] = 0
            for t in 0..<stepCount {
                for c in 0..<chunks {
                    deliver(chunk, c, spikes: before, rows: rows, scratch)
                    advance(chunk, c, steps: t..<t + 1, scratch)
                }
                before = before.upperBound..<listSpikes(t, after: before.upperBound, scratch)
            }
        } else {
            for c in 0..<chunks { advance(chunk, c, steps: 0..<stepCount, scratch) }
        }
        read(weights.readoutSums, scratch, scores)
        var spikes = 0
        for i in 0..<stepCount * chunks { spikes &+= scratch.fired[i].nonzeroBitCount }
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

    /// Adds what spikes of the step before send back to one chunk.
    @inline(__always)
    private func deliver<let width: Int>(
        _ chunk: ChunkWidth<width>, _ index: Int, spikes: Range<Int>, rows: UnsafePointer<Lanes>,
        _ scratch: Scratch
    ) {
        let states = scratch.hidden + index * width
        let rows = rows + index * width
        var current = InlineArray<width, Lanes> { states[$0] }
        for s in spikes {
            let row = rows + Int(scratch.spikes[s]) * hiddenVectors
            for h in 0..<width { current[h] += row[h] }
        }
        for h in 0..<width { states[h] = current[h] }
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
        var firedNow = scratch.fired + steps.lowerBound * chunkCount + index
        for _ in steps {
            // The pattern of each lane as a sum, which stays a whole vector where the compiler would
            // take an integer apart.
            var fired = zero
            for h in 0..<width {
                let j = current[h] + drive[h]
                let next = membrane[h].addingProduct(a, j - membrane[h])
                trace[h] = next
                current[h] = j * keepCurrent
                let spiking = next .> theta
                membrane[h] = next.replacing(with: zero, where: spiking)
                fired += zero.replacing(with: Lanes(repeating: Float(1 << h)), where: spiking)
            }
            firedNow.pointee = Self.bytes(fired)
            firedNow += chunkCount
            drive += hv
            trace += hv
        }
        for h in 0..<width {
            states[h] = current[h]
            states[hv + h] = membrane[h]
        }
    }

    /// Small whole numbers as bytes: adding 2^23 leaves them in the lowest bits.
    @inline(__always)
    private static func bytes(_ lanes: Lanes) -> UInt64 {
        let bits = unsafeBitCast(lanes + Lanes(repeating: 8_388_608), to: SIMD8<Int32>.self)
        return unsafeBitCast(SIMD8<UInt8>(truncatingIfNeeded: bits), to: UInt64.self)
    }

    /// Lists who fired when in the sample that `forward` has just simulated, in `scratch.spikes` and
    /// `scratch.spikeOffsets`.
    public func listSpikes(_ scratch: Scratch) {
        var count = 0
        scratch.spikeOffsets[0] = 0
        for t in 0..<stepCount { count = listSpikes(t, after: count, scratch) }
    }

    @inline(__always)
    private func listSpikes(_ step: Int, after count: Int, _ scratch: Scratch) -> Int {
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
        _ sums: UnsafePointer<Lanes>, _ scratch: Scratch, _ scores: UnsafeMutablePointer<Lanes>
    ) {
        let ov = outputVectors
        let a = Lanes(repeating: membraneRate)
        let keepCurrent = Lanes(repeating: 1 - synapticRate)
        for o in 0..<ov {
            var current = Lanes.zero
            var membrane = Lanes.zero
            var highest = Lanes(repeating: -.infinity)
            for t in 0..<stepCount {
                var table = sums + o * chunkCount * Self.patternsOfChunk
                for c in 0..<chunkCount {
                    current += Self.sum(scratch.fired[t * chunkCount + c], table)
                    table += Self.patternsOfChunk
                }
                if readout == .sum { continue }
                membrane = membrane.addingProduct(a, current - membrane)
                current *= keepCurrent
                scratch.outputTrace[t * ov + o] = membrane
                highest = highest.replacing(with: membrane, where: membrane .> highest)
            }
            switch readout {
            case .maximum: scores[o] = highest
            case .last: scores[o] = membrane
            case .sum: scores[o] = current
            }
        }
    }

    /// The readout weights of those who fired in a chunk, added up.
    @inline(__always)
    private static func sum(_ fired: UInt64, _ table: UnsafePointer<Lanes>) -> Lanes {
        var parts = InlineArray<2, Lanes>(repeating: .zero)
        for lane in 0..<8 {
            let pattern = Int(truncatingIfNeeded: (fired >> UInt64(8 &* lane)) & 0xff)
            parts[lane & 1] += table[lane &* patternCount &+ pattern]
        }
        return parts[0] + parts[1]
    }
}
