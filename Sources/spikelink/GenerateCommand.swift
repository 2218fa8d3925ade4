import ArgumentParser
import LinkExperiments

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Write a dataset of a link.",
        discussion: """
            Arrays y (samples or windows), q (symbol indices), bits (Gray labels); .h5 or .npz by \
            the extension. --train, --validation and --test write groups of these names, which \
            never share noise.
            Example: spikelink generate lcd --symbols 100000 --taps 7 -o lcd.h5
            Example: spikelink generate ssmf --train 1000000 --test 100000 --mode stream -o ssmf.h5
            """)

    @Argument(help: "Link: a name under channels/ or the path of a YAML file.") var channel: String
    @Option(help: "Number of symbols, without parts.") var symbols: Int?
    @Option(help: "Number of symbols to train with.") var train: Int?
    @Option(help: "Number of symbols to choose among receivers with.") var validation: Int?
    @Option(help: "Number of symbols to test with.") var test: Int?
    @Option(parsing: .unconditional, help: "Noise power in dB; as in the description if left out.")
    var noiseDb: Double?
    @Option(help: "Samples per window (odd); 1 writes plain samples.") var taps: Int = 1
    @Option(help: "blocks: circular, of 10 000 symbols, as published; stream: without edges.")
    var mode: Mode = .blocks
    @Flag(help: "Write the noisy photocurrent before the receive filter too (blocks only).")
    var photocurrent = false
    @Option(parsing: .unconditional, help: "Seed of symbols and noise.") var seed: UInt64 = 1
    @Option(name: .shortAndLong, help: "Output file, .h5 or .npz.") var output: String

    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case blocks, stream

        var ofDataset: DatasetDescription.Mode { self == .blocks ? .blocks : .stream }
    }

    private var counts: [(part: DatasetDescription.Part, symbols: Int)] {
        [
            (.whole, symbols), (.train, train), (.validation, validation), (.test, test),
        ].compactMap { part, count in count.map { (part, $0) } }
    }

    func validate() throws {
        guard !counts.isEmpty, symbols == nil || counts.count == 1 else {
            throw ValidationError("give --symbols, or any of --train, --validation and --test")
        }
        for (part, count) in counts
        where !(1...DatasetDescription.symbolLimit).contains(count) {
            let option = part == .whole ? "symbols" : part.rawValue
            throw ValidationError("--\(option) \(count) is not allowed; 1 to 10^12")
        }
        guard (1...1001).contains(taps) && taps % 2 == 1 else {
            throw ValidationError("--taps \(taps) is not allowed; an odd number up to 1001")
        }
        if let noiseDb, !(abs(noiseDb) <= 200) {
            throw ValidationError("--noise-db \(noiseDb) is not allowed; -200 to 200")
        }
    }

    func run() throws {
        try Failure.guarded {
            let link = try LinkDescription(file: Catalog.standard().file(.channels, channel))
            let dataset = DatasetDescription(
                link: link, noisePowerInDecibels: noiseDb ?? link.noisePowerInDecibels,
                counts: counts, tapCount: taps, mode: mode.ofDataset, includesPhotocurrent: photocurrent,
                seed: seed)
            try Self.write(dataset, to: output)
        }
    }

    /// Writes with progress; a signal ends it without a file.
    static func write(_ dataset: DatasetDescription, to output: String) throws {
        Interruption.watch()
        let count = dataset.symbolCount
        try DatasetFile(dataset).write(to: output) { done in
            if Interruption.isRequested { throw ExitCode(Interruption.exitStatus) }
            Console.progress("generating \(dataset.link.name)", Double(done) / Double(count))
        }
        Console.note("wrote \(count) symbols of \(dataset.link.name) to \(output)")
    }
}
