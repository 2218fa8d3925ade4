import BaselineEqualizers
public import ErrorRates
public import Modulation
import OpticalLink
import Reporting

/// On how many known symbols a receiver's scores are calibrated.
///
/// Every evaluated noise power has a calibration of its own, fitted on symbols received at that
/// power: a receiver does not know the noise, but it meets pilots in it. A calibration says
/// nothing of other powers and is not used there. Its symbols are those of the stream `validation`
/// under the seed of the evaluation, never the counted ones.
public struct CalibrationPolicy: Sendable, Hashable {
    /// Share of the evaluation's wanted bit errors that the known symbols must hold.
    public var errorShare: Double
    /// Least and most blocks, whatever their errors; whole waves of four are sent.
    public var blocks: ClosedRange<Int>

    public init(errorShare: Double, blocks: ClosedRange<Int>) {
        precondition(errorShare > 0 && blocks.lowerBound > 0)
        self.errorShare = errorShare
        self.blocks = blocks
    }

    /// A quarter of the errors on 80 000 to 480 000 symbols. At most points that is a quarter more
    /// work; the parameters then cost less than 1e-4 bit per symbol, those of the reference less
    /// than 2e-4.
    public static let standard = CalibrationPolicy(errorShare: 0.25, blocks: 8...48)
}

extension Evaluation {
    /// Scores of known symbols.
    public struct CalibrationSymbols: Sendable {
        public var sent: [UInt8] = []
        /// Shape [symbol, class].
        public var scores: [Float] = []
        public var order: Int
        public var bitErrors = 0
    }

    /// The calibration of a receiver at a noise power, for whoever decodes its soft outputs.
    ///
    /// - Throws: `CalibrationError` if a score is not finite.
    public func calibrated(
        _ detector: any SymbolDetector, noise: Double, policy: CalibrationPolicy = .standard
    ) throws -> ScoreCalibration {
        let symbols = try calibrationSymbols(detector, noise: noise, policy: policy) {}
        return try ScoreCalibration.fit(
            scores: symbols.scores, sent: symbols.sent, order: symbols.order)
    }

    /// Runs a receiver on the stream it is calibrated with.
    func calibrationSymbols(
        _ detector: any SymbolDetector, noise: Double, policy: CalibrationPolicy,
        progress: () throws -> Void
    ) throws -> CalibrationSymbols {
        let streams = streams(
            noise: noise, purpose: .validation, samplesPerSymbol: detector.samplesPerSymbol)
        let alphabet = link.parameters.alphabet
        var result = CalibrationSymbols(order: alphabet.order)
        let wanted = policy.errorShare * Double(bitErrors)
        var next = 0
        while next < policy.blocks.lowerBound
            || (next < policy.blocks.upperBound && Double(result.bitErrors) < wanted)
        {
            let first = next
            let wave = try parallel.map(Self.waveLength) { offset in
                let block = streams.block(first + offset)
                let detection = detector.detect(
                    block.received, noise: streams.receiverNoise(first + offset))
                return (block.symbols, detection)
            }
            for (sent, detection) in wave {
                result.sent += sent
                result.scores += detection.scores
                result.bitErrors +=
                    BitErrorCount(
                        sent: sent, decided: detection.symbols,
                        bitsPerSymbol: alphabet.bitsPerSymbol
                    ).bitErrors
            }
            next += Self.waveLength
            try progress()
        }
        return result
    }
}
