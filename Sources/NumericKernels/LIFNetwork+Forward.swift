extension LIFNetwork {
    /// Simulates one sample.
    ///
    /// - Parameters:
    ///   - weights: Weight rows as `weightVectors` says.
    ///   - scores: Receives the scores, [output lane]; lanes without a readout hold 0.
    ///   - bestSteps: Receives the first step at which each maximum was reached; the last step
    ///     where the readout is another.
    /// - Returns: The number of hidden spikes.
    public func forward(
        events: Events, weights: UnsafePointer<Lanes>, scratch: Scratch,
        scores: UnsafeMutablePointer<Lanes>, bestSteps: UnsafeMutablePointer<Lanes>
    ) -> Int {
        addInput(events, weights: weights, drive: scratch.drive)
        let hv = hiddenVectors
        let ov = outputVectors
        let a = Lanes(repeating: membraneRate)
        let keepCurrent = Lanes(repeating: 1 - synapticRate)
        let theta = Lanes(repeating: threshold)
        let zero = Lanes.zero
        let current = scratch.hidden
        let membrane = scratch.hidden + hv
        let readoutWeights = weights + readoutStart
        let recurrentWeights = weights + recurrentStart
        for h in 0..<2 * hv { current[h] = zero }
        for o in 0..<3 * ov { scratch.output[o] = zero }
        for o in 0..<ov {
            scores[o] = Lanes(repeating: readout == .maximum ? -.infinity : 0)
            bestSteps[o] = Lanes(repeating: readout == .maximum ? 0 : Float(stepCount - 1))
        }
        var spikeCount = 0
        var before = 0
        scratch.spikeOffsets[0] = 0
        for t in 0..<stepCount {
            let drive = scratch.drive + t * hv
            let trace = scratch.membraneTrace + t * hv
            if isRecurrent {
                for s in before..<spikeCount {
                    let row = recurrentWeights + Int(scratch.spikes[s]) * hv
                    for h in 0..<hv { drive[h] += row[h] }
                }
                before = spikeCount
            }
            var fired = SIMD8<Int32>.zero
            var bit = SIMD8<Int32>(repeating: 1)
            for h in 0..<hv {
                let j = current[h] + drive[h]
                let v = membrane[h]
                let next = v.addingProduct(a, j - v)
                trace[h] = next
                current[h] = j * keepCurrent
                let spiking = next .> theta
                membrane[h] = next.replacing(with: zero, where: spiking)
                fired = fired.replacing(with: fired | bit, where: spiking)
                bit = bit &+ bit
                // Thirty-two vectors fill the bits of a lane: flush at every multiple of them.
                if h & 31 == 31 {
                    spikeCount = appendSpikes(
                        fired, firstVector: h & ~31, count: spikeCount, weights: readoutWeights,
                        scratch: scratch)
                    fired = .zero
                    bit = SIMD8(repeating: 1)
                }
            }
            spikeCount = appendSpikes(
                fired, firstVector: (hv & ~31), count: spikeCount, weights: readoutWeights,
                scratch: scratch)
            scratch.spikeOffsets[t + 1] = Int32(truncatingIfNeeded: spikeCount)
            if readout != .sum {
                integrate(t, a, keepCurrent, scratch.output, scores, bestSteps)
            }
        }
        switch readout {
        case .maximum: break
        case .last: for o in 0..<ov { scores[o] = scratch.output[ov + o] }
        case .sum: for o in 0..<ov { scores[o] = scratch.output[o] }
        }
        return spikeCount
    }

    /// The input current of every step.
    @inline(__always)
    private func addInput(
        _ events: Events, weights: UnsafePointer<Lanes>, drive: UnsafeMutablePointer<Lanes>
    ) {
        let hv = hiddenVectors
        for i in 0..<stepCount * hv { drive[i] = .zero }
        if let values = events.values {
            for e in 0..<events.count {
                let row = weights + Int(events.inputs[e]) * hv
                let target = drive + Int(events.steps[e]) * hv
                let value = Lanes(repeating: values[e])
                for h in 0..<hv { target[h].addProduct(value, row[h]) }
            }
        } else {
            for e in 0..<events.count {
                let row = weights + Int(events.inputs[e]) * hv
                let target = drive + Int(events.steps[e]) * hv
                for h in 0..<hv { target[h] += row[h] }
            }
        }
    }

    /// One step of the leaky integrators.
    @inline(__always)
    private func integrate(
        _ step: Int, _ a: Lanes, _ keepCurrent: Lanes, _ output: UnsafeMutablePointer<Lanes>,
        _ scores: UnsafeMutablePointer<Lanes>, _ bestSteps: UnsafeMutablePointer<Lanes>
    ) {
        let ov = outputVectors
        let runLength = output + 2 * ov
        let now = Lanes(repeating: Float(step))
        let one = Lanes(repeating: 1)
        for o in 0..<ov {
            let j = output[o]
            let v = output[ov + o]
            let next = v.addingProduct(a, j - v)
            output[ov + o] = next
            output[o] = j * keepCurrent
            guard readout == .maximum else { continue }
            let better = next .> scores[o]
            let continued = (next .== scores[o]) .& (now .== bestSteps[o] + runLength[o])
            scores[o] = scores[o].replacing(with: next, where: better)
            bestSteps[o] = bestSteps[o].replacing(with: now, where: better)
            runLength[o] = runLength[o].replacing(with: runLength[o] + one, where: continued)
                .replacing(with: one, where: better)
        }
    }

    /// Lists the lanes whose bits are set and delivers their spikes to the readouts.
    @inline(__always)
    private func appendSpikes(
        _ fired: SIMD8<Int32>, firstVector: Int, count: Int, weights: UnsafePointer<Lanes>,
        scratch: Scratch
    ) -> Int {
        // Most steps are silent; one comparison of the packed halves finds out.
        let halves = unsafeBitCast(fired, to: SIMD4<UInt64>.self)
        if halves[0] | halves[1] | halves[2] | halves[3] == 0 { return count }
        var count = count
        for lane in 0..<8 {
            var bits = UInt32(bitPattern: fired[lane])
            while bits != 0 {
                let vector = firstVector + bits.trailingZeroBitCount
                bits &= bits &- 1
                let neuron = vector &* 8 &+ lane
                scratch.spikes[count] = UInt16(truncatingIfNeeded: neuron)
                count &+= 1
                let row = weights + neuron * outputVectors
                for o in 0..<outputVectors { scratch.output[o] += row[o] }
            }
        }
        return count
    }
}
