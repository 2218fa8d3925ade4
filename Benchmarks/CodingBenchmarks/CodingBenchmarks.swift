import ArgumentParser

@main
struct CodingBenchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coding-benchmarks",
        abstract: "Measure the speed of error correction, and its thresholds at full length.",
        subcommands: [SpeedCommand.self, ThresholdCommand.self, TailCommand.self])
}
