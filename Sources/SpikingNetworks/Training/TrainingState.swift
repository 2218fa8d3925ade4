public import NumericKernels

/// Everything that the next update depends on; saving it saves the training.
public struct TrainingState: Sendable, Equatable {
    /// Weights in the kernel's layout.
    public var weights: [Lanes]
    /// Adam's running means of the gradient and of its square.
    public var firstMoment: [Lanes]
    public var secondMoment: [Lanes]
    /// Updates done.
    public var updates: Int

    public init(network: FeedForwardNetwork) {
        weights = network.packedWeights()
        firstMoment = [Lanes](repeating: .zero, count: weights.count)
        secondMoment = firstMoment
        updates = 0
    }

    public init(weights: [Lanes], firstMoment: [Lanes], secondMoment: [Lanes], updates: Int) {
        precondition(weights.count == firstMoment.count && weights.count == secondMoment.count)
        self.weights = weights
        self.firstMoment = firstMoment
        self.secondMoment = secondMoment
        self.updates = updates
    }

    /// One update of the optimizer; the two layers differ in their weight limits.
    ///
    /// - Parameter hiddenVectors: Vectors that belong to the hidden layer, at the front.
    mutating func apply(
        hidden: AdamStep, readout: AdamStep, hiddenVectors: Int, gradient: [Lanes]
    ) {
        precondition(gradient.count == weights.count && hiddenVectors <= weights.count)
        updates += 1
        gradient.withUnsafeBufferPointer { gradient in
            weights.withUnsafeMutableBufferPointer { weights in
                firstMoment.withUnsafeMutableBufferPointer { first in
                    secondMoment.withUnsafeMutableBufferPointer { second in
                        for (adam, start, end) in [
                            (hidden, 0, hiddenVectors), (readout, hiddenVectors, gradient.count),
                        ] {
                            adam.apply(
                                step: updates, weights: weights.baseAddress! + start,
                                gradient: gradient.baseAddress! + start,
                                first: first.baseAddress! + start,
                                second: second.baseAddress! + start, count: end - start)
                        }
                    }
                }
            }
        }
    }
}
