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
        scoreGradient: UnsafePointer<Lanes>, spikeGradient: UnsafePointer<Lanes>?,
        into gradients: Gradients
    ) {
        let pass = BackwardPass(
            events: events, weights: weights, outputCount: outputCount, scratch: scratch,
            scoreGradient: scoreGradient, spikeGradient: spikeGradient, gradients: gradients)
        switch min(hiddenVectors, Self.widestChunk) {
        case 1: backward(ChunkWidth<1>(), pass)
        case 2: backward(ChunkWidth<2>(), pass)
        case 3: backward(ChunkWidth<3>(), pass)
        case 4: backward(ChunkWidth<4>(), pass)
        default: backward(ChunkWidth<5>(), pass)
        }
    }

    private struct BackwardPass {
        let events: Events
        let weights: Weights
        let outputCount: Int
        let scratch: Scratch
        let scoreGradient: UnsafePointer<Lanes>
        let spikeGradient: UnsafePointer<Lanes>?
        let gradients: Gradients
    }

    @inline(__always)
    private func backward<let width: Int>(_ chunk: ChunkWidth<width>, _ pass: BackwardPass) {
        let hv = hiddenVectors
        let scratch = pass.scratch
        if !isRecurrent { listSpikes(scratch) }
        let lastScored = differentiateReadouts(pass)
        let last = pass.spikeGradient == nil ? lastScored : stepCount - 1
        for i in 0..<2 * hv { scratch.hidden[i] = .zero }
        // Nothing after the last step that matters: the adjoints there are zero.
        for i in (last + 1) * hv..<(stepCount + 1) * hv { scratch.drive[i] = .zero }
        if isRecurrent {
            for t in stride(from: last, through: 0, by: -1) {
                for c in 0..<chunkCount { retreat(chunk, c, steps: t..<t + 1, last: last, pass) }
            }
        } else {
            for c in 0..<chunkCount { retreat(chunk, c, steps: 0..<last + 1, last: last, pass) }
        }
        collect(chunk, pass, last: last)
        if let times = pass.gradients.eventTimes { differentiateTimes(chunk, pass, into: times) }
    }

    /// Adjoints of the readouts' currents in every step, in scratch.outputTrace.
    ///
    /// - Returns: The last step that any score depends on.
    @inline(__always)
    private func differentiateReadouts(_ pass: BackwardPass) -> Int {
        let ov = outputVectors
        let trace = pass.scratch.outputTrace
        if readout == .sum {
            for t in 0..<stepCount {
                for o in 0..<ov { trace[t * ov + o] = pass.scoreGradient[o] }
            }
            return stepCount - 1
        }
        let a = Lanes(repeating: membraneRate)
        let keepMembrane = Lanes(repeating: 1 - membraneRate)
        let keepCurrent = Lanes(repeating: 1 - synapticRate)
        let one = Lanes(repeating: 1)
        let zero = Lanes.zero
        var last: Float = 0
        for o in 0..<ov {
            // The run of steps from `first` on that hold the maximum.
            var first = Lanes(repeating: Float(stepCount - 1))
            var length = one
            if readout == .maximum {
                var highest = Lanes(repeating: -.infinity)
                for t in 0..<stepCount {
                    let now = Lanes(repeating: Float(t))
                    let v = trace[t * ov + o]
                    let better = v .> highest
                    let continued = (v .== highest) .& (now .== first + length)
                    highest = highest.replacing(with: v, where: better)
                    first = first.replacing(with: now, where: better)
                    length = length.replacing(with: length + one, where: continued)
                        .replacing(with: one, where: better)
                }
            }
            let share = pass.scoreGradient[o] / length
            let end = first + length
            last = max(last, end.max())
            var membrane = zero
            var current = zero
            for t in stride(from: stepCount - 1, through: 0, by: -1) {
                let now = Lanes(repeating: Float(t))
                let fromScore = zero.replacing(
                    with: share, where: (now .>= first) .& (now .< end))
                membrane = fromScore.addingProduct(membrane, keepMembrane)
                current = (a * membrane).addingProduct(current, keepCurrent)
                trace[t * ov + o] = current
            }
        }
        return Int(last) - 1
    }

    /// Some steps of one chunk, backward; its adjoints wait in scratch.hidden in between.
    @inline(__always)
    private func retreat<let width: Int>(
        _ chunk: ChunkWidth<width>, _ index: Int, steps: Range<Int>, last: Int,
        _ pass: BackwardPass
    ) {
        let hv = hiddenVectors
        let a = Lanes(repeating: membraneRate)
        let keepMembrane = Lanes(repeating: 1 - membraneRate)
        let keepCurrent = Lanes(repeating: 1 - synapticRate)
        let theta = Lanes(repeating: threshold)
        let slope = Lanes(repeating: surrogateSlope)
        let one = Lanes(repeating: 1)
        let zero = Lanes.zero
        let states = pass.scratch.hidden + index * width
        let readoutRows = pass.weights.readoutTransposed + index * width
        let recurrentRows = pass.weights.recurrentTransposed + index * width
        var membrane = InlineArray<width, Lanes> { states[$0] }
        var current = InlineArray<width, Lanes> { states[hv + $0] }
        for t in steps.reversed() {
            // What a spike in this step does to the loss.
            var spike = InlineArray<width, Lanes>(repeating: zero)
            if let spikeGradient = pass.spikeGradient {
                for h in 0..<width { spike[h] = spikeGradient[index * width + h] }
            }
            let readouts = Self.floats(pass.scratch.outputTrace + t * outputVectors)
            for k in 0..<pass.outputCount {
                let lambda = Lanes(repeating: readouts[k])
                for h in 0..<width { spike[h].addProduct(lambda, readoutRows[k * hv + h]) }
            }
            let drive = pass.scratch.drive + t * hv
            if isRecurrent && t < last {
                // Two sums side by side keep both multipliers busy.
                let next = Self.floats(drive + hv)
                var other = InlineArray<width, Lanes>(repeating: zero)
                var row = recurrentRows
                for lane in stride(from: 0, to: hiddenLanes, by: 2) {
                    let even = Lanes(repeating: next[lane])
                    let odd = Lanes(repeating: next[lane + 1])
                    for h in 0..<width { spike[h].addProduct(even, row[h]) }
                    for h in 0..<width { other[h].addProduct(odd, row[hv + h]) }
                    row += 2 * hv
                }
                for h in 0..<width { spike[h] += other[h] }
            }
            let trace = pass.scratch.membraneTrace + t * hv + index * width
            var squares = InlineArray<width, Lanes>(repeating: one)
            for h in 0..<width {
                let u = trace[h] - theta
                let magnitude = u.replacing(with: -u, where: u .< zero)
                let denominator = one.addingProduct(slope, magnitude)
                squares[h] = denominator * denominator
            }
            let surrogates = reciprocals(squares)
            for h in 0..<width {
                let v = trace[h]
                let surrogate = surrogates[h]
                let later = membrane[h] * keepMembrane
                let kept = later.replacing(with: zero, where: v .> theta)
                let m = kept.addingProduct(surrogate, spike[h] - later * v)
                membrane[h] = m
                let j = (a * m).addingProduct(current[h], keepCurrent)
                current[h] = j
                drive[index * width + h] = j
            }
        }
        for h in 0..<width {
            states[h] = membrane[h]
            states[hv + h] = current[h]
        }
    }

    /// 1 / x, two for one division.
    @inline(__always)
    private func reciprocals<let width: Int>(
        _ x: InlineArray<width, Lanes>
    ) -> InlineArray<width, Lanes> {
        let one = Lanes(repeating: 1)
        var result = x
        for pair in 0..<width / 2 {
            let both = one / (x[2 * pair] * x[2 * pair + 1])
            result[2 * pair] = both * x[2 * pair + 1]
            result[2 * pair + 1] = both * x[2 * pair]
        }
        if width % 2 == 1 { result[width - 1] = one / x[width - 1] }
        return result
    }

    /// The lanes of vectors one by one, to be loaded straight from memory.
    @inline(__always)
    private static func floats(_ lanes: UnsafePointer<Lanes>) -> UnsafePointer<Float> {
        UnsafeRawPointer(lanes).assumingMemoryBound(to: Float.self)
    }

    /// Every spike adds the adjoint of what it drives to the gradient of its weight rows.
    @inline(__always)
    private func collect<let width: Int>(
        _ chunk: ChunkWidth<width>, _ pass: BackwardPass, last: Int
    ) {
        let hv = hiddenVectors
        let ov = outputVectors
        let scratch = pass.scratch
        let events = pass.events
        let gradient = pass.gradients.weights
        for e in 0..<events.count {
            let row = gradient + Int(events.inputs[e]) * hv
            let adjoint = scratch.drive + Int(events.steps[e]) * hv
            if let values = events.values {
                addRow(chunk, adjoint, times: values[e], to: row)
            } else {
                addRow(chunk, adjoint, to: row)
            }
        }
        let readout = gradient + readoutStart
        let recurrent = gradient + recurrentStart
        for t in 0..<last + 1 {
            for s in Int(scratch.spikeOffsets[t])..<Int(scratch.spikeOffsets[t + 1]) {
                let neuron = Int(scratch.spikes[s])
                for o in 0..<ov { readout[neuron * ov + o] += scratch.outputTrace[t * ov + o] }
                if isRecurrent && t < last {
                    addRow(chunk, scratch.drive + (t + 1) * hv, to: recurrent + neuron * hv)
                }
            }
        }
    }

    @inline(__always)
    private func differentiateTimes<let width: Int>(
        _ chunk: ChunkWidth<width>, _ pass: BackwardPass, into times: UnsafeMutablePointer<Float>
    ) {
        let hv = hiddenVectors
        let events = pass.events
        for e in 0..<events.count {
            let row = pass.weights.rows + Int(events.inputs[e]) * hv
            let t = Int(events.steps[e])
            let earlier = pass.scratch.drive + max(0, t - 1) * hv
            // Past the last step of events there is no spike.
            let isLast = t + 1 >= pass.gradients.eventSteps
            let later = pass.scratch.drive + (isLast ? stepCount : t + 1) * hv
            var sum = Lanes.zero
            var offset = 0
            for _ in 0..<chunkCount {
                for h in 0..<width {
                    sum.addProduct(row[offset + h], later[offset + h] - earlier[offset + h])
                }
                offset += width
            }
            // Before the first step there is nothing: one-sided there.
            times[e] = sum.sum() * (t > 0 ? 0.5 : 1) * (events.values?[e] ?? 1)
        }
    }
}
