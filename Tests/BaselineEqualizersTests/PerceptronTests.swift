import BaselineEqualizers
import Foundation
import Modulation
import NumericKernels
import RandomStreams
import Testing

@Suite struct PerceptronTests {
    @Test(arguments: [PerceptronActivation.tanh, .rectifier])
    func gradientMatchesDifferences(activation: PerceptronActivation) {
        let shape = PerceptronShape(tapCount: 3, hidden: [6, 5], order: 4, activation: activation)
        var numbers = RandomStream(seed: 41)
        let parameters = (0..<shape.parameterCount).map { _ in
            Float(1.6 * numbers.uniform() - 0.8)
        }
        let block = SimulatedChannel.block(
            symbols: 53, noise: 0.3, seed: 42, SimulatedChannel.nonlinear)
        let (loss, gradient) = PerceptronTraining.loss(
            of: block, shape: shape, parameters: parameters)
        let norm = gradient.reduce(0) { $0 + Double($1 * $1) }.squareRoot()
        #expect(loss > 0.1 && norm > 0.1)

        // Step 2^-8: rounding of the loss, about 1e-7, becomes 1e-5 in the slope, the third
        // derivative adds as much; a kink of the rectifier inside the step a few 1e-4.
        let step: Float = 0x1p-8
        var difference = 0.0
        for i in parameters.indices {
            var shifted = parameters
            shifted[i] = parameters[i] + step
            let above = PerceptronTraining.loss(of: block, shape: shape, parameters: shifted).loss
            shifted[i] = parameters[i] - step
            let below = PerceptronTraining.loss(of: block, shape: shape, parameters: shifted).loss
            let slope = (above - below) / (2 * Double(step))
            difference += (slope - Double(gradient[i])) * (slope - Double(gradient[i]))
        }
        let tolerance = activation == .tanh ? 2e-4 : 5e-3
        #expect(difference.squareRoot() < tolerance * norm)
    }

    /// The symbol says whether its neighbors have equal signs: no linear filter can see that.
    @Test(arguments: [PerceptronActivation.tanh, .rectifier])
    func learnsExclusiveOr(activation: PerceptronActivation) throws {
        @Sendable func makeBlock(_ seed: UInt64, _ index: Int) -> TrainingBlock {
            var numbers = RandomStream(seed: seed).substream("block", index)
            let signs = numbers.symbols(count: 2000, order: 2)
            var received = signs.map { Double($0) * 2 - 1 }
            numbers.addGaussian(standardDeviation: 0.15, to: &received)
            let symbols = signs.indices.map { signs[($0 + 1999) % 2000] ^ signs[($0 + 1) % 2000] }
            return TrainingBlock(received: received, symbols: symbols)
        }
        let stream = TrainingStream(blockCount: 50) { makeBlock(51, $0) }
        var training = PerceptronTraining(
            shape: PerceptronShape(tapCount: 3, hidden: [12], order: 2, activation: activation),
            policy: .init(
                blocks: 100, batchSize: 100, learningRate: 2e-2, finalLearningRate: 1e-3),
            stream: RandomStream(seed: 52))
        var losses: [Double] = []
        try training.run(on: stream) { losses.append($0.lastLoss ?? .nan) }
        #expect(losses.count == 100 && losses[99] < 0.1 * losses[0])

        let test = makeBlock(53, 0)
        let linear = try LinearEqualizer.fit(tapCount: 3, order: 2, to: stream)
        func wrong(_ symbols: [UInt8]) -> Int { zip(symbols, test.symbols).count { $0 != $1 } }
        #expect(wrong(training.perceptron.detect(test.received).symbols) < 10)
        // A line parts at most three of the four corners from their opposites.
        #expect(wrong(linear.detect(test.received).symbols) > 400)
    }

    @Test func savedTrainingResumesWithTheSameBits() throws {
        let stream = SimulatedChannel.stream(
            blocks: 7, symbols: 530, noise: 0.2, seed: 61, SimulatedChannel.nonlinear)
        let fresh = PerceptronTraining(
            shape: PerceptronShape(tapCount: 5, hidden: [9], order: 4, activation: .tanh),
            policy: .init(blocks: 10, batchSize: 64, learningRate: 1e-2, finalLearningRate: 1e-4),
            stream: RandomStream(seed: 62))
        var whole = fresh
        try whole.run(on: stream)

        struct Killed: Error {}
        var saved = Data()
        var interrupted = fresh
        #expect(throws: Killed.self) {
            try interrupted.run(on: stream) { state in
                if state.blocksDone == 4 {
                    saved = try JSONEncoder().encode(state)
                    throw Killed()
                }
            }
        }
        var resumed = try JSONDecoder().decode(PerceptronTraining.self, from: saved)
        #expect(resumed.blocksDone == 4)
        try resumed.run(on: stream)
        #expect(resumed == whole)
        #expect(resumed.perceptron == whole.perceptron)
    }

    @Test func unitsOfTheSamplesDoNotMatter() throws {
        func train(scale: Double, offset: Double) throws -> [UInt8] {
            let make: @Sendable ([Double]) -> [Double] = { sent in
                SimulatedChannel.nonlinear(sent).map { scale * $0 + offset }
            }
            let stream = SimulatedChannel.stream(
                blocks: 5, symbols: 1000, noise: 0.1 * scale, seed: 71, make)
            var training = PerceptronTraining(
                shape: PerceptronShape(tapCount: 3, hidden: [8], order: 4, activation: .tanh),
                policy: .init(
                    blocks: 10, batchSize: 100, learningRate: 1e-2, finalLearningRate: 1e-3),
                stream: RandomStream(seed: 72))
            try training.run(on: stream)
            let test = SimulatedChannel.block(
                symbols: 2000, noise: 0.1 * scale, seed: 73, make)
            return training.perceptron.detect(test.received).symbols
        }
        let plain = try train(scale: 1, offset: 0)
        let microwatts = try train(scale: 1e-6, offset: 3e-6)
        // Rounding may move a symbol that lies on a threshold.
        #expect(zip(plain, microwatts).count { $0 != $1 } < 10)
    }

    @Test func aRateTooHighIsAnErrorNotANumber() {
        let stream = SimulatedChannel.stream(
            blocks: 5, symbols: 1000, noise: 0.1, seed: 81, SimulatedChannel.nonlinear)
        var training = PerceptronTraining(
            shape: PerceptronShape(tapCount: 3, hidden: [8], order: 4, activation: .rectifier),
            policy: .init(
                blocks: 20, batchSize: 100, learningRate: 1e30, finalLearningRate: 1e30),
            stream: RandomStream(seed: 82))
        let error = #expect(throws: EqualizerFitError.self) { try training.run(on: stream) }
        #expect(error?.code == .notFinite)
    }
}

