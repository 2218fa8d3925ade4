import ArgumentParser
import LinkExperiments

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Look at a link: eye, histogram, response, memory, spectrum.",
        discussion: """
            Example: spikelink inspect ssmf -o inspection

            Prints a picture of text; with -o the same as SVG and PNG files.
            """)

    @Argument(help: "Link: a name under channels/ or the path of a YAML file.") var channel: String
    @Option(
        parsing: .unconditional,
        help: "Noise power in dB, or minus the received power in dBm; the channel's own if left out.")
    var noiseDb: Double?
    @Option(help: "Seed of symbols and noise.") var seed: UInt64 = 1
    @Option(name: .shortAndLong, help: "Folder of the plots.") var output: String?

    func run() throws {
        try Failure.guarded {
            let link = try LinkDescription(file: Catalog.standard().file(.channels, channel))
            let inspection = LinkInspection(link, noisePowerInDecibels: noiseDb, seed: seed)
            if let output {
                try FigureFiles.write(inspection.figures, to: output)
                Console.note("wrote \(inspection.figures.count) plots to \(output)")
            }
            try Console.output(inspection.text)
        }
    }
}
