public import BaselineEqualizers

/// A receiver as its `model.yaml` describes it: what it is and how it is trained.
public struct ModelDescription: Sendable {
    public var name: String
    public var description: String
    public var tapCount: Int
    public var kind: Kind
    public var training: Training
    /// The folder that holds the description and the trained weights.
    public var folder: String

    public enum Kind: Sendable {
        case linear(samplesPerSymbol: Int, RegressionPolicy)
        case decisionFeedback(feedbackTaps: Int, RegressionPolicy)
        /// Terms: weights that pruning keeps, the constant not among them; nil for all.
        case volterra(VolterraMemory, terms: Int?, RegressionPolicy)
        case perceptron(PerceptronShape, PerceptronTraining.Policy, Arithmetic)
        case sequence(SequenceModel)
        case spiking(SpikingModel)

        /// The name in an evaluation record.
        public var recordName: String {
            switch self {
            case .linear: "linear"
            case .decisionFeedback: "dfe"
            case .volterra: "volterra"
            case .perceptron: "perceptron"
            case .sequence: "sequence"
            case .spiking: "snn"
            }
        }
    }

    /// The numbers that a perceptron calculates with once it is trained.
    public enum Arithmetic: String, Sendable, CaseIterable {
        /// Single precision.
        case float
        /// 8-bit integers with sums of 32 bits.
        case int8
    }

    /// A sequence detector; the window of its trellis is `tapCount`.
    public struct SequenceModel: Sendable, Hashable {
        public var search: SequenceSearch
        /// For a trellis shorter than the memory; nil without.
        public var surroundings: Surroundings?

        /// Symbols beyond the window, taken from decisions.
        public struct Surroundings: Sendable, Hashable {
            /// Symbols that a sample depends on, the window's included.
            public var span: Int
            /// Searches with decisions for the symbols beyond the window.
            public var passes: Int
            /// Least reliable symbols of a group that are tried in all patterns; 0 for none.
            public var chasePositions: Int
        }
    }

    /// What every training needs.
    public struct Training: Sendable, Hashable {
        /// Noise powers of the training stream in dB; blocks take them in turn.
        public var noisePowersInDecibels: [Double]
        /// Symbols to train on.
        public var symbolCount: Int
        /// Seed of the training stream and of initial weights.
        public var seed: UInt64
    }

    enum KindName: String, CaseIterable {
        case linear, dfe, volterra, perceptron, sequence, snn
    }
    enum ActivationName: String, CaseIterable { case tanh, rectifier }

