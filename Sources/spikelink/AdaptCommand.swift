public import ArgumentParser
public import BrainScaleS2
import Foundation
public import LinkExperiments
import Reporting

extension ChipReceiver.AdaptationStart: ExpressibleByArgument {}
extension WeightArithmetic: ExpressibleByArgument {}

/// Names of receivers with commas between them.
struct ReceiverList: ExpressibleByArgument {
    var values: [TrackedReceiver]

    init?(argument: String) {
        values = []
        for name in argument.split(separator: ",") {
            guard let value = TrackedReceiver(rawValue: String(name)), !values.contains(value) else {
                return nil
            }
            values.append(value)
        }
        if values.isEmpty { return nil }
    }
}

struct AdaptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adapt",
        abstract: "Let the plasticity processor of a chip adapt the readout on pilot symbols.",
        discussion: """
            Counts bit errors before and after on each chip.
            Example: spikelink adapt lcd-snn-40 --channel lcd --on chip --chip-seed 1:10 \
            --calibration off

            On a link that drifts, the chip adapts on pilots among the symbols while errors are counted, \
            beside the same chip with fixed weights.
            Example: spikelink adapt lcd-snn-40 --channel lcd-path-switch -o tracking
            """)

    @Argument(help: "Receiver: a name under models/ or the path of a folder.") var model: String
    @OptionGroup var channel: ChannelArgument
    @Option(help: "Where to adapt: chip.") var on: SubstrateOption = .chip
    @OptionGroup var chip: ChipOptions
    @Option(parsing: .unconditional, help: "Noise power in dB of pilots and test.")
    var noiseDb: Double = -20
    @Option(help: "Pilot symbols; as in the model if left out.") var pilots: Int?
    @Option(help: "Weight LSB per unit of error and spike; as in the model if left out.")
    var learningRate: Double?
    @Option(help: "Pilots after which the rate halves; as in the model if left out.")
    var halvingInterval: Int?
    @Option(help: "Softmax temperature in CADC LSB; as in the model if left out.")
    var temperature: Double?
    @Option(help: "Readout weights at the beginning: present (the host's) or zero.")
    var start: ChipReceiver.AdaptationStart = .present
    @Option(help: "Symbols of a link that drifts, in whole blocks of 10000.")
    var symbols: Int = 1_000_000
    @Option(help: "Every so many-th symbol of a link that drifts is a pilot.")
    var pilotInterval: Int = 10
    @Option(
        help: """
            Receivers on a link that drifts: some of \
            \(TrackedReceiver.allCases.map(\.rawValue).joined(separator: ",")), commas between them. \
            (default: static,readout,both-layers)
            """)
    var receivers: ReceiverList?
    @Option(
        help: "Weight LSB per unit of reward and CADC LSB of correlation, of outputs that fire.")
    var rewardRate: Double?
    @Option(help: "Halvings of the hidden layer's changes on a link that drifts, 0 to 15.")
    var hiddenShift: Int?
    @Option(help: "How six-bit weights hold small changes on a link that drifts.")
    var arithmetic: WeightArithmetic?
    @Option(help: "Largest error of an output, 0 to 1, from which nothing is learned.")
    var tolerance: Double?
    @Option(
        help: """
            Symbols of a link that drifts after which pilots end: receivers then learn from their own \
            decisions. Left out: pilots go on.
            """)
    var pilotEnd: Int?
    @Option(help: "Lead in CADC LSB without which a receiver does not learn from its decision.")
    var leastLead: Int?
    @Option(
        help: "Ratio of doubtful decisions at which a receiver returns to its last good weights.")
    var guardExcess: Double?
    @Option(help: "Bit errors to count before and after.") var bitErrors: Int = 2000
    @Option(help: "Seed of pilots and test stream.") var seed: UInt64 = 1
    @Option(help: "Write the figures as JSON to a file, or - for standard output.")
    var json: String?
    @Option(name: .shortAndLong, help: "Folder of the learning curves, as plots.") var output: String?
    @Option(
        help: """
            Continue in this folder, on a link that drifts: chips whose runs are in its tracking.json \
            are not run again.
            """)
    var resume: String?
    @OptionGroup var threads: ThreadOption

    func validate() throws {
        guard on == .chip else {
            throw ValidationError("--on software is not allowed; adaptation runs on a chip")
        }
        guard bitErrors >= 1 else {
            throw ValidationError("--bit-errors \(bitErrors) is not allowed; at least 1")
        }
        if let pilots, pilots < 1 {
            throw ValidationError("--pilots \(pilots) is not allowed; at least 1")
        }
        guard (1...1_000_000_000).contains(symbols) else {
            throw ValidationError("--symbols \(symbols) is not allowed; 1 to 1000000000")
        }
        if let rewardRate, !(0...1).contains(rewardRate) {
            throw ValidationError("--reward-rate \(rewardRate) is not allowed; 0 to 1")
        }
        if let hiddenShift, !(0...15).contains(hiddenShift) {
            throw ValidationError("--hidden-shift \(hiddenShift) is not allowed; 0 to 15")
        }
        if let tolerance, !(0...1).contains(tolerance) {
            throw ValidationError("--tolerance \(tolerance) is not allowed; 0 to 1")
        }
        if let pilotEnd, !(0...1_000_000_000).contains(pilotEnd) {
            throw ValidationError("--pilot-end \(pilotEnd) is not allowed; 0 to 1000000000")
        }
        if let guardExcess, !(guardExcess > 1) {
            throw ValidationError("--guard-excess \(guardExcess) is not allowed; above 1")
        }
        if let leastLead, !(0...255).contains(leastLead) {
            throw ValidationError("--least-lead \(leastLead) is not allowed; 0 to 255")
        }
        guard (1...10_000).contains(pilotInterval) else {
            throw ValidationError("--pilot-interval \(pilotInterval) is not allowed; 1 to 10000")
        }
    }

    func run() throws {
        try Failure.guarded {
            let link = try channel.load()
            var description = try ModelDescription(folder: Catalog.standard().modelFolder(model))
            if case .spiking(var spiking) = description.kind {
                if let pilots { spiking.chip?.adaptation.pilots = pilots }
                if let learningRate { spiking.chip?.adaptation.learningRate = learningRate }
                if let halvingInterval { spiking.chip?.adaptation.halvingInterval = halvingInterval }
                if let temperature { spiking.chip?.adaptation.temperatureInLSB = temperature }
                description.kind = .spiking(spiking)
            }
            let receiver = try TrainedReceiver.make(description, for: link)
            if let drift = link.drift { return try track(link, drift, receiver) }
            if let option = trackingOption {
                throw ValidationError("\(option) is not allowed on a link that does not drift")
            }
            let study = ChipStudy(
                evaluation: Evaluation(
                    link: link, noisePowersInDecibels: [noiseDb], bitErrors: bitErrors,
                    seed: seed, parallel: threads.parallel),
                receiver: receiver, noisePowerInDecibels: noiseDb)
            let seeds = chip.chipSeed.values
            Console.progress("adapting \(seeds.count) chips", 0)
            let outcomes = try study.run(
                seeds: seeds, fidelity: chip.chipFidelity, calibration: try chip.chipCalibration(),
                from: start
            ) { seed, _ in Console.note("chip \(seed) done") }
            if let output {
                try FigureFiles.write(
                    [Report.Figure(name: "learning", plot: AdaptationListing.plot(outcomes))],
                    to: output)
            }
            if json != "-" { try Console.output(AdaptationListing.text(outcomes)) }
            if let json { try writeJSON(try AdaptationListing.json(outcomes), to: json) }
        }
    }
}
