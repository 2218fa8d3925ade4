/// A mean of independent figures of equal weight, with an interval from how they vary.
public struct MeanEstimate: Sendable, Hashable {
    public private(set) var count = 0
    private var sum = 0.0
    private var squares = 0.0

    public init() {}

    public mutating func add(_ value: Double) {
        count += 1
        sum += value
        squares += value * value
    }

    public static func += (total: inout MeanEstimate, part: MeanEstimate) {
        total.count += part.count
        total.sum += part.sum
        total.squares += part.squares
    }

    /// Zero without figures.
    public var mean: Double { count == 0 ? 0 : sum / Double(count) }

    /// The 95 % interval of the mean, mean +- t s / sqrt(count), t being Student's quantile for
    /// count - 1 degrees of freedom; nil for fewer than five figures.
    public var interval: ClosedRange<Double>? {
        guard count >= 5 else { return nil }
        let n = Double(count)
        let variance = max(0, squares - sum * mean) / (n - 1)
        let reach = Self.studentQuantile(degreesOfFreedom: n - 1) * (variance / n).squareRoot()
        return mean - reach...mean + reach
    }

    /// The 0.975 quantile of Student's distribution to four digits from four degrees of freedom.
    ///
    /// - Source: Abramowitz and Stegun, 26.7.5, from the normal quantile.
    static func studentQuantile(degreesOfFreedom v: Double) -> Double {
        let x = 1.959963984540054
        let x2 = x * x
        let g1 = (x2 + 1) * x / 4
        let g2 = ((5 * x2 + 16) * x2 + 3) * x / 96
        let g3 = (((3 * x2 + 19) * x2 + 17) * x2 - 15) * x / 384
        let g4 = ((((79 * x2 + 776) * x2 + 1482) * x2 - 1920) * x2 - 945) * x / 92160
        return x + (g1 + (g2 + (g3 + g4 / v) / v) / v) / v
    }
}
