import Foundation
import LinkExperiments

/// What `ladder.json` holds.
struct LadderReport: Codable {
    var format = "spikelink.benchmark.ladder/1"
    var revision = Provenance.revision
    var machine = Machine.current
    var threads: Int
    var symbols: Int
    var seconds: Double
    /// Processor time of all threads.
    var processorSeconds: Double
    var symbolsPerSecond: Double
    /// Mean cross-entropy of the last hundred blocks of all noise levels, in nats.
    var finalLoss: Double
    var peakMemoryInMegabytes: Double?
}

/// Times a whole training, from nothing to `network.nir`: link simulation, training,
/// checkpoints.
struct LadderBenchmark {
    let model: String
    let threads: Int

    func run() throws -> LadderReport {
        let catalog = Catalog.standard()
        let link = try LinkDescription(file: catalog.file(.channels, "lcd"))
        let description = try ModelDescription(folder: catalog.modelFolder(model))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "spikelink-ladder-\(ProcessInfo.processInfo.processIdentifier)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let training = SpikingTraining(
            link: link, model: description, folder: folder, parallel: Parallel(threads: threads))
        let start = Stopwatch.now()
        let processorStart = Stopwatch.processorTime()
        let losses = try training.run(resume: false).losses
        let seconds = Stopwatch.now() - start
        let tail = losses.suffix(100)
        let symbols = description.training.symbolCount
        return LadderReport(
            threads: threads, symbols: symbols, seconds: seconds,
            processorSeconds: Stopwatch.processorTime() - processorStart,
            symbolsPerSecond: Double(symbols) / seconds,
            finalLoss: tail.reduce(0, +) / Double(tail.count),
            peakMemoryInMegabytes: ProcessMemory.peakInMegabytes)
    }
}
