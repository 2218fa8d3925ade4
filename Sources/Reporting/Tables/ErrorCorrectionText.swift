/// What decoding found, as people read it.
public enum ErrorCorrectionText {
    /// A share from 0 to 1: `3.4e-6`, `0.97`; below 1e-30 no more is said.
    static func share(_ value: Double) -> String {
        if value >= 0.1 { return NumberText.plain(value, decimals: 2) }
        return value > 0 && value < 1e-30 ? "< 1e-30" : NumberText.scientific(value)
    }

    /// The exact upper bound of the share of lost frames: `< 2.4e-3`.
    static func bound(_ code: EvaluationRecord.CodedErrors) -> String {
        code.frames == 0 ? "--" : "< \(share(code.frameErrorRateBound))"
    }

    /// The share of lost frames: `3.4e-6 [1.1e-7, 8.0e-5] est.`, or `counted` where enough were
    /// lost to need no estimate.
    static func estimate(_ code: EvaluationRecord.CodedErrors) -> String {
        if code.isCounted, let interval = code.interval {
            return ranged(code.frameErrorRate, interval.lowerBound, interval.upperBound)
                + " counted"
        }
        guard let estimate = code.extrapolation, estimate.range.count == 2 else { return "--" }
        return ranged(estimate.frameErrorRate, estimate.range[0], estimate.range[1]) + " est."
    }

    private static func ranged(_ value: Double, _ low: Double, _ high: Double) -> String {
        "\(share(value)) [\(share(low)), \(share(high))]"
    }

    static func burstiness(_ code: EvaluationRecord.CodedErrors) -> String {
        code.extrapolation?.burstiness.map { NumberText.significant($0) } ?? "--"
    }

    static func decoded(_ code: EvaluationRecord.CodedErrors) -> String {
        let interval = code.decodedBERInterval
        guard code.frames > 0, interval.count == 2, interval[0] <= interval[1] else { return "--" }
        let rate = Double(code.decodedBitErrors) / Double(code.decodedBits)
        return NumberText.rate(rate, interval: interval[0]...interval[1])
    }

    /// How the rule of thumb stands to what decoding found.
    enum Judgment: Hashable {
        /// Nearly all frames are lost either way.
        case hopeless
        /// The rule lies within the range of the estimate.
        case right
        /// More (above 1) or fewer frames are lost than the rule says, by this factor.
        case wrong(Double?)
    }

    /// The code of which the rule of thumb is told, and how far it errs: KP4 where it was decoded.
    static func judged(
        _ codes: [EvaluationRecord.CodedErrors]
    ) -> (code: EvaluationRecord.CodedErrors, rule: Double, judgment: Judgment)? {
        let ruled = codes.filter { $0.extrapolation?.ruleOfThumb != nil }
        guard let code = ruled.first(where: { $0.scheme == "kp4" }) ?? ruled.last,
            let estimate = code.extrapolation, let rule = estimate.ruleOfThumb,
            estimate.range.count == 2
        else { return nil }
        let promised = rule.frameErrorRate
        if min(promised, estimate.frameErrorRate) > 0.5 { return (code, promised, .hopeless) }
        let isWithin = estimate.range[0] <= promised && promised <= estimate.range[1]
        return (code, promised, isWithin ? .right : .wrong(rule.frameErrorRatio))
    }

    /// One sentence on how far the rule of thumb errs for a receiver; nil without codes that have
    /// one.
    static func ruleOfThumb(_ codes: [EvaluationRecord.CodedErrors]) -> String? {
        guard codes.contains(where: { $0.inner == nil }) else { return nil }
        guard let (code, promised, judgment) = judged(codes), let estimate = code.extrapolation
        else { return "too few frames had errors to say how far the rule of thumb errs." }
        let certainty = code.isCounted ? "counted" : "est."
        let found = "\(share(estimate.frameErrorRate)) (\(certainty))"
        switch judgment {
        case .hopeless:
            return "\(code.title) loses most frames, as the rule of thumb says; far too many bits "
                + "are wrong for it."
        case .right:
            return "\(code.title) loses \(found) of the frames; the \(share(promised)) of the rule "
                + "of thumb lie within the range."
        case .wrong(let ratio):
            let isKind = estimate.frameErrorRate > promised
            let factor = ratio.map { ratio in
                isKind
                    ? ", \(NumberText.significant(ratio)) times as many"
                    : ", \(NumberText.significant(1 / ratio)) times fewer"
            }
            let asIf = estimate.ruleOfThumb?.bitErrorRatio.map {
                ", as if \(NumberText.significant($0)) times as many bits were wrong"
            }
            return "the rule of thumb is too \(isKind ? "kind" : "strict"): it says that "
                + "\(code.title) loses \(share(promised)) of the frames; "
                + (isKind
                    ? "errors that come together make it \(found)"
                    : "wrong bits that share symbols make it \(found)")
                + (factor ?? "") + (asIf ?? "") + "."
        }
    }
}

