import ArrayFiles
import BaselineEqualizers
import ErrorRates
import Foundation
import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams
import SpikeEncoding
import SpikingNetworks
import Synchronization

/// Trains a spiking receiver in a run folder, checkpointing as it goes.
///
/// The folder holds `checkpoint.safetensors` while training and `network.nir` with `model.yaml`
/// at the end; of a noise ladder one network for each level, of several restarts a folder for each
/// with its own checkpoint. A run that was killed at any moment continues from its last checkpoint
/// with the same bits as if nothing had happened.
public struct SpikingTraining: Sendable {
    public let link: LinkDescription
    public let model: ModelDescription
    public let folder: String
    public let parallel: Parallel
    /// Calls of the trainer between checkpoints.
    public var checkpointInterval = 50

    public init(
        link: LinkDescription, model: ModelDescription, folder: String, parallel: Parallel
    ) {
        self.link = link
        self.model = model.trained(on: link)
        self.folder = folder
        self.parallel = parallel
    }

    /// How far a training is.
    public struct Progress: Sendable {
        public var symbols: Int
        public var totalSymbols: Int
        /// Mean cross-entropy per symbol over the last block, in nats.
        public var loss: Double
        /// Which of how many restarts, from 1.
        public var restart: Int
        public var restarts: Int
    }

    /// What a training leaves behind.
    public struct Outcome: Sendable {
        public var receiver: TrainedReceiver
        /// Loss of every call of the trainer, in nats; of the restart that was kept.
        public var losses: [Double]
        /// Validation errors of each restart; empty without restarts.
        public var restarts: [RestartListing.Restart]
    }

    /// Cancelled between blocks; the checkpoint holds everything.
    public struct Interrupted: Error {}

    /// Runs to the end of the policy.
    ///
    /// - Parameters:
    ///   - resume: Continue from the folder's checkpoint; otherwise begin anew.
    ///   - isCancelled: Asked between blocks.
    @discardableResult
    public func run(
        resume: Bool, isCancelled: () -> Bool = { false },
        progress: (Progress) -> Void = { _ in }
    ) throws -> Outcome {
        guard case .spiking(let spiking) = model.kind else {
            preconditionFailure("only spiking receivers are trained in a run folder")
        }
        try Folder.make(folder)
        let lock = try RunLock(path: folder + "/run.lock")
        let result = Result {
            try withoutActuallyEscaping(isCancelled) { isCancelled in
                try withoutActuallyEscaping(progress) { progress in
                    try runLocked(
                        spiking, resume: resume, caller: Caller(isCancelled, progress))
                }
            }
        }
        lock.release()
        return try result.get()
    }

    private func runLocked(
        _ spiking: ModelDescription.SpikingModel, resume: Bool, caller: Caller
    ) throws -> Outcome {
        let restarts = spiking.selection.restarts
        // Side by side rather than one after the other on all threads: a small batch is hardly
        // worth dividing.
        let threads = max(1, parallel.threads / restarts)
        let runs = try parallel.map(restarts) { index in
            let restart = index + 1
            var run = TrainingRun(
                link: link, model: model, spiking: spiking,
                folder: restarts == 1 ? folder : folder + "/restart-\(restart)",
                parallel: Parallel(threads: threads),
                seed: RestartListing.seed(of: restart, model: model))
            run.checkpointInterval = checkpointInterval
            return try run.run(resume: resume, isCancelled: { caller.isCancelled }) {
                symbols, total, loss in
                caller.show(
                    Progress(
                        symbols: symbols, totalSymbols: total, loss: loss, restart: restart,
                        restarts: restarts))
            }
        }
        var listing: [RestartListing.Restart] = []
        var kept = 0
        if restarts > 1 {
            listing = try runs.enumerated().map { index, run in
                RestartListing.Restart(
                    seed: RestartListing.seed(of: index + 1, model: model),
                    validation: try validate(run.receiver, spiking.selection))
            }
            kept = listing.indices.min { listing[$0].bitErrors < listing[$1].bitErrors }!
            try RestartListing(
                noiseDB: spiking.selection.noisePowerInDecibels, kept: kept, restarts: listing
            ).write(to: folder)
        }
        let best = runs[kept]
        if restarts > 1 { try best.write(to: folder, model: model) }
        return Outcome(
            receiver: TrainedReceiver.make(
                model, spiking: spiking, receiver: best.receiver, levels: best.levels),
            losses: best.losses, restarts: listing)
    }

    /// Who started a training, as its restarts see him.
    ///
    /// Unchecked: the closures are called under the lock only, and none is called after `run` has
    /// returned.
    private final class Caller: @unchecked Sendable {
        private let lock = Mutex(())
        private let asksToStop: () -> Bool
        private let progress: (Progress) -> Void

        init(_ asksToStop: @escaping () -> Bool, _ progress: @escaping (Progress) -> Void) {
            self.asksToStop = asksToStop
            self.progress = progress
        }

        var isCancelled: Bool { lock.withLock { _ in asksToStop() } }
        func show(_ state: Progress) { lock.withLock { _ in progress(state) } }
    }

    /// Bit errors on the validation stream, whose length is fixed.
    private func validate(
        _ receiver: SpikingReceiver, _ selection: ModelDescription.Selection
    ) throws -> BitErrorCount {
        try Evaluation.validation(link, selection, seed: model.training.seed, parallel: parallel)
            .count(receiver, noise: selection.noisePowerInDecibels, purpose: .validation).0
    }
}

extension Evaluation {
    /// Counts all errors of a fixed length.
    static func validation(
        _ link: LinkDescription, _ selection: ModelDescription.Selection, seed: UInt64,
        parallel: Parallel
    ) -> Evaluation {
        Evaluation(
            link: link, noisePowersInDecibels: [selection.noisePowerInDecibels], bitErrors: .max,
            maximumBits: selection.symbolCount * link.parameters.alphabet.bitsPerSymbol, seed: seed,
            parallel: parallel)
    }
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
