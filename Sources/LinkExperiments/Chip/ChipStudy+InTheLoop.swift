import BaselineEqualizers
public import BrainScaleS2
import Modulation
import PhysicalQuantities
import RandomStreams
import Reporting
import SpikingNetworks

extension ChipStudy {
    /// The receiver with its weights trained further on one chip: the chip runs forward, the software
    /// network backward. Weights move in steps of a 63rd of their largest value, as the chip holds
    /// them; training blocks are those of a stream of its own.
    ///
    /// - Parameters:
    ///   - conditions: of the chip while it is trained.
    ///   - form: of the receiver, as in `ChipReceiver`.
    /// - Returns: the receiver for that chip, and the loss of every call of the trainer in nats.
    public func trainedInTheLoop(
        _ chip: ChipInstance, calibration: ChipCalibration = .performed,
        conditions: ChipConditions = .nominal, form: ChipReceiver.Form = .integratingOutputs,
        progress: (_ symbols: Int, _ of: Int) throws -> Void = { _, _ in }
    ) throws -> (TrainedReceiver, losses: [Double]) {
        guard case .spiking(let model) = receiver.model.kind, let spiking = receiver.spiking else {
            throw UnsupportedOnChip(description: "only spiking receivers run on the chip")
        }
        guard let settings = model.chip?.inTheLoop else {
            throw ConfigurationError(
                file: receiver.model.folder + "/model.yaml",
                problem: "chip.in_the_loop is missing: it says how to train with the chip in the loop")
        }
        let configured = try ChipReceiver(
            spiking, model: model, chip: chip, calibration: calibration,
            form: form)
        var policy = model.policy
        policy.symbolCount = settings.symbols
        policy.batch = BatchGrowth(first: settings.batch, last: settings.batch)
        policy.learningRate = LearningRateSchedule(
            peak: settings.learningRate, warmupUpdates: 20,
            decay: policy.learningRate.decay)
        policy.weights.isSixBit = true
        let root = RandomStream(seed: evaluation.seed).substream("in the loop", Int(chip.seed))
        let trainer = Trainer(
            spiking, policy: policy, blockLength: SymbolStreams.blockLength, stream: root,
            substrate: { slice in
                ChipInTheLoop(
                    configured, conditions: conditions, stream: root.substream("chip", slice))
            },
            executor: { count, body in evaluation.parallel.run(count, body) })
        let streams = SymbolStreams(
            evaluation.link.at(noisePower: Decibels(settings.noisePowerInDecibels)),
            purpose: .training, seed: root.substream("symbols").counterKey)
        var losses: [Double] = []
        var index = 0
        while !trainer.isFinished {
            let blocks = (0..<trainer.blocksWanted).map { k in
                let block = streams.block(index + k)
                return (block.received, block.symbols)
            }
            index += blocks.count
            losses.append(trainer.train(blocks).loss)
            try progress(trainer.state.symbols, settings.symbols)
        }
        var trained = TrainedReceiver.make(
            receiver.model, spiking: model, receiver: trainer.trainedReceiver)
        trained.training.policy +=
            "; then \(settings.symbols) symbols at \(-settings.noisePowerInDecibels) dB with chip "
            + "\(chip.seed) in the loop"
        return (trained, losses)
    }
}
