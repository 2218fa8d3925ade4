import BaselineEqualizers
import Foundation
import Modulation
import RandomStreams
import Testing

/// Channels whose inverse is in the family of the equalizer: the fit must find it.
@Suite struct RecoveryTests {
    @Test func linearFitRecoversTheTapsOfAKnownChannel() throws {
        // 0.8 y[k] + 0.3 y[k - 1] - 0.5 is the sent level, twice the centered index.
        let stream = SimulatedChannel.stream(blocks: 3, symbols: 997, noise: 0, seed: 1) {
            SimulatedChannel.invert($0, first: 0.8) { 0.3 * $0 - 0.5 }
        }
        let equalizer = try LinearEqualizer.fit(tapCount: 5, order: 4, to: stream)
        for (tap, known) in zip(equalizer.taps, [0, 0.15, 0.4, 0, 0]) {
            #expect(abs(tap - known) < 1e-12)
        }
        #expect(abs(equalizer.constant - -0.25) < 1e-12)
        for (mean, level) in zip(equalizer.decision.means, [-1.5, -0.5, 0.5, 1.5]) {
            #expect(abs(mean - level) < 1e-12)
        }
    }

    @Test func volterraFitRecoversAKnownPolynomial() throws {
        // y[k] + 0.3 y[k - 1] + 0.05 y[k - 1]^2 + 0.01 y[k - 1]^3 is the sent level.
        let stream = SimulatedChannel.stream(blocks: 4, symbols: 1000, noise: 0, seed: 2) {
            SimulatedChannel.invert($0, first: 1) { y in
                0.3 * y + 0.05 * y * y + 0.01 * y * y * y
            }
        }
        let equalizer = try VolterraEqualizer.fit(
            memory: VolterraMemory(3, 3, 3), order: 4, to: stream)
        // Two polynomials that agree on samples they never saw are the same.
        var numbers = RandomStream(seed: 3)
        let samples = (0..<50).map { _ in 6 * numbers.uniform() - 3 }
        var operations = OperationCounts()
        let outputs = equalizer.outputs(samples, counting: &operations)
        for k in samples.indices {
            let p = samples[(k + 49) % 50]
            let known = 0.5 * (samples[k] + 0.3 * p + 0.05 * p * p + 0.01 * p * p * p)
            #expect(abs(outputs[k] - known) < 1e-8)
        }
    }

    @Test func firstOrderVolterraIsTheLinearEqualizer() throws {
        let stream = SimulatedChannel.stream(
            blocks: 3, symbols: 2000, noise: 0.3, seed: 4, SimulatedChannel.nonlinear)
        let linear = try LinearEqualizer.fit(tapCount: 5, order: 4, to: stream)
        let series = try VolterraEqualizer.fit(memory: VolterraMemory(5), order: 4, to: stream)
        for (a, b) in zip(linear.taps, series.weights.dropFirst()) { #expect(abs(a - b) < 1e-10) }
    }

    @Test func higherOrdersUndoWhatLinearFiltersCannot() throws {
        let stream = SimulatedChannel.stream(
            blocks: 5, symbols: 2000, noise: 0.03, seed: 5, SimulatedChannel.nonlinear)
        let block = SimulatedChannel.block(
            symbols: 10_000, noise: 0.03, seed: 6, SimulatedChannel.nonlinear)
        func errors(_ detector: some SymbolDetector) -> Int {
            zip(detector.detect(block.received).symbols, block.symbols).count { $0 != $1 }
        }
        let linear = errors(try LinearEqualizer.fit(tapCount: 7, order: 4, to: stream))
        let cubic = errors(
            try VolterraEqualizer.fit(memory: VolterraMemory(7, 7, 7), order: 4, to: stream))
        #expect(linear > 100)
        #expect(cubic * 10 < linear)
    }

    @Test func feedbackCancelsAnEchoItKnows() throws {
        // y[k] = level[k] + 1.5 level[k - 1] + 2: the echo is stronger than the symbol.
        @Sendable func transmit(_ sent: [Double]) -> [Double] {
            sent.indices.map { sent[$0] + 1.5 * sent[($0 + sent.count - 1) % sent.count] + 2 }
        }
        let stream = SimulatedChannel.stream(
            blocks: 3, symbols: 3000, noise: 0.1, seed: 7, transmit)
        let equalizer = try DecisionFeedbackEqualizer.fit(
            tapCount: 1, feedbackCount: 1, order: 4, to: stream)
        #expect(abs(equalizer.taps[0] - 0.5) < 2e-3)
        #expect(abs(equalizer.feedback[0] - -1.5) < 5e-3)
        #expect(abs(equalizer.constant - -1) < 5e-3)
        // A noise-free block is decided without error, its first symbol included.
        let block = SimulatedChannel.block(symbols: 5000, noise: 0, seed: 8, transmit)
        #expect(equalizer.detect(block.received).symbols == block.symbols)
        let linear = try LinearEqualizer.fit(tapCount: 1, order: 4, to: stream)
        #expect(linear.detect(block.received).symbols != block.symbols)
    }

    @Test func orderOfBlocksChangesRoundingOnly() throws {
        let blocks = (0..<6).map {
            SimulatedChannel.block(
                symbols: 700, noise: 0.2, seed: 9, index: $0, SimulatedChannel.nonlinear)
        }
        let forward = try LinearEqualizer.fit(
            tapCount: 7, order: 4, to: TrainingStream(blocks))
        let backward = try LinearEqualizer.fit(
            tapCount: 7, order: 4, to: TrainingStream(blocks.reversed()))
        for (a, b) in zip(forward.taps, backward.taps) { #expect(abs(a - b) < 1e-12) }
    }

    @Test func policiesSetTargetsAndThresholds() throws {
        let levels = [0, 1, 2.0.squareRoot(), 3.0.squareRoot()]
        let stream = SimulatedChannel.stream(
            blocks: 3, symbols: 5000, noise: 0.01, seed: 41
        ) { sent in sent.map { levels[Int(($0 + 3) / 2)] } }
        let midway = try LinearEqualizer.fit(
            tapCount: 1, order: 4, to: stream,
            policy: RegressionPolicy(
                targets: .fieldLevels(levels), thresholds: .midway, ridge: 0))
        // The channel sends the levels themselves: nothing is left to do.
        #expect(abs(midway.taps[0] - 1) < 1e-3 && abs(midway.constant) < 1e-3)
        for c in 0..<3 {
            let middle = (midway.decision.means[c] + midway.decision.means[c + 1]) / 2
            #expect(midway.decision.thresholds[c] == middle)
        }
        // Unequal noise on both sides moves the threshold of fewest errors to the quieter side.
        var block = SimulatedChannel.block(
            symbols: 40_000, noise: 0, seed: 42, SimulatedChannel.identity)
        var numbers = RandomStream(seed: 43)
        for k in block.received.indices {
            block.received[k] += (block.symbols[k] < 2 ? 0.2 : 0.7) * numbers.gaussian()
        }
        let fewest = try LinearEqualizer.fit(tapCount: 1, order: 4, to: TrainingStream([block]))
        let means = fewest.decision.means
        let share = (fewest.decision.thresholds[1] - means[1]) / (means[2] - means[1])
        // Equal densities of deviations 0.2 and 0.7, two apart, lie 0.263 of the way.
        #expect(abs(share - 0.263) < 0.04)
    }
}
