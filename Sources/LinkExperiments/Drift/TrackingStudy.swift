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
    /// Symbols after which pilots end, and receivers learn from their own decisions of as many
    /// symbols; nil for pilots that go on.
    public var pilotEnd: Int?
    public var rules: TrackingRules
    public var seed: UInt64

    public init(
        link: LinkDescription, receiver: TrainedReceiver, noisePowerInDecibels: Double,
        symbols: Int, pilotInterval: Int, pilotEnd: Int? = nil,
        rules: TrackingRules = TrackingRules(), seed: UInt64
    ) {
        self.link = link
        self.receiver = receiver
        self.noisePowerInDecibels = noisePowerInDecibels
        self.symbols = symbols
        self.pilotInterval = pilotInterval
        self.pilotEnd = pilotEnd
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
        let trackers = try makeTrackers(receivers, chip, calibration)
        return try run(
            zip(receivers, trackers).map { (.init(receiver: $0.rawValue, chipSeed: chip.seed), $1) },
            progress: progress)
    }

    /// Runs equalizers that adapt; they were fitted to the link as it begins.
    public func run(
        equalizers: [TrainedReceiver], progress: ([TrackingRecord.Run]) throws -> Void = { _ in }
    ) throws -> [TrackingRecord.Run] {
        let trackers = try equalizers.map {
            (TrackingRecord.Run(receiver: $0.model.name, chipSeed: nil), try TrackedEqualizer($0, for: link))
        }
        return try run(trackers, progress: progress)
    }

    private func run(
        _ receivers: [(TrackingRecord.Run, any Tracker)],
        progress: ([TrackingRecord.Run]) throws -> Void
    ) throws -> [TrackingRecord.Run] {
        let streams = DriftingStreams(
            link, noisePower: Decibels(noisePowerInDecibels), purpose: .tracking, seed: seed,
            blocks: blockCount)
        var runs = receivers.map(\.0)
        var trackers = receivers.map(\.1)
        let isTaught = (0..<SymbolStreams.blockLength).map { $0 % pilotInterval == 0 }
        for index in 0..<blockCount {
            let block = streams.block(index)
            let first = index * SymbolStreams.blockLength
            let tracked = TrackedBlock(
                index: index, block: block, isTaught: isTaught,
                hasPilots: pilotEnd.map { first < $0 } ?? true, changes: streams.changes[index],
                noise: streams.receiverNoise(index))
            let isCounted = isTaught.map { !$0 || !tracked.hasPilots }
            let counted = isCounted.count { $0 } * link.parameters.alphabet.bitsPerSymbol
            for k in trackers.indices {
                guard let outcome = trackers[k].receive(tracked) else { continue }
                let errors = block.symbols.indices.reduce(0) { sum, i in
                    isCounted[i]
                        ? sum + PAMAlphabet.bitErrors(outcome.decisions[i], block.symbols[i]) : sum
                }
                runs[k].operations += outcome.operations
                runs[k].windows.append(
                    TrackingRecord.Window(
                        symbol: first, bits: counted, errors: errors,
                        pilots: tracked.hasPilots ? outcome.lessons : 0,
                        ownDecisions: tracked.hasPilots ? 0 : outcome.lessons,
                        doubtful: outcome.doubtful, isReturned: outcome.isReturned,
                        weightMovement: outcome.weightMovement,
                        plasticityCycles: outcome.health.ppuCycles,
                        overruns: outcome.health.ppuOverruns,
                        hardwareNanoseconds: outcome.health.hardwareNanoseconds))
            }
            try progress(runs)
        }
        return runs
    }

    private func makeTrackers(
        _ receivers: [TrackedReceiver], _ chip: ChipInstance, _ calibration: ChipCalibration
    ) throws -> [TrackedChip] {
        guard case .spiking(let model) = receiver.model.kind, let spiking = receiver.spiking else {
            throw UnsupportedOnChip(description: "only spiking receivers run on the chip")
        }
        var forms: [ChipReceiver.Form: ChipReceiver] = [:]
        func configured(_ form: ChipReceiver.Form) throws -> ChipReceiver {
            if let known = forms[form] { return known }
            let receiver = try ChipReceiver(
                spiking, model: model, chip: chip, calibration: calibration, form: form)
            forms[form] = receiver
            return receiver
        }
        return try receivers.map { wanted in
            let configured = try configured(
                wanted.hasFiringOutputs ? .firingOutputs : .reachableHiddenLayer)
            let emulation = configured.makeEmulation()
            func readoutRule() throws -> SupervisedDeltaRule {
                try configured.deltaRule(
                    rules.learningRate, arithmetic: rules.arithmetic, tolerance: rules.tolerance,
                    leastLead: rules.leastLead)
            }
            switch wanted {
            case .fixed, .fixedSpiking: return TrackedChip(configured, emulation)
            case .readout:
                return TrackedChip(configured, emulation, learning: .readout(try readoutRule()),
                    excess: rules.guardExcess)
            case .bothLayers:
                return TrackedChip(
                    configured, emulation,
                    learning: .bothLayers(
                        try configured.feedbackAlignmentRule(
                            try readoutRule(), shift: rules.hiddenShift,
                            arithmetic: rules.arithmetic)), excess: rules.guardExcess)
            case .rewarded:
                return TrackedChip(
                    configured, emulation,
                    learning: .rewarded(
                        try configured.rewardRule(
                            rules.rewardRate, arithmetic: rules.arithmetic)),
                    excess: rules.guardExcess)
            case .retrained:
                guard let end = link.drift?.end, let final = changes.last else {
                    throw UnsupportedOnChip(
                        description: "a drift without end has no link to retrain the chip on")
                }
                let network = try retrained(chip, calibration, final)
                configured.write(network, to: emulation)
                return TrackedChip(
                    configured, emulation, blocks: (end / SymbolStreams.blockLength)...)
            case .linear, .volterra:
                throw UnsupportedOnChip(description: "\(wanted.rawValue) does not run on the chip")
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
            form: .reachableHiddenLayer
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
    /// Of the reward-modulated rule, weight LSB per unit of reward and CADC LSB of correlation.
    public var rewardRate = 0.02
    /// Of the hidden layer, see `FeedbackAlignmentRule.Parameters.shift`.
    public var hiddenShift: Int
    public var arithmetic: WeightArithmetic
    /// Largest error of an output up to which nothing is learned.
    public var tolerance: Double
    /// Lead of a decision, CADC LSB, without which a receiver does not learn from it.
    public var leastLead: Int
    /// Ratio of doubtful decisions above which a guard takes the last good weights back.
    public var guardExcess = 1.5

    public init(
        learningRate: Double = 0.1, hiddenShift: Int = 3,
        arithmetic: WeightArithmetic = .remainder, tolerance: Double = 0, leastLead: Int = 0
    ) {
        self.learningRate = learningRate
        self.hiddenShift = hiddenShift
        self.arithmetic = arithmetic
        self.tolerance = tolerance
        self.leastLead = leastLead
    }

    enum CodingKeys: String, CodingKey {
        case arithmetic, tolerance
        case learningRate = "learning_rate"
        case leastLead = "least_lead_LSB"
        case guardExcess = "guard_excess"
        case hiddenShift = "hidden_shift"
        case rewardRate = "reward_rate"
    }
}
