import ArgumentParser
import ArrayFiles
import BrainScaleS2
import Foundation
import LinkExperiments
import PhysicalQuantities
import RandomStreams
import Reporting

struct ChipShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show where a receiver lies on the chip.",
        discussion: "Example: spikelink chip show lcd-snn-40 --channel lcd -o placement.svg")

    @Argument(help: "Receiver: a name under models/ or the path of a folder.") var model: String
    @OptionGroup var channel: ChannelArgument
    @Option(name: .shortAndLong, help: "Write the picture as SVG to a file.") var output: String?

    func run() throws {
        try Failure.guarded {
            let study = try ChipReceiverArgument.study(model, channel)
            let report = PlacementReport(try study.chipReceiver(.ideal).placed)
            if let output {
                try AtomicFile.write(report.picture, to: output)
                Console.note("wrote \(output)")
            }
            try Console.output(report.text)
        }
    }
}

struct ChipCalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Calibrate chips through observables only.",
        discussion: """
            Example: spikelink chip calibrate --chip-seed 1:3 --output calibration.json

            All 512 circuits at the public default targets, or the circuits of a receiver; the file
            serves `--calibration FILE` of evaluate and adapt.
            """)

    @Option(help: "Chips: a seed, a list 1,2 or a range 1:10.") var chipSeed = SeedRange([1])
    @Option(help: "Receiver whose circuits are calibrated; all 512 if left out.") var model: String?
    @Option(help: "Its link: a name under channels/ or the path of a YAML file.")
    var channel: String?
    @Option(name: .shortAndLong, help: "Write the codes as JSON to a file, or - for standard output.")
    var output: String?
    @Option(help: "Folder of histograms before and after, of the first chip.") var plots: String?

    func validate() throws {
        guard (model == nil) == (channel == nil) else {
            throw ValidationError("--model and --channel go together")
        }
    }

    func run() throws {
        try Failure.guarded {
            let cells = try cells()
            var calibrations: [Calibration] = []
            for (number, seed) in chipSeed.values.enumerated() {
                Console.progress("chip \(seed)", Double(number) / Double(chipSeed.values.count))
                let report = CalibrationReport(
                    ChipInstance(seed: seed, fidelity: .full), cells: cells)
                calibrations.append(report.calibration)
                Console.clearProgress()
                if output != "-" { try Console.output(report.text) }
                if number == 0, let plots { try FigureFiles.write(report.figures, to: plots) }
            }
            if let output { try writeJSON(try CalibrationFile(calibrations).encoded(), to: output) }
        }
    }

    private func cells() throws -> [CellModel?] {
        guard let model, let channel else {
            return Array(
                repeating: .leakyIntegrateAndFire(.calibrationDefaults, .calibrationDefaults),
                count: NeuronIndex.count)
        }
        var argument = ChannelArgument()
        argument.channel = channel
        return try ChipReceiverArgument.study(model, argument).chipReceiver(.ideal)
            .placed.cellsByCircuit
    }
}

struct ChipHealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Run a receiver on a chip and show every counter.",
        discussion: "Example: spikelink chip health lcd-snn-40 --channel lcd")

    @Argument(help: "Receiver: a name under models/ or the path of a folder.") var model: String
    @OptionGroup var channel: ChannelArgument
    @OptionGroup var chip: ChipOptions
    @Option(help: "Symbols to run.") var symbols: Int = 10_000
    @Option(name: .shortAndLong, help: "Seed of symbols and noise.") var seed: UInt64 = 1

    func validate() throws {
        guard (1...10_000_000).contains(symbols) else {
            throw ValidationError("--symbols \(symbols) is not allowed; 1 to 10000000")
        }
    }

    func run() throws {
        try Failure.guarded {
            let study = try ChipReceiverArgument.study(model, channel)
            for chipSeed in chip.chipSeed.values {
                let receiver = try study.chipReceiver(
                    chip.instance(chipSeed), calibration: try chip.chipCalibration())
                let health = study.health(of: receiver, symbols: symbols, seed: seed)
                try Console.output("chip \(chipSeed)\n" + HealthListing.text(health))
            }
        }
    }
}

/// A receiver that runs on the chip.
enum ChipReceiverArgument {
    static func study(_ model: String, _ channel: ChannelArgument) throws -> ChipStudy {
        let link = try channel.load()
        let description = try ModelDescription(folder: Catalog.standard().modelFolder(model))
        return ChipStudy(
            evaluation: Evaluation(link: link, noisePowersInDecibels: [-20], bitErrors: 1000, seed: 1,
                parallel: Parallel(threads: 1)),
            receiver: try TrainedReceiver.make(description, for: link), noisePowerInDecibels: -20)
    }
}
