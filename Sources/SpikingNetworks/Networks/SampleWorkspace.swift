package import NumericKernels

/// The scratch memory in which one thread simulates one sample at a time.
package final class SampleWorkspace {
    package let kernel: FeedForwardLIF
    package let scratch: FeedForwardLIF.Scratch
    package let events: UnsafeMutablePointer<UInt16>
    package let offsets: UnsafeMutablePointer<Int32>
    package let scores: UnsafeMutablePointer<Lanes>
    package let bestSteps: UnsafeMutablePointer<Lanes>
    package let scoreGradient: UnsafeMutablePointer<Lanes>

    package init(kernel: FeedForwardLIF) {
        self.kernel = kernel
        func allocate<Element>(_ count: Int, _ value: Element) -> UnsafeMutablePointer<Element> {
            let pointer = UnsafeMutablePointer<Element>.allocate(capacity: count)
            pointer.initialize(repeating: value, count: count)
            return pointer
        }
        scratch = FeedForwardLIF.Scratch(
            hidden: allocate(3 * kernel.hiddenVectors, Lanes.zero),
            output: allocate(3 * kernel.outputVectors, Lanes.zero),
            membraneTrace: allocate(kernel.stepCount * kernel.hiddenVectors, Lanes.zero),
            spikes: allocate(kernel.stepCount * kernel.hiddenLanes, UInt16(0)),
            spikeOffsets: allocate(kernel.stepCount + 1, Int32(0)))
        events = allocate(kernel.inputCount, UInt16(0))
        offsets = allocate(kernel.stepCount + 1, Int32(0))
        scores = allocate(kernel.outputVectors, Lanes.zero)
        bestSteps = allocate(kernel.outputVectors, Lanes.zero)
        scoreGradient = allocate(kernel.outputVectors, Lanes.zero)
    }

    deinit {
        scratch.hidden.deallocate()
        scratch.output.deallocate()
        scratch.membraneTrace.deallocate()
        scratch.spikes.deallocate()
        scratch.spikeOffsets.deallocate()
        events.deallocate()
        offsets.deallocate()
        scores.deallocate()
        bestSteps.deallocate()
        scoreGradient.deallocate()
    }

    /// Orders the spikes of one window.
    package func sortEvents(_ steps: UnsafePointer<UInt8>) -> Int {
        EventSort.sort(
            steps: steps, inputCount: kernel.inputCount, stepCount: kernel.stepCount,
            offsets: offsets, events: events)
    }

    /// Simulates the sorted window; scores and best steps hold the answer.
    package func forward(weights: UnsafePointer<Lanes>) -> Int {
        kernel.forward(
            events: events, offsets: offsets, weights: weights, scratch: scratch, scores: scores,
            bestSteps: bestSteps)
    }

    /// Adds the gradient of the sample just simulated, for the score gradient set.
    package func backward(
        readoutTransposed: UnsafePointer<Lanes>, outputCount: Int,
        gradient: UnsafeMutablePointer<Lanes>
    ) {
        kernel.backward(
            events: events, offsets: offsets, readoutTransposed: readoutTransposed,
            outputCount: outputCount, scratch: scratch, scoreGradient: scoreGradient,
            bestSteps: bestSteps, gradient: gradient)
    }

    package func score(_ output: Int) -> Float { scores[output >> 3][output & 7] }
}