    /// Reads and checks `model.yaml` in a folder.
    public init(folder: String) throws {
        self.folder = folder
        let root = try ConfigurationSection.open(folder + "/model.yaml")
        name = try root.text("name")
        description = try root.text("description")
        let receiver = try root.section("receiver")
        let kindName: KindName = try receiver.choice("kind")
        // A sequence detector's window is one of symbols, not of samples.
        let isSequence = kindName == .sequence
        let tapsKey = isSequence ? "window" : "taps"
        let taps = try receiver.integer(tapsKey, in: 1...(isSequence ? 11 : 1001))
        guard taps % 2 == 1 else {
            throw receiver.problem(tapsKey, "\(taps) is not allowed; an odd number")
        }
        tapCount = taps

        let section = try root.section("training")
        training = Training(
            noisePowersInDecibels: try section.numbers(
                "noise_power_dB", in: -200...100, counts: 1...64),
            symbolCount: try section.integer("symbols", in: 1000...100_000_000_000),
            seed: UInt64(try section.integer("seed", in: 0...Int.max)))
        guard training.symbolCount % SymbolStreams.blockLength == 0 else {
            throw section.problem(
                "symbols",
                "\(training.symbolCount) is not allowed; a multiple of \(SymbolStreams.blockLength)")
        }

        switch kindName {
        case .linear:
            kind = .linear(
                samplesPerSymbol: try receiver.integer("samples_per_symbol", in: 1...2, default: 1),
                try RegressionPolicy(section))
        case .dfe:
            kind = .decisionFeedback(
                feedbackTaps: try receiver.integer("feedback_taps", in: 1...64),
                try RegressionPolicy(section))
        case .volterra:
            let memory = try receiver.integers("memory", in: 0...101, counts: 1...3)
            let lengths = memory + [Int](repeating: 0, count: 3 - memory.count)
            guard VolterraMemory.isValid(lengths[0], lengths[1], lengths[2]), lengths[0] == taps else {
                throw receiver.problem(
                    "memory",
                    "must be odd lengths or zeros that do not grow, the first equal to taps")
            }
            let series = VolterraMemory(lengths[0], lengths[1], lengths[2])
            let policy = try RegressionPolicy(section)
            let terms =
                receiver.has("terms")
                ? try receiver.integer("terms", in: 1...(series.regressorCount - 1)) : nil
            guard terms == nil || policy.method == .leastSquares else {
                throw receiver.problem("terms", "needs training.method least-squares")
            }
            kind = .volterra(series, terms: terms, policy)
        case .perceptron:
            let hidden = try receiver.integers("hidden", in: 1...4096, counts: 1...4)
            let activation: ActivationName = try receiver.choice("activation")
            let batch = try section.integer("batch", in: 1...SymbolStreams.blockLength)
            kind = .perceptron(
                PerceptronShape(
                    tapCount: taps, hidden: hidden,
                    order: try receiver.integer("outputs", in: 2...256),
                    activation: activation == .tanh ? .tanh : .rectifier),
                PerceptronTraining.Policy(
                    blocks: training.symbolCount / SymbolStreams.blockLength, batchSize: batch,
                    learningRate: try section.number("learning_rate", in: 1e-8...10),
                    finalLearningRate: try section.number("final_learning_rate", in: 0...10)),
                try receiver.choice("arithmetic", default: Arithmetic.float))
        case .sequence: kind = .sequence(try SequenceModel(receiver, window: taps))
        case .snn:
            kind = .spiking(
                try SpikingModel(
                    receiver: receiver, taps: taps, training: section,
                    chip: root.optionalSection("chip"), symbolCount: training.symbolCount))
        }
        try receiver.finish()
        try section.finish()
        try root.finish()
    }
}

extension ModelDescription.SequenceModel {
    init(_ receiver: ConfigurationSection, window: Int) throws {
        search = try receiver.choice("search")
        guard receiver.has("span") else {
            for key in ["passes", "chase_positions"] where receiver.has(key) {
                throw receiver.problem(key, "needs a span, longer than the window")
            }
            return
        }
        let span = try receiver.integer("span", in: 3...41)
        guard span % 2 == 1, span > window, window > 1 else {
            throw receiver.problem(
                "span",
                "\(span) is not allowed; an odd number above the window, which is at least 3")
        }
        let positions = try receiver.integer("chase_positions", in: 0...12)
        guard WideSequenceDetector.isValid(chasePositions: positions, search) else {
            throw receiver.problem(
                "chase_positions",
                "\(positions) is not allowed; 0 with \(search.rawValue), which tells no symbol's "
                    + "reliability")
        }
        surroundings = Surroundings(
            span: span, passes: try receiver.integer("passes", in: 1...8),
            chasePositions: positions)
    }
}

extension ModelDescription {
    /// The description as it is trained on a link: noise levels are those of the idealized links; on a
    /// physical one a receiver is trained, and chosen, at the link's own received power.
    func trained(on link: LinkDescription) -> ModelDescription {
        guard link.isPhysical else { return self }
        var result = self
        result.training.noisePowersInDecibels = [link.noisePowerInDecibels]
        if case .spiking(var spiking) = kind {
            spiking.noiseOrder = .inTurn
            spiking.selection.noisePowerInDecibels = link.noisePowerInDecibels
            result.kind = .spiking(spiking)
        }
        return result
    }
}
