public import Modulation
import NumericKernels

/// A sequence detector with a short trellis and long memory: what symbols beyond its window do is
/// computed from decisions and taken off before the search.
///
/// The mean of a sample is a `SymbolSeries` of a span of symbols. The trellis has the window in the
/// middle of the span. A first search takes the symbols beyond it for unknown, as
/// `WindowSequenceDetector` does. Every further one is told the decisions of the one before it: for
/// decided x_j beyond the window, the mean of a branch gains x_i sum over j of w2[i, j] x_j for
/// each symbol x_i of the window, and the sample is freed of what depends on the x_j alone. So
/// the states stay M^(window - 1) while the mean has the whole span. This is reduced-state
/// detection with decision feedback (A. Duel-Hallen and C. Heegard 1989), but from tentative
/// decisions on both sides: the response to a symbol is symmetric here, and per-survivor feedback
/// would cancel the later half only.
///
/// All searches but the last are Viterbi's. After a last one with scores, patterns of its least
/// reliable symbols are compared under the whole series (`ChaseSearch`), which also corrects what
/// wrong decisions beyond the window have spoiled: on the SSMF task the outcome is the likeliest
/// sequence but for less than one error in a hundred.
///
/// Scores of reliable symbols are those of a `WindowSequenceDetector` under the assumption that
/// the decisions it was told are right; those of unreliable ones compare the best sequence found
/// with the best one that has the other value. Both are log likelihoods in the max-log sense;
/// where decisions told are wrong they are too confident, and a calibration finds the scale.
public struct WideSequenceDetector: SymbolDetector, Hashable, Codable {
    public let series: SymbolSeries
    /// Symbols in a window of the trellis; odd, shorter than the span.
    public let window: Int
    /// Searches with decisions for the symbols beyond the window.
    public let passes: Int
    public let search: SequenceSearch
    /// Least reliable symbols of a group that are tried in all patterns; 0 to leave that out.
    public let chasePositions: Int
    /// Variance of samples around their means while the symbols beyond the window are unknown.
    public let windowVariance: Double
    /// Variance of samples around the series.
    public let variance: Double

    /// - Precondition: see `isValid`.
    public init(
        series: SymbolSeries, window: Int, passes: Int, search: SequenceSearch,
        chasePositions: Int, windowVariance: Double, variance: Double
    ) {
        precondition(
            Self.isValid(series, window, passes, windowVariance, variance)
                && Self.isValid(chasePositions: chasePositions, search),
            "needs a window in the span, a pass and positive variances")
        self.chasePositions = chasePositions
        self.series = series
        self.window = window
        self.passes = passes
        self.search = search
        self.windowVariance = windowVariance
        self.variance = variance
    }

    private static func isValid(
        _ series: SymbolSeries, _ window: Int, _ passes: Int, _ windowVariance: Double,
        _ variance: Double
    ) -> Bool {
        WindowMeans.isValid(window: window, order: series.levels.count) && window > 1
            && window < series.span && passes > 0 && windowVariance > 0 && windowVariance.isFinite
            && variance > 0 && variance.isFinite
    }

    /// Whether so many symbols can be tried: 0 to 12, and none without scores.
    public static func isValid(chasePositions: Int, _ search: SequenceSearch) -> Bool {
        (0...12).contains(chasePositions) && (search == .maxLog || chasePositions == 0)
    }

