import RealModule

/// How a spiking network is trained, apart from the data.
public struct TrainingPolicy: Sendable, Hashable, Codable {
    /// Symbols per update.
    public var batchSize: Int
    /// Updates in all.
    public var updateCount: Int
    /// Learning rate of Adam after the warm-up.
    public var learningRate: Double
    /// Learning rate at the end, relative to the peak; a half cosine leads there.
    public var finalLearningRateFactor: Double
    /// Updates over which the learning rate rises linearly.
    public var warmupUpdates: Int
    /// Cost of one hidden spike, in units of the cross-entropy (nats).
    public var spikePenalty: Double
    /// Decoupled weight decay relative to the learning rate.
    public var weightDecay: Double
    /// Magnitude that weights may not exceed, so that 6 bits resolve them.
    public var largestHiddenWeight: Double
    public var largestReadoutWeight: Double

    public init(
        batchSize: Int, updateCount: Int, learningRate: Double, finalLearningRateFactor: Double,
        warmupUpdates: Int, spikePenalty: Double, weightDecay: Double,
        largestHiddenWeight: Double = .infinity, largestReadoutWeight: Double = .infinity
    ) {
        self.batchSize = batchSize
        self.updateCount = updateCount
        self.learningRate = learningRate
        self.finalLearningRateFactor = finalLearningRateFactor
        self.warmupUpdates = warmupUpdates
        self.spikePenalty = spikePenalty
        self.weightDecay = weightDecay
        self.largestHiddenWeight = largestHiddenWeight
        self.largestReadoutWeight = largestReadoutWeight
    }

    public var symbolCount: Int { batchSize * updateCount }

    /// The learning rate of one update, numbered from 0.
    public func learningRate(update: Int) -> Double {
        if update < warmupUpdates {
            return learningRate * Double(update + 1) / Double(warmupUpdates)
        }
        let rest = max(1, updateCount - warmupUpdates)
        let progress = min(1, Double(update - warmupUpdates) / Double(rest))
        let shape = (1 + Double.cos(Double.pi * progress)) / 2
        return learningRate * (finalLearningRateFactor + (1 - finalLearningRateFactor) * shape)
    }
}
