import LinearAlgebra
import NumericKernels

/// The reference that calibrated reliabilities are measured against: all that recalibration can
/// draw from the class scores.
///
/// In two stages, both fitted on known symbols: any affine map of the scores to logits (for at
/// most eight classes; above, the calibration itself), then for each bit any monotone function of
/// its log-likelihood ratio. Both have far more freedom than `ScoreCalibration`, and pay for it
/// with what they learn of chance: k free values fitted on N symbols cost about k / (2 N ln 2) bit
/// per symbol on others. Where the ratios after the first stage have the right shape, the second
/// one only costs; the reference is the better of the two. It is meant for measuring, not for a
/// receiver.
public struct ScoreRecalibration: Sendable, Hashable {
    /// Weight of score d in the logit of class c, shape [class, class].
    let weights: [Double]
    /// Shape [class].
    let biases: [Double]
    /// One for each bit of the label.
    let steps: [MonotoneRecalibration]

    private static let largestAffineOrder = 8

    var order: Int { biases.count }
    var bitsPerSymbol: Int { order.trailingZeroBitCount }

    /// - Parameters: as of `ScoreCalibration.fit`.
    public static func fit(
        scores: [Float], sent: [UInt8], order: Int
    ) throws(CalibrationError) -> ScoreRecalibration {
        try fitWithCalibration(scores: scores, sent: sent, order: order).recalibration
    }

    /// The calibration and its reference from the same symbols.
    public static func fitWithCalibration(
        scores: [Float], sent: [UInt8], order: Int
    ) throws(CalibrationError) -> (calibration: ScoreCalibration, recalibration: ScoreRecalibration)
    {
        let data = try StandardScores(scores: scores, sent: sent, order: order)
        let calibration = ScoreCalibration.fit(data)
        return (calibration, fit(scores: scores, data, from: calibration))
    }

    private static func fit(
        scores: [Float], _ data: StandardScores, from calibration: ScoreCalibration
    ) -> ScoreRecalibration {
        let (weights, biases) = affineMap(data, from: calibration)
        let ratios = logLikelihoodRatios(of: scores, weights: weights, biases: biases)
        let bits = BitReliabilities.bits(
            of: data.symbols, bitsPerSymbol: calibration.bitsPerSymbol)
        let count = calibration.bitsPerSymbol
        let steps = (0..<count).map { i in
            MonotoneRecalibration(
                values: data.symbols.indices.map { ratios[$0 * count + i] },
                bits: data.symbols.indices.map { bits[$0 * count + i] })
        }
        return ScoreRecalibration(weights: weights, biases: biases, steps: steps)
    }

    /// The affine map of least cross-entropy, in the scale of the scores.
    private static func affineMap(
        _ data: StandardScores, from calibration: ScoreCalibration
    ) -> (weights: [Double], biases: [Double]) {
        let order = data.order
        let width = order + 1
        // Class 0 keeps the logit zero: w[c, d] = scale ([c == d] - [d == 0]).
        let scale = calibration.scale * data.spread
        var parameters = [Double](repeating: 0, count: (order - 1) * width)
        for c in 1..<order {
            parameters[(c - 1) * width] = -scale
            parameters[(c - 1) * width + c] = scale
            parameters[(c - 1) * width + order] =
                calibration.biases[c] + calibration.scale * (data.means[c] - data.means[0])
        }
        if order <= largestAffineOrder {
            let start = parameters
            parameters =
                (try? CrossEntropyFit.minimum(from: start) { parameters in
                    CrossEntropyFit.expansion(data, parameters, of: DenseCrossEntropy.affine)
                }) ?? start
        }
        var weights = [Double](repeating: 0, count: order * order)
        var biases = [Double](repeating: 0, count: order)
        for c in 1..<order {
            biases[c] = parameters[(c - 1) * width + order]
            for d in 0..<order {
                let weight = parameters[(c - 1) * width + d] / data.spread
                weights[c * order + d] = weight
                biases[c] -= weight * data.means[d]
            }
        }
        return (weights, biases)
    }

    private static func logLikelihoodRatios(
        of scores: [Float], weights: [Double], biases: [Double]
    ) -> [Double] {
        let order = biases.count
        let logits = [Double](unsafeUninitializedCapacity: scores.count) { result, filled in
            filled = scores.count
            for n in 0..<scores.count / order {
                for c in 0..<order {
                    var z = biases[c]
                    for d in 0..<order {
                        z += weights[c * order + d] * Double(scores[n * order + d])
                    }
                    result[n * order + c] = z
                }
            }
        }
        return BitReliabilities.logLikelihoodRatios(
            logits: logits, bitsPerSymbol: order.trailingZeroBitCount)
    }

    /// Ratios after each stage; shape [symbol, bit].
    public func logLikelihoodRatios(
        of scores: [Float]
    ) -> (affine: [Double], monotone: [Double]) {
        let affine = Self.logLikelihoodRatios(of: scores, weights: weights, biases: biases)
        var monotone = affine
        let count = bitsPerSymbol
        for i in monotone.indices { monotone[i] = steps[i % count].ratio(of: monotone[i]) }
        return (affine, monotone)
    }
}
