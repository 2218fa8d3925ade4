import ArgumentParser
import BrainScaleS2
import ErrorCorrection
import LinkExperiments
import Reporting

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Count the bit errors of receivers over noise levels.",
        discussion: """
            Example: spikelink evaluate linear-7 lcd-snn-40 --channel lcd --noise-db -22:-15:1 \
            --json results.json

            A receiver with fewer errors than any receiver of the same samples can make (the genie \
            bound) is refused: then the test is wrong.

            With --fec the receiver's own bit errors go through the decoders of KR4, GFEC, KP4 and \
            Hamming(128,120) + KP4, hard and soft, and the frames they lose are counted: \
            spikelink evaluate dfe-21-10 --channel ssmf --noise-db -28 --bit-errors 20000 --fec
            """)

    @Argument(help: "Receivers: names under models/ or paths of folders.") var models: [String]
    @OptionGroup var channel: ChannelArgument
    @Option(
        parsing: .unconditional,
        help: "Noise power in dB: a value, a list -20,-18 or a range (default: -22:-15:1).")
    var noiseDb: NoiseRange?
    @Option(
        parsing: .unconditional,
        help: "Received power in dBm of a physical link, likewise (default: the channel's own).")
    var receivedPowerDbm: NoiseRange?
    @Option(help: "Bit errors to count at each point.") var bitErrors: Int = 2000
    @Option(help: "Most bits to send at each point.") var maximumBits: Int = 2_000_000_000
    @Option(help: "Where spiking receivers run: software or chip.") var on: SubstrateOption = .software
    @OptionGroup var chip: ChipOptions
    @Option(help: "Seed of the stream.") var seed: UInt64 = 1
    @Option(help: "What to count on: test, or validation to choose between receivers.")
    var stream: StreamOption = .test
    @Flag(
        inversion: .prefixedNo,
        help: "Calibrate the scores and measure what soft decisions are worth.")
    var reliability = true
    @Flag(
        help: """
            Decode the counted bits with every code, and compare lost frames with the rule of \
            thumb of thresholds; soft decoding needs --reliability.
            """)
    var fec = false
    @Option(help: "Write the figures as JSON to a file, or - for standard output.")
    var json: String?
    @OptionGroup var threads: ThreadOption

    func validate() throws {
        guard !models.isEmpty else { throw ValidationError("name at least one receiver") }
        guard bitErrors >= 1 else {
            throw ValidationError("--bit-errors \(bitErrors) is not allowed; at least 1")
        }
        guard maximumBits >= 20_000 else {
            throw ValidationError("--maximum-bits \(maximumBits) is not allowed; at least 20000")
        }
    }

    func run() throws {
        try Failure.guarded {
            let link = try channel.load()
            if link.drift != nil {
                Console.note("\(link.name) is taken as it begins; adapt lets it drift")
            }
            let catalog = Catalog.standard()
            let levels = try levels(of: link)
            // Scores are calibrated on the validation stream, which must not be judged on itself.
            var evaluation = Evaluation(
                link: link, noisePowersInDecibels: levels, bitErrors: bitErrors,
                maximumBits: maximumBits, seed: seed, parallel: threads.parallel,
                calibration: reliability && stream == .test ? .standard : nil)
            evaluation.stream = stream == .test ? .test : .validation
            if fec { evaluation.codingSchemes = CodingScheme.all }
            Interruption.watch()
            let bound = link.isPhysical ? nil : try BoundCheck(link, parallel: threads.parallel)
            var records: [EvaluationRecord] = []
            for name in models {
                let description = try ModelDescription(folder: catalog.modelFolder(name))
                let receiver = try TrainedReceiver.make(description, for: link) {
                    Console.progress($0, 0)
                }
                guard on == .chip else {
                    records.append(
                        try evaluation.run(receiver, progress: Self.show("evaluating")))
                    continue
                }
                let study = ChipStudy(
                    evaluation: evaluation, receiver: receiver, noisePowerInDecibels: -20)
                for chipSeed in chip.chipSeed.values {
                    let detector = try study.chipReceiver(
                        chip.instance(chipSeed), calibration: try chip.chipCalibration())
                    records.append(
                        try evaluation.run(
                            receiver, detector: detector, substrate: .chip(seed: chipSeed),
                            progress: Self.show("evaluating on chip \(chipSeed)")))
                }
            }
            for record in records { try bound?.check(record) }
            Console.clearProgress()
            // The figures first: what was counted is kept whatever becomes of the table.
            if let json { try writeJSON(try RecordFile.encode(records), to: json) }
            if json != "-" { try Console.output(try table(records, catalog)) }
        }
    }

    /// Levels as noise powers; received powers with the sign turned.
    private func levels(of link: LinkDescription) throws -> [Double] {
        if link.isPhysical {
            guard noiseDb == nil else {
                throw ValidationError(
                    "\(link.name) is a physical link; its level is --received-power-dbm")
            }
            return receivedPowerDbm?.values.map { 0 - $0 } ?? [link.noisePowerInDecibels]
        }
        guard receivedPowerDbm == nil else {
            throw ValidationError("\(link.name) is an idealized link; its level is --noise-db")
        }
        return noiseDb?.values ?? (-22...(-15)).map(Double.init)
    }

    private func table(_ records: [EvaluationRecord], _ catalog: Catalog) throws -> String {
        // The level nearest to the tasks' reference.
        let levels = records.first?.points.map(\.noiseDB) ?? []
        let reference = levels.min { abs($0 + 20) < abs($1 + 20) } ?? -20
        let report = try ReportBuilder(catalog: catalog).report(
            records, title: "", summary: "", command: "", referenceNoiseDB: reference)
        return ReceiverTable(report).text + "\n"
    }

    static func show(_ verb: String) -> (Evaluation.Progress) throws -> Void {
        { progress in
            if Interruption.isRequested { throw ExitCode(Interruption.exitStatus) }
            let done = Double(progress.bitErrors) / Double(progress.wantedBitErrors)
            Console.progress(
                "\(verb) \(progress.receiver)",
                (Double(progress.point) + min(1, done)) / Double(progress.points),
                "\(NumberText.plain(-progress.noiseDB, decimals: 1)) dB, \(progress.bitErrors) errors")
        }
    }
}

struct ChipOptions: ParsableArguments {
    @Option(help: "Chips: a seed, a list 1,2 or a range 1:10.") var chipSeed = SeedRange([1])
    @Option(help: "What the emulation includes: ideal, fixed-pattern or full.")
    var fidelity: FidelityOption = .full
    @Option(help: "Calibration of the circuits in use: on, off or a file from `chip calibrate`.")
    var calibration: CalibrationOption = .on

    var chipFidelity: Fidelity {
        switch fidelity {
        case .ideal: .ideal
        case .fixedPattern: .fixedPattern
        case .full: .full
        }
    }
    func chipCalibration() throws -> ChipCalibration {
        switch calibration {
        case .on: .performed
        case .off: .none
        case .file(let path): .stored(try CalibrationFile.read(path))
        }
    }
    func instance(_ seed: UInt64) -> ChipInstance {
        ChipInstance(seed: seed, fidelity: chipFidelity)
    }
}