@Suite struct DenseKernelTests {
    @Test func tanhMatchesTheLibrary() {
        let x = (-4000...4000).map { Float($0) / 200 } + [-1e30, -100, 100, 1e30, 0, -0.0]
        var values = x
        let count = DenseActivations.addBiasTanh(&values, bias: [0.25], rows: 1, columns: x.count)
        #expect(count == x.count)
        for (a, b) in zip(values, x) {
            #expect(abs(Double(a) - Foundation.tanh(Double(b + 0.25))) < 2e-7)
        }
    }

    @Test func rowSumsAndRectifierFollowTheirDefinition() {
        // More than two vectors of sixteen, and a rest; integers sum without rounding.
        var values = (0..<74).map { Float($0 % 7 - 3) }
        var sums = [Float](repeating: .nan, count: 2)
        DenseActivations.rowSums(values, rows: 2, columns: 37, into: &sums)
        #expect(sums[0] == values[..<37].reduce(0, +) && sums[1] == values[37...].reduce(0, +))
        let before = values
        _ = DenseActivations.addBiasRectifier(&values, bias: [1, -1], rows: 2, columns: 37)
        for i in values.indices { #expect(values[i] == max(0, before[i] + (i < 37 ? 1 : -1))) }
    }

    @Test func crossEntropyOfEqualScoresIsTheLogarithmOfTheClasses() {
        var scores = [Float](repeating: 3, count: 4 * 5)
        var workspace = [Float](repeating: 0, count: 10)
        let loss = DenseSoftmax.crossEntropyGradient(
            scores: &scores, symbols: [0, 1, 2, 3, 0], classes: 4, columns: 5,
            workspace: &workspace)
        #expect(abs(loss - log(4.0)) < 1e-6)
        #expect(abs(scores[0] - (0.25 - 1) / 5) < 1e-7 && abs(scores[1] - 0.25 / 5) < 1e-7)
    }

    @Test func crossEntropySurvivesExtremeScores() {
        var scores: [Float] = [1e30, -1e30, -1e30, 1e30]
        var workspace = [Float](repeating: 0, count: 4)
        let loss = DenseSoftmax.crossEntropyGradient(
            scores: &scores, symbols: [0, 1], classes: 2, columns: 2, workspace: &workspace)
        #expect(loss == 0 && scores.allSatisfy { abs($0) < 1e-7 })
    }

    @Test func volterraProductsAreUniqueAndComplete() {
        let samples: [Double] = [2, 3, 5, 7, 11, 13, 17, 19]
        let memory = (5, 3, 3)
        let count = VolterraRegressors.count(memory: memory.0, memory.1, memory.2)
        var rows = [Double](repeating: 0, count: count * 4)
        let products = VolterraRegressors.fill(
            padded: samples, memory: memory.0, memory.1, memory.2, columns: 4, into: &rows)
        #expect(products == (6 + 10) * 4)
        for n in 0..<4 {
            let w = Array(samples[n..<n + 5])
            var expected = [1] + w
            let inner = Array(w[1...3])
            for i in 0..<3 { for j in i..<3 { expected.append(inner[i] * inner[j]) } }
            for i in 0..<3 {
                for j in i..<3 {
                    for k in j..<3 { expected.append(inner[i] * inner[j] * inner[k]) }
                }
            }
            #expect((0..<count).map { rows[$0 * 4 + n] } == expected)
        }
    }

    @Test func shorterThirdOrderReusesTheRightPairs() {
        let samples: [Double] = [2, 3, 5, 7, 11]
        let count = VolterraRegressors.count(memory: 5, 5, 3)
        var rows = [Double](repeating: 0, count: count)
        _ = VolterraRegressors.fill(padded: samples, memory: 5, 5, 3, columns: 1, into: &rows)
        var expected: [Double] = []
        let inner: [Double] = [3, 5, 7]
        for i in 0..<3 {
            for j in i..<3 { for k in j..<3 { expected.append(inner[i] * inner[j] * inner[k]) } }
        }
        #expect(Array(rows.suffix(10)) == expected)
    }
}
