import ArrayFiles
import BrainScaleS2
import EnergyModel
import ErrorRates
import Foundation
import OpticalLink
import PhysicalQuantities
public import Reporting

/// The whole chain once, for real: data, baselines, training, chip, adaptation, errors, energy,
/// report.
public struct Demo {
    public let catalog: Catalog
    public let folder: String
    public let parallel: Parallel
    /// Errors to count at each point.
    public var bitErrors = 500
    /// Chips of the study with and without adaptation.
    public var chipSeeds: [UInt64] = [1, 2, 3, 4]

    public init(catalog: Catalog, folder: String, parallel: Parallel) {
        self.catalog = catalog
        self.folder = folder
        self.parallel = parallel
    }

    /// What the demo tells while it works.
    public struct Announcer {
        public var note: (String) -> Void
        public var progress: (String, Double, String) -> Void
        public var isCancelled: () -> Bool

        public init(
            note: @escaping (String) -> Void,
            progress: @escaping (String, Double, String) -> Void,
            isCancelled: @escaping () -> Bool
        ) {
            self.note = note
            self.progress = progress
            self.isCancelled = isCancelled
        }
    }

    private static let seed: UInt64 = 1
    private static let baselines = ["linear-7", "volterra-7-7-7", "perceptron-7-40"]
    private static let spikingModel = "lcd-snn-40"
    private static let noiseLevels = (-22...(-15)).map(Double.init)

    /// Runs everything and writes the report.
    ///
    /// - Returns: The report, for its table.
    public func run(_ announcer: Announcer) throws -> Report {
        try Folder.make(folder)
        let link = try LinkDescription(file: catalog.file(.channels, "lcd"))

        announcer.note("1/7 link data of \(link.name): \(link.description)")
        try DatasetFile(
            link: link, noisePowerInDecibels: link.parameters.noisePower.value,
            symbolCount: 100_000, tapCount: 7, seed: Self.seed
        ).write(to: folder + "/lcd-sample.h5")

        announcer.note("2/7 classical receivers")
        var receivers: [TrainedReceiver] = []
        for name in Self.baselines {
            let model = try ModelDescription(folder: catalog.modelFolder(name))
            receivers.append(
                try TrainedReceiver.make(model, for: link) { announcer.progress($0, 0, "") })
        }

        announcer.note("3/7 training the spiking receiver")
        let (spiking, losses) = try train(link, announcer)
        receivers.append(spiking)

        announcer.note("4/7 bit errors of every receiver in software")
        let evaluation = Evaluation(
            link: link, noisePowersInDecibels: Self.noiseLevels, bitErrors: bitErrors,
            seed: Self.seed, parallel: parallel)
        var records: [EvaluationRecord] = []
        for receiver in receivers {
            records.append(
                try evaluation.run(receiver, progress: show("software", announcer)))
        }

        announcer.note("5/7 the spiking receiver on the emulated chip, before and after learning")
        let study = ChipStudy(
            evaluation: evaluation, receiver: spiking, noisePowerInDecibels: -20)
        let chipRecords = try onChip(study, evaluation, announcer)
        records += chipRecords

        announcer.note("6/7 other chips: \(chipSeeds.count) calibrated, \(chipSeeds.count) not")
        let studies = try chipStudies(study, announcer)

        announcer.note("7/7 report")
        try RecordFile.encode(records).write(toFile: folder + "/results.json")
        let labels =
            receivers.map(\.record.name) + ["on the chip", "adapted on chip"]
        var report = try ReportBuilder(catalog: catalog).report(
            records, labels: labels, title: "Spikelink demo: LCD link",
            summary: link.description, command: "make demo",
            commands: records.map(command))
        report.bounds = try BoundCurves.genie(
            link, noisePowersInDecibels: Self.noiseLevels, parallel: parallel)
        report.figures = LinkInspection(link, noisePowerInDecibels: -20).figures
        report.chipStudies = studies
        report.learningCurves = [learningCurve(losses)]
        try ReportFiles.write(report, to: folder)
        return report
    }

    /// How to get a record's figures again; adaptation is part of the demo alone.
    private func command(_ record: EvaluationRecord) -> String {
        if record.training.policy.contains("adapted on the chip") { return "make demo" }
        let model =
            record.receiver.kind == "snn"
            ? "\(folder)/\(record.receiver.name)" : record.receiver.name
        let chip = record.chipSeed.map { " --on chip --chip-seed \($0)" } ?? ""
        return "spikelink evaluate \(model) --channel lcd --noise-db -22:-15:1 "
            + "--bit-errors \(bitErrors) --seed \(record.seed)\(chip)"
    }

