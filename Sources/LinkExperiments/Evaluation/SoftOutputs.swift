import ErrorRates
import Reporting

/// Readings of the same scores: calibrated, recalibrated with all freedom, and as they are.
struct SoftOutputs: Sendable {
    private let symbols: Int
    private let bitErrors: Int
    let calibration: ScoreCalibration
    private let recalibration: ScoreRecalibration

    init(_ known: Evaluation.CalibrationSymbols) throws {
        symbols = known.sent.count
        bitErrors = known.bitErrors
        (calibration, recalibration) = try ScoreRecalibration.fitWithCalibration(
            scores: known.scores, sent: known.sent, order: known.order)
    }

    /// What they are worth, over blocks.
    struct Sums: Sendable {
        var calibrated: SoftBitCount
        /// After the affine stage of the recalibration, after both, and uncalibrated.
        var affine: SoftBitCount.Comparison
        var monotone: SoftBitCount.Comparison
        var uncalibrated: SoftBitCount.Comparison

        init(bitsPerSymbol: Int) {
            calibrated = SoftBitCount(bitsPerSymbol: bitsPerSymbol)
            affine = SoftBitCount.Comparison(bitsPerSymbol: bitsPerSymbol)
            monotone = affine
            uncalibrated = affine
        }

        static func += (total: inout Sums, part: Sums) {
            total.calibrated += part.calibrated
            total.affine += part.affine
            total.monotone += part.monotone
            total.uncalibrated += part.uncalibrated
        }
    }

    /// Measures one block.
    ///
    /// - Parameter ratios: the calibrated ones of the scores.
    func measure(_ scores: [Float], ratios: [Double], sent: [UInt8]) -> Sums {
        let bits = calibration.bitsPerSymbol
        let recalibrated = recalibration.logLikelihoodRatios(of: scores)
        let asTheyAre = ScoreCalibration.identity(order: calibration.order)
        let (count, others) = SoftBitCount.compare(
            ratios: ratios,
            with: [
                recalibrated.affine, recalibrated.monotone,
                asTheyAre.logLikelihoodRatios(of: scores),
            ], sent: sent, bitsPerSymbol: bits)
        var sums = Sums(bitsPerSymbol: bits)
        sums.calibrated = count
        (sums.affine, sums.monotone, sums.uncalibrated) = (others[0], others[1], others[2])
        return sums
    }

    /// The section of a point.
    func record(_ sums: Sums, noise: Double, seed: UInt64) -> EvaluationRecord.Reliability {
        typealias Reliability = EvaluationRecord.Reliability
        func estimate(_ count: SoftBitCount) -> Reliability.Estimate {
            Reliability.Estimate(value: count.information, interval: count.informationInterval)
        }
        let isAffine = sums.affine.count.information >= sums.monotone.count.information
        let reference = isAffine ? sums.affine : sums.monotone
        return Reliability(
            calibration: Reliability.Calibration(
                scale: calibration.scale, biases: calibration.biases,
                policy: "one scale and class biases of least cross-entropy, fitted at this noise "
                    + "power on known symbols",
                stream: SymbolStreams.Purpose.validation.rawValue, seed: seed, noiseDB: noise,
                symbols: symbols, bitErrors: bitErrors),
            information: estimate(sums.calibrated),
            informationPerBit: sums.calibrated.informationPerBit,
            recalibratedInformation: estimate(reference.count),
            recalibration: isAffine ? "affine" : "affine, then monotone for each bit",
            deficit: Reliability.Estimate(
                value: reference.deficit.mean, interval: reference.deficit.interval),
            uncalibratedInformation: estimate(sums.uncalibrated.count),
            signBitErrors: sums.calibrated.bitErrors,
            expectedCalibrationError: sums.calibrated.expectedCalibrationError,
            bins: sums.calibrated.bins.enumerated().compactMap { index, bin in
                guard bin.bits > 0 else { return nil }
                let interval = BinomialInterval.exact(successes: bin.errors, trials: bin.bits)
                return Reliability.Bin(
                    leastRatio: Double(index) * SoftBitCount.binWidth, bits: bin.bits,
                    errors: bin.errors, stated: bin.stated,
                    ci95: [interval.lowerBound, interval.upperBound])
            })
    }
}
