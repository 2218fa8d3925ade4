import Foundation
import LinkExperiments

/// What `engine.json` holds; all times in seconds of processor time, medians over repeats with their range.
struct EngineReport: Codable {
    var format = "spikelink.benchmark.engine/1"
    var revision = Provenance.revision
    var toolchain = Provenance.toolchain
    var machine = Machine.current
    var threads = 1
    var agreement: Agreement
    var sweeps: [Sweep]
    var scalings: [NamedScaling]
    var costModels: [NamedCostModel]
    /// Highest resident memory of the whole run, in MB.
    var peakMemoryInMegabytes: Double?

    /// Mean cross-entropy over the same updates from the same weights, in nats.
    struct Agreement: Codable {
        var engineLoss: Double
        var referenceLoss: Double
    }

    /// Cost against one quantity, all others as in the LCD network.
    struct Sweep: Codable {
        var quantity: String
        var points: [Point]
    }

    struct Point: Codable {
        var value: Double
        /// Input spikes times hidden neurons plus hidden spikes times outputs.
        var synapticEventsPerSymbol: Double
        /// Time steps times hidden neurons and readouts.
        var neuronUpdatesPerSymbol: Double
        var training: Comparison
        var inference: Comparison
    }

    /// Time per symbol of the engine and of the dense reference, and reference over engine.
    struct Comparison: Codable {
        var engine: Measurement
        var reference: Measurement
        /// Of the turns next to each other.
        var ratio: Measurement
    }

    struct NamedScaling: Codable {
        var cost: String
        var quantity: String
        var scaling: Scaling
    }

    struct NamedCostModel: Codable {
        var cost: String
        var model: CostModel
    }
}

/// A results file: JSON with sorted keys, numbers to five digits.
enum ResultFile {
    static func write(_ value: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        let object = try JSONSerialization.jsonObject(with: encoder.encode(value))
        let data = try JSONSerialization.data(
            withJSONObject: rounded(object),
            options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        }
        try (data + Data("\n".utf8)).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private static func rounded(_ object: Any) -> Any {
        if let dictionary = object as? [String: Any] { return dictionary.mapValues(rounded) }
        if let array = object as? [Any] { return array.map(rounded) }
        if let number = object as? Double, number != number.rounded() {
            return NSDecimalNumber(
                string: String(format: "%.4e", number), locale: ["NSLocaleDecimalSeparator": "."])
        }
        return object
    }
}
