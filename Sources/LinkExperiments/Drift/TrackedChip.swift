import BaselineEqualizers
import BrainScaleS2
import Modulation
import RandomStreams
import RealModule

/// A chip on a drifting link, one block of symbols after the other.
struct TrackedChip: Tracker {
    /// How the chip learns.
    enum Learning {
        case none
        case readout(SupervisedDeltaRule)
        case bothLayers(FeedbackAlignmentRule)
        case rewarded(RewardModulatedRule)
    }

    let receiver: ChipReceiver
    private var learning: Learning
    private var emulation: ChipEmulation
    private var conditions = ChipConditions.nominal
    private let start: [Int]
    /// Blocks in which it takes part.
    private let blocks: PartialRangeFrom<Int>
    private var results = TrialResults()
    private var watch: DivergenceGuard
    /// Hidden and readout weights after the last good block.
    private var good: (hidden: [Int], readout: [Int])?

    /// - Parameter emulation: the receiver's, with the weights to begin with.
    init(
        _ receiver: ChipReceiver, _ emulation: ChipEmulation, learning: Learning = .none,
        excess: Double = 1.5, blocks: PartialRangeFrom<Int> = 0...
    ) {
        self.receiver = receiver
        self.learning = learning
        self.emulation = emulation
        self.blocks = blocks
        watch = DivergenceGuard(excess: excess)
        start = receiver.learningWeights(of: emulation, learning)
    }

    /// Decides the symbols of a block, and learns from its pilots.
    ///
    /// - Returns: nil where the chip takes no part.
    mutating func receive(_ block: TrackedBlock) -> TrackedBlock.Outcome? {
        guard blocks.contains(block.index) else { return nil }
        follow(ChipConditions(block.changes))
        let events = receiver.events(block.block.received)
        let symbols = block.block.symbols
        let targets = symbols.indices.map { i -> UInt8 in
            guard block.isTaught[i] else { return SupervisedDeltaRule.noTarget }
            return block.hasPilots ? symbols[i] : SupervisedDeltaRule.ownDecision
        }
        var lessons = block.isTaught.count { $0 }
        switch learning {
        case .none:
            lessons = 0
            emulation.run(events, stream: block.noise, into: &results)
        case .readout(var rule):
            emulation.run(
                events, stream: block.noise, rule: &rule, hostBlock: targets, into: &results)
            learning = .readout(rule)
        case .bothLayers(var rule):
            let length = 2 + 2 * (0..<symbols.count).reduce(0) {
                max($0, Int(events.offsets[$1 + 1] - events.offsets[$1]))
            }
            var host: [UInt8] = []
            host.reserveCapacity(length * symbols.count)
            for k in symbols.indices {
                host += receiver.hostBlock(events, k, target: targets[k], length: length)
            }
            emulation.run(
                events, stream: block.noise, rule: &rule, hostBlock: host, into: &results)
            learning = .bothLayers(rule)
        case .rewarded(var rule):
            if block.index == blocks.lowerBound { measureRest(&rule, block.noise) }
            // A decision that is its own answer earns the same reward always: nothing to learn from.
            if !block.hasPilots { lessons = 0 }
            let host = Self.hostBytes(rewarding: block)
            emulation.run(
                events, stream: block.noise, rule: &rule, hostBlock: host, into: &results)
            learning = .rewarded(rule)
        }
        let scores = receiver.scores(of: results, emulation)
        let decisions = receiver.decisions(scores).map(UInt8.init)
        let doubtful = doubtfulCount(decisions, scores)
        let isReturned = lessons > 0 && !isKept(decisions, doubtful, block)
        return TrackedBlock.Outcome(
            decisions: decisions, lessons: lessons, doubtful: doubtful,
            isReturned: isReturned,
            weightMovement: Self.rootMeanSquare(
                receiver.learningWeights(of: emulation, learning), start),
            operations: ChipReceiver.operations(of: results.health), health: results.health)
    }

