import ErrorRates
import RandomStreams
import Testing

@Suite struct DispersionTests {
    /// Poisson counts with a rate that is drawn anew for every stretch.
    private func counts(_ mean: Double, spread: Double, seed: UInt64, _ count: Int) -> [Int] {
        var stream = RandomStream(seed: seed)
        let draws = (0..<2 * count).map { _ in stream.gaussian() }
        return (0..<count).map { k in
            let rate = mean * (1 + spread * draws[2 * k])
            // Many errors: normal for Poisson.
            return max(0, Int((rate + rate.squareRoot() * draws[2 * k + 1]).rounded()))
        }
    }

    @Test(arguments: [(0.0, 1.0), (0.1, 2.0), (0.2, 5.0)])
    func varianceOverMeanIsFound(spread: Double, expected: Double) {
        // Mean 100: variance 100 + (100 spread)^2.
        let found = Dispersion.ofNeighbors(counts(100, spread: spread, seed: 4, 4000))
        #expect(abs(found - expected) < 0.12 * expected)
    }

    /// A ramp and a jump of the rate are no dispersion.
    @Test func changesOfTheRateDoNotCount() {
        let steady = counts(100, spread: 0, seed: 5, 200)
        let changing = steady.enumerated().map { $1 + $0 + ($0 > 100 ? 300 : 0) }
        #expect(Dispersion.ofNeighbors(changing) < 1.6)
        #expect(Dispersion.ofNeighbors([1, 50, 3]) == 1)
        #expect(Dispersion.ofNeighbors(Array(repeating: 0, count: 100)) == 1)
    }

    /// Four times the variance, twice the width; without any the exact interval.
    @Test func intervalsWiden() {
        let exact = BinomialInterval.exact(successes: 4000, trials: 1_000_000)
        #expect(
            BinomialInterval.overdispersed(successes: 4000, trials: 1_000_000, dispersion: 1)
                == exact)
        let wide = BinomialInterval.overdispersed(
            successes: 4000, trials: 1_000_000, dispersion: 4)
        let ratio = (wide.upperBound - wide.lowerBound) / (exact.upperBound - exact.lowerBound)
        #expect(abs(ratio - 2) < 0.02)
        #expect(wide.contains(4e-3))
        #expect(BinomialInterval.overdispersed(successes: 0, trials: 0, dispersion: 2) == 0...1)
    }
}
