/// Reward-modulated plasticity of spiking readouts through the correlation sensors.
///
/// The output that fired most is the decision a, the one that fired most after it the runner-up b; a
/// trial with a known answer t gives the reward R = [a is t]. With c_jk, what the pairs of presynaptic
/// neuron j before output k added to the causal sensor of their synapse, and M_ab = M_ba the mean reward
/// of earlier decisions between the two,
///     w[j, a] += rate * (R - M_ab) * c_ja,    w[j, b] -= rate * (R - M_ab) * c_jb,
///     M_ab += (R - M_ab) / 256,
/// where a leads b by at most `widestLead` spikes; the first 64 such decisions make M_ab and change no
/// weight. Which answer would have been right is not used. As R - M_ab is zero in the mean, what a
/// sensor reads wrong by its own offset does not add up; a mean of each decision instead would, by
/// this argument, push the border between two outputs by the rewards at their other borders.
///
/// The runner-up and the limit of leads come from the gradient of expected reward: what was chosen less
/// what else was likely, and nothing where the choice is sure (Williams 1992, Machine Learning 8:229).
/// Without the runner-up, errors grew past those of a chip that does not learn on a link whose power
/// dropped; without the limit, spike counts grew and errors came back. Why they do was not taken apart.
/// An output without spikes has no pairs and learns nothing.
///
/// Sensors need a reset before the trial that is learned from, and codes at rest to compare with, which
/// the rule measures itself: see `Instruction`. Neurons that are silent by zero weights have no pairs:
/// the rule cannot start there.
///
/// Source: R-STDP with the mean reward taken off on BrainScaleS-2 (Wunderlich et al. 2019, Frontiers in
/// Neuroscience 13:260); three factors (Fremaux and Gerstner 2016).
public struct RewardModulatedRule: PlasticityRule, Sendable {
    public struct Parameters: Sendable, Hashable, Codable {
        /// Weight LSB per unit of reward and CADC LSB of correlation.
        public var learningRate: Double
        /// Largest lead in spikes of a decision over the runner-up from which something is learned.
        public var widestLead: Int
        public var arithmetic: WeightArithmetic
        public var sensors: CorrelationTargets

        public init(
            learningRate: Double, widestLead: Int = 1, arithmetic: WeightArithmetic = .remainder,
            sensors: CorrelationTargets = CorrelationTargets(amplitude: 2, timeConstant: 30)
        ) {
            self.learningRate = learningRate
            self.widestLead = widestLead
            self.arithmetic = arithmetic
            self.sensors = sensors
        }
    }

    /// What the host writes for a trial that is no pilot.
    public enum Instruction {
        /// Nothing is done.
        public static let none: UInt8 = 255
        /// The next trial is a pilot: all sensors of the rule are reset.
        public static let prepare: UInt8 = 254
        /// A trial without input: its codes belong to those at rest.
        public static let rest: UInt8 = 253
    }

    public let hemisphere: Hemisphere
    public let parameters: Parameters
    public var correlationTargets: CorrelationTargets? { parameters.sensors }
    /// Pilots seen so far.
    public private(set) var pilotCount = 0
    /// Mean reward of decisions between two outputs, [lower, upper], 16 fractional bits, and how many
    /// made it, up to `firstDecisions`.
    private var meanRewards: [Int]
    private var decisionCounts: [Int]

    private let presynaptic: [NeuronIndex]
    private let outputs: [NeuronIndex]
    private var rows: AdaptableRows
    /// Codes at rest, [row, parity]; while they are measured those of the first trial.
    private var restCodes: [PPUVector8]
    /// Sums of what later trials at rest showed more, [row, parity]; they lie where the remainders will.
    private var restSums: [PPUVector8]
    private var restCount = 0
    private var random = ScalarRandom()

    /// Trials at rest that make the codes the sensors are compared with.
    public static let restTrials = 32
    /// Decisions between two outputs that make their first mean reward.
    public static let firstDecisions = 64

    public init(
        _ projection: ProjectionID, of placed: PlacedNetwork, parameters: Parameters
    ) throws(PlasticitySetupError) {
        let target = placed.network.projections[projection.index].target
        let hemisphere = try placed.hemisphere(of: target)
        let presynaptic = try placed.countedOrigins(of: projection, on: hemisphere)
        guard case .leakyIntegrateAndFire = placed.network.populations[target.index].cell else {
            throw .targetDoesNotFire
        }
        let outputs = placed.circuits[target.index]
        self.hemisphere = hemisphere
        self.parameters = parameters
        self.outputs = outputs
        self.presynaptic = presynaptic.map(\.circuit)
        rows = AdaptableRows(
            drivers: presynaptic.map(\.driver), columns: outputs.map(\.column),
            arithmetic: parameters.arithmetic, randomSteps: 8)
        meanRewards = Array(repeating: 0, count: outputs.count * outputs.count)
        decisionCounts = meanRewards
        restCodes = Array(repeating: PPUVector8(repeating: 0), count: 2 * presynaptic.count)
        restSums = restCodes
    }

    /// Bytes of the processor's memory: codes at rest, and their sums that give way to the remainders.
    public var memoryBytes: Int {
        let vectors = 128 * rows.drivers.count * rows.parities.count
        return vectors + max(vectors, rows.memoryBytes)
    }

    /// The processor has no part in a trial: membranes are not sampled, since correlations and
    /// membranes share the converter.
    public mutating func sample(_ index: Int, on ppu: inout PPU) {}

