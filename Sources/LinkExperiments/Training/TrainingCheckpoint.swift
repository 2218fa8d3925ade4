import ArrayFiles
import Foundation
import NumericKernels
import SpikingNetworks

/// Where a training stopped, on disk: everything the next update depends on.
struct TrainingCheckpoint {
    static let name = "checkpoint.safetensors"
    private static let format = "spikelink.checkpoint/3"

    /// Level of a noise ladder that is being trained; 0 without a ladder.
    var stage = 0
    var state: TrainingState
    /// Mean loss of every call of the trainer, in nats.
    var losses: [Double] = []
    /// Blocks of the training stream used so far.
    var blocks = 0
    /// The best state on validation data so far, when the training looks at it.
    var best: Best?

    struct Best {
        var errors: Int
        /// Looks since then that were not better.
        var staleLooks: Int
        var weights: [Lanes]
        var encoder: [Lanes]
    }

    /// - Parameter fingerprint: Everything that the training depends on, in words.
    func write(to folder: String, fingerprint: String) throws {
        func tensor(_ lanes: [Lanes]) -> NumericArray {
            NumericArray(
                lanes.flatMap { vector in vector.indices.map { vector[$0] } },
                shape: [lanes.count, Lanes.scalarCount])
        }
        var tensors: [String: NumericArray] = [
            "losses": NumericArray(losses), "rates": tensor(state.rates),
        ]
        for (name, part) in [("weights", state.weights), ("encoder", state.encoder)] {
            tensors[name] = tensor(part.values)
            tensors[name + ".first_moment"] = tensor(part.firstMoment)
            tensors[name + ".second_moment"] = tensor(part.secondMoment)
        }
        var metadata = [
            "format": Self.format, "fingerprint": fingerprint, "stage": String(stage),
            "updates": String(state.updates), "symbols": String(state.symbols),
            "blocks": String(blocks),
        ]
        if let best {
            tensors["best.weights"] = tensor(best.weights)
            tensors["best.encoder"] = tensor(best.encoder)
            metadata["best.errors"] = String(best.errors)
            metadata["best.stale_looks"] = String(best.staleLooks)
        }
        try TensorFile(tensors, metadata: metadata).write(to: folder + "/" + Self.name)
    }

    /// - Parameter shape: A state with as many weights and encoder numbers as expected.
    /// - Returns: nil where there is no checkpoint.
    static func read(from folder: String, fingerprint: String, shape: TrainingState) throws
        -> TrainingCheckpoint?
    {
        let path = folder + "/" + name
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try TensorFile(path: path)
        func whole(_ key: String) throws -> Int {
            guard let value = file.metadata[key].flatMap({ Int($0) }), value >= 0 else {
                throw FileError.badData(path, "is not a training checkpoint of this version")
            }
            return value
        }
        guard file.metadata["format"] == format else {
            throw FileError.badData(path, "is not a training checkpoint of this version")
        }
        guard file.metadata["fingerprint"] == fingerprint else {
            throw FileError.badData(
                path, "belongs to another model or channel",
                remedy: "resume with the description it was started with")
        }
        func lanes(_ name: String, _ count: Int) throws -> [Lanes] {
            let array = try file.array(name, as: Float.self, rank: 2)
            guard array.shape == [count, Lanes.scalarCount] else {
                throw FileError.badData(path, "\(name) has shape \(array.shape)")
            }
            return (0..<count).map { vector in
                let first = vector * Lanes.scalarCount
                return Lanes(array.values[first..<first + Lanes.scalarCount])
            }
        }
        func parameters(_ name: String, _ count: Int) throws -> TrainingState.Parameters {
            TrainingState.Parameters(
                values: try lanes(name, count),
                firstMoment: try lanes(name + ".first_moment", count),
                secondMoment: try lanes(name + ".second_moment", count))
        }
        let weights = shape.weights.values.count
        let encoder = shape.encoder.values.count
        var best: Best?
        if file.metadata["best.errors"] != nil {
            best = Best(
                errors: try whole("best.errors"), staleLooks: try whole("best.stale_looks"),
                weights: try lanes("best.weights", weights),
                encoder: try lanes("best.encoder", encoder))
        }
        return TrainingCheckpoint(
            stage: try whole("stage"),
            state: TrainingState(
                weights: try parameters("weights", weights),
                encoder: try parameters("encoder", encoder),
                rates: try lanes("rates", shape.rates.count), updates: try whole("updates"),
                symbols: try whole("symbols")),
            losses: try file.array("losses", as: Double.self, rank: 1).values,
            blocks: try whole("blocks"), best: best)
    }
}
