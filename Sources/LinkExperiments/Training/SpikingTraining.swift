import ArrayFiles
import BaselineEqualizers
import Foundation
import NumericKernels
import PhysicalQuantities
import RandomStreams
import SpikeEncoding
public import SpikingNetworks

/// Trains a spiking receiver in a run folder, checkpointing as it goes.
///
/// The folder holds `checkpoint.safetensors` while training and `network.nir` with `model.yaml`
/// at the end. A run that was killed at any moment continues from its last checkpoint with the
/// same bits as if nothing had happened.
public struct SpikingTraining {
    public let link: LinkDescription
    public let model: ModelDescription
    public let folder: String
    public let parallel: Parallel
    /// Blocks between checkpoints.
    public var checkpointInterval = 50

    static let checkpointName = "checkpoint.safetensors"

    public init(
        link: LinkDescription, model: ModelDescription, folder: String, parallel: Parallel
    ) {
        self.link = link
        self.model = model
        self.folder = folder
        self.parallel = parallel
    }

    /// How far a training is.
    public struct Progress: Sendable {
        public var symbols: Int
        public var totalSymbols: Int
        /// Mean cross-entropy per symbol over the last block, in nats.
        public var loss: Double
    }

    /// Cancelled between blocks; the checkpoint holds everything.
    public struct Interrupted: Error {}

    /// Runs to the end of the policy.
    ///
    /// - Parameters:
    ///   - resume: Continue from the folder's checkpoint; otherwise begin anew.
    ///   - isCancelled: Asked between blocks.
    /// - Returns: The trained network and the loss of every block of this run.
    @discardableResult
    public func run(
        resume: Bool, isCancelled: () -> Bool = { false },
        progress: (Progress) -> Void = { _ in }
    ) throws -> (network: FeedForwardNetwork, losses: [Double]) {
        guard case .spiking(let spiking) = model.kind else {
            preconditionFailure("only spiking receivers are trained in a run folder")
        }
        try Folder.make(folder)
        let lock = try RunLock(path: folder + "/run.lock")
        let result = Result {
            try runLocked(spiking, resume: resume, isCancelled: isCancelled, progress: progress)
        }
        lock.release()
        return try result.get()
    }

    private func runLocked(
        _ spiking: ModelDescription.SpikingModel, resume: Bool, isCancelled: () -> Bool,
        progress: (Progress) -> Void
    ) throws -> (network: FeedForwardNetwork, losses: [Double]) {
        let initial = initialNetwork(spiking)
        let saved = resume ? try restore(initial) : nil
        let parallel = parallel
        let trainer = Trainer(
            network: initial, encoder: spiking.encoder, tapCount: model.tapCount,
            policy: spiking.policy, state: saved?.state,
            executor: { count, body in parallel.run(count, body) })
        let streams = model.training.noisePowersInDecibels.map {
            SymbolStreams(
                link.at(noisePower: Decibels($0)), purpose: .training, seed: model.training.seed)
        }
        var losses = saved?.losses ?? []
        // A few blocks are made at a time so that all threads have some.
        var ready: [TrainingBlock] = []
        while !trainer.isFinished {
            if isCancelled() {
                try save(trainer.state, losses: losses)
                throw Interrupted()
            }
            if ready.isEmpty {
                let first = losses.count
                ready = try parallel.map(8) { streams[(first + $0) % streams.count].block(first + $0) }
                    .reversed()
            }
            let block = ready.removeLast()
            let result = trainer.train(received: block.received, symbols: block.symbols)
            guard result.loss.isFinite else {
                throw TrainingFailure(
                    description: "training diverged after \(losses.count) blocks: the loss is not "
                        + "a number; lower training.learning_rate in \(model.folder)/model.yaml")
            }
            losses.append(result.loss)
            progress(
                Progress(
                    symbols: trainer.state.updates * spiking.policy.batchSize,
                    totalSymbols: spiking.policy.symbolCount, loss: result.loss))
            if losses.count % checkpointInterval == 0 {
                try save(trainer.state, losses: losses)
            }
        }
        try save(trainer.state, losses: losses)
        try NetworkFile.write(trainer.trainedNetwork, to: folder + "/" + NetworkFile.name)
        let description = try AtomicFile.read(model.folder + "/model.yaml")
        try AtomicFile.write(description, to: folder + "/model.yaml")
        return (trainer.trainedNetwork, losses)
    }

    private func initialNetwork(_ spiking: ModelDescription.SpikingModel) -> FeedForwardNetwork {
        // Roughly half of the encoding neurons fire for a typical sample.
        let inputs = model.tapCount * spiking.encoder.neuronCount
        return FeedForwardNetwork(
            inputCount: inputs, hiddenCount: spiking.hiddenCount, outputCount: spiking.outputCount,
            stepCount: spiking.stepCount, neuron: spiking.neuron, surrogate: spiking.surrogate,
            spikesPerSample: Double(inputs) / 2,
            stream: RandomStream(seed: model.training.seed).substream("initial weights"))
    }

    // MARK: Checkpoints

    private func save(_ state: TrainingState, losses: [Double]) throws {
        func tensor(_ lanes: [Lanes]) -> NumericArray {
            NumericArray(
                lanes.flatMap { lane in (0..<8).map { lane[$0] } }, shape: [lanes.count, 8])
        }
        try TensorFile(
            [
                "weights": tensor(state.weights), "first_moment": tensor(state.firstMoment),
                "second_moment": tensor(state.secondMoment), "losses": NumericArray(losses),
            ],
            metadata: [
                "format": "spikelink.checkpoint/1", "updates": String(state.updates),
                "fingerprint": fingerprint,
            ]
        ).write(to: folder + "/" + Self.checkpointName)
    }

    private func restore(_ network: FeedForwardNetwork) throws
        -> (state: TrainingState, losses: [Double])?
    {
        let path = folder + "/" + Self.checkpointName
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try TensorFile(path: path)
        guard file.metadata["format"] == "spikelink.checkpoint/1",
            let updates = file.metadata["updates"].flatMap({ Int($0) })
        else { throw FileError.badData(path, "is not a training checkpoint of this version") }
        guard file.metadata["fingerprint"] == fingerprint else {
            throw FileError.badData(
                path, "belongs to another model or channel",
                remedy: "resume with the description it was started with")
        }
        let count = network.packedWeights().count
        func lanes(_ name: String) throws -> [Lanes] {
            let array = try file.array(name, as: Float.self, rank: 2)
            guard array.shape == [count, 8] else {
                throw FileError.badData(path, "\(name) has shape \(array.shape)")
            }
            return (0..<count).map { v in
                Lanes((0..<8).map { array.values[8 * v + $0] })
            }
        }
        return (
            TrainingState(
                weights: try lanes("weights"), firstMoment: try lanes("first_moment"),
                secondMoment: try lanes("second_moment"), updates: updates),
            try file.array("losses", as: Double.self, rank: 1).values
        )
    }

    /// Everything a checkpoint depends on, in words.
    private var fingerprint: String { "\(link.parameters) \(model.kind) \(model.training)" }
}

/// A training that cannot go on.
public struct TrainingFailure: Error, CustomStringConvertible {
    public let description: String
}

/// Folders of results.
enum Folder {
    static func make(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FileError(.cannotCreate, path: path, reason: "the folder cannot be made",
                remedy: "choose a place that can be written")
        }
    }
}
