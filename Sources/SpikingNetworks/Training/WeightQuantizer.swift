import NumericKernels

/// Weights as six bits and a sign resolve them.
///
/// w' = round(63 w / largest) largest / 63, layer by layer; ties to even. Gradients pass straight
/// through to the unrounded weights (Bengio et al. 2013).
struct WeightQuantizer: Sendable {
    private let range: TrainingPolicy.WeightRange
    private let kernel: LIFNetwork

    init(_ range: TrainingPolicy.WeightRange, kernel: LIFNetwork) {
        precondition(
            !range.isSixBit || (range.largestHidden.isFinite && range.largestReadout.isFinite),
            "six bits need a largest weight")
        self.range = range
        self.kernel = kernel
    }

    /// The weights that the network computes with.
    func effective(_ weights: [Lanes]) -> [Lanes] {
        guard range.isSixBit else { return weights }
        var result = weights
        round(&result, 0..<kernel.readoutStart, range.largestHidden)
        round(&result, kernel.readoutStart..<kernel.recurrentStart, range.largestReadout)
        round(&result, kernel.recurrentStart..<kernel.weightVectors, range.largestHidden)
        return result
    }

    private func round(_ weights: inout [Lanes], _ part: Range<Int>, _ largest: Double) {
        let up = Lanes(repeating: Float(63 / largest))
        let down = Lanes(repeating: Float(largest / 63))
        for i in part { weights[i] = (weights[i] * up).rounded(.toNearestOrEven) * down }
    }
}
