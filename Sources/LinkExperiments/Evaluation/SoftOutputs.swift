import ErrorRates
import Reporting

/// Three readings of the same scores: calibrated, recalibrated with all freedom, and as they are.
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
        var recalibrated: SoftBitCount
        var uncalibrated: SoftBitCount
        /// Loss of the calibrated above that of the recalibrated.
        var deficit = MeanEstimate()

        init(bitsPerSymbol: Int) {
            calibrated = SoftBitCount(bitsPerSymbol: bitsPerSymbol)
            recalibrated = calibrated
            uncalibrated = calibrated
        }

        static func += (total: inout Sums, part: Sums) {
            total.calibrated += part.calibrated
            total.recalibrated += part.recalibrated
            total.uncalibrated += part.uncalibrated
            total.deficit += part.deficit
        }
    }

    /// Measures one block.
    func measure(_ scores: [Float], sent: [UInt8]) -> Sums {
        let bits = calibration.bitsPerSymbol
        var sums = Sums(bitsPerSymbol: bits)
        (sums.calibrated, sums.recalibrated, sums.deficit) = SoftBitCount.pair(
            ratios: calibration.logLikelihoodRatios(of: scores),
            reference: recalibration.logLikelihoodRatios(of: scores), sent: sent,
            bitsPerSymbol: bits)
        sums.uncalibrated = SoftBitCount(
            ratios: ScoreCalibration.identity(order: calibration.order)
                .logLikelihoodRatios(of: scores),
            sent: sent, bitsPerSymbol: bits)
        return sums
    }

    /// The section of a point.
    func record(_ sums: Sums, noise: Double, seed: UInt64) -> EvaluationRecord.Reliability {
        typealias Reliability = EvaluationRecord.Reliability
        func estimate(_ count: SoftBitCount) -> Reliability.Estimate {
            Reliability.Estimate(value: count.information, interval: count.informationInterval)
        }
        return Reliability(
            calibration: Reliability.Calibration(
                scale: calibration.scale, biases: calibration.biases,
                policy: "one scale and class biases of least cross-entropy, fitted at this noise "
                    + "power on known symbols",
                stream: SymbolStreams.Purpose.validation.rawValue, seed: seed, noiseDB: noise,
                symbols: symbols, bitErrors: bitErrors),
            information: estimate(sums.calibrated),
            informationPerBit: sums.calibrated.informationPerBit,
            recalibratedInformation: estimate(sums.recalibrated),
            deficit: Reliability.Estimate(
                value: sums.deficit.mean, interval: sums.deficit.interval),
            uncalibratedInformation: estimate(sums.uncalibrated),
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
