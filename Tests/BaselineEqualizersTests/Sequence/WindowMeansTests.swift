import BaselineEqualizers
import Modulation
import RandomStreams
import Testing

/// Channels whose mean for every window is known.
@Suite struct WindowMeansTests {
    /// y = f(x[k - 1], x[k], x[k + 1]) for the levels -3, -1, 1, 3.
    static func trueMeans(_ f: (Double, Double, Double) -> Double) -> [Double] {
        let levels = SimulatedChannel.levels
        return levels.flatMap { a in levels.flatMap { b in levels.map { c in f(a, b, c) } } }
    }

    @Sendable static func quadratic(_ a: Double, _ b: Double, _ c: Double) -> Double {
        let field = b + 0.35 * c - 0.2 * a + 4
        return field * field / 10
    }

    /// Neither linear nor quadratic in the levels.
    @Sendable static func saturating(_ a: Double, _ b: Double, _ c: Double) -> Double {
        let drive = b + 0.5 * a * (c > 0 ? 1 : 0.2)
        return 3 * drive / (1 + abs(drive))
    }

    static func stream(
        symbols: Int, noise: Double, seed: UInt64,
        _ f: @escaping @Sendable (Double, Double, Double) -> Double
    ) -> TrainingStream {
        SimulatedChannel.stream(blocks: 2, symbols: symbols / 2, noise: noise, seed: seed) { x in
            let n = x.count
            return x.indices.map { f(x[($0 + n - 1) % n], x[$0], x[($0 + 1) % n]) }
        }
    }

    static func learn(_ stream: TrainingStream, window: Int = 3) throws -> WindowMeans {
        try WindowMeans.learn(window: window, levels: SimulatedChannel.levels, from: stream)
    }

    static func meanSquare(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(a.count)
    }

    @Test func noiseFreeSamplesGiveTheChannelItself() throws {
        for f in [Self.quadratic, Self.saturating] {
            let learned = try Self.learn(Self.stream(symbols: 4000, noise: 0, seed: 1, f))
            for (mean, known) in zip(learned.means, Self.trueMeans(f)) {
                #expect(abs(mean - known) < 1e-10)
            }
        }
    }

    /// The error of an average of n samples has variance v / n; 64 of them scatter by 18 %, so a
    /// bound 1.6 times above fails by chance for less than one seed in 1000.
    @Test func meansConvergeAsAveragesDo() throws {
        let noise = 0.3
        let known = Self.trueMeans(Self.saturating)
        for symbols in [8000, 128_000] {
            let learned = try Self.learn(
                Self.stream(symbols: symbols, noise: noise, seed: 2, Self.saturating))
            let expected = noise * noise / (Double(symbols) / 64)
            #expect(Self.meanSquare(learned.means, known) < 1.6 * expected)
            #expect(abs(learned.variance / (noise * noise) - 1) < 0.1)
            #expect(learned.seriesWeight != nil)
        }
    }

    /// Where the series is the truth, it is far better than averages of three samples each.
    @Test func rarelyMetWindowsLeanOnTheSeries() throws {
        let noise = 0.3
        let learned = try Self.learn(
            Self.stream(symbols: 3000, noise: noise, seed: 3, Self.quadratic), window: 5)
        let known = Self.trueMeans(Self.quadratic)
        let wide = (0..<1024).map { known[$0 / 4 % 64] }
        // 21 weights of 3000 samples would leave 0.007 of the variance; averages leave a third.
        #expect(Self.meanSquare(learned.means, wide) < 0.03 * noise * noise)
    }

    @Test func seriesOfAQuadraticChannelIsExactForEveryWindow() throws {
        let stream = Self.stream(symbols: 4000, noise: 0, seed: 4, Self.quadratic)
        let (series, residual) = try SymbolSeries.fit(
            span: 5, levels: SimulatedChannel.levels, to: stream)
        #expect(residual < 1e-18)
        let block = SimulatedChannel.block(symbols: 500, noise: 0, seed: 5) { x in
            let n = x.count
            return x.indices.map { Self.quadratic(x[($0 + n - 1) % n], x[$0], x[($0 + 1) % n]) }
        }
        for (mean, known) in zip(series.means(block.symbols), block.received) {
            #expect(abs(mean - known) < 1e-9)
        }
        // A window of one: the mean over both neighbors.
        let known = Self.trueMeans(Self.quadratic)
        for (b, mean) in series.table(window: 1).enumerated() {
            var average = 0.0
            for a in 0..<4 { for c in 0..<4 { average += known[16 * a + 4 * b + c] / 16 } }
            #expect(abs(mean - average) < 1e-9)
        }
        for (content, mean) in series.table(window: 5).enumerated() {
            #expect(abs(mean - known[content / 4 % 64]) < 1e-9)
        }
    }

    @Test func twoLevelsHaveNoSquares() throws {
        let levels = [-1.0, 1.0]
        var data = RandomStream(seed: 6)
        let symbols = data.symbols(count: 2000, order: 2)
        let received = symbols.indices.map { k in
            2 * levels[Int(symbols[k])] + 0.5 * levels[Int(symbols[(k + 1) % 2000])] + 1
        }
        let learned = try WindowMeans.learn(
            window: 3, levels: levels,
            from: TrainingStream([TrainingBlock(received: received, symbols: symbols)]))
        for content in 0..<8 {
            let known = 2 * levels[content / 2 % 2] + 0.5 * levels[content % 2] + 1
            #expect(abs(learned.means[content] - known) < 1e-6)
        }
    }

    @Test func tooLittleDataIsAnErrorNotATable() {
        #expect(throws: EqualizerFitError.self) {
            try Self.learn(Self.stream(symbols: 8, noise: 0.1, seed: 7, Self.quadratic))
        }
        #expect(throws: EqualizerFitError.self) { try Self.learn(TrainingStream([])) }
    }
}
