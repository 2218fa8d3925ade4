import ArgumentParser

@main
struct LinkBenchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Speed and statistics of the link simulator.",
        subcommands: [GrowthCommand.self, TurnsCommand.self, StatisticsCommand.self])
}
