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
    /// The reset is part of the graph unless it is detached: v = v' (1 - z) passes a gradient
    /// through z. The time of an
    /// input event is differentiated as a central difference of what the event would do one step
    /// later and one step earlier, to first order in its own effect.
    ///
    /// - Parameters:
    ///   - scores: As `forward` has left them.
    ///   - scoreGradient: Derivative of the loss with respect to each score, [quad].
    ///   - spikeGradient: Derivative of the loss with respect to each spike of a hidden neuron,
    ///     besides its effect on the scores, [hiddenVectors]; nil for none.
    public func backward(
        events: Events, weights: Weights, scratch: Scratch, scores: UnsafePointer<Quad>,
        scoreGradient: UnsafePointer<Quad>, spikeGradient: UnsafePointer<Lanes>?,
        into gradients: Gradients
    ) {
        let pass = BackwardPass(
            events: events, weights: weights, scratch: scratch, scores: scores,
            scoreGradient: scoreGradient, spikeGradient: spikeGradient, gradients: gradients)
        switch chunkWidth {
        case 1: backward(ChunkWidth<1>(), pass)
        case 2: backward(ChunkWidth<2>(), pass)
        case 3: backward(ChunkWidth<3>(), pass)
        case 4: backward(ChunkWidth<4>(), pass)
        default: backward(ChunkWidth<5>(), pass)
        }
    }

    struct BackwardPass {
        let events: Events
        let weights: Weights
        let scratch: Scratch
        let scores: UnsafePointer<Quad>
        let scoreGradient: UnsafePointer<Quad>
        let spikeGradient: UnsafePointer<Lanes>?
        let gradients: Gradients
    }

    @inline(always)
    private func backward<let width: Int>(_ chunk: ChunkWidth<width>, _ pass: BackwardPass) {
        let hv = hiddenVectors
        let scratch = pass.scratch
        let lastScored = differentiateReadouts(pass)
        let last = pass.spikeGradient == nil ? lastScored : stepCount - 1
        // Nothing after the last step that matters: the adjoints there are zero.
        let driven = drivenSteps(pass.events)
        for i in (last + 1) * hv..<max(last + 1, min(stepCount, driven + 1)) * hv {
            scratch.drive[i] = .zero
        }
        for i in stepCount * hv..<(stepCount + 1) * hv { scratch.drive[i] = .zero }
        if isRecurrent {
            for i in 0..<2 * hv { scratch.hidden[i] = .zero }
            for t in (0..<last + 1).reversed() {
                for c in 0..<chunkCount {
                    var adjoint = HiddenAdjoint<width>(
                        self, membrane: scratch.hidden + c * width,
                        current: scratch.hidden + hv + c * width)
                    retreat(chunk, c, steps: t..<t + 1, last: last, &adjoint, pass)
                    adjoint.store(
                        membrane: scratch.hidden + c * width,
                        current: scratch.hidden + hv + c * width)
                }
            }
        } else {
            for c in 0..<chunkCount {
                var adjoint = HiddenAdjoint<width>(self)
                retreat(chunk, c, steps: 0..<last + 1, last: last, &adjoint, pass)
            }
        }
        collectReadout(chunk, pass, last: last)
        collect(chunk, pass, last: last)
        if let times = pass.gradients.eventTimes { differentiateTimes(chunk, pass, into: times) }
    }

    /// Adjoints of the readouts' currents in every step, in scratch.outputTrace.
    ///
    /// - Returns: The last step that any score depends on.
    @inline(always)
    private func differentiateReadouts(_ pass: BackwardPass) -> Int {
        let quads = outputQuads
        let trace = pass.scratch.outputTrace
        if readout == .sum {
            for t in 0..<stepCount {
                for q in 0..<quads { trace[t * quads + q] = pass.scoreGradient[q] }
            }
            return stepCount - 1
        }
        let a = Quad(repeating: membraneRate)
        let keepMembrane = Quad(repeating: 1 - membraneRate)
        let keepCurrent = Quad(repeating: 1 - synapticRate)
        let one = Quad(repeating: 1)
        var last: Float = 0
        for q in 0..<quads {
            // The first run of steps that hold the maximum.
            var first = Quad(repeating: Float(stepCount - 1))
            var length = one
            if readout == .maximum {
                let highest = pass.scores[q]
                var run = Quad.zero
                for t in (0..<stepCount).reversed() {
                    let holds = trace[t * quads + q] .== highest
                    run = Quad.zero.replacing(with: run + one, where: holds)
                    length = length.replacing(with: run, where: holds)
                    first = first.replacing(with: Quad(repeating: Float(t)), where: holds)
                }
            }
            let share = pass.scoreGradient[q] / length
            let end = first + length
            for k in 0..<min(4, outputCount - 4 * q) { last = max(last, end[k]) }
            var membrane = Quad.zero
            var current = Quad.zero
            for t in (0..<stepCount).reversed() {
                let now = Quad(repeating: Float(t))
                let fromScore = Quad.zero.replacing(
                    with: share, where: (now .>= first) .& (now .< end))
                membrane = fromScore.addingProduct(membrane, keepMembrane)
                current = (a * membrane).addingProduct(current, keepCurrent)
                trace[t * quads + q] = current
            }
        }
        return Int(last) - 1
    }

    /// Some steps of one chunk, backward.
    @inline(always)
    private func retreat<let width: Int>(
        _ chunk: ChunkWidth<width>, _ index: Int, steps: Range<Int>, last: Int,
        _ adjoint: inout HiddenAdjoint<width>, _ pass: BackwardPass
    ) {
        let hv = hiddenVectors
        let readoutRows = pass.weights.rows + readoutStart + index * width
        let recurrentRows = pass.weights.recurrentTransposed + index * width
        for t in steps.reversed() {
            // What a spike in this step does to the loss.
            var spike = InlineArray<width, Lanes> { _ in .zero }
            if let spikeGradient = pass.spikeGradient {
                for h in 0..<width { spike[h] = spikeGradient[index * width + h] }
            }
            let readouts = Self.floats(pass.scratch.outputTrace + t * outputQuads)
            for k in 0..<outputCount {
                let lambda = Lanes(repeating: readouts[k])
                for h in 0..<width { spike[h].addProduct(lambda, readoutRows[k * hv + h]) }
            }
            let drive = pass.scratch.drive + t * hv
            if isRecurrent && t < last {
                // Two sums side by side keep both multipliers busy.
                let next = Self.floats(drive + hv)
                var other = InlineArray<width, Lanes> { _ in .zero }
                var row = recurrentRows
                for pair in 0..<hiddenLanes / 2 {
                    let even = Lanes(repeating: next[2 * pair])
                    let odd = Lanes(repeating: next[2 * pair + 1])
                    for h in 0..<width { spike[h].addProduct(even, row[h]) }
                    for h in 0..<width { other[h].addProduct(odd, row[hv + h]) }
                    row += 2 * hv
                }
                for h in 0..<width { spike[h] += other[h] }
            }
            adjoint.retreat(
                trace: pass.scratch.membraneTrace + t * hv + index * width, spike: spike,
                into: drive + index * width)
        }
    }

    /// The numbers of vectors one by one, to be loaded straight from memory.
    @inline(always)
    private static func floats(_ vectors: UnsafeRawPointer) -> UnsafePointer<Float> {
        vectors.assumingMemoryBound(to: Float.self)
    }

    /// Every spike adds the adjoint of the readouts' currents to the gradient of its weights.
    @inline(always)
    private func collectReadout<let width: Int>(
        _ chunk: ChunkWidth<width>, _ pass: BackwardPass, last: Int
    ) {
        let hv = hiddenVectors
        let theta = Lanes(repeating: threshold)
        for q in 0..<outputQuads {
            for c in 0..<chunkCount {
                var first = InlineArray<width, Lanes> { _ in .zero }
                var (second, third, fourth) = (first, first, first)
                for t in 0..<last + 1 {
                    let trace = pass.scratch.membraneTrace + t * hv + c * width
                    let readouts = Self.floats(pass.scratch.outputTrace + t * outputQuads + q)
                    for h in 0..<width {
                        let spiking = trace[h] .> theta
                        Self.add(readouts[0], to: &first[h], where: spiking)
                        Self.add(readouts[1], to: &second[h], where: spiking)
                        Self.add(readouts[2], to: &third[h], where: spiking)
                        Self.add(readouts[3], to: &fourth[h], where: spiking)
                    }
                }
                let gradient = pass.gradients.weights + readoutStart + 4 * q * hv + c * width
                for h in 0..<width {
                    gradient[h] += first[h]
                    gradient[hv + h] += second[h]
                    gradient[2 * hv + h] += third[h]
                    gradient[3 * hv + h] += fourth[h]
                }
            }
        }
    }

    @inline(always)
    private static func add(
        _ value: Float, to sum: inout Lanes, where mask: SIMDMask<SIMD16<Int32>>
    ) {
        sum = sum.replacing(with: sum + Lanes(repeating: value), where: mask)
    }

    /// Every event and every spike that is sent back adds the adjoint of what it drives to the
    /// gradient of its weight row.
    @inline(always)
    private func collect<let width: Int>(
        _ chunk: ChunkWidth<width>, _ pass: BackwardPass, last: Int
    ) {
        let hv = hiddenVectors
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
        guard isRecurrent else { return }
        let recurrent = gradient + recurrentStart
        for t in 0..<last {
            for s in Int(scratch.spikeOffsets[t])..<Int(scratch.spikeOffsets[t + 1]) {
                addRow(
                    chunk, scratch.drive + (t + 1) * hv,
                    to: recurrent + Int(scratch.spikes[s]) * hv)
            }
        }
    }

    @inline(always)
    private func differentiateTimes<let width: Int>(
        _ chunk: ChunkWidth<width>, _ pass: BackwardPass, into times: UnsafeMutablePointer<Float>
    ) {
        let hv = hiddenVectors
        let events = pass.events
        let gain = pass.scratch.delayGain
        for t in 0..<drivenSteps(events) {
            let earlier = pass.scratch.drive + max(0, t - 1) * hv
            // Past the last step of events there is no spike.
            let isLast = t + 1 >= pass.gradients.eventSteps
            let later = pass.scratch.drive + (isLast ? stepCount : t + 1) * hv
            // Before the first step there is nothing: one-sided there.
            let scale = Lanes(repeating: t > 0 ? 0.5 : 1)
            for h in 0..<hv { gain[t * hv + h] = scale * (later[h] - earlier[h]) }
        }
        for e in 0..<events.count {
            let row = pass.weights.rows + Int(events.inputs[e]) * hv
            let gain = gain + Int(events.steps[e]) * hv
            var sum = Lanes.zero
            var offset = 0
            for _ in 0..<chunkCount {
                for h in 0..<width { sum.addProduct(row[offset + h], gain[offset + h]) }
                offset += width
            }
            times[e] = sum.total * (events.values?[e] ?? 1)
        }
    }
}
