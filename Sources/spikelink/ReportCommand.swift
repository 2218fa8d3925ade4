import ArgumentParser
import ArrayFiles
import Foundation
import LinkExperiments
import Reporting

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Make one self-contained page of evaluated receivers.",
        discussion: "Example: spikelink report results.json -o report")

    @Argument(help: "Files that evaluate --json has written.") var results: [String]
    @Option(name: .shortAndLong, help: "Folder of the page and its plots.") var output: String
    @Option(help: "Title of the page.") var title: String = "Receivers compared"

    func run() throws {
        try Failure.guarded {
            let records = try results.flatMap { try RecordFile.read($0) }
            let report = try ReportBuilder(catalog: .standard()).report(
                records, title: title, summary: "",
                command: "spikelink report \(results.joined(separator: " ")) -o \(output)")
            try ReportFiles.write(report, to: output)
            try Console.output(ReceiverTable(report).text + "\n")
            Console.note("wrote \(output)/report.html")
        }
    }
}
