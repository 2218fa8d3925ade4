import BaselineEqualizers
import ErrorRates
import Modulation
import RandomStreams
import Testing

@Suite struct SequenceDetectorTests {
    static let levels = SimulatedChannel.levels

    /// Memory of one symbol on either side and a square.
    static let means = WindowMeans(
        window: 3, order: 4, means: WindowMeansTests.trueMeans(WindowMeansTests.quadratic),
        variance: 0.16)

    static func block(symbols: Int, seed: UInt64, index: Int = 0) -> TrainingBlock {
        SimulatedChannel.block(symbols: symbols, noise: 0.4, seed: seed, index: index) { x in
            let n = x.count
            return x.indices.map {
                WindowMeansTests.quadratic(x[($0 + n - 1) % n], x[$0], x[($0 + 1) % n])
            }
        }
    }

    /// For each symbol and value the least cost of a circular sequence that has it, and the best
    /// sequence.
    static func exhaustive(_ received: [Double]) -> (costs: [Double], symbols: [UInt8]) {
        let n = received.count
        var costs = [Double](repeating: .infinity, count: 4 * n)
        var best = Double.infinity
        var symbols: [UInt8] = []
        for number in 0..<(1 << (2 * n)) {
            func digit(_ k: Int) -> Int { number >> (2 * ((k + n) % n)) & 3 }
            var cost = 0.0
            for k in 0..<n {
                let content = 16 * digit(k - 1) + 4 * digit(k) + digit(k + 1)
                let d = received[k] - Self.means.means[content]
                cost += d * d / (2 * Self.means.variance)
            }
            for k in 0..<n { costs[4 * k + digit(k)] = min(costs[4 * k + digit(k)], cost) }
            if cost < best {
                best = cost
                symbols = (0..<n).map { UInt8(digit($0)) }
            }
        }
        return (costs.map { $0 - best }, symbols)
    }

    /// A search that runs around the circle knows no sequence to be closed; with noise of a tenth
    /// of the blocks' decisions wrong it still finds the likeliest closed one.
    @Test func circularBlocksGetTheLikeliestSequence() {
        var wrongDecisions = 0
        var differences = 0
        for index in 0..<40 {
            let block = Self.block(symbols: 7, seed: 1, index: index)
            let known = Self.exhaustive(block.received)
            for search in SequenceSearch.allCases {
                let detection = WindowSequenceDetector(means: Self.means, search: search)
                    .detect(block.received)
                if detection.symbols != known.symbols { differences += 1 }
                guard search == .maxLog, detection.symbols == known.symbols else { continue }
                for (score, cost) in zip(detection.scores, known.costs) where cost < 4 {
                    // An error event longer than the circle may be cheaper than any closed one.
                    #expect(Double(-score) < cost + 1e-3)
                }
            }
            if known.symbols != block.symbols { wrongDecisions += 1 }
        }
        #expect(wrongDecisions > 4)
        #expect(differences == 0)
    }

    /// In a block long beside the memory the max-log scores are those of trying all sequences.
    @Test func scoresAreThoseOfExhaustiveSearch() {
        for index in 0..<6 {
            let block = Self.block(symbols: 9, seed: 2, index: index)
            let known = Self.exhaustive(block.received)
            let detection = WindowSequenceDetector(means: Self.means, search: .maxLog)
                .detect(block.received)
            #expect(detection.symbols == known.symbols)
            for (score, cost) in zip(detection.scores, known.costs) where cost < 10 {
                #expect(abs(Double(-score) - cost) < 1e-3)
            }
        }
    }

    @Test func bothSearchesDecideAlike() throws {
        let block = Self.block(symbols: 20_000, seed: 3)
        let stream = TrainingStream([Self.block(symbols: 20_000, seed: 4)])
        for window in [1, 3, 5] {
            let soft = try WindowSequenceDetector.fit(
                window: window, levels: Self.levels, search: .maxLog, to: stream)
            let hard = WindowSequenceDetector(means: soft.means, search: .viterbi)
            let difference = zip(
                soft.detect(block.received).symbols, hard.detect(block.received).symbols
            ).count { $0 != $1 }
            // Single precision may tie once in a while.
            #expect(difference <= 2)
        }
    }

