import RealModule

/// Tails of counts of rare events, in logarithms, where probabilities themselves would vanish.
package enum BinomialTail {
    /// log P(K >= k) for K successes in n independent trials of probability p.
    package static func logProbability(
        atLeast k: Int, trials n: Int, probability p: Double
    ) -> Double {
        precondition(p >= 0 && p <= 1, "a probability")
        if k <= 0 { return 0 }
        if k > n || p == 0 { return -.infinity }
        if p == 1 { return 0 }
        let first =
            logChoose(n, k) + Double(k) * Double.log(p)
            + Double(n - k) * Double.log(onePlus: -p)
        return first
            + logSumOfRatios(from: k, to: n) { i in
                Double(n - i) / Double(i + 1) * (p / (1 - p))
            }
    }

    /// log P(K >= k) for K successes in n trials whose probability is itself drawn, once for all n,
    /// from the beta distribution of the given mean; rho = 1 / (a + b + 1) is the correlation of
    /// two trials, 0 for independent ones.
    ///
    /// P(K = i) = C(n, i) B(a + i, b + n - i) / B(a, b).
    package static func logProbability(
        atLeast k: Int, trials n: Int, mean: Double, correlation rho: Double
    ) -> Double {
        precondition(rho >= 0 && rho < 1, "a correlation from 0 to below 1")
        if rho < 1e-12 { return logProbability(atLeast: k, trials: n, probability: mean) }
        precondition(mean >= 0 && mean <= 1, "a probability")
        if k <= 0 { return 0 }
        if k > n || mean == 0 { return -.infinity }
        if mean == 1 { return 0 }
        let total = 1 / rho - 1
        let a = mean * total
        let b = total - a
        // The ratio of beta functions as a product of n factors, none of which cancels.
        var first = logChoose(n, k)
        for i in 0..<k { first += Double.log((a + Double(i)) / (total + Double(i))) }
        for i in 0..<(n - k) {
            first += Double.log((b + Double(i)) / (total + Double(k + i)))
        }
        return first
            + logSumOfRatios(from: k, to: n) { i in
                Double(n - i) / Double(i + 1) * (a + Double(i)) / (b + Double(n - i - 1))
            }
    }

    /// log of 1 + r(k) + r(k) r(k + 1) + ... up to the term of n.
    private static func logSumOfRatios(
        from k: Int, to n: Int, _ ratio: (Int) -> Double
    ) -> Double {
        var sum = 1.0
        var term = 1.0
        var scale = 0.0
        for i in k..<n {
            term *= ratio(i)
            sum += term
            if sum > 1e200 {
                sum *= 1e-200
                term *= 1e-200
                scale += 200 * Double.log(10)
            }
            if term < sum * 1e-18 && ratio(i) < 0.5 { break }
        }
        return Double.log(sum) + scale
    }

    static func logChoose(_ n: Int, _ k: Int) -> Double {
        var sum = 0.0
        for i in 0..<min(k, n - k) { sum += Double.log(Double(n - i) / Double(i + 1)) }
        return sum
    }
}
