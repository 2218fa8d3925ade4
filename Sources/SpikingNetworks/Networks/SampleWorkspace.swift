package import NumericKernels
package import SpikeEncoding

/// The scratch memory in which one thread simulates one sample at a time.
package final class SampleWorkspace {
    package let kernel: LIFNetwork
    package let scratch: LIFNetwork.Scratch
    package let input: EventBuffer
    package let scores: UnsafeMutablePointer<Quad>
    package let scoreGradient: UnsafeMutablePointer<Quad>
    /// Derivative of the loss by each hidden spike, [hiddenVectors].
    package let spikeGradient: UnsafeMutablePointer<Lanes>
    /// Derivative of the loss by the time of each input event.
    package let eventTimes: UnsafeMutablePointer<Float>

    package init(kernel: LIFNetwork, isGraded: Bool) {
        self.kernel = kernel
        func allocate<Element>(_ count: Int, _ value: Element) -> UnsafeMutablePointer<Element> {
            let pointer = UnsafeMutablePointer<Element>.allocate(capacity: count)
            pointer.initialize(repeating: value, count: count)
            return pointer
        }
        scratch = LIFNetwork.Scratch(kernel)
        input = EventBuffer(inputCount: kernel.inputCount, isGraded: isGraded)
        scores = allocate(kernel.outputQuads, Quad.zero)
        scoreGradient = allocate(kernel.outputQuads, Quad.zero)
        spikeGradient = allocate(kernel.hiddenVectors, Lanes.zero)
        eventTimes = allocate(kernel.inputCount + Lanes.scalarCount, Float(0))
    }

    deinit {
        scratch.deallocate()
        scores.deallocate()
        scoreGradient.deallocate()
        spikeGradient.deallocate()
        eventTimes.deallocate()
    }

    /// Adds a spike of weight 1 in the first step.
    package func appendEvent(input index: Int) {
        let e = input.events.count
        input.events.inputs[e] = UInt16(truncatingIfNeeded: index)
        input.events.steps[e] = 0
        input.events.values?[e] = 1
        input.events.count = e + 1
    }

    /// Simulates the input events for a decision only; `score` says the answer.
    ///
    /// - Returns: The number of hidden spikes.
    package func infer(weights: LIFNetwork.Weights) -> Int {
        kernel.infer(
            events: input.events, weights: weights, scratch: scratch, scores: scores)
    }

    /// Simulates the input events and keeps what `backward` needs; `score` says the answer.
    ///
    /// - Returns: The number of hidden spikes.
    package func forward(weights: LIFNetwork.Weights) -> Int {
        kernel.forward(
            events: input.events, weights: weights, scratch: scratch, scores: scores)
    }

    /// Simulates the input events with hidden spikes from elsewhere, [step, hiddenVectors].
    package func replay(spikes: UnsafePointer<Lanes>, weights: LIFNetwork.Weights) -> Int {
        kernel.replay(
            events: input.events, spikes: spikes, weights: weights, scratch: scratch,
            scores: scores)
    }

    /// Adds the gradient of the sample just simulated, for the score gradient set.
    package func backward(
        weights: LIFNetwork.Weights, usesSpikeGradient: Bool, into gradients: LIFNetwork.Gradients
    ) {
        kernel.backward(
            events: input.events, weights: weights, scratch: scratch, scores: scores,
            scoreGradient: scoreGradient,
            spikeGradient: usesSpikeGradient ? UnsafePointer(spikeGradient) : nil, into: gradients)
    }

    package func score(_ output: Int) -> Float { scores[output >> 2][output & 3] }

    /// The output with the highest score, the first of equals.
    package func decision(outputCount: Int) -> Int {
        var best = 0
        for o in 1..<outputCount where score(o) > score(best) { best = o }
        return best
    }
}
