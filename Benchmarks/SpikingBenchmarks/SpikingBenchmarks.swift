import ArgumentParser
import Foundation

@main
struct SpikingBenchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spiking-benchmarks",
        abstract: "Measure the speed of training and inference.",
        subcommands: [
            EngineCommand.self, RatesCommand.self, LadderCommand.self, SequenceCommand.self,
            ExportCommand.self,
            ServeCommand.self,
        ])
}

struct EngineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Compare with a dense reference over shapes and fit the growth of the cost.")

    @Option(name: .shortAndLong, help: "Results as JSON.") var output: String?
    @Option(help: "Repeats of every measurement.") var repeats = 5

    func run() throws {
        var benchmark = try EngineBenchmark()
        benchmark.stopwatch.repeats = repeats
        let report = try benchmark.run()
        if let output { try ResultFile.write(report, to: output) }
    }
}

struct RatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rates",
        abstract: "Symbols per second of processor time of the network shapes in use.")

    @Option(help: "Shortest time of every measurement.") var seconds = 0.3
    @Option(help: "Only shapes whose name contains this.") var only = ""

    func run() throws { try ShapeRates(seconds: seconds, filter: only).run() }
}

struct LadderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ladder",
        abstract: "Time the whole training of a published ladder of noise levels.")

    @Option(name: .shortAndLong, help: "Results as JSON.") var output: String?
    @Option(help: "Threads.") var threads = 2
    @Option(help: "Model folder to train.") var model = "Benchmarks/lcd-ladder"

    func run() throws {
        let report = try LadderBenchmark(model: model, threads: threads).run()
        print(
            String(
                format: "%d symbols on %d threads: %.1f s (%.1f s of processor time), "
                    + "%.0f symbols/s, peak memory %.0f MB",
                report.symbols, report.threads, report.seconds, report.processorSeconds,
                report.symbolsPerSecond, report.peakMemoryInMegabytes ?? .nan))
        if let output { try ResultFile.write(report, to: output) }
    }
}

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write networks and data for other tools.")

    @Option(name: .shortAndLong, help: "Folder that receives lcd.npz and ssmf.npz.")
    var output: String

    func run() throws {
        try FileManager.default.createDirectory(
            atPath: output, withIntermediateDirectories: true)
        try PeerExport.writeLCD(to: output + "/lcd.npz")
        try PeerExport.writeSSMF(to: output + "/ssmf.npz")
    }
}

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Time the engine on request, for scripts.",
        shouldDisplay: false)

    func run() throws {
        var server = PeerServer()
        try server.serve()
    }
}
