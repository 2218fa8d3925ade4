import ArgumentParser
import LinkExperiments
import Reporting

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Say by how many dB receivers differ, with intervals.",
        discussion: """
            Example: spikelink compare results.json

            Receivers evaluated with one seed saw the same symbols and the same noise, so their \
            difference is known better than either bit error rate. Blocks are resampled 1000 times, \
            the same blocks for all receivers.
            """)

    @Argument(help: "Files that evaluate --json has written.") var results: [String]

    func run() throws {
        try Failure.guarded {
            let records = EvaluationRecord.merged(try results.flatMap { try RecordFile.read($0) })
            let report = try ReportBuilder(catalog: .standard()).report(
                records, title: "", summary: "", command: "")
            guard let comparison = report.comparison() else {
                throw ValidationError(
                    "nothing to compare: at least two receivers of one channel and seed that cross "
                        + "a common threshold are needed, evaluated over several noise levels")
            }
            var lines: [String] = []
            for ranking in comparison.rankings {
                lines += ComparisonText.table(ranking, of: report).lines(
                    maximumWidth: ReceiverTable.maximumWidth)
                lines.append("")
            }
            if !comparison.leftOut.isEmpty {
                lines.append(
                    "Counted on other blocks: \(comparison.leftOut.joined(separator: ", ")).")
            }
            lines.append("Brackets: 95 %.")
            try Console.output(lines.joined(separator: "\n") + "\n")
        }
    }
}
