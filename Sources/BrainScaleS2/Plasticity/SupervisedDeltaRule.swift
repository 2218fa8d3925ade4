import RealModule

/// How the outputs' scores become errors.
public enum DeltaRuleError: Sendable, Hashable, Codable {
    /// e_k = [k is the target] - exp(s_k / T) / sum_j exp(s_j / T), temperature T in CADC LSB; the
    /// exponential comes from a table in the processor's memory.
    case softmax(temperature: Double)
    /// +1 for the target and -1 for the strongest other output while the target is not ahead by the
    /// margin, in CADC LSB.
    case margin(Int)
}

/// What a score is measured against, since every readout has its own resting code.
public enum ScoreBaseline: Sendable, Hashable, Codable {
    /// The first CADC sample of the same trial.
    case firstSample
    /// Codes of the outputs at rest, in quarters of an LSB, as the host measured them through the
    /// CADC.
    case measured([Int])
}

/// Supervised learning of readout weights on the plasticity processor.
///
/// Per trial with target t, from what the processor sees: score s_k = 4 (largest CADC code of
/// output k) - baseline in quarters of an LSB; errors e_k; then for every presynaptic neuron j
/// with a spike counter n_j that is not zero
///     w[j, k] += rate * e_k * n_j
/// in fixed point with eight fractional bits; what six bits of a synapse cannot hold goes the way of
/// the arithmetic.
///
/// The count stands for the postsynaptic trace at the maximum: the rule is the gradient of the
/// cross entropy up to that.
///
/// Without pilots the rule takes its own decision for the target, where the strongest output leads
/// by enough: such errors alone would let the scores grow without end, or drift apart once
/// decisions go wrong, so somebody must watch (`DivergenceGuard` in the experiments).
public struct SupervisedDeltaRule: PlasticityRule, Sendable {
    public struct Parameters: Sendable, Hashable, Codable {
        public var error: DeltaRuleError
        /// Weight LSB per unit of error and spike at the start.
        public var learningRate: Double
        /// Trials after which the rate halves, again and again; nil keeps it.
        public var halvingInterval: Int?
        public var arithmetic: WeightArithmetic
        public var baseline: ScoreBaseline
        /// Bits by which the random registers advance between draws; eight make them independent.
        public var randomSteps: Int
        /// Largest error of an output up to which nothing is learned, 0...1: most trials cost little
        /// then.
        public var tolerance: Double
        /// How far ahead of all others, in CADC LSB, an output must be for the rule to learn from its
        /// own decision.
        public var leastLead: Int

        public init(
            error: DeltaRuleError, learningRate: Double, halvingInterval: Int? = nil,
            arithmetic: WeightArithmetic = .stochastic, baseline: ScoreBaseline = .firstSample,
            randomSteps: Int = 8, tolerance: Double = 0, leastLead: Int = 0
        ) {
            self.error = error
            self.learningRate = learningRate
            self.halvingInterval = halvingInterval
            self.arithmetic = arithmetic
            self.baseline = baseline
            self.randomSteps = randomSteps
            self.tolerance = tolerance
            self.leastLead = leastLead
        }
    }

    /// What the host writes for a trial without a known answer: nothing is learned from it.
    public static let noTarget: UInt8 = 255
    /// What the host writes for a trial whose decision is to be taken as the answer.
    public static let ownDecision: UInt8 = 254

    public let hemisphere: Hemisphere
    public let parameters: Parameters
    /// Trials seen so far.
    public private(set) var trialCount = 0

    /// Circuits of the presynaptic neurons, in the order of the rows.
    let presynaptic: [NeuronIndex]
    private(set) var rows: AdaptableRows
    var columns: [SynapseColumn] { rows.columns }
    var parities: [ColumnParity] { rows.parities }
    /// Errors of the last trial that was learned from, eight fractional bits; empty when it was none.
    private(set) var errors: [Int] = []
    /// exp(-d / T) for score differences of d quarter LSB, 16 fractional bits.
    private let exponentials: [Int]
    private var maxima: [PPUVector8]
    private var firsts: [PPUVector8]
    private var random = ScalarRandom()

