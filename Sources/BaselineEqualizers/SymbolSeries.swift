import LinearAlgebra
import Modulation
import NumericKernels

/// The mean received sample as a polynomial of second order in the levels of the symbols around it.
///
/// mean = w0 + sum over i of w1[i] x_i + sum over i <= j of w2[i, j] x_i x_j,
/// x_i being the levels of the window, less their mean over the alphabet, earliest first.
/// For a linear fiber before a square-law photodiode this is no approximation: the intensity is a
/// quadratic form of the field, the field is linear in the levels, and the receive filter keeps
/// both orders. Only symbols beyond the window and the transmitter's normalization are left out.
public struct SymbolSeries: Sendable, Hashable, Codable {
    /// Symbols in the window; odd, the sample's own symbol in the middle.
    public let span: Int
    /// Level of each symbol index, less their mean, ascending.
    public let levels: [Double]
    /// w0, w1, w2, the last index fastest; shape [regressor].
    public let weights: [Double]

    /// - Precondition: an odd span, ascending levels of mean zero, a finite weight per regressor.
    public init(span: Int, levels: [Double], weights: [Double]) {
        precondition(Self.isValid(span, levels, weights), "needs a finite weight per regressor")
        self.span = span
        self.levels = levels
        self.weights = weights
    }

    private static func isValid(_ span: Int, _ levels: [Double], _ weights: [Double]) -> Bool {
        span > 0 && span % 2 == 1 && span < 1024 && PAMAlphabet.isValid(levels)
            && weights.count == VolterraRegressors.count(memory: span, span, 0)
            && weights.allSatisfy(\.isFinite)
    }

