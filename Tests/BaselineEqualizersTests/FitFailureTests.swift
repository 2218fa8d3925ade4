import BaselineEqualizers
import RandomStreams
import Testing

/// Data that cannot be fitted to: one clear error each, for every equalizer.
@Suite struct FitFailureTests {
    func expect(_ code: EqualizerFitError.Code, from blocks: [TrainingBlock]) {
        let stream = TrainingStream(blocks)
        let linear = #expect(throws: EqualizerFitError.self) {
            try LinearEqualizer.fit(tapCount: 3, order: 4, to: stream)
        }
        let volterra = #expect(throws: EqualizerFitError.self) {
            try VolterraEqualizer.fit(memory: VolterraMemory(3, 1), order: 4, to: stream)
        }
        let feedback = #expect(throws: EqualizerFitError.self) {
            try DecisionFeedbackEqualizer.fit(
                tapCount: 1, feedbackCount: 1, order: 4, to: stream)
        }
        #expect(linear?.code == code)
        #expect(volterra?.code == code)
        #expect(feedback?.code == code)
    }

    func expectInTraining(_ code: EqualizerFitError.Code, from blocks: [TrainingBlock]) {
        var training = PerceptronTraining(
            shape: PerceptronShape(tapCount: 1, hidden: [2], order: 4, activation: .rectifier),
            policy: .init(blocks: 3, batchSize: 10, learningRate: 0.1, finalLearningRate: 0.1),
            stream: RandomStream(seed: 1))
        let error = #expect(throws: EqualizerFitError.self) {
            try training.run(on: TrainingStream(blocks))
        }
        #expect(error?.code == code)
    }

    let good = SimulatedChannel.block(symbols: 200, noise: 0.1, seed: 31, SimulatedChannel.identity)

    @Test func noBlocks() {
        expect(.noData, from: [])
        expectInTraining(.noData, from: [])
    }

    @Test func emptyOrUnequalBlocks() {
        let empty = TrainingBlock(received: [], symbols: [])
        var unequal = good
        unequal.received.removeLast()
        for block in [empty, unequal] {
            expect(.shapeMismatch, from: [good, block])
            expectInTraining(.shapeMismatch, from: [good, block])
        }
    }

    @Test(arguments: [Double.nan, .infinity])
    func samplesThatAreNotFinite(value: Double) {
        var block = good
        block.received[17] = value
        expect(.notFinite, from: [good, block])
        expectInTraining(.notFinite, from: [good, block])
    }

    @Test func symbolsOutsideTheAlphabet() {
        var block = good
        block.symbols[3] = 4
        expect(.symbolOutOfRange, from: [good, block])
        expectInTraining(.symbolOutOfRange, from: [good, block])
    }

    @Test func aDarkReceiver() {
        var block = good
        for k in block.received.indices { block.received[k] = 1.25 }
        expect(.underdetermined, from: [block])
    }

    @Test func fewerSymbolsThanWeights() {
        let block = SimulatedChannel.block(
            symbols: 3, noise: 0.1, seed: 32, SimulatedChannel.identity)
        let error = #expect(throws: EqualizerFitError.self) {
            try LinearEqualizer.fit(tapCount: 7, order: 4, to: TrainingStream([block]))
        }
        #expect(error?.code == .underdetermined)
    }

    @Test func aSymbolThatNeverComes() {
        var block = good
        for k in block.symbols.indices where block.symbols[k] == 2 { block.symbols[k] = 1 }
        expect(.missingClass, from: [block])
    }

    @Test func aRidgeFitsWhatDataLeaveOpen() throws {
        let block = SimulatedChannel.block(
            symbols: 40, noise: 0.1, seed: 33, SimulatedChannel.identity)
        let equalizer = try VolterraEqualizer.fit(
            memory: VolterraMemory(7, 7), order: 4, to: TrainingStream([block]),
            policy: RegressionPolicy(
                targets: .symbolIndex, thresholds: .fewestErrors, ridge: 1e-3))
        #expect(equalizer.weights.allSatisfy { $0.isFinite })
    }

    struct Unreadable: Error {}

    @Test func errorsOfTheSourceArePassedOn() {
        let stream = TrainingStream(blockCount: 2) { index in
            guard index == 0 else { throw Unreadable() }
            return SimulatedChannel.block(
                symbols: 100, noise: 0.1, seed: 34, SimulatedChannel.identity)
        }
        #expect(throws: Unreadable.self) {
            try LinearEqualizer.fit(tapCount: 1, order: 4, to: stream)
        }
    }
}
