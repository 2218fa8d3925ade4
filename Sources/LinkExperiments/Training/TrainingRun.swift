import ArrayFiles
import BaselineEqualizers
import ErrorRates
import PhysicalQuantities
import RandomStreams
import SpikeEncoding
import SpikingNetworks

/// One training from initial weights to its end, level by level where the noise is a ladder.
struct TrainingRun {
    let link: LinkDescription
    let model: ModelDescription
    let spiking: ModelDescription.SpikingModel
    let folder: String
    let parallel: Parallel
    /// Seed of initial weights, data and noise.
    let seed: UInt64
    var checkpointInterval = 50

    struct Result: Sendable {
        var receiver: SpikingReceiver
        var levels: [Double: SpikingReceiver] = [:]
        var losses: [Double] = []

        /// Everything that an evaluation needs.
        func write(to folder: String, model: ModelDescription) throws {
            for (noise, receiver) in levels {
                try NetworkFile.write(
                    receiver, to: folder + "/" + NetworkFile.name(noisePowerInDecibels: noise))
            }
            if levels.isEmpty {
                try NetworkFile.write(receiver, to: folder + "/" + NetworkFile.name)
            }
            let description = try AtomicFile.read(model.folder + "/model.yaml")
            try AtomicFile.write(description, to: folder + "/model.yaml")
        }
    }

    func run(
        resume: Bool, isCancelled: () -> Bool,
        progress: (_ symbols: Int, _ total: Int, _ loss: Double) -> Void
    ) throws -> Result {
        try Folder.make(folder)
        let initial = initialReceiver()
        let shape = TrainingState(initial)
        var checkpoint =
            try resume
            ? TrainingCheckpoint.read(from: folder, fingerprint: fingerprint, shape: shape) : nil
        var result = Result(receiver: initial)
        let stages = stages
        for (stage, noises) in stages.enumerated() {
            if let checkpoint, stage < checkpoint.stage {
                // Done before; its file is whole, since the checkpoint came after it.
                result.levels[noises[0]] = try NetworkFile.read(
                    folder + "/" + NetworkFile.name(noisePowerInDecibels: noises[0]), for: spiking)
                continue
            }
            let begun =
                checkpoint?.stage == stage
                ? checkpoint! : start(stage, shape: shape, after: checkpoint)
            let done = try train(begun, noises, initial, isCancelled, progress)
            checkpoint = done.checkpoint
            result.receiver = done.receiver
            result.losses = done.checkpoint.losses
            if stages.count > 1 {
                result.levels[noises[0]] = done.receiver
                try NetworkFile.write(
                    done.receiver,
                    to: folder + "/" + NetworkFile.name(noisePowerInDecibels: noises[0]))
            }
        }
        try result.write(to: folder, model: model)
        return result
    }

    /// The noise powers of each stage in dB.
    private var stages: [[Double]] {
        let noises = model.training.noisePowersInDecibels
        return model.isLadder ? noises.map { [$0] } : [noises]
    }

    /// The policy of one stage: its share of the symbols.
    private var policy: TrainingPolicy {
        var policy = spiking.policy
        policy.symbolCount /= stages.count
        return policy
    }

    /// A new stage continues with the weights of the one before and a fresh optimizer.
    private func start(_ stage: Int, shape: TrainingState, after earlier: TrainingCheckpoint?)
        -> TrainingCheckpoint
    {
        var state = shape
        if let earlier {
            state.weights.values = earlier.state.weights.values
            state.encoder.values = earlier.state.encoder.values
        }
        return TrainingCheckpoint(
            stage: stage, state: state, losses: earlier?.losses ?? [],
            blocks: earlier?.blocks ?? 0)
    }

