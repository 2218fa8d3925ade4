/// How an adaptive filter moves its weights after each symbol whose sent value is known.
///
/// With regressors x, scaled to unit power, weights w and the error e = target - w . x:
/// - normalized least mean squares: w += step e x / (x . x); stable for 0 < step < 2, and in the
///   long run about step / (2 - step) above the least mean squared error (Haykin, "Adaptive Filter
///   Theory", chapter on the normalized LMS filter). Work per update: two multiply-accumulates a
///   weight.
/// - recursive least squares with forgetting factor f: k = P x / (f + x . P x), w += k e,
///   P = (P - k (P x)') / f, P starting as 1000 times the unit matrix; it remembers about
///   1 / (1 - f) symbols (the same book, chapter on recursive least squares). Work per update:
///   about 1.5 n^2 multiply-accumulates for n weights.
public enum AdaptationRule: Sendable, Hashable, Codable {
    case leastMeanSquares(step: Double)
    case recursiveLeastSquares(forgetting: Double)

    /// Work of an update beside the filter's output.
    func multiplyAccumulates(weights n: Int) -> Int {
        switch self {
        case .leastMeanSquares: 2 * n
        case .recursiveLeastSquares: (3 * n * n + 1) / 2
        }
    }
}

/// Weights that follow their errors, one regressor vector at a time.
public struct AdaptiveFilter: Sendable {
    public let rule: AdaptationRule
    /// Weights of the regressors as they come, unscaled.
    public var weights: [Double] { zip(scaledWeights, scales).map { $0 * $1 } }
    /// Updates so far.
    public private(set) var updates = 0

    /// 1 / rms of each regressor.
    private let scales: [Double]
    private var scaledWeights: [Double]
    /// P, shape [n, n], kept symmetric; empty without it.
    private var inverse: [Double]
    private var regressor: [Double]
    private var gain: [Double]

    /// - Parameters:
    ///   - powers: mean square of each regressor, from as few symbols as are at hand; a power of
    ///     zero leaves a regressor unscaled.
    ///   - weights: to start from, unscaled; zeros if left out.
    /// - Precondition: a step in 0..<2 or a forgetting factor in 0...1, above zero.
    public init(_ rule: AdaptationRule, powers: [Double], weights: [Double]? = nil) {
        switch rule {
        case .leastMeanSquares(let step): precondition(step > 0 && step < 2)
        case .recursiveLeastSquares(let factor): precondition(factor > 0 && factor <= 1)
        }
        self.rule = rule
        let count = powers.count
        let scales = powers.map { $0 > 0 ? 1 / $0.squareRoot() : 1 }
        self.scales = scales
        scaledWeights =
            weights.map { zip($0, scales).map { $0 / $1 } } ?? [Double](repeating: 0, count: count)
        regressor = [Double](repeating: 0, count: count)
        gain = regressor
        inverse = []
        if case .recursiveLeastSquares = rule {
            inverse = [Double](repeating: 0, count: count * count)
            for i in 0..<count { inverse[i * count + i] = 1000 }
        }
    }

    /// The weighted sum of regressors.
    ///
    /// - Parameter values: regressor i is values[i * stride].
    public func output(_ values: UnsafePointer<Double>, stride: Int = 1) -> Double {
        scales.indices.reduce(0) { $0 + scaledWeights[$1] * (values[$1 * stride] * scales[$1]) }
    }

    /// Moves the weights toward the target.
    ///
    /// - Parameters:
    ///   - values: regressor i is values[i * stride].
    /// - Returns: the error before the update.
    @discardableResult
    public mutating func adapt(
        to target: Double, _ values: UnsafePointer<Double>, stride: Int = 1
    ) -> Double {
        let count = scales.count
        var output = 0.0
        var power = 0.0
        for i in 0..<count {
            let value = values[i * stride] * scales[i]
            regressor[i] = value
            output += scaledWeights[i] * value
            power += value * value
        }
        let error = target - output
        switch rule {
        case .leastMeanSquares(let step):
            let factor = step * error / max(power, .leastNormalMagnitude)
            for i in 0..<count { scaledWeights[i] += factor * regressor[i] }
        case .recursiveLeastSquares(let forgetting):
            update(error: error, forgetting: forgetting)
        }
        updates += 1
        return error
    }

    private mutating func update(error: Double, forgetting: Double) {
        let count = scales.count
        let spread = inverse.withUnsafeMutableBufferPointer { inverse in
            gain.withUnsafeMutableBufferPointer { gain in
                regressor.withUnsafeBufferPointer { x -> Double in
                    let p = inverse.baseAddress!
                    var spread = 0.0
                    for i in 0..<count {
                        let row = p + i * count
                        var sum = 0.0
                        for j in 0..<count { sum += row[j] * x[j] }
                        gain[i] = sum
                        spread += sum * x[i]
                    }
                    // gain holds P x. One triangle is reckoned and mirrored: a difference between
                    // the two, be it of rounding, would grow like f^-k.
                    let factor = 1 / (forgetting + spread)
                    let growth = 1 / forgetting
                    for i in 0..<count {
                        let row = p + i * count
                        let scaled = gain[i] * factor
                        for j in i..<count { row[j] = (row[j] - scaled * gain[j]) * growth }
                        for j in i + 1..<max(count, i + 1) { p[j * count + i] = row[j] }
                    }
                    return spread
                }
            }
        }
        let factor = error / (forgetting + spread)
        for i in 0..<count { scaledWeights[i] += factor * gain[i] }
    }
}