    private enum CodingKeys: String, CodingKey { case span, levels, weights }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        span = try container.decode(Int.self, forKey: .span)
        levels = try container.decode([Double].self, forKey: .levels)
        weights = try container.decode([Double].self, forKey: .weights)
        guard Self.isValid(span, levels, weights) else {
            throw DecodingError.dataCorruptedError(
                forKey: .weights, in: container,
                debugDescription: "needs an odd span, ascending levels and a finite weight for "
                    + "each regressor")
        }
    }

    var constant: Double { weights[0] }

    /// w1[i].
    func linear(_ i: Int) -> Double { weights[1 + i] }

    /// w2[i, j] for i <= j.
    func product(_ i: Int, _ j: Int) -> Double {
        weights[1 + span + i * span - i * (i - 1) / 2 + (j - i)]
    }

    /// Mean squared level: what a level's square is where its symbol is unknown.
    var levelPower: Double { levels.reduce(0) { $0 + $1 * $1 } / Double(levels.count) }

    /// The series for the levels of one window, less their mean over the alphabet, shape [span].
    func mean(_ x: [Double]) -> Double {
        var result = weights[0]
        var next = 1 + span
        for i in 0..<span {
            var slope = weights[1 + i]
            for j in i..<span {
                slope += weights[next] * x[j]
                next += 1
            }
            result += slope * x[i]
        }
        return result
    }

    /// The series for every symbol of a circular block, shape [symbol].
    public func means(_ symbols: [UInt8]) -> [Double] {
        let padded = TapWindow(tapCount: span).padded(symbols.map { levels[Int($0)] })
        var result = [Double](repeating: 0, count: symbols.count)
        let chunk = RegressionFit.chunk
        var regressors = [Double](repeating: 0, count: weights.count * chunk)
        for start in stride(from: 0, to: symbols.count, by: chunk) {
            let columns = min(chunk, symbols.count - start)
            fill(padded, start: start, columns: columns, into: &regressors)
            result.withUnsafeMutableBufferPointer {
                _ = DenseWeightedRows.accumulate(
                    rows: regressors, rowStride: columns, weights: weights,
                    rowCount: weights.count, into: $0.baseAddress! + start, columns: columns)
            }
        }
        return result
    }

    /// Means over the symbols beyond a shorter window in the middle, each level as likely, for
    /// every content of that window; its symbols as a number, the earliest its first digit.
    public func table(window: Int) -> [Double] {
        precondition(window <= span && (span - window) % 2 == 0)
        let first = (span - window) / 2
        let inside = first..<first + window
        // Levels have mean zero and are independent: only squares are left of those outside.
        var outside = constant
        for j in 0..<span where !inside.contains(j) { outside += product(j, j) * levelPower }
        var table = [outside]
        var chosen: [[Double]] = [[]]
        for i in inside {
            var nextTable: [Double] = []
            var nextChosen: [[Double]] = []
            nextTable.reserveCapacity(table.count * levels.count)
            for (mean, earlier) in zip(table, chosen) {
                var slope = linear(i)
                for (n, x) in earlier.enumerated() { slope += product(first + n, i) * x }
                for x in levels {
                    nextTable.append(mean + x * (slope + x * product(i, i)))
                    if i + 1 < inside.upperBound { nextChosen.append(earlier + [x]) }
                }
            }
            table = nextTable
            chosen = nextChosen
        }
        return table
    }

    private func fill(
        _ padded: [Double], start: Int, columns: Int, into result: inout [Double]
    ) {
        padded.withUnsafeBufferPointer { padded in
            result.withUnsafeMutableBufferPointer { result in
                _ = VolterraRegressors.fill(
                    padded: padded.baseAddress! + start, memory: span, span, 0,
                    columns: columns, into: result.baseAddress!)
            }
        }
    }

    /// The least-squares series of a stream, and the mean squared error that it leaves.
    ///
    /// - Parameters:
    ///   - levels: transmitted level of each symbol index, in any units.
    ///   - stream: read once.
    /// - Throws: `EqualizerFitError`, or what the stream throws.
    public static func fit(span: Int, levels: [Double], to stream: TrainingStream) throws
        -> (series: SymbolSeries, residualVariance: Double)
    {
        precondition(span > 0 && span % 2 == 1 && PAMAlphabet.isValid(levels))
        let order = levels.count
        let mean = levels.reduce(0, +) / Double(order)
        let count = VolterraRegressors.count(memory: span, span, 0)
        let model = SymbolSeries(
            span: span, levels: levels.map { $0 - mean },
            weights: [Double](repeating: 0, count: count))
        var padded: [Double] = []
        // A square of one of two levels is a constant; a little ridge shares it out.
        let equations = try RegressionFit.receivedNormalEquations(
            of: stream, order: order, regressors: count
        ) { block, start, columns, result in
            if start == 0 {
                padded = TapWindow(tapCount: span).padded(
                    block.symbols.map { model.levels[Int($0)] })
            }
            model.fill(padded, start: start, columns: columns, into: &result)
        }
        let weights = try RegressionFit.weights(of: equations, ridge: order == 2 ? 1e-9 : 0)
        return (
            SymbolSeries(span: span, levels: model.levels, weights: weights),
            equations.meanSquaredError(of: weights)
        )
    }
}

extension RegressionFit {
    /// Sums the normal equations of received samples on functions of the sent symbols.
    ///
    /// - Parameter fill: writes the regressors of symbols start ..< start + columns of a block,
    ///   shape [regressor, symbol], symbol fastest.
    static func receivedNormalEquations(
        of stream: TrainingStream, order: Int, regressors: Int,
        fill: (
            _ block: TrainingBlock, _ start: Int, _ columns: Int, _ result: inout [Double]
        ) -> Void
    ) throws -> NormalEquations {
        guard stream.blockCount > 0 else {
            throw EqualizerFitError(.noData, "there are no training blocks")
        }
        var equations = NormalEquations(order: regressors)
        var matrix = [Double](repeating: 0, count: regressors * chunk)
        for index in 0..<stream.blockCount {
            let block = try stream.block(index, order: order)
            for start in stride(from: 0, to: block.symbols.count, by: chunk) {
                let columns = min(chunk, block.symbols.count - start)
                fill(block, start, columns, &matrix)
                block.received.withUnsafeBufferPointer {
                    equations.accumulate(
                        regressors: matrix, targets: $0.baseAddress! + start,
                        sampleCount: columns)
                }
            }
        }
        return equations
    }
}
