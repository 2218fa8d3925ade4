public import Modulation
import RealModule

/// The information that bits of Gray-labeled pulse amplitudes keep in white Gaussian noise.
public enum PAMInformation {
    /// Bit-metric mutual information, in bits per symbol, for equally likely symbols and exact
    /// log-likelihood ratios: sum over bits of 1 - E[log2(1 + exp(-(1 - 2 b) L))].
    ///
    /// The expectation over the noise is a trapezoidal sum over 12 standard deviations to either
    /// side in 4001 points, exact to rounding for so smooth an integrand.
    ///
    /// - Parameter noiseStandardDeviation: in the units of the levels; positive.
    public static func additiveGaussian(
        _ alphabet: PAMAlphabet, noiseStandardDeviation s: Double
    ) -> Double {
        precondition(s > 0 && s.isFinite, "a standard deviation is positive")
        let reach = 12.0
        let points = 4001
        let step = 2 * reach / Double(points - 1)
        let bits = alphabet.bitsPerSymbol
        var loss = 0.0
        for (sent, level) in alphabet.levels.enumerated() {
            let positions = (0..<points).map { -reach + Double($0) * step }
            let logits = positions.flatMap { position in
                alphabet.levels.map { other in
                    let d = (level - other) / s + position
                    return -0.5 * d * d
                }
            }
            let ratios = BitReliabilities.logLikelihoodRatios(logits: logits, bitsPerSymbol: bits)
            let label = PAMAlphabet.grayLabel(of: UInt8(sent))
            for (index, position) in positions.enumerated() {
                let weight =
                    step * Double.exp(-0.5 * position * position) / (2 * Double.pi).squareRoot()
                for i in 0..<bits {
                    let isOne = (label >> UInt8(bits - 1 - i)) & 1 == 1
                    let wrong = isOne ? ratios[index * bits + i] : -ratios[index * bits + i]
                    // log(1 + exp x) without overflow.
                    loss +=
                        weight * (max(0, wrong) + Double.log(onePlus: Double.exp(-abs(wrong))))
                }
            }
        }
        return Double(bits) - loss / Double.log(2) / Double(alphabet.order)
    }
}
