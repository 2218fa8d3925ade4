import BaselineEqualizers
import Modulation
import RandomStreams
import Testing

@Suite struct QuantizedPerceptronTests {
    static let stream = SimulatedChannel.stream(
        blocks: 20, symbols: 5000, noise: 0.2, seed: 41, SimulatedChannel.nonlinear)

    func trained(_ activation: PerceptronActivation) throws -> MultilayerPerceptron {
        var training = PerceptronTraining(
            shape: PerceptronShape(
                tapCount: 5, hidden: [12, 8], order: 4, activation: activation),
            policy: .init(
                blocks: 100, batchSize: 200, learningRate: 0.01, finalLearningRate: 1e-4),
            stream: RandomStream(seed: 42))
        try training.run(on: Self.stream)
        return training.perceptron
    }

    /// Rounding to 8 bits moves scores by little beside their differences: nearly all decisions
    /// stay, and the error rate with them.
    @Test(arguments: [PerceptronActivation.tanh, .rectifier])
    func eightBitsDecideAsSinglePrecisionDoes(activation: PerceptronActivation) throws {
        let perceptron = try trained(activation)
        let quantized = try QuantizedPerceptron(perceptron, rangesFrom: Self.stream)
        let block = SimulatedChannel.block(
            symbols: 20_000, noise: 0.2, seed: 43, SimulatedChannel.nonlinear)
        let exact = perceptron.detect(block.received)
        let rounded = quantized.detect(block.received)
        let differing = zip(exact.symbols, rounded.symbols).count { $0 != $1 }
        #expect(differing > 0)
        #expect(differing < 200)
        func errors(_ detection: Detection) -> Int {
            zip(detection.symbols, block.symbols).count { $0 != $1 }
        }
        #expect(errors(exact) > 100)
        #expect(Double(errors(rounded)) < 1.1 * Double(errors(exact)) + 20)
        #expect(rounded.operations == exact.operations)
        #expect(quantized.parameterCount == perceptron.parameterCount)
    }
}
