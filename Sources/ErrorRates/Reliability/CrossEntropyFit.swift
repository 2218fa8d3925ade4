import LinearAlgebra

/// Newton's method for the convex cross-entropies of `DenseCrossEntropy`.
enum CrossEntropyFit {
    /// Value, gradient and the upper triangle of the second derivatives.
    struct Expansion {
        var value: Double
        var gradient: [Double]
        var hessian: [Double]
    }

    /// Penalty per squared parameter, in nats for all symbols together: far below what data say
    /// about a parameter, it matters only where they say nothing, as when no symbol is ever
    /// mistaken and the best scale would be infinite.
    private static let ridge = 1e-4
    /// What a further step could gain, in nats for all symbols together.
    private static let tolerance = 1e-6

    /// The minimum of the cross-entropy with its ridge.
    ///
    /// Full Newton steps, halved until they gain a little of what they promise (Armijo); with a
    /// convex function and a positive definite model this ends at the only minimum.
    static func minimum(
        from start: [Double], _ expansion: ([Double]) -> Expansion
    ) throws(LinearAlgebraError) -> [Double] {
        let order = start.count
        func penalized(_ parameters: [Double]) -> Expansion {
            var result = expansion(parameters)
            for (i, parameter) in parameters.enumerated() {
                result.value += 0.5 * ridge * parameter * parameter
                result.gradient[i] += ridge * parameter
                result.hessian[i * order + i] += ridge
            }
            return result
        }
        var parameters = start
        var here = penalized(parameters)
        for _ in 0..<200 {
            let step = try CholeskySolver.solve(
                upperTriangle: here.hessian, rightHandSides: here.gradient, order: order)
            let gain = zip(step, here.gradient).reduce(0) { $0 + $1.0 * $1.1 }
            if gain < 2 * tolerance { break }
            var share = 1.0
            var next = here
            var trial = parameters
            repeat {
                trial = zip(parameters, step).map { $0 - share * $1 }
                next = penalized(trial)
                if next.value <= here.value - 1e-4 * share * gain { break }
                share /= 2
            } while share > 1e-9
            // Rounding of the sum leaves nothing to gain.
            guard next.value < here.value else { break }
            parameters = trial
            here = next
        }
        return parameters
    }
}

/// Scores of a calibration stream brought to mean zero in each class and a common unit spread, so
/// that one ridge suits scores of any scale.
struct StandardScores {
    let order: Int
    let symbols: [UInt8]
    /// Shape [symbol, class].
    let values: [Double]
    /// Mean score of each class.
    let means: [Double]
    /// Root of the mean square of all scores about their class's mean; one if they do not vary.
    let spread: Double

    init(scores: [Float], sent: [UInt8], order: Int) throws(CalibrationError) {
        precondition(order > 1 && scores.count == sent.count * order, "a score for each class")
        precondition(sent.allSatisfy { Int($0) < order }, "symbols are classes")
        guard !sent.isEmpty else {
            throw CalibrationError(.noSymbols, "calibration needs at least one symbol")
        }
        if let index = scores.firstIndex(where: { !$0.isFinite }) {
            throw CalibrationError(
                .notFinite,
                "the receiver's score of class \(index % order) is not finite for symbol "
                    + "\(index / order) of the calibration stream")
        }
        self.order = order
        symbols = sent
        var means = [Double](repeating: 0, count: order)
        for (index, score) in scores.enumerated() { means[index % order] += Double(score) }
        for c in 0..<order { means[c] /= Double(sent.count) }
        var squares = 0.0
        for (index, score) in scores.enumerated() {
            let d = Double(score) - means[index % order]
            squares += d * d
        }
        let spread = (squares / Double(scores.count)).squareRoot()
        self.means = means
        self.spread = spread > 0 ? spread : 1
        var values: [Double] = []
        values.reserveCapacity(scores.count)
        for (index, score) in scores.enumerated() {
            values.append((Double(score) - means[index % order]) / self.spread)
        }
        self.values = values
    }
}