extension ErrorCorrectionText {
    /// Lost frames at which codes are said to hold, as the thresholds of KP4 are.
    static let thresholdLoss = 1e-12

    /// One sentence on whether a concatenated code keeps what its threshold promises; nil without
    /// such a code among the thresholds, or without an estimate.
    static func threshold(
        _ codes: [EvaluationRecord.CodedErrors], bitErrorRate: Double,
        thresholds: [Report.Threshold]
    ) -> String? {
        for code in codes where code.inner != nil {
            guard let threshold = thresholds.first(where: { $0.key == code.scheme }),
                let estimate = code.extrapolation, estimate.range.count == 2
            else { continue }
            let certainty = code.isCounted ? "counted" : "est."
            let found = "it loses \(share(estimate.frameErrorRate)) (\(certainty)) of the frames"
            let promise =
                "\(bitErrorRate < threshold.ber ? "below" : "above") its threshold of "
                + "\(NumberText.scientific(threshold.ber))"
            let answer: String
            if estimate.range[0] > thresholdLoss {
                answer = bitErrorRate < threshold.ber ? "; the threshold is too kind" : ""
            } else if estimate.range[1] < thresholdLoss {
                answer = bitErrorRate < threshold.ber ? "" : "; the threshold is too strict"
            } else {
                answer = ", which the range does not tell from the promised 1e-12"
            }
            return "\(code.title): \(promise), \(found)\(answer)."
        }
        return nil
    }

    /// Both sentences of a receiver.
    static func sentences(
        _ point: EvaluationRecord.Point, _ codes: [EvaluationRecord.CodedErrors],
        thresholds: [Report.Threshold]
    ) -> [String] {
        [ruleOfThumb(codes), threshold(codes, bitErrorRate: point.ber, thresholds: thresholds)]
            .compactMap { $0 }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
    }
}

extension Report {
    static let frameDefinition =
        "An outer codeword of a Reed-Solomon code: 528 or 544 symbols of ten bits, 255 of eight. "
        + "It is lost if more of its symbols are wrong than the code corrects. Codewords take "
        + "turns on the line, one symbol each: two of KP4, twelve behind an inner code, sixteen of "
        + "GFEC, one of KR4. The receiver's own errors, in order, meet the decoders."
    static let ruleOfThumbDefinition =
        "The share of lost frames that the bit error rate alone gives if bits err independently, "
        + "which is behind every published threshold."
    static let burstinessDefinition =
        "Estimated lost frames over those that as many wrong symbols would lose if they were "
        + "scattered: 1 without bursts; near 1 too where nearly all frames are lost."

    /// Receivers whose bits were decoded at the reference noise.
    var codedReceivers:
        [
            (
                receiver: Receiver, point: EvaluationRecord.Point,
                codes: [EvaluationRecord.CodedErrors]
            )
        ]
    {
        receivers.compactMap { receiver in
            guard let point = receiver.record.point(atNoiseDB: referenceNoiseDB),
                let codes = point.errorCorrection, !codes.isEmpty
            else { return nil }
            return (receiver, point, codes)
        }
    }

    /// Do lost frames follow from the bit error rate, as thresholds assume?
    var errorCorrectionVerdict: Verdict? {
        let judged = codedReceivers.compactMap { receiver, _, codes in
            ErrorCorrectionText.judged(codes).map { (receiver.label, $0.code, $0.judgment) }
        }.filter { $0.2 != .hopeless }
        guard let first = judged.first else { return nil }
        let parts = judged.map { label, code, judgment -> String in
            guard case .wrong(let ratio) = judgment else { return "\(label): yes" }
            guard let ratio else { return "\(label): no" }
            let factor = NumberText.significant(max(ratio, 1 / ratio))
            return "\(label): no, \(factor) times \(ratio > 1 ? "as many" : "fewer") are lost"
                + (code.isCounted ? "" : " (est.)")
        }
        return Verdict(
            question: "Does \(first.1.title) lose as many frames as the bit error rate says, at "
                + "\(NumberText.count(0 - referenceNoiseDB)) dB?",
            answer: "\(parts.joined(separator: "; ")).")
    }
}
