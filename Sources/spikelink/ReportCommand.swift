import ArgumentParser
import ArrayFiles
import Foundation
import LinkExperiments
import Reporting

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Make one self-contained page of evaluated receivers.",
        discussion: """
            Example: spikelink report results.json -o report

            With all records of one channel under channels/ the page also shows the genie bounds, \
            which no receiver can beat, and the eye of the link.
            """)

    @Argument(help: "Files that evaluate --json has written.") var results: [String]
    @Option(name: .shortAndLong, help: "Folder of the page and its plots.") var output: String
    @Option(help: "Title of the page.") var title: String = "Receivers compared"
    @Option(parsing: .unconditional, help: "Noise power in dB at which receivers are compared: the nearest measured one.")
    var noiseDb: Double = -20
    @OptionGroup var threads: ThreadOption

    func run() throws {
        try Failure.guarded {
            let records = EvaluationRecord.merged(try results.flatMap { try RecordFile.read($0) })
            let catalog = Catalog.standard()
            let link = BoundCurves.link(of: records, in: catalog)
            let measured = records.flatMap { $0.points.map(\.noiseDB) }
            let reference = measured.min { abs($0 - noiseDb) < abs($1 - noiseDb) } ?? noiseDb
            let level = noiseDb == -20 ? "" : " --noise-db \(NumberWord.of(noiseDb))"
            var report = try ReportBuilder(catalog: catalog).report(
                records, title: title, summary: link?.description ?? "",
                command: "spikelink report \(results.joined(separator: " "))\(level) -o \(output)",
                referenceNoiseDB: reference)
            if let link {
                let noise = Set(records.flatMap { $0.points.map(\.noiseDB) }).sorted()
                Console.progress("genie bounds", 0)
                report.bounds = try BoundCurves.genie(
                    link, noisePowersInDecibels: noise, parallel: threads.parallel)
                report.figures = LinkInspection(link, noisePowerInDecibels: reference).figures
                Console.clearProgress()
            } else {
                Console.note("no bounds: the records are of several channels, of a physical one, or of one changed since")
            }
            try ReportFiles.write(report, to: output)
            try Console.output(ReceiverTable(report).text + "\n")
            Console.note("wrote \(output)/report.html")
        }
    }
}
