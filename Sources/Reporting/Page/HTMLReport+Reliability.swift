extension HTMLReport {
    /// Soft decisions: the reliability diagram and what the ratios of every receiver are worth.
    var reliability: String {
        let soft = report.softReceivers
        guard !soft.isEmpty else { return "" }
        let level = NumberText.count(0 - report.referenceNoiseDB)
        let rows = soft.map { _, receiver, reliability in
            [
                receiver.label, receiver.record.substrateText,
                Self.information(reliability.information),
                NumberText.plain(reliability.recalibratedInformation.value, decimals: 4),
                Self.percent(reliability.ratio),
                NumberText.plain(reliability.uncalibratedInformation.value, decimals: 4),
                NumberText.significant(reliability.calibration.scale, digits: 3),
                NumberText.scientific(reliability.expectedCalibrationError),
            ]
        }
        return section(
            "reliability", "Soft decisions",
            HTML.paragraph(
                "A soft-decision code wants to know how sure the receiver is of each bit: a "
                    + "log-likelihood ratio. The ratios come from the class scores by one scale "
                    + "and a bias for each class, fitted at each noise level on known symbols "
                    + "that are not counted. Decisions do not change.")
                + drawing("reliability")
                + HTML.table(
                    [
                        .init("receiver"), .init("on"),
                        .init("information at \(level) dB (bit/symbol)", .figure),
                        .init("freely recalibrated", .figure),
                        .init("share kept", .figure),
                        .init("scores as they are", .figure),
                        .init("scale", .figure), .init("calibration error", .figure),
                    ], rows)
                + HTML.paragraph(
                    "Information: what a code that decodes bit by bit can carry with these "
                        + "ratios; brackets: 95 % interval from stretches of 1000 symbols. Freely "
                        + "recalibrated: any affine map of the scores, or that and then any rising "
                        + "function of each bit's ratio, whichever carries more, fitted on the "
                        + "same known symbols. Share kept: "
                        + "ratios over recalibrated; a little above 100 % means that the freedom "
                        + "only cost. Scores as they are: taken for logarithms of probabilities. "
                        + "Scale below one: the scores were too sure. Calibration error: mean "
                        + "difference of stated and observed probability of a bit error.",
                    style: "note"))
    }

    static func information(_ estimate: EvaluationRecord.Reliability.Estimate) -> String {
        let value = NumberText.plain(estimate.value, decimals: 4)
        guard let interval = estimate.interval else { return value }
        return value + " [\(NumberText.plain(interval.lowerBound, decimals: 4)), "
            + "\(NumberText.plain(interval.upperBound, decimals: 4))]"
    }

    static func percent(_ share: Double) -> String {
        "\(NumberText.plain(100 * share, decimals: 1)) %"
    }

    /// The figures of one receiver at every noise level, for its card.
    func reliabilities(_ record: EvaluationRecord) -> String {
        let points = record.points.sorted { $0.noiseLevel < $1.noiseLevel }
        let rows = points.compactMap { point in
            point.reliability.map { reliability in
                [
                    report.levelText(point.noiseDB),
                    Self.information(reliability.information),
                    NumberText.plain(reliability.recalibratedInformation.value, decimals: 4),
                    Self.percent(reliability.ratio),
                    NumberText.plain(reliability.uncalibratedInformation.value, decimals: 4),
                    NumberText.significant(reliability.calibration.scale, digits: 3),
                    NumberText.count(Double(reliability.calibration.symbols)),
                    NumberText.count(Double(reliability.signBitErrors)),
                    NumberText.count(Double(point.bitErrors)),
                ]
            }
        }
        guard let calibration = points.compactMap({ $0.reliability?.calibration }).first else {
            return ""
        }
        return HTML.details(
            "Soft decisions at every noise level",
            HTML.table(
                [
                    .init("noise level"), .init("information (bit/symbol)", .figure),
                    .init("freely recalibrated", .figure), .init("share kept", .figure),
                    .init("scores as they are", .figure), .init("scale", .figure),
                    .init("known symbols", .figure),
                    .init("bit errors by sign of the ratios", .figure),
                    .init("by decisions", .figure),
                ], rows)
                + HTML.paragraph(
                    "Calibration: \(calibration.policy), stream \(calibration.stream), seed "
                        + "\(calibration.seed).", style: "note"))
    }
}
