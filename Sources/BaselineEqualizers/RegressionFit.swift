import LinearAlgebra

/// Least squares of symbol values on regressors of the received samples, block by block.
enum RegressionFit {
    /// How many symbols are turned into regressors at a time: a few hundred regressors of them
    /// fit a second-level cache.
    static let chunk = 256

    /// Writes the regressors of symbols start ..< start + columns of a block, shape
    /// [regressor, symbol], symbol fastest.
    typealias Fill = (
        _ block: TrainingBlock, _ start: Int, _ columns: Int,
        _ result: UnsafeMutablePointer<Double>
    ) -> Void

    /// The weights of a stream by the method of the policy.
    ///
    /// - Parameters:
    ///   - regressors: number of regressors.
    static func weights(
        of stream: TrainingStream, order: Int, samplesPerSymbol: Int = 1,
        policy: RegressionPolicy, regressors: Int, fill: Fill
    ) throws -> [Double] {
        switch policy.method {
        case .leastSquares:
            return try weights(
                of: normalEquations(
                    of: stream, order: order, samplesPerSymbol: samplesPerSymbol, policy: policy,
                    regressors: regressors, fill: fill),
                ridge: policy.ridge)
        case .adaptive(let rule):
            var filter: AdaptiveFilter?
            try forEachChunk(
                of: stream, order: order, samplesPerSymbol: samplesPerSymbol, policy: policy,
                regressors: regressors, fill: fill
            ) { matrix, targets, columns in
                // The first symbols tell the powers.
                var adapting =
                    filter
                    ?? AdaptiveFilter(
                        rule, powers: Self.powers(matrix, regressors, columns))
                filter = nil
                for n in 0..<columns {
                    adapting.adapt(to: targets[n], matrix + n, stride: columns)
                }
                filter = adapting
            }
            let weights = filter?.weights ?? []
            guard weights.allSatisfy(\.isFinite) else {
                throw EqualizerFitError(.notFinite, "the adaptation diverged; a smaller step")
            }
            return weights
        }
    }

    /// Mean square of each regressor, shape of the matrix [regressor, symbol].
    static func powers(
        _ matrix: UnsafePointer<Double>, _ regressors: Int, _ columns: Int
    ) -> [Double] {
        (0..<regressors).map { i in
            (0..<columns).reduce(0) { sum, n in
                let value = matrix[i * columns + n]
                return sum + value * value
            } / Double(columns)
        }
    }

    /// Sums the normal equations of a stream.
    static func normalEquations(
        of stream: TrainingStream, order: Int, samplesPerSymbol: Int = 1,
        policy: RegressionPolicy, regressors: Int, fill: Fill
    ) throws -> NormalEquations {
        var equations = NormalEquations(order: regressors)
        try forEachChunk(
            of: stream, order: order, samplesPerSymbol: samplesPerSymbol, policy: policy,
            regressors: regressors, fill: fill
        ) { matrix, targets, columns in
            equations.accumulate(regressors: matrix, targets: targets, sampleCount: columns)
        }
        return equations
    }

    /// Hands out the regressors and targets of a stream, `chunk` symbols at a time.
    private static func forEachChunk(
        of stream: TrainingStream, order: Int, samplesPerSymbol: Int, policy: RegressionPolicy,
        regressors: Int, fill: Fill,
        _ body: (
            _ matrix: UnsafePointer<Double>, _ targets: UnsafePointer<Double>, _ columns: Int
        ) -> Void
    ) throws {
        precondition(order >= 2 && order <= 256, "an alphabet has 2 to 256 symbols")
        guard stream.blockCount > 0 else {
            throw EqualizerFitError(.noData, "there are no training blocks")
        }
        let levels = policy.levels(order: order)
        var matrix = [Double](repeating: 0, count: regressors * chunk)
        var targets = [Double](repeating: 0, count: chunk)
        for index in 0..<stream.blockCount {
            let block = try stream.block(
                index, order: order, samplesPerSymbol: samplesPerSymbol)
            for start in stride(from: 0, to: block.symbols.count, by: chunk) {
                let columns = min(chunk, block.symbols.count - start)
                for n in 0..<columns { targets[n] = levels[Int(block.symbols[start + n])] }
                matrix.withUnsafeMutableBufferPointer { matrix in
                    fill(block, start, columns, matrix.baseAddress!)
                    body(matrix.baseAddress!, targets, columns)
                }
            }
        }
    }

    /// The weights of summed equations, with an error that speaks of equalizers.
    static func weights(
        of equations: NormalEquations, ridge: Double
    ) throws(EqualizerFitError) -> [Double] {
        do {
            return try equations.solve(ridge: ridge)
        } catch {
            throw EqualizerFitError(
                error.code == .notFinite ? .notFinite : .underdetermined,
                "\(equations.sampleCount) training symbols do not determine "
                    + "\(equations.order) weights: \(error)")
        }
    }

    /// How an equalizer's outputs over a stream are decided on; reads the stream once for the
    /// moments, and again if errors are to be counted.
    static func decision(
        over stream: TrainingStream, order: Int, samplesPerSymbol: Int = 1,
        policy: RegressionPolicy, outputs: (TrainingBlock) -> [Double]
    ) throws -> ClassGaussians {
        var statistics = ClassMoments(targets: policy.levels(order: order))
        for index in 0..<stream.blockCount {
            let block = try stream.block(
                index, order: order, samplesPerSymbol: samplesPerSymbol)
            statistics.add(outputs: outputs(block), symbols: block.symbols)
        }
        let (means, deviations) = try statistics.moments()
        let thresholds: [Double]
        switch policy.thresholds {
        case .midway:
            thresholds = zip(means, means.dropFirst()).map { ($0 + $1) / 2 }
        case .fewestErrors:
            var search = ThresholdSearch(means: means)
            for index in 0..<stream.blockCount {
                let block = try stream.block(
                    index, order: order, samplesPerSymbol: samplesPerSymbol)
                search.add(outputs: outputs(block), symbols: block.symbols)
            }
            thresholds = search.thresholds
        }
        return ClassGaussians(
            means: means, standardDeviations: deviations, thresholds: thresholds)
    }

    /// Stands in for a decision while there is none.
    static let undecided = ClassGaussians(
        means: [0, 1], standardDeviations: [1, 1], thresholds: [0.5])
}
