import ArgumentParser
import LinkExperiments

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Write a dataset of a link.",
        discussion: """
            Arrays y (samples or windows), q (symbol indices), bits (Gray labels); .h5 or .npz by \
            the extension.
            Example: spikelink generate lcd --symbols 100000 --taps 7 -o lcd.h5
            """)

    @Argument(help: "Link: a name under channels/ or the path of a YAML file.") var channel: String
    @Option(help: "Number of symbols.") var symbols: Int
    @Option(parsing: .unconditional, help: "Noise power in dB; as in the description if left out.")
    var noiseDb: Double?
    @Option(help: "Samples per window (odd); 1 writes plain samples.") var taps: Int = 1
    @Option(parsing: .unconditional, help: "Seed of symbols and noise.") var seed: UInt64 = 1
    @Option(name: .shortAndLong, help: "Output file, .h5 or .npz.") var output: String

    func validate() throws {
        guard symbols >= 1 && symbols <= 1_000_000_000_000 else {
            throw ValidationError("--symbols \(symbols) is not allowed; 1 to 10^12")
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
            let dataset = DatasetFile(
                link: link, noisePowerInDecibels: noiseDb ?? link.noisePowerInDecibels,
                symbolCount: symbols, tapCount: taps, seed: seed)
            Interruption.watch()
            try dataset.write(to: output) { done in
                if Interruption.isRequested { throw ExitCode(Interruption.exitStatus) }
                Console.progress("generating \(link.name)", Double(done) / Double(symbols))
            }
            Console.note("wrote \(symbols) symbols of \(link.name) to \(output)")
        }
    }
}
