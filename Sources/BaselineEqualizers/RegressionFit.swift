import LinearAlgebra

/// Least squares of symbol values on regressors of the received samples, block by block.
enum RegressionFit {
    /// How many symbols are turned into regressors at a time: a few hundred regressors of them
    /// fit a second-level cache.
    static let chunk = 256

    /// Sums the normal equations of a stream.
    ///
    /// - Parameters:
    ///   - regressors: number of regressors.
    ///   - fill: writes the regressors of symbols start ..< start + columns of a block, shape
    ///     [regressor, symbol], symbol fastest.
    static func normalEquations(
        of stream: TrainingStream, order: Int, policy: RegressionPolicy, regressors: Int,
        fill: (
            _ block: TrainingBlock, _ start: Int, _ columns: Int,
            _ result: UnsafeMutablePointer<Double>
        ) -> Void
    ) throws -> NormalEquations {
        precondition(order >= 2 && order <= 256, "an alphabet has 2 to 256 symbols")
        guard stream.blockCount > 0 else {
            throw EqualizerFitError(.noData, "there are no training blocks")
        }
        let levels = policy.levels(order: order)
        var equations = NormalEquations(order: regressors)
        var matrix = [Double](repeating: 0, count: regressors * chunk)
        var targets = [Double](repeating: 0, count: chunk)
        for index in 0..<stream.blockCount {
            let block = try stream.block(index, order: order)
            for start in stride(from: 0, to: block.symbols.count, by: chunk) {
                let columns = min(chunk, block.symbols.count - start)
                for n in 0..<columns { targets[n] = levels[Int(block.symbols[start + n])] }
                matrix.withUnsafeMutableBufferPointer { matrix in
                    fill(block, start, columns, matrix.baseAddress!)
                    equations.accumulate(
                        regressors: matrix.baseAddress!, targets: targets, sampleCount: columns)
                }
            }
        }
        return equations
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
        over stream: TrainingStream, order: Int, policy: RegressionPolicy,
        outputs: (TrainingBlock) -> [Double]
    ) throws -> ClassGaussians {
        var statistics = ClassMoments(targets: policy.levels(order: order))
        for index in 0..<stream.blockCount {
            let block = try stream.block(index, order: order)
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
                let block = try stream.block(index, order: order)
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
