import RealModule

/// How a spiking network is trained, apart from the data.
public struct TrainingPolicy: Sendable, Hashable, Codable {
    /// Symbols to train on.
    public var symbolCount: Int
    /// Symbols per update.
    public var batch: BatchGrowth
    public var learningRate: LearningRateSchedule
    public var regularization = Regularization()
    public var weights = WeightRange()
    /// What decision feedback sees while training.
    public var feedback = Feedback.sent
    public var sampling = GradientSampling.all
    public var encoder = EncoderLearning.none

    public init(symbolCount: Int, batch: BatchGrowth, learningRate: LearningRateSchedule) {
        self.symbolCount = symbolCount
        self.batch = batch
        self.learningRate = learningRate
    }

    /// Costs added to the cross-entropy of a symbol (nats).
    public struct Regularization: Sendable, Hashable, Codable {
        /// Cost of one synaptic event behind the hidden layer: a hidden spike costs this times its
        /// fan-out. Synaptic events are the quantity energy is made of.
        public var eventPenalty = 0.0
        /// Strength c of c * mean over hidden neurons of (target - mean spikes per symbol)^2. The
        /// mean is that of the update before, so that a symbol can be differentiated at once.
        public var ratePenalty = 0.0
        /// Spikes of a neuron per symbol that cost nothing.
        public var rateTarget = 0.0
        /// Strength c of c * mean of w^2, layer by layer.
        public var weightPenalty = 0.0
        /// Decoupled weight decay relative to the learning rate.
        public var weightDecay = 0.0

        public init() {}
    }

    /// What weights may be.
    public struct WeightRange: Sendable, Hashable, Codable {
        /// Magnitude that weights may not exceed.
        public var largestHidden = Double.infinity
        public var largestReadout = Double.infinity
        /// Whether the network computes with weights rounded to 6 bits and a sign, the largest
        /// magnitudes becoming 63, while the optimizer moves unrounded ones (straight-through).
        public var isSixBit = false

        public init() {}
    }

    /// Which symbols of a batch are differentiated.
    public enum GradientSampling: Sendable, Hashable, Codable {
        /// Every one.
        case all
        /// Each with a probability q, its gradient then divided by q: q is 1 where the network gives
        /// the sent class less than 1 - `threshold`, falls in proportion to what it is short of 1,
        /// and is never below `floor`. The expected gradient is that of the whole batch (Horvitz and
        /// Thompson 1952). Near the bound almost all symbols are sure and their gradients next to
        /// nothing; going backward costs more than going forward.
        case byError(threshold: Double, floor: Double)

        /// The probability q for a class probability that is short of 1 by `error`.
        @inline(__always)
        func probability(error: Float) -> Float {
            switch self {
            case .all: 1
            case .byError(let threshold, let floor):
                min(1, max(Float(floor), error / Float(threshold)))
            }
        }
    }

    public enum Feedback: String, Sendable, Hashable, Codable, CaseIterable {
        /// The symbols sent.
        case sent
        /// The network's own decisions, as in use.
        case decided
    }

    /// How an encoder's centers and scales are learned.
    public enum EncoderLearning: Sendable, Hashable, Codable {
        case none
        /// By derivatives of the loss by spike times, with Adam at the network's learning rate
        /// times `rateFactor`; scales move relative to their initial mean.
        case spikeTimes(rateFactor: Double, isShared: Bool)
        /// By the change of the loss under perturbed copies (arXiv 2508.13783), while fewer than
        /// `symbols` symbols are done.
        case policyGradient(copies: Int, deviation: Double, stepSize: Double, symbols: Int)
    }
}

/// Symbols per update, growing geometrically: small batches learn fast, large ones settle.
public struct BatchGrowth: Sendable, Hashable, Codable {
    public var first: Int
    public var last: Int

    public init(first: Int, last: Int) {
        precondition(first > 0 && last >= first)
        self.first = first
        self.last = last
    }

    /// The batch at a progress from 0 to 1: the largest number that is not above
    /// first (last / first)^progress and that divides a block or is a multiple of it.
    public func size(progress: Double, blockLength: Int) -> Int {
        let exact = Double(first) * Double.pow(Double(last) / Double(first), min(1, progress))
        // Rounding must not push a whole number below itself.
        let wanted = Int(exact * (1 + 1e-9))
        if wanted >= blockLength { return wanted / blockLength * blockLength }
        var size = wanted
        while blockLength % size != 0 { size -= 1 }
        return size
    }
}

/// The learning rate of Adam.
public struct LearningRateSchedule: Sendable, Hashable, Codable {
    /// After the warm-up.
    public var peak: Double
    /// Updates over which the rate rises linearly.
    public var warmupUpdates: Int
    public var decay: Decay

    public enum Decay: Sendable, Hashable, Codable {
        /// A half cosine down to the peak times `finalFactor`.
        case cosine(finalFactor: Double)
        /// Times `factor` after every so many symbols.
        case steps(factor: Double, everySymbols: Int)
    }

    public init(peak: Double, warmupUpdates: Int, decay: Decay) {
        self.peak = peak
        self.warmupUpdates = warmupUpdates
        self.decay = decay
    }

    /// The rate of an update.
    ///
    /// - Parameters:
    ///   - update: Updates done before.
    ///   - symbols: Symbols done before.
    public func rate(update: Int, symbols: Int, symbolCount: Int) -> Double {
        let shape: Double
        switch decay {
        case .cosine(let finalFactor):
            let progress = min(1, Double(symbols) / Double(max(1, symbolCount)))
            shape = finalFactor + (1 - finalFactor) * (1 + Double.cos(Double.pi * progress)) / 2
        case .steps(let factor, let everySymbols):
            shape = Double.pow(factor, Double(symbols / max(1, everySymbols)))
        }
        let warmup = update < warmupUpdates ? Double(update + 1) / Double(warmupUpdates) : 1
        return peak * shape * warmup
    }
}
