/// How much more counts of equal stretches vary than independent errors would.
///
/// Successive counts a and b of a Poisson law have (a - b)^2 / (a + b) of mean 1, chi^2 of one degree of
/// freedom, whose median is 0.455. The median over all neighbors, over 0.455, is the ratio of variance
/// and mean; a slow change of the rate does not count, nor do a few jumps.
/// With it an interval is taken of as many independent errors and trials as tell as much
/// (quasi-likelihood, McCullagh and Nelder 1989, 4.5): both divided by it.
public enum Dispersion {
    /// Neighbors without which nothing is said.
    static let leastNeighbors = 9
    private static let medianOfOneDegree = 0.454_936

    /// At least 1, as errors that repel each other are not expected, and 1 for less than ten counts.
    public static func ofNeighbors(_ counts: [Int]) -> Double {
        let ratios = zip(counts, counts.dropFirst()).compactMap { a, b -> Double? in
            a + b == 0 ? nil : Double((a - b) * (a - b)) / Double(a + b)
        }.sorted()
        guard ratios.count >= leastNeighbors else { return 1 }
        let middle = (ratios[(ratios.count - 1) / 2] + ratios[ratios.count / 2]) / 2
        return max(1, middle / medianOfOneDegree)
    }
}

extension BinomialInterval {
    /// An interval of counts whose variance is `dispersion` times that of independent ones.
    ///
    /// - Precondition: a dispersion of at least 1.
    public static func overdispersed(
        successes k: Int, trials n: Int, dispersion: Double, level: Double = 0.95
    ) -> ClosedRange<Double> {
        precondition(dispersion >= 1, "variances are not below those of independent errors")
        return exact(
            successes: Int((Double(k) / dispersion).rounded()),
            trials: Int((Double(n) / dispersion).rounded(.up)), level: level)
    }
}
