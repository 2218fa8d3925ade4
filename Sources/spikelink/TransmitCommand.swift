import ArgumentParser
import ArrayFiles
import Foundation
import LinkExperiments

struct TransmitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transmit", abstract: "Send one circular block of symbols over a link.",
        discussion: """
            Input: symbol indices, one per line. Output: one received sample per line, with all \
            digits. Any block length will do.
            Example: printf '0\\n3\\n1\\n2\\n' | spikelink transmit lcd --symbols - --noiseless
            """)

    @Argument(help: "Link: a name under channels/ or the path of a YAML file.") var channel: String
    @Option(help: "File of symbol indices, one per line; - reads standard input.") var symbols: String
    @Flag(help: "Leave the noise out.") var noiseless = false
    @Option(help: "Seed of the noise.") var seed: UInt64 = 1

    func run() throws {
        try Failure.guarded {
            let link = try LinkDescription(file: Catalog.standard().file(.channels, channel))
            let bytes =
                symbols == "-"
                ? [UInt8](FileHandle.standardInput.readDataToEndOfFile())
                : try AtomicFile.read(symbols)
            let samples = try Transmission.received(
                link, symbolText: bytes, source: symbols, seed: noiseless ? nil : seed)
            try Console.output(samples.map { "\($0)\n" }.joined())
        }
    }
}
