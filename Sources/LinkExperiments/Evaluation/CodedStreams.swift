import ErrorCorrection
import ErrorRates
import Reporting

/// The bits of a receiver on their way through every code, block after block.
///
/// Codes work side by side, each on all blocks in order, so that the number of threads changes
/// nothing. Memory is one set of interleaved codewords for each code and one wave of blocks.
struct CodedStreams: Sendable {
    private var counts: [CodedErrorCount]

    /// - Parameter hasReliabilities: whether blocks come with log-likelihood ratios; without them,
    ///   schemes that need them are left out.
    init(_ schemes: [CodingScheme], hasReliabilities: Bool) {
        counts = schemes.filter { hasReliabilities || !$0.usesReliabilities }
            .map { CodedErrorCount($0) }
    }

    var isEmpty: Bool { counts.isEmpty }

    /// The bits of one block, shape [bit], in the order of the line.
    struct Block: Sendable {
        let sent: [UInt8]
        let decided: [UInt8]
        let ratios: [Double]?

        /// - Parameters:
        ///   - sent: symbols, as `decided`; shape [symbol].
        ///   - ratios: calibrated ones, shape [symbol, bit].
        init(sent: [UInt8], decided: [UInt8], ratios: [Double]?, bitsPerSymbol: Int) {
            self.sent = BitReliabilities.bits(of: sent, bitsPerSymbol: bitsPerSymbol)
            self.decided = BitReliabilities.bits(of: decided, bitsPerSymbol: bitsPerSymbol)
            self.ratios = ratios
        }
    }

    /// Consumes the next blocks.
    ///
    /// - Throws: `UndefinedReliability` if a ratio is not a number.
    mutating func append(_ blocks: [Block], parallel: Parallel) throws {
        if isEmpty || blocks.isEmpty { return }
        for block in blocks where block.ratios?.contains(where: \.isNaN) == true {
            throw UndefinedReliability()
        }
        let before = counts
        counts = try parallel.map(counts.count) { index in
            var count = before[index]
            for block in blocks {
                if let ratios = block.ratios {
                    count.append(
                        sent: block.sent, decided: block.decided, logLikelihoodRatios: ratios)
                } else {
                    count.append(sent: block.sent, decided: block.decided)
                }
            }
            return count
        }
    }

    /// The section of a point, one entry for each code.
    var record: [EvaluationRecord.CodedErrors] {
        counts.map { Self.entry($0.record, $0.scheme) }
    }

    private static func entry(
        _ record: CodedErrorRecord, _ scheme: CodingScheme
    ) -> EvaluationRecord.CodedErrors {
        let lost = record.frameErrors
        let interval = lost.confidenceInterval()
        let decoded = record.decodedBitErrorInterval()
        let last = record.symbolErrorHistogram.lastIndex { $0 > 0 } ?? -1
        return EvaluationRecord.CodedErrors(
            scheme: scheme.name, title: scheme.title,
            usesReliabilities: scheme.usesReliabilities,
            correctableSymbols: scheme.outer.correctable, frames: record.frames,
            frameErrors: lost.events, miscorrectedFrames: record.miscorrectedFrames,
            frameErrorRateInterval: [interval.lowerBound, interval.upperBound],
            frameErrorRateBound: lost.upperBound(), decodedBits: record.decodedBits,
            decodedBitErrors: record.decodedBitErrors,
            decodedBERInterval: [decoded.lowerBound, decoded.upperBound],
            inner: scheme.inner == nil
                ? nil
                : EvaluationRecord.CodedErrors.Inner(
                    words: record.innerWords, failures: record.innerFailures,
                    bits: record.innerBits, bitErrors: record.innerBitErrors),
            symbolErrorHistogram: Array(record.symbolErrorHistogram.prefix(last + 1)),
            extrapolation: FrameErrorEstimate(record, scheme: scheme).map(extrapolation))
    }

    private static func extrapolation(
        _ estimate: FrameErrorEstimate
    ) -> EvaluationRecord.CodedErrors.Extrapolation {
        EvaluationRecord.CodedErrors.Extrapolation(
            frameErrorRate: estimate.rate, range: [estimate.low, estimate.high],
            overdispersion: estimate.overdispersion, anchor: estimate.anchor,
            framesAtAnchor: estimate.framesAtAnchor,
            scatteredFrameErrorRate: estimate.independentRate, burstiness: estimate.burstiness,
            ruleOfThumb: estimate.ruleOfThumbRate.map { rule in
                EvaluationRecord.CodedErrors.RuleOfThumb(
                    frameErrorRate: rule,
                    // Below normal numbers a ratio could be infinite.
                    frameErrorRatio: rule >= .leastNormalMagnitude ? estimate.rate / rule : nil,
                    bitErrorRatio: estimate.equivalentBitErrorRatio)
            })
    }
}

/// Scores from which no reliability follows.
struct UndefinedReliability: Error, CustomStringConvertible {
    let description =
        "a score on the counted symbols is not a number: its bits have no reliabilities to decode "
        + "from; --no-reliability leaves these codes out"
}