    public init(
        _ projection: ProjectionID, of placed: PlacedNetwork, parameters: Parameters
    ) throws(PlasticitySetupError) {
        let target = placed.network.projections[projection.index].target
        let hemisphere = try placed.hemisphere(of: target)
        let presynaptic = try placed.countedOrigins(of: projection, on: hemisphere)
        guard placed.network.populations[target.index].isRecorded else { throw .targetNotRecorded }
        let outputs = placed.circuits[target.index]
        self.hemisphere = hemisphere
        self.parameters = parameters
        self.presynaptic = presynaptic.map(\.circuit)
        rows = AdaptableRows(
            drivers: presynaptic.map(\.driver), columns: outputs.map(\.column),
            arithmetic: parameters.arithmetic, randomSteps: parameters.randomSteps)
        if case .softmax(let temperature) = parameters.error {
            precondition(temperature > 0, "a temperature is positive")
            exponentials = (0..<1024).map {
                Int((65_536 * Double.exp(-Double($0) / (4 * temperature))).rounded())
            }
        } else {
            exponentials = []
        }
        if case .measured(let codes) = parameters.baseline {
            precondition(codes.count == outputs.count, "one baseline per output")
        }
        maxima = Array(repeating: PPUVector8(repeating: -128), count: 2)
        firsts = maxima
    }

    // MARK: - Sampling

    public mutating func sample(_ index: Int, on ppu: inout PPU) {
        for parity in parities {
            let codes = ppu.cadc(index, parity).contiguousExchanged()
            ppu.charge(2 * ppu.costs.vectorOperation)
            if index == 0 {
                maxima[parity.rawValue] = codes
                firsts[parity.rawValue] = codes
            } else {
                maxima[parity.rawValue] = maxima[parity.rawValue].maximum(codes)
            }
        }
    }

    // MARK: - Learning

    public mutating func update(on ppu: inout PPU) {
        errors.removeAll(keepingCapacity: true)
        let byte = ppu.hostByte(0)
        guard byte != Self.noTarget else { return }
        let scores = scores(on: &ppu)
        guard byte == Self.ownDecision else {
            precondition(byte < columns.count, "the target must be an output")
            learn(target: Int(byte), scores: scores, on: &ppu)
            return
        }
        if let decision = decision(scores, on: &ppu) {
            learn(target: decision, scores: scores, on: &ppu)
        }
    }

    /// The strongest output, the first of equals, if it leads by enough.
    private func decision(_ scores: [Int], on ppu: inout PPU) -> Int? {
        ppu.charge(scores.count * 2 * ppu.costs.scalarOperation)
        var strongest = 0
        var second = Int.min
        for k in scores.indices.dropFirst() {
            if scores[k] > scores[strongest] {
                second = scores[strongest]
                strongest = k
            } else {
                second = max(second, scores[k])
            }
        }
        let isClear = second == Int.min || scores[strongest] - second >= 4 * parameters.leastLead
        return isClear ? strongest : nil
    }

    /// Changes the weights toward a target.
    mutating func learn(target: Int, scores: [Int], on ppu: inout PPU) {
        trialCount += 1
        if parameters.arithmetic == .float { return learnFloat(target, scores, on: &ppu) }
        errors = self.errors(scores: scores, target: target, on: &ppu)
        ppu.charge(errors.count * 2 * ppu.costs.scalarOperation)
        guard isIntolerable else { return }
        let steps = self.steps(errors, on: &ppu)
        let largest = steps.reduce(0) { max($0, abs($1)) }
        ppu.charge(columns.count * 2 * ppu.costs.scalarOperation)
        guard largest > 0 else { return }
        let vectors = parities.map { rows.spread(steps, $0) }
        ppu.charge(parities.count * (ppu.costs.memoryStore + ppu.costs.memoryLoad))
        // Products stay inside 16 bits: weight 63 * 256 plus a step of at most 16 383.
        let largestCount = 16_383 / largest
        for (row, circuit) in presynaptic.enumerated() {
            let count = min(Int(ppu.spikeCounter(circuit).value), largestCount)
            ppu.charge(2 * ppu.costs.scalarOperation)
            guard count > 0 else { continue }
            let factor = PPUVector16(repeating: Int16(count))
            for (parity, vector) in zip(parities, vectors) {
                rows.add(
                    (vector.low.multipliedModular(by: factor),
                     vector.high.multipliedModular(by: factor)),
                    row: row, parity, on: &ppu)
            }
        }
    }

