import BrainScaleS2
public import RandomStreams
import RealModule

extension ChipReceiver {
    /// Where the readout weights are when an adaptation begins.
    public enum AdaptationStart: String, Sendable, Hashable, CaseIterable {
        /// As trained by the host.
        case present
        /// All zero: the readout is learned on the chip alone.
        case zero
    }

    /// What an adaptation did.
    public struct AdaptationLog: Sendable {
        public var pilots = 0
        /// Share of wrong decisions among the pilots while learning, 1000 pilots at a time.
        public var symbolErrorRates: [Double] = []
        public var plasticityCycles = 0
        /// Trials whose update took longer than the pause between trials.
        public var overruns = 0
        public var hardwareNanoseconds = 0.0
        /// Further pilots, on which old and new weights were compared.
        public var guardPilots = 0
        /// Whether the old weights made fewer errors there and were kept.
        public var isReverted = false
    }

    /// The same chip after its plasticity processor has adapted the readout weights on pilots.
    ///
    /// The rule sees spike counters, CADC samples and the pilots' symbols; nothing else. During the
    /// second half of the pilots the host reads the weights every 1000 pilots, and at the end
    /// writes back their mean, to the nearest 6-bit weight.
    ///
    /// - Parameters:
    ///   - start: Where the readout weights begin.
    ///   - block: Pilot blocks by index, received and sent.
    ///   - noise: The chip's own noise in a block.
    ///   - progress: Called after each block with the pilots done.
    public func adapted(
        from start: AdaptationStart = .present,
        block: (Int) -> (received: [Double], symbols: [UInt8]), noise: (Int) -> RandomStream,
        progress: (Int) throws -> Void = { _ in }
    ) throws -> (ChipReceiver, AdaptationLog) {
        let settings = mapping.adaptation
        var rule = try deltaRule(settings.learningRate, halvingInterval: settings.halvingInterval)
        let emulation = makeEmulation()
        if start == .zero {
            emulation.setWeights(
                Array(repeating: 0, count: hiddenCount * outputCount), of: readout)
        }
        var log = AdaptationLog()
        var results = TrialResults()
        var mean = WeightMean(count: hiddenCount * outputCount)
        var index = 0
        while log.pilots < settings.pilots {
            let (received, symbols) = block(index)
            let all = events(received)
            for start in stride(from: 0, to: symbols.count, by: Self.averagingInterval) {
                let count = min(
                    Self.averagingInterval, symbols.count - start, settings.pilots - log.pilots)
                if count <= 0 { break }
                let sent = Array(symbols[start..<start + count])
                emulation.run(
                    all.trials(start..<start + count), stream: noise(index), firstTrial: start,
                    rule: &rule, hostBlock: sent, into: &results)
                let decisions = decisions(of: results, emulation)
                let errors = zip(decisions, sent).count { $0 != Int($1) }
                log.symbolErrorRates.append(Double(errors) / Double(count))
                log.pilots += count
                log.plasticityCycles += results.health.ppuCycles
                log.overruns += results.health.ppuOverruns
                log.hardwareNanoseconds += results.health.hardwareNanoseconds
                if 2 * log.pilots > settings.pilots { mean.add(emulation.weights(of: readout)) }
            }
            index += 1
            try progress(log.pilots)
        }
        var copy = self
        copy.adaptedWeights = mean.rounded
        return (copy, log)
    }

    /// The rule of the model's adaptation.
    func deltaRule(
        _ learningRate: Double, halvingInterval: Int? = nil,
        arithmetic: WeightArithmetic = .stochastic, tolerance: Double = 0, leastLead: Int = 0
    ) throws -> SupervisedDeltaRule {
        try SupervisedDeltaRule(
            readout, of: placed,
            parameters: SupervisedDeltaRule.Parameters(
                error: .softmax(temperature: mapping.adaptation.temperatureInLSB),
                learningRate: learningRate, halvingInterval: halvingInterval,
                arithmetic: arithmetic, baseline: .measured(restingCodes), tolerance: tolerance,
                leastLead: leastLead))
    }

