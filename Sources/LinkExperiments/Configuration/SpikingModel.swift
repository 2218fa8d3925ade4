public import SpikeEncoding
public import SpikingNetworks

extension ModelDescription {
    /// A spiking receiver: encoder, network shape, training, and how it maps to a chip.
    public struct SpikingModel: Sendable, Hashable {
        /// Before any training.
        public var encoder: SpikeEncoder
        /// Past decisions that the network sees.
        public var feedbackCount: Int
        public var network: NetworkShape
        public var policy: TrainingPolicy
        /// How the noise levels of the training follow each other.
        public var noiseOrder: NoiseOrder
        public var selection: Selection
        /// nil for a receiver that is not meant for the chip.
        public var chip: ChipMapping?
    }

    /// What a network is before it has weights.
    public struct NetworkShape: Sendable, Hashable {
        public var hiddenCount: Int
        public var outputCount: Int
        public var stepCount: Int
        public var neuron: LeakyIntegrateAndFire
        public var surrogate: SurrogateGradient
        public var readout: SpikingNetwork.Readout
        public var isRecurrent: Bool
        public var initialization: SpikingNetwork.Initialization
    }

    public enum NoiseOrder: String, Sendable, Hashable, CaseIterable {
        /// Blocks take the levels in turn.
        case inTurn = "in-turn"
        /// Equal parts of the training, one level after the other, each with its own learning
        /// rate schedule; the receiver of each level is kept and tested at it.
        case ladder
    }

    /// How the receiver that is kept is chosen, on validation streams only.
    public struct Selection: Sendable, Hashable {
        /// Trainings from different initial weights and data.
        public var restarts = 1
        /// Symbols on which restarts are compared, and noise power in dB.
        public var symbolCount = 1_000_000
        public var noisePowerInDecibels = -20.0
        /// Symbols between two looks at the validation loss while training; nil for none.
        public var interval: Int?
        /// Looks without a better loss after which a training ends.
        public var patience = Int.max
    }
}

extension ModelDescription.SpikingModel {
    public var inputCount: Int {
        encoder.inputCount + feedbackCount * network.outputCount
    }

    init(
        receiver: ConfigurationSection, taps: Int, training: ConfigurationSection,
        chip: ConfigurationSection?, symbolCount: Int
    ) throws {
        encoder = try SpikeEncoder(receiver.section("encoder"), tapCount: taps)
        feedbackCount = try receiver.integer("feedback", in: 0...64, default: 0)
        network = try ModelDescription.NetworkShape(
            receiver.section("network"), encoderSteps: encoder.stepCount)
        policy = try TrainingPolicy(training, symbolCount: symbolCount)
        noiseOrder = try training.choice("noise_order", default: .inTurn)
        selection = try ModelDescription.Selection(training)
        self.chip = try chip.map { try ChipMapping($0) }
        guard inputCount < 65_536 else {
            throw receiver.problem("encoder", "\(inputCount) inputs are too many; below 65536")
        }
    }
}

extension SpikeEncoder {
    private enum Kind: String, CaseIterable {
        case receptiveField = "receptive-field"
        case ternary
        case logScale = "log-scale"
    }

    private enum Late: String, CaseIterable {
        case dropped
        case inLastStep = "in-last-step"
    }

    init(_ section: ConfigurationSection, tapCount: Int) throws {
        let kind: Kind = try section.choice("kind")
        switch kind {
        case .receptiveField:
            let late: Late = try section.choice("late_spikes")
            let first = try section.number("first_center", in: -1e6...1e6)
            let last = try section.number("last_center", in: -1e6...1e6)
            self = .receptiveField(
                ReceptiveFieldEncoder(
                    tapCount: tapCount,
                    count: try section.integer("neurons_per_tap", in: 1...256), from: first,
                    to: last, stepsPerUnit: try section.number("steps_per_unit", in: 1e-6...1e6),
                    stepCount: try section.integer("steps", in: 1...254),
                    lateSpikes: late == .dropped ? .dropped : .inLastStep))
        case .ternary:
            self = .ternary(
                TernaryEncoder(
                    tapCount: tapCount, bitCount: try section.integer("bits", in: 1...15),
                    mean: try section.number("mean", in: -1e6...1e6),
                    largest: try section.number("largest", in: 1e-9...1e6)))
        case .logScale:
            self = .logarithmic(
                LogarithmicEncoder(
                    tapCount: tapCount, stepCount: try section.integer("steps", in: 1...254),
                    mean: try section.number("mean", in: -1e6...1e6),
                    largest: try section.number("largest", in: 1e-9...1e6),
                    range: try section.number("range", in: 1.001...1e9)))
        }
        try section.finish()
    }
}

