import Foundation
import Reporting
import SpikeEncoding

/// The receivers that a catalog holds.
public struct ModelListing {
    struct Entry: Codable {
        let name: String
        let kind: String
        let taps: Int
        /// Whether trained weights lie in the folder; nil for receivers fitted when evaluated.
        let trained: Bool?
        /// Noise powers in dB that have weights of their own; nil where one network serves all.
        let levels: [Double]?
        /// Number of those levels in the description.
        let levelCount: Int?
        /// Neurons per layer; nil for classical receivers.
        let network: String?
        /// Of the evaluation that lies beside the weights, at the reference noise; nil without one.
        let measured: Measured?
        let description: String
        let folder: String

        struct Measured: Codable {
            let noiseDB: Double
            let ber: Double
            let ci95: [Double]
            let synapticEvents: Double

            enum CodingKeys: String, CodingKey {
                case noiseDB = "noise_db"
                case ber, ci95
                case synapticEvents = "synaptic_events_per_symbol"
            }

            /// - Returns: nil where no evaluation at 20 dB lies in the folder.
            init?(folder: String) throws {
                let path = "\(folder)/\(ModelListing.evaluationName)"
                guard FileManager.default.fileExists(atPath: path),
                    let point = try RecordFile.read(path).first?.point(atNoiseDB: -20)
                else { return nil }
                noiseDB = point.noiseDB
                ber = point.ber
                ci95 = point.ci95
                synapticEvents = point.operationsPerSymbol.synapticEvents
            }
        }

        var weights: String {
            guard let trained else { return "fitted" }
            guard let levels, let levelCount else { return trained ? "trained" : "none" }
            return trained ? "\(levelCount) levels" : "\(levels.count) of \(levelCount) levels"
        }
    }

    /// What `evaluate --json` left beside trained weights.
    public static let evaluationName = "evaluation.json"

    private let entries: [Entry]

    public init(_ catalog: Catalog) throws {
        entries = try catalog.names(.models).map { name in
            let model = try ModelDescription(folder: catalog.modelFolder(name))
            var network: String?
            var trained: Bool?
            if case .spiking(let spiking) = model.kind {
                let shape = spiking.network
                network = "\(spiking.inputCount)-\(shape.hiddenCount)-\(shape.outputCount)"
                trained = model.isTrained
            }
            return Entry(
                name: name, kind: model.kind.recordName, taps: model.tapCount, trained: trained,
                levels: model.isLadder ? model.trainedLevels : nil,
                levelCount: model.isLadder ? model.training.noisePowersInDecibels.count : nil,
                network: network, measured: try Entry.Measured(folder: model.folder),
                description: model.description, folder: model.folder)
        }
    }

    public var text: String {
        let rows =
            [["receiver", "kind", "taps", "network", "weights", "BER at 20 dB", "events", ""]]
            + entries.map { entry in
                [
                    entry.name, entry.kind, String(entry.taps), entry.network ?? "-",
                    entry.weights,
                    entry.measured.map { NumberText.scientific($0.ber) } ?? "-",
                    entry.measured.map { NumberText.count($0.synapticEvents) } ?? "-",
                    entry.description,
                ]
            }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let line = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }

    public var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(entries), as: UTF8.self) + "\n"
        }
    }
}
