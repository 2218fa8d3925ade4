import BaselineEqualizers
import ErrorRates
import Foundation
import Modulation
import RandomStreams
import Testing

/// Four levels in white noise, nothing else: no equalizer can help, and none may harm.
///
/// The counted errors must lie in the exact interval of level 0.9999 around the closed form: a
/// correct equalizer fails by chance for one seed in 10 000. The fit costs less than 0.2 % of
/// the errors for the linear ones, and below 2 % for the perceptron, whose interval is +-4 %.
@Suite struct AdditiveNoiseTests {
    static let noise = 0.42
    static let training = SimulatedChannel.stream(
        blocks: 20, symbols: 10_000, noise: noise, seed: 11, SimulatedChannel.identity)

    func check(_ detector: some SymbolDetector) {
        var count = BitErrorCount()
        for index in 0..<50 {
            let block = SimulatedChannel.block(
                symbols: 10_000, noise: Self.noise, seed: 12, index: index,
                SimulatedChannel.identity)
            count += BitErrorCount(
                sent: block.symbols, decided: detector.detect(block.received).symbols,
                bitsPerSymbol: 2)
        }
        let expected = PAMBitErrorRate.additiveGaussian(
            PAMAlphabet(levels: SimulatedChannel.levels), noiseStandardDeviation: Self.noise)
        #expect(count.bitErrors > 2000)
        #expect(count.confidenceInterval(level: 0.9999).contains(expected))
    }

    @Test func linear() throws {
        check(try LinearEqualizer.fit(tapCount: 3, order: 4, to: Self.training))
    }

    @Test func volterra() throws {
        check(
            try VolterraEqualizer.fit(
                memory: VolterraMemory(3, 3, 1), order: 4, to: Self.training))
    }

    @Test func decisionFeedback() throws {
        check(
            try DecisionFeedbackEqualizer.fit(
                tapCount: 1, feedbackCount: 2, order: 4, to: Self.training))
    }

    @Test func adaptedAndPruned() throws {
        var policy = RegressionPolicy.standard
        policy.method = .adaptive(.recursiveLeastSquares(forgetting: 1))
        check(
            try LinearEqualizer.fit(tapCount: 3, order: 4, to: Self.training, policy: policy))
        policy.method = .adaptive(.leastMeanSquares(step: 1e-4))
        check(
            try LinearEqualizer.fit(tapCount: 3, order: 4, to: Self.training, policy: policy))
        check(
            try VolterraEqualizer.fit(
                memory: VolterraMemory(3, 3, 3), terms: 4, order: 4, to: Self.training))
    }

    @Test(arguments: SequenceSearch.allCases)
    func sequence(search: SequenceSearch) throws {
        check(
            try WindowSequenceDetector.fit(
                window: 3, levels: SimulatedChannel.levels, search: search, to: Self.training))
    }

    @Test func wideSequence() throws {
        check(
            try WideSequenceDetector.fit(
                span: 5, window: 3, passes: 1, levels: SimulatedChannel.levels,
                search: .maxLog, chasePositions: 6, to: Self.training))
    }

    @Test func perceptron() throws {
        var training = PerceptronTraining(
            shape: PerceptronShape(tapCount: 1, hidden: [8], order: 4, activation: .tanh),
            policy: .init(
                blocks: 120, batchSize: 500, learningRate: 0.02, finalLearningRate: 1e-4),
            stream: RandomStream(seed: 13))
        try training.run(on: Self.training)
        check(training.perceptron)
        check(try QuantizedPerceptron(training.perceptron, rangesFrom: Self.training))
    }

    /// A score is a log likelihood: the softmax gives the probability of a wrong decision.
    @Test func softmaxOfScoresPredictsTheErrors() throws {
        let equalizer = try LinearEqualizer.fit(tapCount: 1, order: 4, to: Self.training)
        let block = SimulatedChannel.block(
            symbols: 200_000, noise: Self.noise, seed: 14, SimulatedChannel.identity)
        let detection = equalizer.detect(block.received)
        var predicted = 0.0
        var errors = 0.0
        for (k, sent) in block.symbols.enumerated() {
            let scores = detection.scores[4 * k..<4 * k + 4].map { Double($0) }
            let best = scores.max()!
            predicted += 1 - 1 / scores.reduce(0) { $0 + exp($1 - best) }
            if detection.symbols[k] != sent { errors += 1 }
        }
        // About 2600 errors: four standard deviations are 8 %.
        #expect(abs(predicted / errors - 1) < 0.08)
    }
}
