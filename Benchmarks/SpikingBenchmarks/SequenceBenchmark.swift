import ArgumentParser
import BaselineEqualizers
import Foundation
import LinkExperiments
import Modulation
import NumericKernels
import OpticalLink

struct SequenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sequence",
        abstract: "Time sequence detectors beside the same trellis in plain loops.")

    @Option(name: .shortAndLong, help: "Results as JSON.") var output: String?
    @Option(help: "Repeats of every measurement.") var repeats = 5

    func run() throws {
        var benchmark = SequenceBenchmark()
        benchmark.stopwatch.repeats = repeats
        let report = try benchmark.run()
        if let output { try ResultFile.write(report, to: output) }
    }
}

/// What `sequence.json` holds; times in seconds of processor time, one thread.
struct SequenceReport: Codable {
    var format = "spikelink.benchmark.sequence/1"
    var revision = Provenance.revision
    var toolchain = Provenance.toolchain
    var machine = Machine.current
    var points: [Point] = []

    struct Point: Codable {
        var window: Int
        var search: SequenceSearch
        /// M^window, a pass.
        var branches: Int
        /// Branches computed for each symbol, run-in and both directions included.
        var branchesPerSymbol: Double
        /// Per symbol.
        var vector: Measurement
        var plain: Measurement
        /// Plain over vector, turns next to each other.
        var ratio: Measurement
        /// Per branch, of the vector form.
        var perBranch: Double
    }
}

/// Window detectors on the LCD link at 20 dB: vectors against plain loops, equal decisions
/// required.
struct SequenceBenchmark {
    var stopwatch = Stopwatch()
    /// Windows with block lengths that make a turn of the plain form a fraction of a second.
    var shapes = [(3, 20_000), (5, 8000), (7, 2000), (9, 300)]

    func run() throws -> SequenceReport {
        let link = try LinkDescription(file: Catalog.standard().file(.channels, "lcd"))
        var report = SequenceReport()
        print("window search    branches     symbols/s      ns/branch  times plain loops")
        for (window, length) in shapes {
            let streams = SymbolStreams(link.parameters, purpose: .training, seed: 1)
            let training = TrainingStream(blockCount: 4) { streams.block($0) }
            let means = try WindowMeans.learn(
                window: window, levels: link.parameters.alphabet.levels, from: training)
            let block = streams.block(5)
            let received = [Double](
                (0..<length).map { block.received[$0 % block.received.count] })
            for search in SequenceSearch.allCases {
                let detector = WindowSequenceDetector(means: means, search: search)
                report.points.append(try point(detector, received))
            }
        }
        return report
    }

    private func point(_ detector: WindowSequenceDetector, _ received: [Double]) throws
        -> SequenceReport.Point
    {
        let forms = [SequenceTrellis.Arithmetic.vector, .plain]
        let answers = forms.map { detector.detect(received, arithmetic: $0) }
        guard answers[0].symbols == answers[1].symbols, answers[0].scores == answers[1].scores
        else { throw ValidationError("vectors and plain loops do not agree") }
        let turns = stopwatch.turns(
            forms.map { form in
                Candidate(name: "\(form)") {
                    detector.detect(received, arithmetic: form).symbols.count
                }
            })
        let branches = Double(answers[0].operations.multiplyAccumulates) / Double(received.count)
        let vector = Measurement(turns[0])
        let point = SequenceReport.Point(
            window: detector.window, search: detector.search,
            branches: detector.means.means.count, branchesPerSymbol: branches, vector: vector,
            plain: Measurement(turns[1]),
            ratio: Measurement(zip(turns[0], turns[1]).map { $1 / $0 }),
            perBranch: vector.median / branches)
        print(
            String(format: "%6d ", point.window)
                + point.search.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
                + String(
                    format: " %8d  %12.0f  %13.4f  %5.1f (%.1f..%.1f)", point.branches,
                    1 / vector.median, point.perBranch * 1e9, point.ratio.median,
                    point.ratio.minimum, point.ratio.maximum))
        return point
    }
}
