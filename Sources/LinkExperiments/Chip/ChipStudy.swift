import BaselineEqualizers
public import BrainScaleS2
import ErrorRates
import Modulation
import PhysicalQuantities
import RandomStreams
public import Reporting

/// Runs a receiver on emulated chips of several seeds, before and after on-chip adaptation.
public struct ChipStudy: Sendable {
    public var evaluation: Evaluation
    public var receiver: TrainedReceiver
    public var noisePowerInDecibels: Double

    public init(evaluation: Evaluation, receiver: TrainedReceiver, noisePowerInDecibels: Double) {
        self.evaluation = evaluation
        self.receiver = receiver
        self.noisePowerInDecibels = noisePowerInDecibels
    }

    /// One chip's result.
    public struct Outcome: Sendable {
        public var seed: UInt64
        public var before: EvaluationRecord.Point
        public var after: EvaluationRecord.Point
        public var log: ChipReceiver.AdaptationLog
    }

    /// The receiver configured onto a chip.
    public func chipReceiver(
        _ chip: ChipInstance, calibration: ChipCalibration = .performed
    ) throws -> ChipReceiver {
        guard case .spiking(let model) = receiver.model.kind, let spiking = receiver.spiking else {
            throw ConfigurationError(
                file: receiver.model.folder, problem: "only spiking receivers run on the chip")
        }
        return try ChipReceiver(
            spiking, model: model, chip: chip, calibration: calibration)
    }

    /// Lets the plasticity processor of one chip adapt the readout on pilot blocks.
    ///
    /// Guard: both sets of weights are tried on further pilots, and the old ones are kept when they
    /// make fewer errors there; not so when the readout starts from zero, to be judged as it is.
    public func adapt(
        _ chip: ChipReceiver, from start: ChipReceiver.AdaptationStart = .present, progress: (Int) throws -> Void = { _ in }
    ) throws -> (ChipReceiver, ChipReceiver.AdaptationLog) {
        let streams = SymbolStreams(
            evaluation.link.at(noisePower: Decibels(noisePowerInDecibels)), purpose: .pilot,
            seed: evaluation.seed)
        var (adapted, log) = try chip.adapted(
            from: start, block: { index in
                let block = streams.block(index)
                return (block.received, block.symbols)
            }, noise: streams.receiverNoise, progress: progress)
        guard start == .present else { return (adapted, log) }
        var errors = (before: 0, after: 0)
        let first = (log.pilots + SymbolStreams.blockLength - 1) / SymbolStreams.blockLength
        for index in first..<first + Self.guardBlocks {
            let block = streams.block(index)
            let noise = streams.receiverNoise(index)
            func count(_ receiver: ChipReceiver) -> Int {
                zip(receiver.detect(block.received, noise: noise).symbols, block.symbols)
                    .count { $0 != $1 }
            }
            errors.before += count(chip)
            errors.after += count(adapted)
        }
        log.guardPilots = 2 * Self.guardBlocks * SymbolStreams.blockLength
        log.isReverted = errors.before < errors.after
        return (log.isReverted ? chip : adapted, log)
    }

    /// Pilot blocks on which adapted and old weights are compared.
    private static let guardBlocks = 5

    /// Before and after for every seed; chips are spread over the threads.
    public func run(
        seeds: [UInt64], fidelity: Fidelity, calibration: ChipCalibration,
        from start: ChipReceiver.AdaptationStart = .present,
        progress: @Sendable (UInt64, String) -> Void = { _, _ in }
    ) throws -> [Outcome] {
        var single = evaluation
        single.parallel = Parallel(threads: 1)
        single.noisePowersInDecibels = [noisePowerInDecibels]
        let serial = single
        return try evaluation.parallel.map(seeds.count) { index in
            let seed = seeds[index]
            let chip = try chipReceiver(
                ChipInstance(seed: seed, fidelity: fidelity), calibration: calibration)
            let before = try serial.run(receiver, detector: chip, substrate: .chip(seed: seed))
            let (adapted, log) = try adapt(chip, from: start)
            let after = try serial.run(receiver, detector: adapted, substrate: .chip(seed: seed))
            progress(seed, "done")
            return Outcome(
                seed: seed, before: before.points[0], after: after.points[0], log: log)
        }
    }
}
