import RealModule

/// The exact interval of a probability from counted events.
///
/// Independent trials are assumed. Bit errors of one wrong symbol are not quite independent, nor
/// are neighboring symbols behind a channel with memory; with Gray labels and errors far apart
/// the difference is small.
public enum BinomialInterval {
    /// The Clopper-Pearson interval: it holds the true probability with at least `level`.
    ///
    /// The lower end p makes `successes` or more as likely as (1 - level) / 2, the upper end
    /// `successes` or fewer: I_p(k, n - k + 1) = (1 - level) / 2 and
    /// I_p(k + 1, n - k) = (1 + level) / 2, I being the regularized incomplete beta function.
    ///
    /// - Returns: 0...1 without trials.
    /// - Source: Clopper and Pearson, Biometrika 26 (1934) 404.
    public static func exact(
        successes k: Int, trials n: Int, level: Double = 0.95
    ) -> ClosedRange<Double> {
        precondition(k >= 0 && k <= n, "events are among the trials")
        precondition(level > 0 && level < 1, "a level lies between 0 and 1")
        guard n > 0 else { return 0...1 }
        let tail = (1 - level) / 2
        let count = Double(n)
        let lower: Double
        switch k {
        case 0: lower = 0
        case n: lower = Double.exp(Double.log(tail) / count)
        default:
            lower = IncompleteBeta.quantile(
                tail, complement: 1 - tail, a: Double(k), b: Double(n - k + 1))
        }
        let upper: Double
        switch k {
        case n: upper = 1
        case 0: upper = -Double.expMinusOne(Double.log(tail) / count)
        default:
            upper = IncompleteBeta.quantile(
                1 - tail, complement: tail, a: Double(k + 1), b: Double(n - k))
        }
        return lower...max(lower, upper)
    }
}