    /// Without memory the likeliest symbol is that of the nearest mean.
    @Test func windowOfOneIsAThresholdDetector() throws {
        let stream = SimulatedChannel.stream(
            blocks: 1, symbols: 5000, noise: 0.5, seed: 5, SimulatedChannel.identity)
        let detector = try WindowSequenceDetector.fit(
            window: 1, levels: Self.levels, search: .maxLog, to: stream)
        let means = detector.means.means
        let received = SimulatedChannel.block(
            symbols: 3000, noise: 0.5, seed: 6, SimulatedChannel.identity
        ).received
        let detection = detector.detect(received)
        for (k, y) in received.enumerated() {
            let distances = means.map { abs(y - $0) }
            let nearest = distances.firstIndex(of: distances.min()!)!
            let sorted = distances.sorted()
            if sorted[1] - sorted[0] > 1e-5 {
                #expect(Int(detection.symbols[k]) == nearest)
            }
            let cost = { (c: Int) in distances[c] * distances[c] / (2 * detector.means.variance) }
            for c in 0..<4 {
                let score = Double(detection.scores[4 * k + c])
                let expected = cost(nearest) - cost(c)
                #expect(abs(score - expected) < 1e-3 + 1e-5 * abs(expected))
            }
        }
    }

    @Test func memoryIsWorthWhatItCosts() throws {
        let stream = TrainingStream((0..<4).map { Self.block(symbols: 5000, seed: 7, index: $0) })
        let block = Self.block(symbols: 30_000, seed: 8)
        let errors = try [1, 3].map { window in
            let detector = try WindowSequenceDetector.fit(
                window: window, levels: Self.levels, search: .viterbi, to: stream)
            return zip(detector.detect(block.received).symbols, block.symbols).count { $0 != $1 }
        }
        #expect(2 * errors[1] < errors[0])
    }

    @Test func workIsCounted() {
        let n = 1001
        let received = Self.block(symbols: n, seed: 9).received
        let soft = WindowSequenceDetector(means: Self.means, search: .maxLog)
            .detect(received).operations
        // Forward from 12 symbols before the block and one for the window; backward in 16
        // stretches, each from 12 symbols after it.
        let steps = (12 + 1 + n) + (n + 16 * 12)
        #expect(soft.multiplyAccumulates == 64 * steps)
        #expect(soft.comparisons == 2 * 64 * steps + n * (2 * 16 + 3))
        let hard = WindowSequenceDetector(means: Self.means, search: .viterbi)
            .detect(received).operations
        #expect(hard.multiplyAccumulates == 64 * (12 + 1 + n + 12))
        #expect(hard.comparisons == 2 * hard.multiplyAccumulates)
    }
}

/// A short trellis for a long memory.
@Suite struct WideSequenceDetectorTests {
    static let levels = SimulatedChannel.levels
    /// The field's response: even, as that of dispersion.
    static let response = [0.1, 0.12, 0.25, 1, 0.25, 0.12, 0.1]

    @Sendable static func transmit(_ x: [Double]) -> [Double] {
        let n = x.count
        return x.indices.map { k in
            var field = 8.0
            for (i, h) in Self.response.enumerated() { field += h * x[(k + i - 3 + n) % n] }
            return field * field / 10
        }
    }

    static func block(symbols: Int, noise: Double, seed: UInt64) -> TrainingBlock {
        SimulatedChannel.block(symbols: symbols, noise: noise, seed: seed, Self.transmit)
    }

    static func errors(_ detector: some SymbolDetector, _ block: TrainingBlock) -> Int {
        zip(detector.detect(block.received).symbols, block.symbols).count { $0 != $1 }
    }

