import LinearAlgebra
import NumericKernels

/// What turns a receiver's class scores into class probabilities: one scale for all scores and a
/// bias for each class.
///
/// P(c) = exp(scale score[c] + bias[c]) / sum over d of exp(scale score[d] + bias[d]).
/// The scale is an inverse temperature: scores of a receiver trained at one noise power are too
/// confident at a higher one, and too shy at a lower one. The biases, the first of them zero,
/// mend shifts between classes. Both are fitted at the noise power they are used at, on known
/// symbols, as a receiver in operation would do on pilots; they never change a hard decision of
/// the receiver, which stays with its scores.
///
/// - Source: the scale alone: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural
///   networks", ICML 2017; with biases: Platt, "Probabilistic outputs for support vector
///   machines", 1999.
public struct ScoreCalibration: Sendable, Hashable, Codable {
    public let scale: Double
    /// In nats, one for each class; the first is zero.
    public let biases: [Double]

    /// - Precondition: 2...256 biases, a power of two; all values finite.
    public init(scale: Double, biases: [Double]) {
        precondition(
            biases.count >= 2 && biases.count <= 256 && biases.count & (biases.count - 1) == 0,
            "one bias for each class of an alphabet")
        precondition(scale.isFinite && biases.allSatisfy(\.isFinite), "finite parameters")
        self.scale = scale
        self.biases = biases
    }

    /// Takes the scores for logarithms of probabilities as they are.
    public static func identity(order: Int) -> ScoreCalibration {
        ScoreCalibration(scale: 1, biases: [Double](repeating: 0, count: order))
    }

    public var order: Int { biases.count }
    public var bitsPerSymbol: Int { order.trailingZeroBitCount }

    /// The calibration of least cross-entropy on known symbols, found by Newton's method.
    ///
    /// - Parameters:
    ///   - scores: shape [symbol, class], as in `Detection`.
    ///   - sent: the true symbols, shape [symbol].
    /// - Throws: `CalibrationError` if a score is not finite or there is no symbol.
    /// - Complexity: about ten passes over the scores.
    public static func fit(
        scores: [Float], sent: [UInt8], order: Int
    ) throws(CalibrationError) -> ScoreCalibration {
        let data = try StandardScores(scores: scores, sent: sent, order: order)
        return fit(data)
    }

    static func fit(_ data: StandardScores) -> ScoreCalibration {
        let order = data.order
        let start = [Double](repeating: 0, count: order)
        // The ridge makes every step solvable; a failure leaves what the classes alone say.
        let parameters =
            (try? CrossEntropyFit.minimum(from: start) { parameters in
                CrossEntropyFit.expansion(data, parameters, of: DenseCrossEntropy.scaled)
            }) ?? start
        // a (s - mean[c]) / spread + b[c], relative to class 0.
        let scale = parameters[0] / data.spread
        let biases = (0..<order).map { c in
            c == 0 ? 0 : parameters[c] - scale * (data.means[c] - data.means[0])
        }
        return ScoreCalibration(scale: scale, biases: biases)
    }

    /// Logarithms of the class probabilities up to a constant for each symbol.
    ///
    /// - Parameter scores: shape [symbol, class], as in `Detection`.
    /// - Returns: shape [symbol, class], in nats.
    public func logits(of scores: [Float]) -> [Double] {
        precondition(scores.count % order == 0, "one score for each class")
        return [Double](unsafeUninitializedCapacity: scores.count) { result, filled in
            filled = scores.count
            let mask = order - 1
            for i in 0..<scores.count {
                result[i] = scale * Double(scores[i]) + biases[i & mask]
            }
        }
    }

    /// The reliabilities of the bits, as `BitReliabilities` defines them; shape [symbol, bit].
    public func logLikelihoodRatios(of scores: [Float]) -> [Double] {
        BitReliabilities.logLikelihoodRatios(
            logits: logits(of: scores), bitsPerSymbol: bitsPerSymbol)
    }
}

extension CrossEntropyFit {
    typealias Kernel = (
        UnsafePointer<Double>, UnsafePointer<UInt8>, Int, Int, UnsafePointer<Double>,
        UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>
    ) -> Double

    /// One pass of a kernel over the scores.
    static func expansion(_ data: StandardScores, _ parameters: [Double], of kernel: Kernel)
        -> Expansion
    {
        let zero = [Double](repeating: 0, count: parameters.count)
        var result = Expansion(
            value: 0, gradient: zero,
            hessian: [Double](repeating: 0, count: parameters.count * parameters.count))
        var workspace = [Double](repeating: 0, count: data.order)
        result.value = kernel(
            data.values, data.symbols, data.symbols.count, data.order, parameters,
            &result.gradient, &result.hessian, &workspace)
        return result
    }
}
