extension HTMLReport {
    /// By how much receivers differ, with intervals from the blocks they share.
    var comparison: String {
        guard let comparison = comparisonResult else { return "" }
        let tables = comparison.rankings.map { ranking in
            HTML.table(
                [
                    .init("at \(ranking.threshold.name), BER \(NumberText.scientific(ranking.threshold.ber))"),
                    .init(report.levelName, .figure),
                    .init("behind the best (dB)", .figure),
                ],
                ranking.entries.map {
                    [
                        $0.label, ComparisonText.level($0.crossing),
                        ComparisonText.difference($0.behindBest),
                    ]
                })
        }
        let leftOut =
            comparison.leftOut.isEmpty
            ? "" : " Counted on other blocks: \(comparison.leftOut.joined(separator: ", "))."
        return section(
            "comparison", "Differences",
            tables.joined() + HTML.paragraph(ComparisonText.note + leftOut, style: "note"))
    }
}
