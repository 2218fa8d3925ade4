/// The report as one self-contained page: styles and drawings inside, no scripts, nothing loaded.
public struct HTMLReport: Sendable {
    let report: Report
    /// SVG texts by plot name.
    let drawings: [String: String]
    /// Reckoned once; it takes a second.
    let comparisonResult: ReceiverComparison?

    /// - Parameter drawings: SVG of the plots by name, as `Report.plots` names them; a plot without
    ///   a drawing is left out.
    public init(_ report: Report, drawings: [String: String]) {
        self.report = report
        self.drawings = drawings
        comparisonResult = report.comparison()
    }

    /// The page.
    public var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(HTML.escape(report.title))</title>
        <style>
        \(PageStyle.sheet)
        </style>
        </head>
        <body>
        <main>
        <header>
        <h1>\(HTML.escape(report.title))</h1>
        \(HTML.paragraph(report.summary, style: "summary"))</header>
        \(verdicts)\(errorRates)\(comparison)\(errorCorrection)\(reliability)\(work)\(energy)\(chips)\(learning)\
        \(figures)\(cards)\(definitions)\(reproduction)</main>
        </body>
        </html>

        """
    }

    func section(_ identifier: String, _ title: String, _ content: String) -> String {
        content.isEmpty
            ? ""
            : "<section id=\"\(identifier)\">\n<h2>\(HTML.escape(title))</h2>\n\(content)"
                + "</section>\n"
    }

    func drawing(_ figure: Report.Figure) -> String {
        guard let svg = drawings[figure.name] else { return "" }
        return HTML.drawing(
            svg, name: figure.name, title: figure.plot.title, caption: figure.plot.caption)
    }

    func drawing(_ name: String) -> String {
        report.plots.first { $0.name == name }.map { drawing($0) } ?? ""
    }

    // MARK: Sections

    private var verdicts: String {
        let lines = report.verdicts.map { verdict in
            "<li\(verdict.isWarning ? " class=\"warning\"" : "")>"
                + "<strong>\(HTML.escape(verdict.question))</strong> "
                + "\(HTML.sentence(verdict.answer))</li>\n"
        }
        return lines.isEmpty ? "" : "<ul class=\"verdicts\">\n\(lines.joined())</ul>\n"
    }

    private var errorRates: String {
        let level = report.levelText(report.referenceNoiseDB)
        let columns: [HTML.Column] =
            [.init("receiver"), .init("on"), .init("BER at \(level)", .figure)]
            + report.thresholds.map {
                .init("reaches \($0.name) \(NumberText.scientific($0.ber)) at (\(report.levelUnit))", .figure)
            }
            + [.init("work per symbol", .figure), .init("pJ/bit", .figure)]
        let rows = report.receivers.map { receiver -> [String] in
            let point = receiver.record.point(atNoiseDB: report.referenceNoiseDB)
            return [
                receiver.label, receiver.record.substrateText,
                point.map { NumberText.rate($0.ber, interval: $0.interval) } ?? "--",
            ]
                + report.thresholds.map { threshold in
                    receiver.record.crossing(threshold.key).map {
                        NumberText.plain(0 - $0, decimals: 2)
                    } ?? "--"
                }
                + [
                    point?.workText ?? "--",
                    receiver.energies.first.map(EnergyText.perBit) ?? "--",
                ]
        }
        guard !rows.isEmpty else { return "" }
        return section(
            "errors", "Bit errors", drawing("ber") + HTML.table(columns, rows)
                + HTML.paragraph(
                    "Brackets: exact 95 % interval of the bit error rate, and the range of the "
                        + "prices. -- : not reached within the measured noise levels. est. : rests "
                        + "on at least one estimated price.", style: "note"))
    }

    private var work: String {
        let sources = report.publishedWork.map { "\($0.name): \($0.source)" }
        return section(
            "work", "Spikes",
            drawings["frontier"] == nil
                ? "" : drawing("frontier")
                    + HTML.paragraph(sources.joined(separator: "; "), style: "note"))
    }

    private var chips: String {
        let notes = report.chipStudies.map { study in
            HTML.paragraph("\(study.name): \(study.note)", style: "note")
                + HTML.details(
                    "Figures of \(study.chips.count) \(study.name) chips",
                    HTML.table(
                        [
                            .init("chip seed"), .init("before", .figure),
                            .init("after", .figure),
                            .init("after/before", .figure),
                        ],
                        study.chips.map {
                            [
                                "\($0.seed)", NumberText.scientific($0.before, decimals: 2),
                                NumberText.scientific($0.after, decimals: 2),
                                $0.before > 0
                                    ? NumberText.plain($0.after / $0.before, decimals: 2) : "--",
                            ]
                        }))
        }
        return section("chips", "Chips", drawing("chips") + notes.joined())
    }

    private var learning: String {
        let curves = report.plots.filter { $0.name.hasPrefix("learning-") }
        return section("learning", "Learning", curves.map { drawing($0) }.joined())
    }

    private var figures: String {
        section("figures", "The link", report.figures.map { drawing($0) }.joined())
    }

    private var definitions: String {
        let terms =
            [
                (
                    report.isReceivedPower ? "Received power" : "Noise level",
                    report.levelDefinition
                )
            ]
            + (report.softReceivers.isEmpty
                ? []
                : [
                    ("Log-likelihood ratio", Report.ratioDefinition),
                    ("Information", Report.informationDefinition),
                ])
            + (report.codedReceivers.isEmpty
                ? []
                : [
                    ("Frame", Report.frameDefinition),
                    ("Rule of thumb", Report.ruleOfThumbDefinition),
                    ("Burstiness", Report.burstinessDefinition),
                ])
            + report.thresholds.map { ("\($0.name), \(NumberText.scientific($0.ber))", $0.note) }
            + report.bounds.map { ($0.name, $0.source) }
            + report.publishedCurves.map { ($0.name, $0.source) }
        return section("definitions", "Definitions", HTML.facts(terms))
    }

    private var reproduction: String {
        section("reproduce", "How to get this report again", HTML.command(report.command))
    }
}
