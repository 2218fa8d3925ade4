import ArgumentParser
import ArrayFiles
import BrainScaleS2
import Foundation
import LinkExperiments
import Reporting

/// The emulated chip itself.
struct ChipCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chip",
        abstract: "Look at an emulated chip, calibrate it, measure what it costs.",
        subcommands: [
            ChipShowCommand.self, ChipCalibrateCommand.self, ChipHealthCommand.self,
            ChipPenaltyCommand.self,
        ])
}

struct ChipPenaltyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "penalty",
        abstract: "Measure the noise level that chips lose to the software at a bit error rate of 2e-3.",
        discussion: """
            Example: spikelink chip penalty lcd-snn-40 --channel lcd --chip-seed 1:20 -o penalty

            Chips are measured without calibration, calibrated, and after training with the chip in
            the loop. Writes penalty.json after every chip and continues from it.
            """)

    @Argument(help: "Receiver: a name under models/ or the path of a folder.") var model: String
    @OptionGroup var channel: ChannelArgument
    @Option(help: "Chips: a seed, a list 1,2 or a range 1:10.") var chipSeed = SeedRange([1])
    @Option(parsing: .unconditional, help: "Noise powers in dB: a value, a list or first:last:step.")
    var noiseDb = NoiseRange([-20, -19, -18, -17])
    @Option(help: "Bit errors to count at each level.") var bitErrors: Int = 1000
    @Option(help: "Treatments: uncalibrated, calibrated, in-the-loop; all if left out.")
    var treatment: [TreatmentOption] = TreatmentOption.allCases
    @Option(help: "Seed of the test stream.") var seed: UInt64 = 1
    @Option(name: .shortAndLong, help: "Folder of results.") var output: String
    @OptionGroup var threads: ThreadOption

    func validate() throws {
        guard bitErrors >= 1 else {
            throw ValidationError("--bit-errors \(bitErrors) is not allowed; at least 1")
        }
    }

    func run() throws {
        try Failure.guarded {
            let link = try channel.load()
            let description = try ModelDescription(folder: Catalog.standard().modelFolder(model))
            let study = ChipStudy(
                evaluation: Evaluation(
                    link: link, noisePowersInDecibels: noiseDb.values, bitErrors: bitErrors,
                    seed: seed, parallel: threads.parallel),
                receiver: try TrainedReceiver.make(description, for: link),
                noisePowerInDecibels: -20)
            let penalty = ChipPenalty(
                study: study, folder: output, treatments: treatment.map(\.treatment))
            let record = try penalty.run(
                seeds: chipSeed.values, isCancelled: { Interruption.isRequested },
                progress: { Console.progress($0, $1) })
            Console.clearProgress()
            try FigureFiles.write([Report.Figure(name: "penalty", plot: record.plot)], to: output)
            try Console.output(record.text)
        }
    }
}

enum TreatmentOption: String, ExpressibleByArgument, CaseIterable {
    case uncalibrated, calibrated
    case inTheLoop = "in-the-loop"

    var treatment: ChipPenalty.Treatment {
        switch self {
        case .uncalibrated: .uncalibrated
        case .calibrated: .calibrated
        case .inTheLoop: .inTheLoop
        }
    }
}
