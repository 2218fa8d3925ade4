import ArgumentParser
import EnergyModel
import LinkExperiments
import Reporting

struct EnergyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "energy", abstract: "Price the operations of evaluated receivers.",
        discussion: "Example: spikelink energy results.json --prices dsp-7nm")

    @Argument(help: "Files that evaluate --json has written.") var results: [String]
    @Option(help: "Price list under prices/ or a path; each receiver's own if left out.")
    var prices: String?
    @Option(parsing: .unconditional, help: "Noise power in dB whose operations are priced.")
    var noiseDb: Double = -20

    func run() throws {
        try Failure.guarded {
            let builder = ReportBuilder(catalog: .standard())
            for record in try results.flatMap({ try RecordFile.read($0) }) {
                for energy in try builder.energies(
                    record, referenceNoiseDB: noiseDb, prices: prices)
                {
                    try Console.output(EnergyListing.text(record, energy))
                }
            }
        }
    }
}
