import ArgumentParser
import Foundation
import LinkExperiments

struct DatasetsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "datasets", abstract: "Make, check and look into dataset files.",
        discussion: "Example: spikelink datasets verify lcd.h5",
        subcommands: [Make.self, Verify.self, Info.self, Sample.self])

    struct Make: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the dataset of a recipe.",
            discussion: "Example: spikelink datasets make lcd-2000 -o lcd-2000.h5")

        @Argument(help: "Recipe: a name under datasets/ or the path of a YAML file.")
        var recipe: String
        @Option(name: .shortAndLong, help: "Output file, .h5 or .npz.") var output: String

        func run() throws {
            try Failure.guarded {
                let catalog = Catalog.standard()
                let dataset = try DatasetDescription(
                    recipe: catalog.file(.datasets, recipe), catalog: catalog)
                try GenerateCommand.write(dataset, to: output)
            }
        }
    }

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

    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a file holds and how it was made.",
            discussion: "Example: spikelink datasets info lcd.h5")

        @Argument(help: "A file that generate has written.") var file: String

        func run() throws {
            try Failure.guarded {
                let dataset = try DatasetReader(path: file)
                var text = ""
                for part in dataset.parts {
                    text += part.name.isEmpty ? "" : "\(part.name): "
                    text += "\(part.symbols) symbols, \(part.bitsPerSymbol) bits each, "
                    text += part.taps == 1 ? "plain samples" : "windows of \(part.taps) samples"
                    if part.photocurrentSamples > 0 {
                        text += ", photocurrent at \(part.photocurrentSamples) samples a symbol"
                    }
                    text += "\n"
                }
                for (name, value) in dataset.attributes { text += "\(name): \(value)\n" }
                try Console.output(text)
            }
        }
    }

    struct Sample: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print some rows: symbol, bits, samples, separated by tabs.",
            discussion: "Example: spikelink datasets sample lcd.h5 --first 100 --count 5")

        @Argument(help: "A file that generate has written.") var file: String
        @Option(help: "Part: train, validation or test; the first one if left out.")
        var part: String?
        @Option(help: "First symbol.") var first: Int = 0
        @Option(help: "Number of symbols, up to 100000.") var count: Int = 10

        func validate() throws {
            guard first >= 0, (1...100_000).contains(count) else {
                throw ValidationError(
                    "--first \(first) --count \(count) is not allowed; from 0, and 1 to 100000")
            }
        }

        func run() throws {
            try Failure.guarded {
                let dataset = try DatasetReader(path: file)
                let names = dataset.parts.map(\.name)
                guard let chosen = dataset.parts.first(where: { part == nil || $0.name == part })
                else {
                    throw ConfigurationError(
                        file: file,
                        problem: "--part \(part ?? "") is not in the file; it has "
                            + (names == [""] ? "no parts" : names.joined(separator: ", ")))
                }
                guard first < chosen.symbols else {
                    throw ConfigurationError(
                        file: file,
                        problem: "--first \(first) is not in the file; it has "
                            + "\(chosen.symbols) symbols")
                }
                let range = first..<min(chosen.symbols, first + min(count, chosen.symbols))
                let rows = try dataset.rows(range, of: chosen)
                var text = ""
                for k in 0..<range.count {
                    let width = chosen.bitsPerSymbol
                    let bits = rows.bits[k * width..<(k + 1) * width].map { "\($0)" }.joined()
                    let samples = rows.y[k * chosen.taps..<(k + 1) * chosen.taps]
                        .map { "\($0)" }.joined(separator: "\t")
                    text += "\(range.lowerBound + k)\t\(rows.q[k])\t\(bits)\t\(samples)\n"
                }
                try Console.output(text)
            }
        }
    }
}
