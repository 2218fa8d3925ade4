import ArgumentParser
import LinkExperiments

struct DatasetsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "datasets", abstract: "Check dataset files.",
        discussion: "Example: spikelink datasets verify lcd.h5",
        subcommands: [Verify.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read files whole and check every value.",
            discussion: "Example: spikelink datasets verify lcd.h5")

        @Argument(help: "Files that generate has written.") var files: [String]

        func run() throws {
            try Failure.guarded {
                for file in files {
                    let count = try DatasetVerification.verify(file)
                    try Console.output("\(file): \(count) symbols, all values sound\n")
                }
            }
        }
    }
}
