import ArrayFiles
import BrainScaleS2
import Foundation
public import Reporting

/// How far the chip's curve of bit errors lies from that of the software, chip by chip: the increase of
/// the noise level in dB at which both make the same share of errors.
public struct ChipPenalty: Sendable {
    /// What is done to a chip before it is measured.
    public enum Treatment: String, Sendable, Codable, CaseIterable {
        case uncalibrated
        case calibrated
        case inTheLoop = "in the loop"
    }

    /// What has been measured so far; the file of the study.
    public struct Record: Sendable, Codable {
        public static let currentSchema = "spikelink.chip-penalty/1"
        public var schema = Self.currentSchema
        public var model: String
        public var channel: String
        public var noiseDB: [Double]
        public var bitErrors: Int
        public var seed: UInt64
        public var software: EvaluationRecord
        public var chips: [Chip]

        public struct Chip: Sendable, Codable {
            public var chipSeed: UInt64
            public var treatment: Treatment
            public var evaluation: EvaluationRecord

            enum CodingKeys: String, CodingKey {
                case chipSeed = "chip_seed"
                case treatment, evaluation
            }
        }

        enum CodingKeys: String, CodingKey {
            case schema, model, channel
            case noiseDB = "noise_db"
            case bitErrors = "bit_errors"
            case seed, software, chips
        }

        /// Name of the threshold at which penalties are read.
        public static let threshold = "task_reference"

        /// Penalties of a treatment in dB by chip; nil where a curve does not reach the threshold.
        public func penalties(_ treatment: Treatment) -> [(seed: UInt64, penalty: Double?)] {
            let reference = software.crossing(Self.threshold)
            return chips.filter { $0.treatment == treatment }.sorted { $0.chipSeed < $1.chipSeed }
                .map { chip in
                    guard let reference, let own = chip.evaluation.crossing(Self.threshold) else {
                        return (chip.chipSeed, nil)
                    }
                    return (chip.chipSeed, reference - own)
                }
        }
    }

    public var study: ChipStudy
    public var folder: String
    public var treatments: [Treatment]

    public init(study: ChipStudy, folder: String, treatments: [Treatment]) {
        self.study = study
        self.folder = folder
        self.treatments = treatments
    }

    public static let fileName = "penalty.json"

    /// Measures what the folder's file does not hold yet, writing it after every chip.
    ///
    /// - Throws: `FileError` when the file is of another study.
    public func run(
        seeds: [UInt64], isCancelled: () -> Bool = { false },
        progress: (String, Double) -> Void = { _, _ in }
    ) throws -> Record {
        try Folder.make(folder)
        let path = folder + "/" + Self.fileName
        var record = try continued(path)
        if record == nil {
            progress("software", 0)
            record = Record(
                model: study.receiver.model.name, channel: study.evaluation.link.name,
                noiseDB: study.evaluation.noisePowersInDecibels,
                bitErrors: study.evaluation.bitErrors, seed: study.evaluation.seed,
                software: try study.evaluation.run(study.receiver), chips: [])
        }
        guard var record else { preconditionFailure() }
        try write(record, path)
        let wanted = seeds.flatMap { seed in treatments.map { (seed, $0) } }.filter { wanted in
            !record.chips.contains { $0.chipSeed == wanted.0 && $0.treatment == wanted.1 }
        }
        for (number, (seed, treatment)) in wanted.enumerated() {
            if isCancelled() { throw SpikingTraining.Interrupted() }
            progress(
                "chip \(seed), \(treatment.rawValue)", Double(number) / Double(wanted.count))
            record.chips.append(
                Record.Chip(
                    chipSeed: seed, treatment: treatment,
                    evaluation: try measure(seed, treatment)))
            try write(record, path)
        }
        return record
    }

    private func measure(_ seed: UInt64, _ treatment: Treatment) throws -> EvaluationRecord {
        let chip = ChipInstance(seed: seed, fidelity: .full)
        let calibration: ChipCalibration = treatment == .uncalibrated ? .none : .performed
        var study = study
        if treatment == .inTheLoop {
            study.receiver = try study.trainedInTheLoop(chip, calibration: calibration).0
        }
        return try study.evaluation.run(
            study.receiver, detector: try study.chipReceiver(chip, calibration: calibration),
            substrate: .chip(seed: seed))
    }

