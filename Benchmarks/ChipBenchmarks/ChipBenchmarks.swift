import ArgumentParser

@main
struct ChipBenchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Speed of the emulated chip.",
        subcommands: [ReceiverCommand.self, ChipGrowthCommand.self])
}
