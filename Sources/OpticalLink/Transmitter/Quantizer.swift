import RealModule

/// A uniform quantizer with 2^bits steps over -limit...limit and clipping beyond: the amplitude side
/// of a digital-to-analog or analog-to-digital converter.
///
/// Values go to the middle of their step. For a signal that fills the range the error is uniform,
/// of variance (2 limit / 2^bits)^2 / 12; a full-scale sine has 6.02 bits + 1.76 dB.
/// Source: Bennett, "Spectra of Quantized Signals", 1948.
public struct Quantizer: Sendable, Hashable {
    public let bits: Int
    public let limit: Double

    /// - Precondition: 1...24 bits, a positive limit.
    public init(bits: Int, limit: Double) {
        precondition((1...24).contains(bits) && limit > 0)
        self.bits = bits
        self.limit = limit
    }

    public func quantize(_ value: Double) -> Double {
        let steps = Double(1 << bits)
        let step = 2 * limit / steps
        let index = ((value + limit) / step).rounded(.down)
        return (min(max(index, 0), steps - 1) + 0.5) * step - limit
    }
}