    public mutating func update(on ppu: inout PPU) {
        let byte = ppu.hostByte(0)
        switch byte {
        case Instruction.none: return
        case Instruction.prepare: reset(on: &ppu)
        case Instruction.rest: rest(on: &ppu)
        default:
            precondition(byte < outputs.count, "the answer must be an output")
            learn(target: Int(byte), on: &ppu)
        }
    }

    private func reset(on ppu: inout PPU) {
        for driver in rows.drivers { ppu.resetCorrelation(driver.excitatoryRow) }
    }

    /// Adds the codes of a trial at rest.
    private mutating func rest(on ppu: inout PPU) {
        guard restCount < Self.restTrials else { return }
        restCount += 1
        for (row, driver) in rows.drivers.enumerated() {
            for parity in rows.parities {
                let codes = ppu.correlation(.causal, driver.excitatoryRow, parity)
                    .contiguousExchanged()
                let place = 2 * row + parity.rawValue
                if restCount == 1 {
                    restCodes[place] = codes
                    ppu.charge(ppu.costs.vectorOperation + ppu.costs.memoryStore)
                    continue
                }
                restSums[place] = restSums[place].addingSaturating(
                    codes.subtractingSaturating(restCodes[place]))
                ppu.charge(
                    2 * ppu.costs.memoryLoad + 3 * ppu.costs.vectorOperation
                        + ppu.costs.memoryStore)
                guard restCount == Self.restTrials else { continue }
                // The mean of 32, to the nearest code.
                let half = PPUVector16(repeating: 16)
                let sum = (0..<2).map {
                    restSums[place].widenedModular(half: $0).addingModular(half)
                        .shiftedFractional(left: -5)
                }
                restCodes[place] = restCodes[place].addingSaturating(
                    PPUVector8(lowBytes: sum[0], sum[1]))
                ppu.charge(8 * ppu.costs.vectorOperation + ppu.costs.memoryStore)
            }
            ppu.resetCorrelation(driver.excitatoryRow)
        }
    }

    private mutating func learn(target: Int, on ppu: inout PPU) {
        precondition(restCount == Self.restTrials, "codes at rest come first")
        pilotCount += 1
        let counts = outputs.map { Int(ppu.spikeCounter($0).value) }
        var decision = 0
        for k in counts.indices where counts[k] > counts[decision] { decision = k }
        ppu.charge(counts.count * 2 * ppu.costs.scalarOperation)
        guard counts[decision] > 0 else { return }
        var factors = [Int](repeating: 0, count: outputs.count)
        ppu.charge((counts.count * 2 + 2) * ppu.costs.scalarOperation)
        if let second = Self.second(counts, after: decision),
            counts[decision] - counts[second] <= parameters.widestLead
        {
            let pair = min(decision, second) * outputs.count + max(decision, second)
            factors[decision] = factor(pair, isRight: decision == target, on: &ppu)
            factors[second] = -factors[decision]
        }
        let parities = rows.parities.filter { parity in
            outputs.indices.contains { factors[$0] != 0 && outputs[$0].column.parity == parity }
        }
        let vectors = parities.map { rows.spread(factors, $0) }
        for (row, circuit) in presynaptic.enumerated() {
            let driver = rows.drivers[row]
            ppu.charge(2 * ppu.costs.scalarOperation)
            guard ppu.spikeCounter(circuit).value > 0 else { continue }
            for (parity, vector) in zip(parities, vectors) {
                let codes = ppu.correlation(.causal, driver.excitatoryRow, parity)
                    .contiguousExchanged()
                let correlation = restCodes[2 * row + parity.rawValue]
                    .subtractingSaturating(codes)
                ppu.charge(
                    ppu.costs.memoryLoad
                        + (2 + 2 * rows.usedHalfCount(parity)) * ppu.costs.vectorOperation)
                rows.add(
                    (correlation.widenedModular(half: 0).multipliedModular(by: vector.low),
                     correlation.widenedModular(half: 1).multipliedModular(by: vector.high)),
                    row: row, parity, on: &ppu)
            }
            // Only rows with events can have pairs.
            ppu.resetCorrelation(driver.excitatoryRow)
        }
    }

    /// The output that fired most after the decision, if one did: the first of equals.
    private static func second(_ counts: [Int], after decision: Int) -> Int? {
        let others = counts.indices.filter { $0 != decision && counts[$0] > 0 }
        return others.reduce(nil) { best, k in
            best.map { counts[k] > counts[$0] ? k : $0 } ?? k
        }
    }

    /// rate (R - M) of a pair in 1/256 weight LSB, up or down at random; products with any code stay
    /// in sixteen bits. M takes note of R.
    private mutating func factor(_ pair: Int, isRight: Bool, on ppu: inout PPU) -> Int {
        ppu.charge(3 * ppu.costs.scalarLoad + 12 * ppu.costs.scalarOperation)
        let reward = isRight ? 65_535 : 0
        guard decisionCounts[pair] == Self.firstDecisions else {
            decisionCounts[pair] += 1
            meanRewards[pair] += reward / Self.firstDecisions
            return 0
        }
        let surprise = reward - meanRewards[pair]
        meanRewards[pair] += surprise >> 8
        ppu.charge(ppu.costs.scalarMultiplication + 8 * ppu.costs.scalarOperation)
        let rate = Int((parameters.learningRate * 256 * 256).rounded())
        // 16 + 8 fractional bits less the eight of a step.
        let scaled = (rate * surprise) >> 8
        let below = random.next()
        return min(max((scaled + below) >> 16, -127), 127)
    }
}