    /// Trials without input, for the codes of the sensors at rest, before the link begins: not counted.
    private mutating func measureRest(_ rule: inout RewardModulatedRule, _ noise: RandomStream) {
        var silence = TrialEvents()
        for _ in 0..<RewardModulatedRule.restTrials { silence.endTrial() }
        emulation.run(
            silence, stream: noise.substream("rest"), rule: &rule,
            hostBlock: Array(
                repeating: RewardModulatedRule.Instruction.rest, count: silence.trialCount),
            into: &results)
    }

    /// Pilots are rewarded, and the symbols before them make their sensors ready.
    private static func hostBytes(rewarding block: TrackedBlock) -> [UInt8] {
        let symbols = block.block.symbols
        guard block.hasPilots else {
            return Array(
                repeating: RewardModulatedRule.Instruction.none, count: symbols.count)
        }
        return symbols.indices.map { i in
            if block.isTaught[i] { return symbols[i] }
            // Every block begins with a pilot.
            let isNextTaught = i + 1 == symbols.count || block.isTaught[i + 1]
            return isNextTaught
                ? RewardModulatedRule.Instruction.prepare : RewardModulatedRule.Instruction.none
        }
    }

    /// Keeps the weights after a good block, and takes them back after a bad one.
    ///
    /// The host does it: it has read the outputs, and reads and writes weights between two blocks.
    private mutating func isKept(
        _ decisions: [UInt8], _ doubtful: Int, _ block: TrackedBlock
    ) -> Bool {
        var counts = [Int](repeating: 0, count: receiver.outputCount)
        for decision in decisions { counts[Int(decision)] += 1 }
        if block.hasPilots { watch.observe(total: decisions.count, doubtful: doubtful) }
        if block.hasPilots || watch.isGood(counts: counts, doubtful: doubtful) {
            good = (emulation.weights(of: receiver.hidden), receiver.readoutWeights(of: emulation))
            return true
        }
        guard let good else { return true }
        emulation.setWeights(good.hidden, of: receiver.hidden)
        emulation.setWeights(good.readout, of: receiver.readout)
        return false
    }

    private func doubtfulCount(_ decisions: [UInt8], _ scores: [Int]) -> Int {
        let order = receiver.outputCount
        let lead = receiver.doubtfulLead
        return decisions.enumerated().count { k, decision in
            let own = scores[k * order + Int(decision)]
            return (0..<order).contains {
                $0 != Int(decision) && own - scores[k * order + $0] < lead
            }
        }
    }

    /// A chip whose conditions change goes on with its weights.
    private mutating func follow(_ wanted: ChipConditions) {
        guard wanted != conditions else { return }
        conditions = wanted
        let next = receiver.makeEmulation(wanted)
        next.continueFrom(emulation)
        emulation = next
    }

    private static func rootMeanSquare(_ a: [Int], _ b: [Int]) -> Double {
        let sum = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return (Double(sum) / Double(max(1, a.count))).squareRoot()
    }
}

extension ChipReceiver {
    /// A decision whose score leads by less is doubtful: 16 CADC LSB, or two spikes.
    fileprivate var doubtfulLead: Int { form == .firingOutputs ? 2 : 4 * 16 }

    /// The weights that a way of learning changes.
    fileprivate func learningWeights(
        of emulation: ChipEmulation, _ learning: TrackedChip.Learning
    ) -> [Int] {
        switch learning {
        case .none, .readout, .rewarded: readoutWeights(of: emulation)
        case .bothLayers: emulation.weights(of: hidden) + readoutWeights(of: emulation)
        }
    }
}

extension ChipConditions {
    /// The chip's part of a drift.
    init(_ changes: [DriftParameter: Double]) {
        self.init()
        leak = changes[.chipLeak] ?? 0
        threshold = changes[.chipThreshold] ?? 0
        membraneTimeConstant = changes[.chipMembraneTimeConstant] ?? 0
        synapticTimeConstant = changes[.chipSynapticTimeConstant] ?? 0
        temperature = changes[.chipTemperature] ?? 0
    }
}