    /// Whether the errors are worth learning from.
    var isIntolerable: Bool {
        errors.contains { Double(abs($0)) > 256 * parameters.tolerance }
    }

    /// The idealization: the same rule without any rounding.
    private mutating func learnFloat(_ target: Int, _ scores: [Int], on ppu: inout PPU) {
        var real = [Double](repeating: 0, count: scores.count)
        switch parameters.error {
        case .margin:
            errors = self.errors(scores: scores, target: target, on: &ppu)
            real = errors.map { Double($0) / 256 }
        case .softmax(let temperature):
            let largest = scores.max() ?? 0
            let terms = scores.map { Double.exp(Double($0 - largest) / (4 * temperature)) }
            let sum = terms.reduce(0, +)
            for k in real.indices { real[k] = (k == target ? 1 : 0) - terms[k] / sum }
            errors = real.map { Int((256 * $0).rounded()) }
        }
        guard isIntolerable else { return }
        var rate = parameters.learningRate
        if let interval = parameters.halvingInterval, interval > 0 {
            rate /= Double(1 << min((trialCount - 1) / interval, 62))
        }
        for (row, circuit) in presynaptic.enumerated() {
            let count = Double(ppu.spikeCounter(circuit).value)
            guard count > 0 else { continue }
            rows.addFloat(real.map { rate * $0 * count }, row: row, on: &ppu)
        }
    }

    /// Largest code less baseline of every output, quarters of an LSB.
    func scores(on ppu: inout PPU) -> [Int] {
        ppu.charge(parities.count * 2 * ppu.costs.memoryStore)
        return columns.enumerated().map { k, column in
            ppu.charge(2 * ppu.costs.scalarLoad + 2 * ppu.costs.scalarOperation)
            let largest = Int(maxima[column.parity.rawValue][column.lane]) + 128
            switch parameters.baseline {
            case .firstSample:
                return 4 * (largest - Int(firsts[column.parity.rawValue][column.lane]) - 128)
            case .measured(let codes): return 4 * largest - codes[k]
            }
        }
    }

    /// Errors with eight fractional bits.
    private func errors(scores: [Int], target: Int, on ppu: inout PPU) -> [Int] {
        let costs = ppu.costs
        switch parameters.error {
        case .margin(let margin):
            ppu.charge(scores.count * 2 * costs.scalarOperation)
            var strongest = target == 0 ? 1 : 0
            for k in scores.indices where k != target && scores[k] > scores[strongest] {
                strongest = k
            }
            var errors = [Int](repeating: 0, count: scores.count)
            guard scores.count > 1, scores[target] - scores[strongest] < 4 * margin else {
                return errors
            }
            errors[target] = 256
            errors[strongest] = -256
            return errors
        case .softmax:
            let largest = scores.reduce(Int.min) { max($0, $1) }
            let terms = scores.map { exponentials[min(largest - $0, 1023)] }
            let sum = terms.reduce(0, +)
            ppu.charge(
                scores.count
                    * (4 * costs.scalarOperation + costs.scalarLoad + costs.scalarDivision))
            return terms.enumerated().map { k, term in
                (k == target ? 256 : 0) - (256 * term + sum / 2) / sum
            }
        }
    }

    /// Changes per spike with eight fractional bits of a weight LSB.
    private mutating func steps(_ errors: [Int], on ppu: inout PPU) -> [Int] {
        ppu.charge(errors.count * (ppu.costs.scalarMultiplication + ppu.costs.scalarOperation))
        var rate = Int((parameters.learningRate * 65_536).rounded())
        if let interval = parameters.halvingInterval, interval > 0 {
            rate >>= min((trialCount - 1) / interval, 62)
        }
        return errors.map { error in
            let below: Int
            if parameters.arithmetic == .nearest {
                below = 32_768
            } else {
                // Steps below 1/256 weight LSB must not vanish either.
                ppu.charge(ScalarRandom.operations * ppu.costs.scalarOperation)
                below = random.next()
            }
            return min(max((rate * error + below) >> 16, -16_383), 16_383)
        }
    }
}