extension ModelDescription.NetworkShape {
    init(_ section: ConfigurationSection, encoderSteps: Int) throws {
        hiddenCount = try section.integer("hidden", in: 1...4096)
        outputCount = try section.integer("outputs", in: 2...256)
        stepCount = try section.integer("steps", in: encoderSteps...255)
        let step = try section.number("step_ms", in: 1e-6...1000)
        let membrane = try section.number("membrane_time_constant_ms", in: 1e-6...1e6)
        let synapse = try section.number("synaptic_time_constant_ms", in: 1e-6...1e6)
        guard step < membrane, step < synapse else {
            throw section.problem(
                "step_ms", "\(step) is not allowed; below both time constants")
        }
        neuron = LeakyIntegrateAndFire(
            membraneTimeConstantInMilliseconds: membrane,
            synapticTimeConstantInMilliseconds: synapse, stepInMilliseconds: step,
            threshold: try section.number("threshold", in: 1e-6...1e6))
        surrogate = .superSpike(
            slope: try section.number("surrogate_slope", in: 1e-3...1e4),
            resetIsDetached: try section.flag("detached_reset"))
        readout = try section.choice("readout", default: .maximum)
        isRecurrent = try section.flag("recurrent")
        initialization = try section.choice("initial_weights", default: .thresholdScaled)
        try section.finish()
    }
}

extension TrainingPolicy {
    init(_ section: ConfigurationSection, symbolCount: Int) throws {
        self.init(
            symbolCount: symbolCount, batch: try BatchGrowth(section),
            learningRate: try LearningRateSchedule(section))
        regularization.eventPenalty = try section.number("event_penalty", in: 0...1, default: 0)
        regularization.ratePenalty = try section.number("rate_penalty", in: 0...1, default: 0)
        regularization.rateTarget = try section.number("rate_target", in: 0...1000, default: 0)
        regularization.weightPenalty = try section.number("weight_penalty", in: 0...1, default: 0)
        regularization.weightDecay = try section.number("weight_decay", in: 0...100, default: 0)
        weights.largestHidden = try section.number(
            "largest_hidden_weight", in: 1e-6...1e6, default: .infinity)
        weights.largestReadout = try section.number(
            "largest_readout_weight", in: 1e-6...1e6, default: .infinity)
        weights.isSixBit = try section.flag("six_bit_weights")
        if weights.isSixBit && !(weights.largestHidden.isFinite && weights.largestReadout.isFinite)
        {
            throw section.problem(
                "six_bit_weights",
                "needs largest_hidden_weight and largest_readout_weight, which become 63")
        }
        feedback = try section.choice("feedback", default: .sent)
        if let sampled = try section.optionalSection("gradient_sampling") {
            sampling = .byError(
                threshold: try sampled.number("threshold", in: 1e-6...1),
                floor: try sampled.number("floor", in: 1e-4...1))
            try sampled.finish()
        }
        if let learning = try section.optionalSection("encoder_learning") {
            encoder = try EncoderLearning(learning)
        }
    }
}

extension TrainingPolicy.EncoderLearning {
    private enum Kind: String, CaseIterable {
        case spikeTimes = "spike-times"
        case policyGradient = "policy-gradient"
    }

    init(_ section: ConfigurationSection) throws {
        let kind: Kind = try section.choice("kind")
        switch kind {
        case .spikeTimes:
            self = .spikeTimes(
                rateFactor: try section.number("rate_factor", in: 1e-6...1e3, default: 1),
                isShared: try section.flag("shared"))
        case .policyGradient:
            self = .policyGradient(
                copies: try section.integer("copies", in: 1...1000),
                deviation: try section.number("deviation", in: 1e-9...10),
                stepSize: try section.number("step_size", in: 1e-9...1e3),
                symbols: try section.integer("symbols", in: 1...100_000_000_000))
        }
        try section.finish()
    }
}

extension BatchGrowth {
    init(_ section: ConfigurationSection) throws {
        let block = SymbolStreams.blockLength
        let growth: [Int]
        if section.isList("batch") {
            growth = try section.integers("batch", in: 1...10_000_000, counts: 2...2)
        } else {
            growth = [try section.integer("batch", in: 1...10_000_000)]
        }
        for size in growth where block % size != 0 && size % block != 0 {
            throw section.problem(
                "batch", "\(size) is not allowed; a divisor or a multiple of \(block)")
        }
        guard growth[0] <= growth[growth.count - 1] else {
            throw section.problem("batch", "must not shrink from \(growth[0]) to \(growth[1])")
        }
        self.init(first: growth[0], last: growth[growth.count - 1])
    }
}

extension LearningRateSchedule {
    init(_ section: ConfigurationSection) throws {
        let decay: Decay
        if section.has("learning_rate_factor") {
            decay = .steps(
                factor: try section.number("learning_rate_factor", in: 1e-6...1),
                everySymbols: try section.integer(
                    "learning_rate_interval", in: 1...100_000_000_000))
        } else {
            decay = .cosine(
                finalFactor: try section.number("final_learning_rate_factor", in: 0...1))
        }
        self.init(
            peak: try section.number("learning_rate", in: 1e-8...10),
            warmupUpdates: try section.integer("warmup_updates", in: 0...1_000_000, default: 0),
            decay: decay)
    }
}

extension ModelDescription.Selection {
    init(_ training: ConfigurationSection) throws {
        restarts = try training.integer("restarts", in: 1...100, default: 1)
        guard let section = try training.optionalSection("validation") else { return }
        let block = SymbolStreams.blockLength
        symbolCount = try section.integer(
            "symbols", in: block...1_000_000_000, default: symbolCount)
        noisePowerInDecibels = try section.number(
            "noise_power_dB", in: -200...100, default: noisePowerInDecibels)
        if section.has("interval") {
            interval = try section.integer("interval", in: block...100_000_000_000)
            patience = try section.integer("patience", in: 1...1_000_000, default: patience)
        }
        try section.finish()
    }
}