    private func train(_ link: LinkDescription, _ announcer: Announcer) throws
        -> (TrainedReceiver, [Double])
    {
        let model = try ModelDescription(folder: catalog.modelFolder(Self.spikingModel))
        let training = SpikingTraining(
            link: link, model: model, folder: folder + "/" + model.name, parallel: parallel)
        // An interrupted demo continues its training; the fingerprint keeps others out.
        let start = Date()
        let outcome = try training.run(
            resume: true, isCancelled: announcer.isCancelled
        ) { progress in
            announcer.progress(
                "training \(model.name)",
                Double(progress.symbols) / Double(progress.totalSymbols),
                String(format: "loss %.4f nat", progress.loss))
        }
        announcer.note(
            String(format: "    trained in %.0f s", Date().timeIntervalSince(start)))
        return (outcome.receiver, outcome.losses)
    }

    private func show(_ place: String, _ announcer: Announcer) -> (Evaluation.Progress) throws
        -> Void
    {
        { progress in
            if announcer.isCancelled() { throw SpikingTraining.Interrupted() }
            let done = min(1, Double(progress.bitErrors) / Double(progress.wantedBitErrors))
            announcer.progress(
                "\(progress.receiver) (\(place))",
                (Double(progress.point) + done) / Double(progress.points),
                "\(progress.bitErrors) errors at \(-progress.noiseDB) dB")
        }
    }

    private func onChip(_ study: ChipStudy, _ evaluation: Evaluation, _ announcer: Announcer)
        throws -> [EvaluationRecord]
    {
        let seed = chipSeeds[0]
        let chip = try study.chipReceiver(
            ChipInstance(seed: seed, fidelity: .full))
        let before = try evaluation.run(
            study.receiver, detector: chip, substrate: .chip(seed: seed),
            progress: show("chip", announcer))
        let (adapted, log) = try study.adapt(chip) { pilots in
            announcer.progress("learning on the chip", 0, "\(pilots) pilots")
        }
        var after = try evaluation.run(
            study.receiver, detector: adapted, substrate: .chip(seed: seed),
            progress: show("chip after learning", announcer))
        after.training.policy +=
            "; readout adapted on the chip with \(log.pilots) pilots at -20 dB by a delta rule, "
            + "stochastic rounding, weights averaged over the second half; "
            + (log.isReverted ? "old weights kept" : "new weights kept")
            + " after comparing both on \(log.guardPilots) further pilots"
        return [before, after]
    }

    private func chipStudies(_ study: ChipStudy, _ announcer: Announcer) throws
        -> [Report.ChipStudy]
    {
        var short = study
        short.evaluation.bitErrors = min(bitErrors, 300)
        let ideal = try short.chipReceiver(.ideal)
        let (free, _) = try short.evaluation.count(ideal, noise: -20)
        return try [("uncalibrated", ChipCalibration.none), ("calibrated", .performed)]
            .map { name, calibration in
                announcer.progress("\(chipSeeds.count) \(name) chips", 0, "")
                let outcomes = try short.run(
                    seeds: chipSeeds, fidelity: .full, calibration: calibration)
                return Report.ChipStudy(
                    name: name,
                    note: "Bit error rate at 20 dB before and after the delta rule on the readout; "
                        + "mismatch magnitudes are estimates.",
                    chips: outcomes.map {
                        Report.ChipStudy.Chip(
                            seed: $0.seed, before: $0.before.ber, after: $0.after.ber)
                    }, mismatchFree: free.rate)
            }
    }

    /// The loss averaged over a hundred stretches of the training.
    private func learningCurve(_ losses: [Double]) -> Report.LearningCurve {
        let stretch = max(1, losses.count / 100)
        let starts = Array(stride(from: 0, to: losses.count - stretch + 1, by: stretch))
        return Report.LearningCurve(
            name: "training \(Self.spikingModel)", progressLabel: "million training symbols",
            valueLabel: "cross-entropy (nat per symbol)",
            progress: starts.map {
                Double(($0 + stretch) * SymbolStreams.blockLength) / 1e6
            },
            values: starts.map { start in
                losses[start..<start + stretch].reduce(0, +) / Double(stretch)
            })
    }
}

extension String {
    fileprivate func write(toFile path: String) throws { try AtomicFile.write(self, to: path) }
}
