import BaselineEqualizers
import Modulation
import RandomStreams
import Testing

@Suite struct AdaptingEqualizerTests {
    /// Four levels over a channel of three taps with a little noise.
    private func block(_ seed: UInt64, gain: Double = 1, symbols: Int = 4000) -> TrainingBlock {
        var random = RandomStream(seed: seed)
        let sent = (0..<symbols).map { _ in UInt8(random.next() % 4) }
        let received = sent.indices.map { k -> Double in
            func level(_ i: Int) -> Double { Double(sent[(i + symbols) % symbols]) - 1.5 }
            return gain * (level(k) + 0.2 * level(k - 1) - 0.1 * level(k + 1))
                + 0.03 * random.gaussian()
        }
        return TrainingBlock(received: received, symbols: sent)
    }

    private func receive(
        _ equalizer: inout AdaptingEqualizer, _ block: TrainingBlock,
        _ lesson: (UInt8) -> AdaptingEqualizer.Lesson
    ) -> [UInt8] {
        var operations = OperationCounts()
        return equalizer.receive(
            block.received, lessons: block.symbols.map(lesson), counting: &operations)
    }

    private func errors(_ decisions: [UInt8], _ block: TrainingBlock) -> Int {
        zip(decisions, block.symbols).count { $0 != $1 }
    }

    private func linear(_ rule: AdaptationRule) throws -> AdaptingEqualizer {
        let fitted = try LinearEqualizer.fit(
            tapCount: 7, order: 4, to: TrainingStream([block(1)]))
        return AdaptingEqualizer(fitted, rule: rule, policy: .standard)
    }

    /// Without lessons it is the equalizer it began with, decision by decision.
    @Test func withoutLessonsNothingChanges() throws {
        let noisy = block(2, gain: 0.8)
        let stream = TrainingStream([block(1)])
        let fitted = try LinearEqualizer.fit(tapCount: 7, order: 4, to: stream)
        var adapting = AdaptingEqualizer(
            fitted, rule: .leastMeanSquares(step: 0.1), policy: .standard)
        let decisions = receive(&adapting, noisy) { _ in .none }
        // The Gaussians agree with the thresholds wherever outputs are near them.
        let agreed = zip(decisions, fitted.detect(noisy.received).symbols).count { $0 == $1 }
        #expect(agreed >= decisions.count - 4)
        let series = try VolterraEqualizer.fit(
            memory: VolterraMemory(5, 3, 1), order: 4, to: stream)
        var adaptingSeries = AdaptingEqualizer(
            series, rule: .leastMeanSquares(step: 0.1), policy: .standard)
        let seriesDecisions = receive(&adaptingSeries, noisy) { _ in .none }
        let agreedSeries = zip(seriesDecisions, series.detect(noisy.received).symbols)
            .count { $0 == $1 }
        #expect(agreedSeries >= decisions.count - 4)
        for (a, b) in zip(adapting.weights, [fitted.constant] + fitted.taps) {
            #expect(abs(a - b) < 1e-12)
        }
    }

    /// The gain falls at once: pilots bring the weights to where the gain is made up for. With the new
    /// gain g the best weights are 1 / g of the old ones.
    @Test(arguments: [
        AdaptationRule.leastMeanSquares(step: 0.02), .recursiveLeastSquares(forgetting: 0.999),
    ])
    func pilotsFollowAGain(_ rule: AdaptationRule) throws {
        var adapting = try linear(rule)
        let before = adapting.weights
        let changed = block(3, gain: 0.6)
        var still = try linear(rule)
        let unknown = receive(&still, changed) { _ in .none }
        #expect(errors(unknown, changed) > 400)
        for seed in UInt64(3)...4 {
            let pilots = block(seed, gain: 0.6)
            _ = receive(&adapting, pilots) { .known($0) }
        }
        let test = block(9, gain: 0.6)
        let decisions = receive(&adapting, test) { _ in .none }
        #expect(errors(decisions, test) == 0)
        #expect(abs(adapting.weights[4] * 0.6 / before[4] - 1) < 0.05)
    }

    /// A gain that falls slowly is followed by decisions alone, though the same fall at once is not
    /// survived.
    @Test func decisionsFollowASlowGain() throws {
        var adapting = try linear(.leastMeanSquares(step: 0.02))
        for step in 0...20 {
            let now = block(20 + UInt64(step), gain: 1 - 0.02 * Double(step))
            let decisions = receive(&adapting, now) { _ in .decided }
            #expect(errors(decisions, now) == 0)
        }
    }

    /// 7 multiply-accumulates for a symbol, and for a lesson two for each of 8 weights; 8^2 (3 / 2) by
    /// recursive least squares.
    @Test(arguments: [
        (AdaptationRule.leastMeanSquares(step: 0.1), 16),
        (.recursiveLeastSquares(forgetting: 1), 96),
    ])
    func workIsCounted(_ rule: AdaptationRule, _ update: Int) throws {
        var adapting = try linear(rule)
        let block = block(2)
        var operations = OperationCounts()
        _ = adapting.receive(
            block.received,
            lessons: block.symbols.indices.map { $0 % 4 == 0 ? .known(block.symbols[$0]) : .none },
            counting: &operations)
        #expect(operations.multiplyAccumulates == 4000 * 7 + 1000 * update)
        #expect(operations.comparisons == 4000 * 3)
        #expect(operations.products == 0)
    }
}
