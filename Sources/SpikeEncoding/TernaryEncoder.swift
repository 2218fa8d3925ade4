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

    func encode(_ window: UnsafePointer<Float>, into events: inout LIFNetwork.Events) {
        let highest = Float((1 << bitCount) - 1)
        let scale = highest / Float(largest)
        var count = 0
        for tap in 0..<tapCount {
            let y = window[tap] - Float(mean)
            let level = Int(min(highest, (abs(y) * scale).rounded()))
            for bit in 0..<bitCount {
                events.inputs[count] = UInt16(truncatingIfNeeded: tap * bitCount + bit)
                events.steps[count] = 0
                events.values?[count] = y < 0 ? -1 : 1
                count += (level >> (bitCount - 1 - bit)) & 1
            }
        }
        events.count = count
    }
}
