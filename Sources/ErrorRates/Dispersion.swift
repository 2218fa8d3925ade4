/// How much more counts of equal stretches vary than independent errors would.
///
/// Successive counts a and b of a Poisson law have (a - b)^2 / (a + b) of mean 1, chi^2 of one degree of
/// freedom. The mean of all but the largest tenth of these over that of chi^2 below its nine tenths is the
/// ratio of variance and mean; a slow change of the rate does not count, nor do a few jumps. Of 20 counts
/// it is known to about a quarter.
/// With it an interval is taken of as many independent errors and trials as tell as much
/// (quasi-likelihood, McCullagh and Nelder 1989, 4.5): both divided by it.
public enum Dispersion {
    /// Neighbors without which nothing is said.
    static let leastNeighbors = 9
    /// Mean of chi^2 of one degree of freedom below its quantile q = 2.7055 of 0.9, which is
    /// (erf(sqrt(q / 2)) - sqrt(2 q / pi) exp(-q / 2)) / 0.9.
    private static let trimmedMean = 0.623_02

    /// At least 1, as errors that repel each other are not expected, and 1 for less than ten counts.
    public static func ofNeighbors(_ counts: [Int]) -> Double {
        let ratios = zip(counts, counts.dropFirst()).compactMap { a, b -> Double? in
            a + b == 0 ? nil : Double((a - b) * (a - b)) / Double(a + b)
        }.sorted()
        guard ratios.count >= leastNeighbors else { return 1 }
        let kept = ratios.dropLast((ratios.count + 9) / 10)
        return max(1, kept.reduce(0, +) / Double(kept.count) / trimmedMean)
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
