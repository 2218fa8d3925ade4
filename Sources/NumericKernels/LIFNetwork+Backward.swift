extension LIFNetwork {
    /// What a sample is differentiated for.
    public struct Gradients {
        /// Is added to, same shape as the weights.
        public var weights: UnsafeMutablePointer<Lanes>
        /// Receives the derivative of the loss with respect to the time of each input event, per
        /// step, [event]; nil to leave it out.
        public var eventTimes: UnsafeMutablePointer<Float>?
        /// Events from this step on do not exist: moving past it removes a spike.
        public var eventSteps: Int

        public init(
            weights: UnsafeMutablePointer<Lanes>, eventTimes: UnsafeMutablePointer<Float>?,
            eventSteps: Int
        ) {
            self.weights = weights
            self.eventTimes = eventTimes
            self.eventSteps = eventSteps
        }
    }

    /// Differentiates the loss of the sample that `forward` has just simulated.
    ///
    /// The reset is part of the graph: v = v' (1 - z) passes a gradient through z. The time of an
    /// input event is differentiated as a central difference of what the event would do one step
    /// later and one step earlier, to first order in its own effect.
    ///
    /// - Parameters:
    ///   - outputCount: Readouts in use.
    ///   - scoreGradient: Derivative of the loss with respect to each score, [output lane].
    ///   - spikeGradient: Derivative of the loss with respect to each spike of a hidden neuron,
    ///     besides its effect on the scores, [hiddenVectors]; nil for none.
    public func backward(
        events: Events, weights: Weights, outputCount: Int, scratch: Scratch,
        scoreGradient: UnsafePointer<Lanes>, bestSteps: UnsafePointer<Lanes>,
        spikeGradient: UnsafePointer<Lanes>?, into gradients: Gradients
    ) {
        let hv = hiddenVectors
        let ov = outputVectors
        let a = Lanes(repeating: membraneRate)
        let keepMembrane = Lanes(repeating: 1 - membraneRate)
        let keepCurrent = Lanes(repeating: 1 - synapticRate)
        let theta = Lanes(repeating: threshold)
        let slope = Lanes(repeating: surrogateSlope)
        let one = Lanes(repeating: 1)
        let zero = Lanes.zero
        // Adjoints: of v' and j of the hidden layer, of v' and j of the readouts.
        let adjointMembrane = scratch.hidden
        let adjointCurrent = scratch.hidden + hv
        let spikeAdjoint = scratch.hidden + 2 * hv
        let outAdjointMembrane = scratch.output
        let outAdjointCurrent = scratch.output + ov
        let runLength = scratch.output + 2 * ov
        for h in 0..<2 * hv { adjointMembrane[h] = zero }
        for o in 0..<2 * ov { outAdjointMembrane[o] = zero }
        if readout == .sum { for o in 0..<ov { outAdjointCurrent[o] = scoreGradient[o] } }
        if readout == .last {
            for o in 0..<ov { runLength[o] = one }
        }
        let readoutGradient = gradients.weights + readoutStart
        let recurrentGradient = gradients.weights + recurrentStart

        let last =
            readout == .maximum && spikeGradient == nil
            ? lastStep(bestSteps, runLength) : stepCount - 1
        // Nothing after the last step that matters: the adjoints there are zero.
        for i in (last + 1) * hv..<stepCount * hv { scratch.drive[i] = zero }
        var t = last
        while t >= 0 {
            if readout != .sum {
                let now = Lanes(repeating: Float(t))
                for o in 0..<ov {
                    let atScore = (now .>= bestSteps[o]) .& (now .< bestSteps[o] + runLength[o])
                    let fromScore = zero.replacing(
                        with: scoreGradient[o] / runLength[o], where: atScore)
                    let m = fromScore.addingProduct(outAdjointMembrane[o], keepMembrane)
                    outAdjointMembrane[o] = m
                    outAdjointCurrent[o] = (a * m).addingProduct(
                        outAdjointCurrent[o], keepCurrent)
                }
            }
            if let spikeGradient {
                for h in 0..<hv { spikeAdjoint[h] = spikeGradient[h] }
            } else {
                for h in 0..<hv { spikeAdjoint[h] = zero }
            }
            for k in 0..<outputCount {
                let lambda = Lanes(repeating: outAdjointCurrent[k >> 3][k & 7])
                let row = weights.readoutTransposed + k * hv
                for h in 0..<hv { spikeAdjoint[h].addProduct(lambda, row[h]) }
            }
            let spikes = Int(scratch.spikeOffsets[t])..<Int(scratch.spikeOffsets[t + 1])
            if isRecurrent && t < last {
                let next = scratch.drive + (t + 1) * hv
                addRecurrent(next, weights.recurrentTransposed, into: spikeAdjoint)
                for s in spikes {
                    let row = recurrentGradient + Int(scratch.spikes[s]) * hv
                    for h in 0..<hv { row[h] += next[h] }
                }
            }
            let trace = scratch.membraneTrace + t * hv
            let drive = scratch.drive + t * hv
            for h in 0..<hv {
                let v = trace[h]
                let u = v - theta
                let magnitude = u.replacing(with: -u, where: u .< zero)
                let denominator = one.addingProduct(slope, magnitude)
                let surrogate = one / (denominator * denominator)
                let later = adjointMembrane[h] * keepMembrane
                let kept = later.replacing(with: zero, where: v .> theta)
                let m = kept.addingProduct(surrogate, spikeAdjoint[h] - later * v)
                adjointMembrane[h] = m
                let j = (a * m).addingProduct(adjointCurrent[h], keepCurrent)
                adjointCurrent[h] = j
                drive[h] = j
            }
            for s in spikes {
                let row = readoutGradient + Int(scratch.spikes[s]) * ov
                for o in 0..<ov { row[o] += outAdjointCurrent[o] }
            }
            t -= 1
        }
        collect(events, drive: scratch.drive, into: gradients.weights)
        if let times = gradients.eventTimes {
            differentiateTimes(
                events, weights: weights.rows, drive: scratch.drive,
                eventSteps: gradients.eventSteps, into: times)
        }
    }

    /// Each event adds the adjoint of its step to the gradient of its weight row.
    @inline(__always)
    private func collect(
        _ events: Events, drive: UnsafePointer<Lanes>, into gradient: UnsafeMutablePointer<Lanes>
    ) {
        let hv = hiddenVectors
        for e in 0..<events.count {
            let row = gradient + Int(events.inputs[e]) * hv
            let adjoint = drive + Int(events.steps[e]) * hv
            if let values = events.values {
                let value = Lanes(repeating: values[e])
                for h in 0..<hv { row[h].addProduct(value, adjoint[h]) }
            } else {
                for h in 0..<hv { row[h] += adjoint[h] }
            }
        }
    }

    private func differentiateTimes(
        _ events: Events, weights: UnsafePointer<Lanes>, drive: UnsafePointer<Lanes>,
        eventSteps: Int, into times: UnsafeMutablePointer<Float>
    ) {
        let hv = hiddenVectors
        for e in 0..<events.count {
            let row = weights + Int(events.inputs[e]) * hv
            let t = Int(events.steps[e])
            let earlier = drive + max(0, t - 1) * hv
            let later = drive + (t + 1) * hv
            var sum = Lanes.zero
            if t + 1 < eventSteps {
                for h in 0..<hv { sum.addProduct(row[h], later[h] - earlier[h]) }
            } else {
                for h in 0..<hv { sum.addProduct(row[h], -earlier[h]) }
            }
            // Before the first step there is nothing: one-sided there.
            times[e] = sum.sum() * (t > 0 ? 0.5 : 1) * (events.values?[e] ?? 1)
        }
    }

    /// A spike's effect through the recurrent weights on the next step.
    @inline(__always)
    private func addRecurrent(
        _ next: UnsafePointer<Lanes>, _ transposed: UnsafePointer<Lanes>,
        into sum: UnsafeMutablePointer<Lanes>
    ) {
        let hv = hiddenVectors
        for vector in 0..<hv {
            let adjoint = next[vector]
            for lane in 0..<8 {
                let lambda = Lanes(repeating: adjoint[lane])
                let row = transposed + (vector * 8 + lane) * hv
                for h in 0..<hv { sum[h].addProduct(lambda, row[h]) }
            }
        }
    }

    /// The last step that any score depends on.
    private func lastStep(
        _ bestSteps: UnsafePointer<Lanes>, _ runLength: UnsafePointer<Lanes>
    ) -> Int {
        var last: Float = 0
        for o in 0..<outputVectors { last = max(last, (bestSteps[o] + runLength[o]).max()) }
        return Int(last) - 1
    }
}
