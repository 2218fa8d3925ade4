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

    /// One update of the optimizer.
    mutating func apply(_ adam: AdamStep, gradient: [Lanes]) {
        precondition(gradient.count == weights.count)
        updates += 1
        gradient.withUnsafeBufferPointer { gradient in
            weights.withUnsafeMutableBufferPointer { weights in
                firstMoment.withUnsafeMutableBufferPointer { first in
                    secondMoment.withUnsafeMutableBufferPointer { second in
                        adam.apply(
                            step: updates, weights: weights.baseAddress!,
                            gradient: gradient.baseAddress!, first: first.baseAddress!,
                            second: second.baseAddress!, count: gradient.count)
                    }
                }
            }
        }
    }
}
