import BaselineEqualizers
public import BrainScaleS2
import ErrorRates
import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams
import SpikingNetworks

/// Receivers on a link that drifts, some of them learning on pilots among the symbols. All see the same
/// symbols, samples and noise.
public struct TrackingStudy: Sendable {
    public var link: LinkDescription
    public var receiver: TrainedReceiver
    /// Of the link as it begins.
    public var noisePowerInDecibels: Double
    public var symbols: Int
    /// Every so many-th symbol is a pilot: known to the receiver, and not counted.
    public var pilotInterval: Int
    public var rules: TrackingRules
    public var seed: UInt64

    public init(
        link: LinkDescription, receiver: TrainedReceiver, noisePowerInDecibels: Double,
        symbols: Int, pilotInterval: Int, rules: TrackingRules = TrackingRules(), seed: UInt64
    ) {
        self.link = link
        self.receiver = receiver
        self.noisePowerInDecibels = noisePowerInDecibels
        self.symbols = symbols
        self.pilotInterval = pilotInterval
        self.rules = rules
        self.seed = seed
    }

    /// Blocks of symbols that the study counts in; a beginning block counts whole.
    var blockCount: Int {
        (symbols + SymbolStreams.blockLength - 1) / SymbolStreams.blockLength
    }

    /// Of every block.
    var changes: [[DriftParameter: Double]] {
        link.drift?.changes(blocks: blockCount, seed: seed)
            ?? Array(repeating: [:], count: blockCount)
    }

    /// Hardware time of a trial with the wait after it.
    var trialNanoseconds: Double {
        guard case .spiking(let model) = receiver.model.kind, let spiking = receiver.spiking,
            let chip = try? ChipReceiver(
                spiking, model: model, chip: ChipInstance(seed: 0, fidelity: .ideal),
                calibration: .none)
        else { return 0 }
        let emulation = chip.makeEmulation()
        return (emulation.plan.duration.microseconds + emulation.gap.microseconds) * 1e3
    }

    /// Runs some receivers on a chip.
    ///
    /// - Parameter progress: called after each block with what has been counted.
    public func run(
        _ receivers: [TrackedReceiver], on chip: ChipInstance, calibration: ChipCalibration,
        progress: ([TrackingRecord.Run]) throws -> Void = { _ in }
    ) throws -> [TrackingRecord.Run] {
        let streams = DriftingStreams(
            link, noisePower: Decibels(noisePowerInDecibels), purpose: .tracking, seed: seed,
            blocks: blockCount)
        var trackers = try makeTrackers(receivers, chip, calibration, streams.changes)
        var runs = receivers.map {
            TrackingRecord.Run(receiver: $0.rawValue, chipSeed: chip.seed)
        }
        let isPilot = (0..<SymbolStreams.blockLength).map { $0 % pilotInterval == 0 }
        let counted = isPilot.count { !$0 } * link.parameters.alphabet.bitsPerSymbol
        for index in 0..<blockCount {
            let block = streams.block(index)
            let tracked = TrackedBlock(
                index: index, block: block, isPilot: isPilot, changes: streams.changes[index],
                noise: streams.receiverNoise(index))
            for k in trackers.indices {
                guard let outcome = trackers[k].receive(tracked) else { continue }
                let errors = block.symbols.indices.reduce(0) { sum, i in
                    isPilot[i]
                        ? sum : sum + PAMAlphabet.bitErrors(outcome.decisions[i], block.symbols[i])
                }
                runs[k].windows.append(
                    TrackingRecord.Window(
                        symbol: index * SymbolStreams.blockLength, bits: counted, errors: errors,
                        pilots: outcome.pilots, weightMovement: outcome.weightMovement,
                        plasticityCycles: outcome.health.ppuCycles,
                        overruns: outcome.health.ppuOverruns,
                        hardwareNanoseconds: outcome.health.hardwareNanoseconds))
            }
            try progress(runs)
        }
        return runs
    }

    private func makeTrackers(
        _ receivers: [TrackedReceiver], _ chip: ChipInstance, _ calibration: ChipCalibration,
        _ changes: [[DriftParameter: Double]]
    ) throws -> [TrackedChip] {
        guard case .spiking(let model) = receiver.model.kind, let spiking = receiver.spiking else {
            throw UnsupportedOnChip(description: "only spiking receivers run on the chip")
        }
        let configured = try ChipReceiver(
            spiking, model: model, chip: chip, calibration: calibration, reachesHiddenLayer: true)
        return try receivers.map { wanted in
            let emulation = configured.makeEmulation()
            func readoutRule() throws -> SupervisedDeltaRule {
                try configured.deltaRule(
                    rules.learningRate, arithmetic: rules.arithmetic, tolerance: rules.tolerance)
            }
            switch wanted {
            case .fixed: return TrackedChip(configured, emulation)
            case .readout:
                return TrackedChip(configured, emulation, learning: .readout(try readoutRule()))
            case .bothLayers:
                return TrackedChip(
                    configured, emulation,
                    learning: .bothLayers(
                        try configured.feedbackAlignmentRule(
                            try readoutRule(), shift: rules.hiddenShift,
                            arithmetic: rules.arithmetic)))
            case .retrained:
                guard let end = link.drift?.end, let final = changes.last else {
                    throw UnsupportedOnChip(
                        description: "a drift without end has no link to retrain the chip on")
                }
                let network = try retrained(chip, calibration, final)
                configured.write(network, to: emulation)
                return TrackedChip(
                    configured, emulation, blocks: (end / SymbolStreams.blockLength)...)
            }
        }
    }

    /// All weights trained anew from the host, with the chip and the link as they are in the end.
    private func retrained(
        _ chip: ChipInstance, _ calibration: ChipCalibration, _ changes: [DriftParameter: Double]
    ) throws -> SpikingNetwork {
        var drifted = link
        drifted.parameters = link.parameters.changed(by: changes)
        drifted.drift = nil
        let study = ChipStudy(
            evaluation: Evaluation(
                link: drifted, noisePowersInDecibels: [noisePowerInDecibels], bitErrors: 1, seed: seed,
                parallel: Parallel(threads: 1)),
            receiver: receiver, noisePowerInDecibels: noisePowerInDecibels)
        let trained = try study.trainedInTheLoop(
            chip, calibration: calibration, conditions: ChipConditions(changes),
            reachesHiddenLayer: true
        ).0
        guard let network = trained.spiking?.network else {
            preconditionFailure("a spiking receiver stays one")
        }
        return network
    }
}

/// How receivers learn on a drifting link.
public struct TrackingRules: Sendable, Hashable, Codable {
    /// Of the readout, weight LSB per unit of error and spike.
    public var learningRate: Double
    /// Of the hidden layer, see `FeedbackAlignmentRule.Parameters.shift`.
    public var hiddenShift: Int
    public var arithmetic: WeightArithmetic
    /// Largest error of an output up to which nothing is learned.
    public var tolerance: Double

    public init(
        learningRate: Double = 0.1, hiddenShift: Int = 3,
        arithmetic: WeightArithmetic = .remainder, tolerance: Double = 0
    ) {
        self.learningRate = learningRate
        self.hiddenShift = hiddenShift
        self.arithmetic = arithmetic
        self.tolerance = tolerance
    }

    enum CodingKeys: String, CodingKey {
        case arithmetic, tolerance
        case learningRate = "learning_rate"
        case hiddenShift = "hidden_shift"
    }
}
