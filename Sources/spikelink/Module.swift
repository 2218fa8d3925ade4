import ArgumentParser

@main
struct Spikelink: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "x")
}
