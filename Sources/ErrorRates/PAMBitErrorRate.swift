public import Modulation
import RealModule

/// The exact bit error rate of Gray-labeled pulse amplitudes in white Gaussian noise.
public enum PAMBitErrorRate {
    /// Bit error rate with thresholds midway between neighboring levels.
    ///
    /// The mean over sent symbols of sum over decided symbols of P(decided | sent) times the
    /// share of bits in which their labels differ. For four levels d apart on either side,
    /// -3d, -d, d, 3d, this is (3 Q(d/s) + 2 Q(3d/s) - Q(5d/s)) / 4.
    ///
    /// - Parameters:
    ///   - noiseStandardDeviation: s, in the units of the levels.
    public static func additiveGaussian(
        _ alphabet: PAMAlphabet, noiseStandardDeviation s: Double
    ) -> Double {
        precondition(s >= 0 && s.isFinite, "a standard deviation is not negative")
        if s == 0 { return 0 }
        let levels = alphabet.levels
        let edges =
            [-Double.infinity] + zip(levels, levels.dropFirst()).map { ($0 + $1) / 2 }
            + [Double.infinity]
        var sum = 0.0
        for sent in levels.indices {
            for decided in levels.indices where decided != sent {
                var low = (edges[decided] - levels[sent]) / s
                var high = (edges[decided + 1] - levels[sent]) / s
                // Both on the positive side, where the tail function keeps its digits.
                if decided < sent { (low, high) = (-high, -low) }
                let errors = PAMAlphabet.bitErrors(UInt8(sent), UInt8(decided))
                sum += Double(errors) * (tail(low) - tail(high))
            }
        }
        return sum / Double(alphabet.order * alphabet.bitsPerSymbol)
    }

    /// Q(x), the probability that a standard normal number exceeds x.
    static func tail(_ x: Double) -> Double { 0.5 * Double.erfc(x / 2.0.squareRoot()) }
}
