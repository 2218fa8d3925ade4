import BaselineEqualizers
import Modulation
import RandomStreams
import Testing

@Suite struct AdaptiveFilterTests {
    /// Recursive least squares without forgetting is least squares, but for its start:
    /// P_0 = 1000 adds a ridge of 1/1000 in all, forgotten like 1 / (1000 N).
    @Test func recursiveLeastSquaresArrivesAtLeastSquares() throws {
        let stream = SimulatedChannel.stream(
            blocks: 4, symbols: 2000, noise: 0.2, seed: 21, SimulatedChannel.nonlinear)
        let direct = try LinearEqualizer.fit(tapCount: 5, order: 4, to: stream)
        var policy = RegressionPolicy.standard
        policy.method = .adaptive(.recursiveLeastSquares(forgetting: 1))
        let adapted = try LinearEqualizer.fit(tapCount: 5, order: 4, to: stream, policy: policy)
        for (a, b) in zip(adapted.taps, direct.taps) { #expect(abs(a - b) < 1e-5) }
        #expect(abs(adapted.constant - direct.constant) < 1e-5)
    }

    @Test func meanSquaresAdaptationFindsAKnownChannelExactlyWithoutNoise() throws {
        let stream = SimulatedChannel.stream(blocks: 10, symbols: 2000, noise: 0, seed: 22) {
            SimulatedChannel.invert($0, first: 0.8) { 0.3 * $0 - 0.5 }
        }
        var policy = RegressionPolicy.standard
        policy.method = .adaptive(.leastMeanSquares(step: 0.5))
        let equalizer = try LinearEqualizer.fit(
            tapCount: 3, order: 4, to: stream, policy: policy)
        for (tap, known) in zip(equalizer.taps, [0.15, 0.4, 0]) {
            #expect(abs(tap - known) < 1e-9)
        }
    }

    /// White regressors, one weight, noise of variance 1 on the target: in the long run the mean
    /// squared error is (1 + misadjustment), misadjustment = step / (2 - step) for a normalized
    /// step with regressors of constant power (+-1). 200 000 errors, correlated over 1 / step: 3 %.
    @Test(arguments: [0.05, 0.2, 0.8])
    func excessErrorIsTheMisadjustment(step: Double) {
        var numbers = RandomStream(seed: 23)
        var filter = AdaptiveFilter(.leastMeanSquares(step: step), powers: [1])
        var sum = 0.0
        for k in 0..<220_000 {
            let x = numbers.uniform() < 0.5 ? -1.0 : 1.0
            let error = filter.adapt(to: 0.7 * x + numbers.gaussian(), [x])
            if k >= 20_000 { sum += error * error }
        }
        #expect(abs(sum / 200_000 - 2 / (2 - step)) < 0.03)
    }

    /// With factor f the estimate of one weight from white +-1 regressors has a variance of
    /// (1 - f) / (1 + f) of the noise's: sum of f^2k over (sum of f^k)^2.
    @Test func forgettingSetsTheVarianceOfTheEstimate() {
        let forgetting = 0.98
        var numbers = RandomStream(seed: 24)
        var filter = AdaptiveFilter(.recursiveLeastSquares(forgetting: forgetting), powers: [1])
        var sum = 0.0
        for k in 0..<420_000 {
            let x = numbers.uniform() < 0.5 ? -1.0 : 1.0
            filter.adapt(to: 0.7 * x + numbers.gaussian(), [x])
            let off = filter.weights[0] - 0.7
            if k >= 20_000 { sum += off * off }
        }
        let expected = (1 - forgetting) / (1 + forgetting)
        #expect(abs(sum / 400_000 / expected - 1) < 0.05)
    }

    @Test func adaptationFollowsAChannelThatChanges() {
        var numbers = RandomStream(seed: 25)
        for rule in [
            AdaptationRule.leastMeanSquares(step: 0.1), .recursiveLeastSquares(forgetting: 0.99),
        ] {
            var filter = AdaptiveFilter(rule, powers: [1, 1])
            for k in 0..<8000 {
                let x = [numbers.gaussian(), numbers.gaussian()]
                let sign = k < 4000 ? 1.0 : -1.0
                filter.adapt(to: sign * (0.5 * x[0] + x[1]), x)
            }
            #expect(abs(filter.weights[0] + 0.5) < 1e-6)
            #expect(abs(filter.weights[1] + 1) < 1e-6)
        }
    }

    @Test func polynomialAdaptsToo() throws {
        let stream = SimulatedChannel.stream(
            blocks: 10, symbols: 2000, noise: 0.03, seed: 26, SimulatedChannel.nonlinear)
        let block = SimulatedChannel.block(
            symbols: 10_000, noise: 0.03, seed: 27, SimulatedChannel.nonlinear)
        func errors(_ detector: some SymbolDetector) -> Int {
            zip(detector.detect(block.received).symbols, block.symbols).count { $0 != $1 }
        }
        var policy = RegressionPolicy.standard
        policy.method = .adaptive(.recursiveLeastSquares(forgetting: 1))
        let memory = VolterraMemory(5, 5, 3)
        let direct = errors(try VolterraEqualizer.fit(memory: memory, order: 4, to: stream))
        let adapted = errors(
            try VolterraEqualizer.fit(memory: memory, order: 4, to: stream, policy: policy))
        #expect(abs(adapted - direct) <= 3 + direct / 50)
    }
}
