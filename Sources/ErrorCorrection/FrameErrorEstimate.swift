import RealModule

/// An estimate of the rate of lost frames from the wrong symbols of frames that were not lost.
///
/// **This is an extrapolation, not a measurement**; the bound that counting supports is
/// `CodedErrorRecord.frameErrors.upperBound`. The number of wrong symbols in a frame is modeled as
/// beta-binomial: as if each frame drew its own symbol error rate. Mean and variance are those of
/// the histogram; independent errors are the special case of the binomial variance. The model
/// supplies only the ratio of its tail above t to its tail from the anchor on, the largest number of
/// wrong symbols that at least `anchorFrames` frames reached; that tail is as counted. Where frames
/// were lost often enough, the anchor is t + 1 and the estimate is the count.
///
/// The range covers sampling alone: 95 % of mean and of variance to either side, and the exact
/// interval of the anchor, taken together at their worst. It does not cover a wrong model. Beside
/// long counts of decisions that are wrong in runs, a thousand frames give the rate within a factor
/// of two; `CodingBenchmarks tail` measures that.
public struct FrameErrorEstimate: Sendable, Hashable, Codable {
    /// Lost frames per frame.
    public let rate: Double
    public let low: Double
    public let high: Double
    /// Variance of the wrong symbols of a frame over that of independent ones; 1 without bursts.
    public let overdispersion: Double
    /// Wrong symbols of the anchor, and how many frames had so many or more.
    public let anchor: Int
    public let framesAtAnchor: Int
    /// Lost frames per frame if as many wrong symbols were independent.
    public let independentRate: Double
    /// rate / independentRate: how much oftener frames are lost because errors come together; nil
    /// where the independent rate is below all numbers.
    public let burstiness: Double?
    /// Without an inner code: lost frames per frame if as many wrong *bits* were independent, the
    /// assumption of every published threshold.
    public let ruleOfThumbRate: Double?
    /// Without an inner code: the independent bit error rate with the estimated loss of frames over
    /// the receiver's own. Above 1 the rule of thumb is too kind by this factor in bit error rate.
    public let equivalentBitErrorRatio: Double?

    static let anchorFrames = 30

    private enum CodingKeys: String, CodingKey {
        case rate, low, high, overdispersion, anchor
        case framesAtAnchor = "frames_at_anchor"
        case independentRate = "independent_rate"
        case burstiness
        case ruleOfThumbRate = "rule_of_thumb_rate"
        case equivalentBitErrorRatio = "equivalent_bit_error_ratio"
    }

    /// - Returns: nil without at least two frames and `anchorFrames` frames with a wrong symbol:
    ///   there is nothing to extrapolate from.
    public init?(_ record: CodedErrorRecord, scheme: CodingScheme) {
        precondition(record.scheme == scheme.name, "the scheme of the record")
        let code = scheme.outer
        guard let model = Model(record, code: code) else { return nil }
        let counted = EventRate(events: model.framesAtAnchor, trials: record.frames)
        overdispersion = model.overdispersion
        anchor = model.anchor
        framesAtAnchor = model.framesAtAnchor
        rate = counted.rate * model.tailRatio(meanShift: 0, dispersionShift: 0)
        let interval = counted.confidenceInterval()
        let corners = [(-1.0, -1.0), (-1, 1), (1, -1), (1, 1)].map {
            model.tailRatio(meanShift: 1.96 * $0.0, dispersionShift: 1.96 * $0.1)
        }
        low = min(rate, interval.lowerBound * corners.min()!)
        high = max(rate, min(1, interval.upperBound * corners.max()!))
        independentRate = code.frameErrorRate(symbolErrorRate: record.symbolErrors.rate)
        // Below normal numbers a ratio could be infinite.
        burstiness =
            independentRate >= .leastNormalMagnitude ? rate / independentRate : nil
        if scheme.inner == nil {
            ruleOfThumbRate = code.frameErrorRate(bitErrorRate: record.channel.rate)
            equivalentBitErrorRatio =
                rate > 0 && rate < 1
                ? code.bitErrorRate(frameErrorRate: rate) / record.channel.rate : nil
        } else {
            ruleOfThumbRate = nil
            equivalentBitErrorRatio = nil
        }
    }

    /// Moments of the histogram and the beta-binomial distribution they give.
    private struct Model {
        let length: Int
        let lost: Int
        let mean: Double
        let meanError: Double
        let overdispersion: Double
        let overdispersionError: Double
        let anchor: Int
        let framesAtAnchor: Int

        init?(_ record: CodedErrorRecord, code: ReedSolomonCode) {
            let histogram = record.symbolErrorHistogram
            let frames = Double(record.frames)
            length = code.length
            lost = code.correctable + 1
            guard record.frames >= 2 else { return nil }
            let wrongSymbols = histogram.enumerated().reduce(0) { $0 + $1.offset * $1.element }
            let mean = Double(wrongSymbols) / frames
            var moments = (second: 0.0, third: 0.0, fourth: 0.0)
            for (wrong, count) in histogram.enumerated() where count > 0 {
                let d = Double(wrong) - mean
                moments.second += Double(count) * d * d
                moments.third += Double(count) * d * d * d
                moments.fourth += Double(count) * d * d * d * d
            }
            let variance = moments.second / (frames - 1)
            var reached = 0
            var anchor = 0
            for wrong in stride(from: length, through: 1, by: -1) {
                reached += histogram[wrong]
                if wrong <= lost && reached >= FrameErrorEstimate.anchorFrames {
                    anchor = wrong
                    break
                }
            }
            guard anchor > 0, variance > 0, mean < Double(length) else { return nil }
            let share = mean / Double(length)
            self.mean = mean
            self.anchor = anchor
            framesAtAnchor = reached
            meanError = (variance / frames).squareRoot()
            overdispersion = variance / (mean * (1 - share))
            // First-order error of variance / mean from the moments of both.
            let relative =
                ((moments.fourth / frames - variance * variance) / (variance * variance)
                    + variance / (mean * mean)
                    - 2 * moments.third / frames / (mean * variance)) / frames
            overdispersionError = overdispersion * max(0, relative).squareRoot()
        }

        /// P(more wrong symbols than correctable) / P(as many as the anchor or more), mean and
        /// overdispersion moved by so many of their standard errors.
        func tailRatio(meanShift: Double, dispersionShift: Double) -> Double {
            if anchor == lost { return 1 }
            let share = min(
                max((mean + meanShift * meanError) / Double(length), 1e-12), 1 - 1e-12)
            let dispersion = overdispersion + dispersionShift * overdispersionError
            let correlation = min(max(0, (dispersion - 1) / Double(length - 1)), 0.999)
            func tail(_ wrong: Int) -> Double {
                BinomialTail.logProbability(
                    atLeast: wrong, trials: length, mean: share, correlation: correlation)
            }
            return Double.exp(tail(lost) - tail(anchor))
        }
    }
}
