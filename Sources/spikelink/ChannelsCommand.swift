import ArgumentParser
import Foundation
import LinkExperiments

struct ChannelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "channels", abstract: "List link descriptions with derived quantities.",
        discussion: "Example: spikelink channels --json")

    @Flag(help: "JSON instead of text.") var json = false

    func run() throws {
        try Failure.guarded {
            let catalog = Catalog.standard()
            let links = try catalog.names(.channels).map {
                try LinkDescription(file: catalog.file(.channels, $0))
            }
            try Console.output(
                json ? ChannelListing.json(links) : ChannelListing.text(links))
        }
    }
}
