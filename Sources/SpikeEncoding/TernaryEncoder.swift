import NumericKernels

/// The bits of a sample's magnitude, each sent as a graded spike with the sample's sign in the
/// first step.
///
/// m = round(|y - mean| / largest * (2^bits - 1)), at most 2^bits - 1 (mid-tread: zero is a level);
/// neuron b sends sign(y - mean) where bit b of m is set, the most significant bit first.
/// Source: arXiv 2412.03129 (8 bits, 0..4), introduced in arXiv 2211.04756.
public struct TernaryEncoder: Sendable, Hashable, Codable {
    public let tapCount: Int
    public let bitCount: Int
    /// Subtracted from each sample.
    public let mean: Double
    /// Magnitude of the highest level.
    public let largest: Double

    /// - Precondition: 1 to 15 bits, a positive largest magnitude.
    public init(tapCount: Int, bitCount: Int, mean: Double, largest: Double) {
        precondition(tapCount > 0 && (1...15).contains(bitCount))
        precondition(mean.isFinite && largest.isFinite && largest > 0)
        self.tapCount = tapCount
        self.bitCount = bitCount
        self.mean = mean
        self.largest = largest
    }

    /// The kernel that encodes windows.
    var kernel: TernaryEvents {
        TernaryEvents(
            tapCount: tapCount, bitCount: bitCount, mean: Float(mean), largest: Float(largest))
    }
}
