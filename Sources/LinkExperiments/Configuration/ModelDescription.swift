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
        case linear
        case decisionFeedback(feedbackTaps: Int)
        case volterra(VolterraMemory)
        case perceptron(PerceptronShape, PerceptronTraining.Policy)
        case spiking(SpikingModel)

        /// The name in an evaluation record.
        public var recordName: String {
            switch self {
            case .linear: "linear"
            case .decisionFeedback: "dfe"
            case .volterra: "volterra"
            case .perceptron: "perceptron"
            case .spiking: "snn"
            }
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

    enum KindName: String, CaseIterable { case linear, dfe, volterra, perceptron, snn }
    enum ActivationName: String, CaseIterable { case tanh, rectifier }

    /// Reads and checks `model.yaml` in a folder.
    public init(folder: String) throws {
        self.folder = folder
        let root = try ConfigurationSection.open(folder + "/model.yaml")
        name = try root.text("name")
        description = try root.text("description")
        let receiver = try root.section("receiver")
        let kindName: KindName = try receiver.choice("kind")
        let taps = try receiver.integer("taps", in: 1...1001)
        guard taps % 2 == 1 else {
            throw receiver.problem("taps", "\(taps) is not allowed; an odd number")
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
        case .linear: kind = .linear
        case .dfe:
            kind = .decisionFeedback(
                feedbackTaps: try receiver.integer("feedback_taps", in: 1...64))
        case .volterra:
            let memory = try receiver.integers("memory", in: 0...101, counts: 1...3)
            let lengths = memory + [Int](repeating: 0, count: 3 - memory.count)
            guard VolterraMemory.isValid(lengths[0], lengths[1], lengths[2]), lengths[0] == taps else {
                throw receiver.problem(
                    "memory",
                    "must be odd lengths or zeros that do not grow, the first equal to taps")
            }
            kind = .volterra(VolterraMemory(lengths[0], lengths[1], lengths[2]))
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
                    finalLearningRate: try section.number("final_learning_rate", in: 0...10)))
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