    private enum CodingKeys: String, CodingKey {
        case series, window, passes, search
        case chasePositions = "chase_positions"
        case windowVariance = "window_variance"
        case variance
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        series = try container.decode(SymbolSeries.self, forKey: .series)
        window = try container.decode(Int.self, forKey: .window)
        passes = try container.decode(Int.self, forKey: .passes)
        search = try container.decode(SequenceSearch.self, forKey: .search)
        chasePositions = try container.decode(Int.self, forKey: .chasePositions)
        windowVariance = try container.decode(Double.self, forKey: .windowVariance)
        variance = try container.decode(Double.self, forKey: .variance)
        guard Self.isValid(series, window, passes, windowVariance, variance),
            Self.isValid(chasePositions: chasePositions, search)
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .window, in: container,
                debugDescription: "needs an odd window within the span, a pass and positive "
                    + "variances")
        }
    }

    /// Samples that a symbol enters.
    public var tapCount: Int { series.span }
    /// Weights of the series and two variances.
    public var parameterCount: Int { series.weights.count + 2 }

    public func detect(_ received: [Double]) -> Detection {
        let trellis = TrellisPasses(order: series.levels.count, window: window)
        let means = series.table(window: window)
        var scale = 1 / (2 * windowVariance).squareRoot()
        var result = trellis.detect(
            received.map { Float($0 * scale) }, gains: nil,
            table: trellis.table(means, scale: scale), search: .viterbi)
        var operations = result.operations
        scale = 1 / (2 * variance).squareRoot()
        let table = trellis.table(means, scale: scale)
        for pass in 1...passes {
            let (gains, offsets) = surroundings(
                result.symbols, scale: scale, counting: &operations)
            result = trellis.detect(
                zip(received, offsets).map { Float(($0 - $1) * scale) }, gains: gains,
                table: table, search: pass < passes ? .viterbi : search)
            operations += result.operations
        }
        result.operations = operations
        if chasePositions > 0 {
            ChaseSearch(series: series, variance: variance, positions: chasePositions)
                .refine(&result, received: received)
        }
        return result
    }

    /// What decided symbols beyond the window of each sample add to its means.
    ///
    /// - Returns: gains of the means by the levels of the window's symbols, scaled, and what is
    ///   added to all means, shape [symbol].
    private func surroundings(
        _ symbols: [UInt8], scale: Double, counting operations: inout OperationCounts
    ) -> (TrellisPasses.Gains, [Double]) {
        let count = symbols.count
        let span = series.span
        let first = (span - window) / 2
        let inside = first..<first + window
        let outside = (0..<span).filter { !inside.contains($0) }
        let padded = TapWindow(tapCount: span).padded(symbols.map { series.levels[Int($0)] })

        // weights[j] x_(n + j) summed over the symbols j beyond the window, from `start` on.
        func sum(from start: Int, initial: Double, _ weight: (Int) -> Double) -> [Double] {
            var result = [Double](repeating: initial, count: count)
            for run in [start..<max(start, first), max(start, inside.upperBound)..<span]
            where !run.isEmpty {
                padded.withUnsafeBufferPointer {
                    operations.multiplyAccumulates += DenseWeightedRows.accumulate(
                        rows: $0.baseAddress! + run.lowerBound, rowStride: 1,
                        weights: run.map(weight), rowCount: run.count, into: &result,
                        columns: count)
                }
            }
            return result
        }

        var values = [Float](repeating: 0, count: count * window)
        for i in inside {
            let gain = sum(from: 0, initial: 0) { j in
                scale * series.product(min(i, j), max(i, j))
            }
            for n in 0..<count { values[n * window + i - first] = Float(gain[n]) }
        }
        // Squares of unknown levels are in the table.
        let expected = outside.reduce(0) { $0 + series.product($1, $1) * series.levelPower }
        var offsets = [Double](repeating: -expected, count: count)
        for j in outside {
            let slope = sum(from: j, initial: series.linear(j)) { series.product(j, $0) }
            for n in 0..<count { offsets[n] += padded[n + j] * slope[n] }
            operations.multiplyAccumulates += count
        }
        return (
            TrellisPasses.Gains(values: values, levels: series.levels.map { Float($0) }), offsets
        )
    }

    /// The least-squares series of a stream.
    ///
    /// - Parameters:
    ///   - span: symbols that the mean of a sample depends on; odd.
    ///   - window: symbols of them in the trellis; odd, fewer than the span.
    ///   - passes: searches with decisions for the others.
    ///   - chasePositions: least reliable symbols of a group that are tried; 0 with `viterbi`.
    ///   - levels: transmitted level of each symbol index, in any units.
    ///   - stream: read twice: for the series and for the variance of the first search.
    /// - Throws: `EqualizerFitError`, or what the stream throws.
    public static func fit(
        span: Int, window: Int, passes: Int, levels: [Double], search: SequenceSearch,
        chasePositions: Int, to stream: TrainingStream
    ) throws -> WideSequenceDetector {
        precondition(WindowMeans.isValid(window: window, order: levels.count))
        precondition(window > 1 && window < span && span % 2 == 1 && passes > 0)
        let (series, residual) = try SymbolSeries.fit(span: span, levels: levels, to: stream)
        let table = series.table(window: window)
        var squares = 0.0
        var samples = 0
        for index in 0..<stream.blockCount {
            let block = try stream.block(index, order: levels.count)
            let contents = WindowMeans.contents(
                of: block.symbols, window: window, order: levels.count)
            for (sample, content) in zip(block.received, contents) {
                squares += (sample - table[content]) * (sample - table[content])
            }
            samples += contents.count
        }
        let range = (table.max() ?? 0) - (table.min() ?? 0)
        let least = 1e-12 * (range > 0 ? range * range : 1)
        return WideSequenceDetector(
            series: series, window: window, passes: passes, search: search,
            chasePositions: chasePositions,
            windowVariance: max(least, squares / Double(samples)),
            variance: max(least, residual))
    }
}