    @Test func decisionsBringNearlyTheWholeMemory() throws {
        let stream = TrainingStream([Self.block(symbols: 20_000, noise: 0.6, seed: 1)])
        let block = Self.block(symbols: 20_000, noise: 0.6, seed: 2)
        // The same trellis without decisions for the rest, and a trellis for all of it.
        let errors = try [5, 7].map { window in
            let detector = try WindowSequenceDetector.fit(
                window: window, levels: Self.levels, search: .viterbi, to: stream)
            return Self.errors(detector, block)
        }
        let wide = Self.errors(
            try WideSequenceDetector.fit(
                span: 7, window: 5, passes: 2, levels: Self.levels, search: .maxLog,
                chasePositions: 8, to: stream),
            block)
        #expect(errors[1] > 50)
        #expect(errors[0] > 2 * wide)
        #expect(2 * wide < 3 * errors[1])
    }

    /// Told right decisions, the means of the trellis are the whole series: nothing is left over.
    @Test func noiseFreeSamplesCostNothing() throws {
        let stream = TrainingStream([Self.block(symbols: 5000, noise: 0.02, seed: 3)])
        let fitted = try WideSequenceDetector.fit(
            span: 7, window: 5, passes: 2, levels: Self.levels, search: .maxLog,
            chasePositions: 0, to: stream)
        let block = Self.block(symbols: 1000, noise: 0, seed: 4)
        #expect(Self.errors(fitted, block) == 0)
        let window = try WindowSequenceDetector.fit(
            window: 3, levels: Self.levels, search: .maxLog, to: stream)
        #expect(Self.errors(window, block) > 0)
    }

    /// Short circular blocks of a channel that reaches two symbols: among all sequences the
    /// trellis of one symbol on either side and eight positions tried find the likeliest one.
    @Test func patternsOfUnreliableSymbolsHoldTheLikeliestSequence() throws {
        @Sendable func reaching(_ x: [Double]) -> [Double] {
            let n = x.count
            return x.indices.map { k in
                let near = 0.3 * (x[(k + 1) % n] + x[(k + n - 1) % n])
                let far = -0.15 * (x[(k + 2) % n] + x[(k + n - 2) % n])
                let field = 5 + x[k] + near + far
                return field * field / 10
            }
        }
        let stream = SimulatedChannel.stream(
            blocks: 1, symbols: 4000, noise: 0, seed: 11, reaching)
        let (series, _) = try SymbolSeries.fit(span: 5, levels: Self.levels, to: stream)
        let noise = 0.45
        let detectors = [0, 8].map {
            WideSequenceDetector(
                series: series, window: 3, passes: 1, search: .maxLog, chasePositions: $0,
                windowVariance: 2 * noise * noise, variance: noise * noise)
        }
        var differences = [0, 0]
        var wrongDecisions = 0
        for index in 0..<40 {
            let block = SimulatedChannel.block(
                symbols: 8, noise: noise, seed: 12, index: index, reaching)
            var best = (cost: Double.infinity, symbols: [UInt8]())
            for number in 0..<(1 << 16) {
                let symbols = (0..<8).map { UInt8(number >> (2 * $0) & 3) }
                let means = reaching(symbols.map { Self.levels[Int($0)] })
                let cost = zip(block.received, means).reduce(0) {
                    $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
                }
                if cost < best.cost { best = (cost, symbols) }
            }
            if best.symbols != block.symbols { wrongDecisions += 1 }
            for (i, detector) in detectors.enumerated()
            where detector.detect(block.received).symbols != best.symbols { differences[i] += 1 }
        }
        #expect(wrongDecisions > 4)
        #expect(differences[0] > 0)
        #expect(differences[1] == 0)
    }

    @Test func parametersAndSamplesAreThoseOfTheSeries() throws {
        let stream = TrainingStream([Self.block(symbols: 3000, noise: 0.3, seed: 5)])
        let wide = try WideSequenceDetector.fit(
            span: 7, window: 3, passes: 1, levels: Self.levels, search: .viterbi,
            chasePositions: 0, to: stream)
        #expect(wide.parameterCount == 1 + 7 + 28 + 2)
        #expect(wide.tapCount == 7)
        #expect(wide.windowVariance > wide.variance)
        // The noise is what the series leaves.
        #expect(abs(wide.variance / 0.09 - 1) < 0.1)
    }
}