    private func train(
        _ begun: TrainingCheckpoint, _ noises: [Double], _ initial: SpikingReceiver,
        _ isCancelled: () -> Bool,
        _ progress: (_ symbols: Int, _ total: Int, _ loss: Double) -> Void
    ) throws -> (receiver: SpikingReceiver, checkpoint: TrainingCheckpoint) {
        var checkpoint = begun
        let parallel = parallel
        let policy = policy
        let trainer = Trainer(
            initial, policy: policy, blockLength: SymbolStreams.blockLength,
            stream: RandomStream(seed: seed).substream("training", begun.stage),
            state: begun.state, executor: { count, body in parallel.run(count, body) })
        var source = TrainingSource(
            noises.map {
                SymbolStreams(link.at(noisePower: Decibels($0)), purpose: .training, seed: seed)
            }, next: begun.blocks, parallel: parallel)
        var look = Look(spiking.selection, symbols: begun.state.symbols)
        var calls = 0
        while !trainer.isFinished {
            if isCancelled() {
                try checkpoint.write(to: folder, fingerprint: fingerprint)
                throw SpikingTraining.Interrupted()
            }
            let blocks = try source.take(trainer.blocksWanted)
            let progressed = trainer.train(blocks)
            guard progressed.loss.isFinite else {
                throw TrainingFailure(
                    description: "training diverged after \(trainer.state.symbols) symbols: the "
                        + "loss is not a number; lower training.learning_rate in "
                        + "\(model.folder)/model.yaml")
            }
            checkpoint.state = trainer.state
            checkpoint.losses.append(progressed.loss)
            checkpoint.blocks = source.next
            progress(
                begun.stage * policy.symbolCount + trainer.state.symbols,
                stages.count * policy.symbolCount, progressed.loss)
            if look.isDue(trainer.state.symbols) {
                let errors = try Evaluation.validation(
                    link, spiking.selection, seed: model.training.seed, parallel: parallel
                ).count(
                    trainer.trainedReceiver, noise: spiking.selection.noisePowerInDecibels,
                    purpose: .validation
                ).0.bitErrors
                checkpoint.note(errors)
                if checkpoint.best!.staleLooks >= spiking.selection.patience { break }
            }
            calls += 1
            if calls % checkpointInterval == 0 {
                try checkpoint.write(to: folder, fingerprint: fingerprint)
            }
        }
        try checkpoint.write(to: folder, fingerprint: fingerprint)
        guard let best = checkpoint.best else { return (trainer.trainedReceiver, checkpoint) }
        var state = checkpoint.state
        state.weights.values = best.weights
        state.encoder.values = best.encoder
        let chosen = Trainer(
            initial, policy: policy, blockLength: SymbolStreams.blockLength,
            stream: RandomStream(seed: seed), state: state, executor: { _, _ in })
        return (chosen.trainedReceiver, checkpoint)
    }

    private func initialReceiver() -> SpikingReceiver {
        // Roughly half of the encoding neurons fire for a typical sample.
        let shape = spiking.network
        return SpikingReceiver(
            encoder: spiking.encoder,
            network: SpikingNetwork(
                inputCount: spiking.inputCount, hiddenCount: shape.hiddenCount,
                outputCount: shape.outputCount, stepCount: shape.stepCount, neuron: shape.neuron,
                surrogate: shape.surrogate, readout: shape.readout,
                isRecurrent: shape.isRecurrent, initialization: shape.initialization,
                spikesPerSample: Double(spiking.encoder.inputCount) / 2
                    + Double(spiking.feedbackCount),
                stream: RandomStream(seed: seed).substream("initial weights")),
            feedbackCount: spiking.feedbackCount)
    }

    /// Everything a checkpoint depends on, in words.
    private var fingerprint: String {
        "\(link.parameters) \(model.kind) \(model.training) \(seed)"
    }
}

extension TrainingCheckpoint {
    /// Keeps the present state if it makes fewer errors on validation data than any before.
    mutating func note(_ errors: Int) {
        if let best, errors >= best.errors {
            self.best!.staleLooks += 1
        } else {
            best = Best(
                errors: errors, staleLooks: 0, weights: state.weights.values,
                encoder: state.encoder.values)
        }
    }
}

/// When a training looks at validation data.
private struct Look {
    private let interval: Int?
    private var done: Int

    init(_ selection: ModelDescription.Selection, symbols: Int) {
        interval = selection.interval
        done = interval.map { symbols / $0 } ?? 0
    }

    mutating func isDue(_ symbols: Int) -> Bool {
        guard let interval, symbols / interval > done else { return false }
        done = symbols / interval
        return true
    }
}

/// Blocks of the training streams in order, a few made at a time so that all threads have some.
struct TrainingSource {
    private let streams: [SymbolStreams]
    private let parallel: Parallel
    private(set) var next: Int
    private var ready: ArraySlice<TrainingBlock> = []

    private static let blocksAtATime = 8

    init(_ streams: [SymbolStreams], next: Int, parallel: Parallel) {
        self.streams = streams
        self.next = next
        self.parallel = parallel
    }

    mutating func take(_ count: Int) throws -> [(received: [Double], symbols: [UInt8])] {
        if ready.count < count {
            let first = next + ready.count
            let streams = streams
            ready += try parallel.map(max(count, Self.blocksAtATime)) {
                streams[(first + $0) % streams.count].block(first + $0)
            }
        }
        let taken = ready.prefix(count)
        ready = ready.dropFirst(count)
        next += count
        return taken.map { ($0.received, $0.symbols) }
    }
}