    /// The rule that reaches the hidden layer: errors go back through the readout weights the host
    /// configured.
    ///
    /// - Precondition: the receiver's form is `.reachableHiddenLayer`.
    func feedbackAlignmentRule(
        _ readoutRule: SupervisedDeltaRule, shift: Int, arithmetic: WeightArithmetic
    ) throws -> FeedbackAlignmentRule {
        let emulation = makeEmulation()
        return try FeedbackAlignmentRule(
            hidden: hidden, readout: readoutRule, of: placed,
            sampleCount: emulation.sampleTicks.count,
            parameters: FeedbackAlignmentRule.Parameters(
                shift: shift, arithmetic: arithmetic,
                threshold: Int(Self.hiddenLeak + Self.thresholdDistance),
                width: Int(Self.thresholdDistance),
                feedback: readoutWeights(of: emulation), response: membraneResponse(15)))
    }

    /// The response of a hidden membrane to a spike in the middle of a slot between CADC samples, its
    /// maximum being 31.
    private func membraneResponse(_ samples: Int) -> [Int] {
        let (m, s) = (membraneMicroseconds, synapseMicroseconds)
        let values = (0..<samples).map { sample -> Double in
            let t = (Double(sample) + 0.5) * mapping.sampleIntervalInMicroseconds
            return abs(m - s) < 1e-6 * m
                ? t * Double.exp(-t / m) : (Double.exp(-t / m) - Double.exp(-t / s)) / (m - s)
        }
        let largest = values.max() ?? 1
        return values.map { Int((31 * $0 / largest).rounded()) }
    }

    /// What the host writes for a symbol to `FeedbackAlignmentRule`: its target, and its input spikes.
    func hostBlock(_ events: TrialEvents, _ trial: Int, target: UInt8, length: Int) -> [UInt8] {
        let slotTicks = mapping.sampleIntervalInMicroseconds * 125
        let spikes = (events.offsets[trial]..<events.offsets[trial + 1]).map { e in
            (
                source: Int(events.sources[Int(e)]),
                slot: Int((Double(events.ticks[Int(e)]) / slotTicks).rounded(.down)) + 1
            )
        }
        return FeedbackAlignmentRule.hostBlock(
            target: target, spikes: spikes.sorted { $0.slot < $1.slot }, length: length)
    }

    /// Decisions of a run.
    func decisions(of results: TrialResults, _ emulation: ChipEmulation) -> [Int] {
        decisions(scores(of: results, emulation))
    }

    /// The rule for outputs that fire.
    ///
    /// - Precondition: the receiver's form is `.firingOutputs`.
    func rewardRule(_ learningRate: Double, arithmetic: WeightArithmetic) throws -> RewardModulatedRule {
        try RewardModulatedRule(
            readout, of: placed,
            parameters: RewardModulatedRule.Parameters(
                learningRate: learningRate, arithmetic: arithmetic))
    }

    /// Signed 6-bit readout weights as they are, [pre, post].
    func readoutWeights(of emulation: ChipEmulation) -> [Int] { emulation.weights(of: readout) }

    /// Pilots between two readings of the weights.
    private static let averagingInterval = 1000
}

/// The mean of weights read again and again while they learn: the wandering that stochastic
/// rounding adds to 6-bit weights averages out (Polyak and Juditsky 1992).
private struct WeightMean {
    private var sums: [Int]
    private var readings = 0

    init(count: Int) { sums = [Int](repeating: 0, count: count) }

    mutating func add(_ weights: [Int]) {
        for i in weights.indices { sums[i] += weights[i] }
        readings += 1
    }

    /// Nearest whole weights.
    var rounded: [Int] {
        sums.map { Int((Double($0) / Double(max(1, readings))).rounded()) }
    }
}

extension TrialEvents {
    /// Some of the trials.
    func trials(_ range: Range<Int>) -> TrialEvents {
        var result = TrialEvents()
        for trial in range {
            for e in offsets[trial]..<offsets[trial + 1] {
                result.append(tick: Int(ticks[Int(e)]), source: Int(sources[Int(e)]))
            }
            result.endTrial()
        }
        return result
    }
}
