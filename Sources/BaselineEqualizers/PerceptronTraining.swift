import Modulation
import NumericKernels
public import RandomStreams
import RealModule

/// A perceptron in training: everything that decides what the next update does.
///
/// Updates are Adam steps on the mean cross-entropy of consecutive symbols, in single precision
/// on one thread. The state can be saved after any block and resumed with the same bits.
public struct PerceptronTraining: Sendable, Hashable, Codable {
    /// How to train; a value for each choice.
    public struct Policy: Sendable, Hashable, Codable {
        /// Blocks to learn from, one after the other; a stream with fewer is read again.
        public var blocks: Int
        /// Symbols per update, taken in order from a block; a shorter rest counts as a batch.
        public var batchSize: Int
        /// Learning rate at the start; it falls along half a cosine to `finalLearningRate`.
        public var learningRate: Double
        public var finalLearningRate: Double

        public init(
            blocks: Int, batchSize: Int, learningRate: Double, finalLearningRate: Double
        ) {
            precondition(blocks > 0 && batchSize > 0, "train on something")
            precondition(learningRate > 0 && finalLearningRate >= 0, "rates are not negative")
            self.blocks = blocks
            self.batchSize = batchSize
            self.learningRate = learningRate
            self.finalLearningRate = finalLearningRate
        }
    }

    public let shape: PerceptronShape
    public let policy: Policy
    /// Mean and inverse standard deviation of the samples, from the first block.
    public private(set) var inputMean = 0.0
    public private(set) var inputScale = 1.0
    /// Blocks learned from so far.
    public private(set) var blocksDone = 0
    /// Mean cross-entropy of the last block, in nats, each batch before its update.
    public private(set) var lastLoss: Double?
    private var updates = 0
    private var parameters: [Float]
    private var firstMoment: [Float]
    private var secondMoment: [Float]


    /// - Parameter stream: the random numbers of the initial weights, uniform in
    ///   +-sqrt(3 gain / inputs), gain 1 for tanh and 2 for the rectifier; biases start at zero.
    public init(shape: PerceptronShape, policy: Policy, stream: RandomStream) {
        self.shape = shape
        self.policy = policy
        parameters = [Float](repeating: 0, count: shape.parameterCount)
        firstMoment = parameters
        secondMoment = parameters
        let gain = shape.activation == .tanh ? 1.0 : 2.0
        for (index, layer) in shape.layers.enumerated() {
            var numbers = stream.substream("layer", index)
            let bound = (3 * gain / Double(layer.inputs)).squareRoot()
            for i in layer.weights..<layer.biases {
                parameters[i] = Float(bound * (2 * numbers.uniform() - 1))
            }
        }
    }

    public var isFinished: Bool { blocksDone >= policy.blocks }

    /// Trains to the end of the policy.
    ///
    /// - Parameter progress: called after every block.
    /// - Throws: `EqualizerFitError`, or what the stream throws.
    public mutating func run(
        on stream: TrainingStream, progress: (PerceptronTraining) throws -> Void = { _ in }
    ) throws {
        guard stream.blockCount > 0 else {
            throw EqualizerFitError(.noData, "there are no training blocks")
        }
        var pass = PerceptronPass(shape: shape, capacity: policy.batchSize)
        while !isFinished {
            let block = try stream.block(blocksDone % stream.blockCount, order: shape.order)
            try learn(from: block, pass: &pass)
            try progress(self)
        }
    }

    private mutating func learn(from block: TrainingBlock, pass: inout PerceptronPass) throws {
        if blocksDone == 0 { standardize(by: block.received) }
        let count = block.symbols.count
        let (mean, scale) = (inputMean, inputScale)
        let padded = TapWindow(tapCount: shape.tapCount).padded(
            block.received.map { Float(($0 - mean) * scale) })
        var sum = 0.0
        for start in stride(from: 0, to: count, by: policy.batchSize) {
            let columns = min(policy.batchSize, count - start)
            let loss = padded.withUnsafeBufferPointer { padded in
                block.symbols.withUnsafeBufferPointer { symbols in
                    pass.loss(
                        padded.baseAddress! + start, symbols: symbols.baseAddress! + start,
                        columns: columns, parameters: parameters)
                }
            }
            guard loss.isFinite else {
                throw EqualizerFitError(
                    .notFinite,
                    "the loss is \(loss) after \(updates) updates; lower the learning rate")
            }
            sum += loss * Double(columns)
            let done = (Double(blocksDone) + Double(start) / Double(count)) / Double(policy.blocks)
            update(pass.gradient, progress: done)
        }
        lastLoss = sum / Double(count)
        blocksDone += 1
    }

    private mutating func standardize(by received: [Double]) {
        let count = Double(received.count)
        inputMean = received.reduce(0, +) / count
        let variance = received.reduce(0) { $0 + ($1 - inputMean) * ($1 - inputMean) } / count
        inputScale = variance > 0 ? 1 / variance.squareRoot() : 1
    }

    private mutating func update(_ gradient: [Float], progress: Double) {
        updates += 1
        let (low, high) = (policy.finalLearningRate, policy.learningRate)
        let rate = low + (high - low) * 0.5 * (1 + Double.cos(Double.pi * progress))
        AdamStep(learningRate: Float(rate)).apply(
            step: updates, weights: &parameters, gradient: gradient, first: &firstMoment,
            second: &secondMoment, count: parameters.count)
    }

    /// The perceptron as trained so far, with the standardization folded into its first layer:
    /// W (y - mean) scale + b = (scale W) y + (b - scale mean sum W).
    public var perceptron: MultilayerPerceptron {
        var folded = parameters
        let layer = shape.layers[0]
        for o in 0..<layer.outputs {
            var sum = 0.0
            for i in layer.weights + o * layer.inputs..<layer.weights + (o + 1) * layer.inputs {
                let weight = Double(parameters[i]) * inputScale
                folded[i] = Float(weight)
                sum += weight
            }
            folded[layer.biases + o] = Float(
                Double(parameters[layer.biases + o]) - sum * inputMean)
        }
        return MultilayerPerceptron(shape: shape, parameters: folded)
    }

    /// Mean cross-entropy of a block under given parameters, and its gradient by each of them;
    /// for checking the gradient. Samples enter as they are.
    package static func loss(
        of block: TrainingBlock, shape: PerceptronShape, parameters: [Float]
    ) -> (loss: Double, gradient: [Float]) {
        let padded = TapWindow(tapCount: shape.tapCount).padded(block.received.map { Float($0) })
        var pass = PerceptronPass(shape: shape, capacity: block.symbols.count)
        let loss = pass.loss(
            padded, symbols: block.symbols, columns: block.symbols.count, parameters: parameters)
        return (loss, pass.gradient)
    }
}
