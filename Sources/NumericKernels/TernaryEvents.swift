/// The events of a tap window as bits of magnitudes: each set bit is a spike in the first step that
/// weighs the sample's sign.
public struct TernaryEvents: Sendable {
    public var tapCount: Int
    public var bitCount: Int
    /// Subtracted from each sample.
    public var mean: Float
    /// Magnitude of the highest level.
    public var largest: Float

    public init(tapCount: Int, bitCount: Int, mean: Float, largest: Float) {
        self.tapCount = tapCount
        self.bitCount = bitCount
        self.mean = mean
        self.largest = largest
    }

    /// Encodes one window.
    ///
    /// - Parameters:
    ///   - window: Samples, [tap].
    ///   - events: Receives inputs tap * bits + bit, the most significant bit first; needs room for
    ///     one more than there are inputs.
    public func encode(_ window: UnsafePointer<Float>, into events: inout LIFNetwork.Events) {
        guard let values = events.values else { return }
        let highest = Float((1 << bitCount) - 1)
        let scale = highest / largest
        var count = 0
        for tap in 0..<tapCount {
            let y = window[tap] - mean
            let exact = (abs(y) * scale).rounded()
            let level = Int32(exact < highest ? exact : highest)
            let sign: Float = y < 0 ? -1 : 1
            for bit in 0..<bitCount {
                events.inputs[count] = UInt16(truncatingIfNeeded: tap &* bitCount &+ bit)
                events.steps[count] = 0
                values[count] = sign
                // Without a branch: a bit that is not set is overwritten by the next one.
                count &+= Int((level >> Int32(bitCount &- 1 &- bit)) & 1)
            }
        }
        events.stepEnd = 1
        events.count = count
    }
}
