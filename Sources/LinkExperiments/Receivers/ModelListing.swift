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
        let description: String
        let folder: String

        var weights: String {
            guard let trained else { return "fitted" }
            guard let levels, let levelCount else { return trained ? "trained" : "none" }
            return trained ? "\(levelCount) levels" : "\(levels.count) of \(levelCount) levels"
        }
    }

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
                network: network, description: model.description, folder: model.folder)
        }
    }

    public var text: String {
        let rows =
            [["receiver", "kind", "taps", "network", "weights", ""]]
            + entries.map { entry in
                [
                    entry.name, entry.kind, String(entry.taps), entry.network ?? "-",
                    entry.weights, entry.description,
                ]
            }
        let widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
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
