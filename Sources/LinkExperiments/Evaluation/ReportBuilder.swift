public import EnergyModel
import ErrorRates
public import Reporting

/// Prices records and arranges them as a report.
public struct ReportBuilder: Sendable {
    public let catalog: Catalog

    public init(catalog: Catalog) { self.catalog = catalog }

    /// Thresholds that tables and headlines use, the first one decides.
    public static let thresholds = ["kp4", "task_reference", "hamming_kp4"]

    /// Price lists for a receiver, its own technology first.
    private func priceListNames(_ record: EvaluationRecord) -> [String] {
        if record.substrate == "chip" { return ["brainscales2"] }
        if record.receiver.kind == "snn" {
            return ["digital-neuromorphic", "dsp-7nm", "dsp-28nm", "analog-what-if"]
        }
        return ["dsp-7nm", "dsp-28nm"]
    }

    /// Energies of a record at the point nearest the reference noise.
    public func energies(
        _ record: EvaluationRecord, referenceNoiseDB: Double, prices: String? = nil
    ) throws -> [EnergyEstimate] {
        guard
            let point = record.points.min(by: {
                abs($0.noiseDB - referenceNoiseDB) < abs($1.noiseDB - referenceNoiseDB)
            })
        else { return [] }
        let levels = record.channel["modulation"]?["levels"]
        var order = 4
        if case .array(let values)? = levels { order = values.count }
        let lists = try (prices.map { [$0] } ?? priceListNames(record)).map {
            try PriceListFile.read(catalog.file(.prices, $0))
        }
        return try lists.map { list in
            try list.estimate(
                of: point.workload(
                    receivedSamplesPerSymbol: Double(record.receiver.samplesPerSymbol ?? 1)),
                bitsPerSymbol: Double(order.trailingZeroBitCount))
        }
    }

    /// A report over records.
    public func report(
        _ records: [EvaluationRecord], labels: [String]? = nil, title: String, summary: String,
        command: String, commands: [String]? = nil, referenceNoiseDB: Double = -20
    ) throws -> Report {
        var usedLists: [PriceList] = []
        let receivers = try records.enumerated().map { index, record in
            let energies = try energies(record, referenceNoiseDB: referenceNoiseDB)
            for name in priceListNames(record) where !usedLists.contains(where: { $0.name == name })
            {
                usedLists.append(try PriceListFile.read(catalog.file(.prices, name)))
            }
            var receiver = Report.Receiver(
                label: labels?[index] ?? Self.label(record), record: record, energies: energies,
                command: commands?[index] ?? Self.command(record))
            receiver.pointEnergies = try record.points.map { point in
                Report.Receiver.PointEnergies(
                    noiseDB: point.noiseDB,
                    energies: try self.energies(record, referenceNoiseDB: point.noiseDB))
            }
            return receiver
        }
        let thresholds = Self.thresholds.compactMap { name in
            ForwardErrorCorrectionThreshold.all.first { $0.name == name }.map {
                Report.Threshold(
                    key: $0.name, name: $0.title, ber: $0.bitErrorRate, note: "\($0.note) \($0.source)")
            }
        }
        var report = Report(
            title: title, summary: summary, referenceNoiseDB: referenceNoiseDB,
            receivers: receivers, thresholds: thresholds, command: command)
        report.priceLists = usedLists
        let channels = Set(records.compactMap { $0.channel["name"]?.string })
        if channels.count == 1, referenceNoiseDB == -20 {
            report.publishedWork = Self.publishedWork[channels.first!] ?? []
        }
        return report
    }

    /// Published spiking receivers of the two tasks at 20 dB; events from the published spike
    /// counts: input spikes x hidden neurons + hidden spikes x fan-out.
    private static let publishedWork: [String: [Report.PublishedWork]] = [
        "lcd": [
            Report.PublishedWork(
                name: "receptive fields", synapticEvents: 1477, ber: 7.07e-4,
                source: "arXiv 2412.03129"),
            Report.PublishedWork(
                name: "policy gradient", synapticEvents: 3008, ber: 3.70e-4,
                source: "arXiv 2508.13783"),
        ],
        "ssmf": [
            Report.PublishedWork(
                name: "ternary, recurrent", synapticEvents: 23_410, ber: 1.78e-3,
                source: "arXiv 2412.03129")
        ],
    ]

    private static func label(_ record: EvaluationRecord) -> String {
        record.substrate == "chip"
            ? "\(record.receiver.name) chip \(record.chipSeed.map(String.init) ?? "")"
            : record.receiver.name
    }

    private static func command(_ record: EvaluationRecord) -> String {
        let isPhysical = record.channel["laser"] != nil
        let levels = record.points.map { isPhysical ? 0 - $0.noiseDB : $0.noiseDB }
            .map(NumberWord.of).joined(separator: ",")
        let chip = record.chipSeed.map { " --on chip --chip-seed \($0)" } ?? ""
        let coded = record.points.contains { $0.errorCorrection != nil } ? " --fec" : ""
        let channel = record.channel["name"]?.string ?? "CHANNEL"
        let stopping =
            record.stopping.map { stopping in
                " --bit-errors \(stopping.bitErrors)"
                    + (stopping.maximumBits == 2_000_000_000
                        ? "" : " --maximum-bits \(stopping.maximumBits)")
            } ?? ""
        let stream = record.stream.map { " --stream \($0)" } ?? ""
        let model = record.receiver.folder ?? record.receiver.name
        return "spikelink evaluate \(model) --channel \(channel) "
            + "\(isPhysical ? "--received-power-dbm" : "--noise-db") \(levels) --seed \(record.seed)\(stopping)\(stream)\(chip)\(coded)"
    }
}