    private func continued(_ path: String) throws -> Record? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let bytes = try AtomicFile.read(path, byteLimit: 1 << 28)
        guard let record = try? JSONDecoder().decode(Record.self, from: Data(bytes)),
            record.schema == Record.currentSchema
        else {
            throw FileError.badData(
                path, "is not a \(Record.currentSchema) file",
                remedy: "choose another folder with --output")
        }
        let evaluation = study.evaluation
        guard record.model == study.receiver.model.name, record.channel == evaluation.link.name,
            record.noiseDB == evaluation.noisePowersInDecibels,
            record.bitErrors == evaluation.bitErrors, record.seed == evaluation.seed
        else {
            throw FileError.badData(
                path, "holds another study (model, channel, levels, errors or seed differ)",
                remedy: "choose another folder with --output")
        }
        return record
    }

    private func write(_ record: Record, _ path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(
            String(decoding: try encoder.encode(record), as: UTF8.self) + "\n", to: path)
    }
}

extension ChipPenalty.Record {
    /// Median, worst and every chip, as a table.
    public var text: String {
        var lines = [
            "\(model) on \(channel): noise level lost to the chip in dB at a bit error rate of 2e-3",
            Self.row("chip", ChipPenalty.Treatment.allCases.map(\.rawValue)),
        ]
        let columns = ChipPenalty.Treatment.allCases.map { penalties($0) }
        let seeds = Set(columns.flatMap { $0.map(\.seed) }).sorted()
        for seed in seeds {
            lines.append(
                Self.row(
                    "\(seed)",
                    columns.map { column in
                        column.first { $0.seed == seed }.map { Self.decibels($0.penalty) } ?? ""
                    }))
        }
        for (name, pick) in [("median", 0.5), ("worst", 1.0)] {
            lines.append(Self.row(name, columns.map { Self.decibels(Self.quantile($0, pick)) }))
        }
        if let reference = software.crossing(Self.threshold) {
            lines.append(
                String(format: "The software reaches 2e-3 at a noise level of %.2f dB.", -reference))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A quantile over chips; one that does not reach the threshold counts as infinitely far.
    public static func quantile(
        _ penalties: [(seed: UInt64, penalty: Double?)], _ share: Double
    ) -> Double? {
        let sorted = penalties.map { $0.penalty ?? .infinity }.sorted()
        guard !sorted.isEmpty else { return nil }
        let position = share * Double(sorted.count - 1)
        let low = sorted[Int(position.rounded(.down))]
        let high = sorted[Int(position.rounded(.up))]
        let value = low == high ? low : low + (high - low) * (position - position.rounded(.down))
        return value.isFinite ? value : nil
    }

    private static func decibels(_ value: Double?) -> String {
        value.map { String(format: "%+.3f", $0) } ?? "not reached"
    }

    private static func row(_ name: String, _ cells: [String]) -> String {
        name + String(repeating: " ", count: max(1, 8 - name.count))
            + cells.map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }.joined()
    }

    /// Curves of all chips by treatment beside that of the software.
    public var plot: Plot {
        func curve(_ record: EvaluationRecord) -> [Plot.Point] {
            record.points.filter { $0.ber > 0 }.map { Plot.Point($0.noiseLevel, $0.ber) }
        }
        var series: [Plot.Series] = []
        for (treatment, color) in [
            (ChipPenalty.Treatment.uncalibrated, 3), (.calibrated, 1), (.inTheLoop, 0),
        ] {
            let curves = chips.filter { $0.treatment == treatment }.map { curve($0.evaluation) }
            guard !curves.isEmpty else { continue }
            series.append(
                .init("\(curves.count) chips, \(treatment.rawValue)", .line, color: color, segments: curves))
        }
        series.append(.init("software", .lineAndMarkers, color: 7, points: curve(software)))
        var plot = Plot(
            title: "\(model) on emulated chips, \(channel)",
            caption: "One line per chip seed, fidelity full. Calibrated: every circuit through "
                + "observables only. In the loop: weights trained further with the chip as forward pass.",
            xAxis: .init("noise level (dB)"),
            yAxis: .init("bit error rate", scale: .logarithmic), series: series)
        plot.referenceLines = [.init(.horizontal, at: 2e-3, label: "2e-3")]
        return plot
    }
}
