extension HTMLReport {
    /// Lost frames: the receiver's own errors through every code, receiver by receiver.
    var errorCorrection: String {
        let coded = report.codedReceivers
        guard !coded.isEmpty else { return "" }
        let level = NumberText.count(0 - report.referenceNoiseDB)
        let blocks = coded.map { receiver, point, codes in
            let rate = NumberText.rate(point.ber, interval: point.interval)
            let sentences =
                ["Before decoding, \(rate) of the bits are wrong."]
                + ErrorCorrectionText.sentences(point, codes, thresholds: report.thresholds)
            let substrate = receiver.record.substrateText
            return "<h3>\(HTML.escape(receiver.label))"
                + (substrate == "software" ? "" : HTML.escape(" on \(substrate)")) + "</h3>\n"
                + "<p>\(HTML.sentence(sentences.joined(separator: " ")))</p>\n"
                + HTML.table(
                    [.init("code at \(level) dB")] + Self.codeColumns, codes.map(Self.codeRow))
        }
        return section(
            "error-correction", "Error correction",
            HTML.paragraph(
                "What codes make of the errors: decided bits, in their order, went through the "
                    + "decoders. Thresholds assume that errors are scattered; those of a receiver "
                    + "can come together: in one frame, which is lost then, or in one symbol, "
                    + "which counts but once.")
                + blocks.joined()
                + HTML.paragraph(
                    "Bound: exact, one-sided, 95 %; all that counting supports. Estimate (est.): "
                        + "extrapolated from the number of wrong symbols in every frame; its range "
                        + "is that of sampling, not of a wrong model. Counted: frames were lost "
                        + "often enough to need no extrapolation; exact 95 % interval. Bit error "
                        + "rate after decoding: its interval follows from that of lost frames; "
                        + "without a lost frame, half of the bits of one are taken for wrong.",
                    style: "note"))
    }

    private static let codeColumns: [HTML.Column] = [
        .init("frames", .figure), .init("lost", .figure), .init("bound of lost share", .figure),
        .init("estimate of lost share", .figure), .init("by the rule of thumb", .figure),
        .init("burstiness", .figure), .init("BER after decoding", .figure),
    ]

    private static func codeRow(_ code: EvaluationRecord.CodedErrors) -> [String] {
        [
            code.title, NumberText.count(Double(code.frames)),
            NumberText.count(Double(code.frameErrors)), ErrorCorrectionText.bound(code),
            ErrorCorrectionText.estimate(code),
            code.extrapolation?.ruleOfThumb.map { ErrorCorrectionText.share($0.frameErrorRate) }
                ?? "--",
            ErrorCorrectionText.burstiness(code), ErrorCorrectionText.decoded(code),
        ]
    }

    /// The same figures of one receiver at every noise level, for its card.
    func codedErrors(_ record: EvaluationRecord) -> String {
        let points = record.points.sorted { $0.noiseLevel < $1.noiseLevel }
        let rows = points.flatMap { point in
            (point.errorCorrection ?? []).map { code in
                [report.levelText(point.noiseDB)] + Self.codeRow(code)
            }
        }
        guard !rows.isEmpty else { return "" }
        return HTML.details(
            "Error correction at every noise level",
            HTML.table([.init("noise level"), .init("code")] + Self.codeColumns, rows))
    }
}
