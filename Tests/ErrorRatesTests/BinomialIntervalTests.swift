import ErrorRates
import Foundation
import Testing

@Suite struct BinomialIntervalTests {
    struct Known: Sendable, CustomStringConvertible {
        let k: Int
        let n: Int
        let lower: Double
        let upper: Double
        init(_ k: Int, of n: Int, _ interval: ClosedRange<Double>) {
            self.k = k
            self.n = n
            lower = interval.lowerBound
            upper = interval.upperBound
        }
        var description: String { "\(k) of \(n)" }
    }

    /// 95 % intervals by inversion of the incomplete beta function in another program (mpmath,
    /// 40 digits; the last one SciPy).
    static let known = [
        Known(1, of: 10, 0.0025285785444617845...0.44501611702819542),
        Known(5, of: 10, 0.18708602844739853...0.81291397155260147),
        Known(3, of: 1_000_000, 6.1867255019063986e-7...8.7672477881452235e-6),
        Known(707, of: 1_200_000, 0.00054654402069694831...0.00063422890798290095),
        Known(284, of: 800_000, 0.00031491512823875749...0.00039877218864799983),
        Known(2000, of: 1_000_000_000, 1.9132987916117583e-6...2.0896173458127016e-6),
        Known(999, of: 1000, 0.99444107572017333...0.99997468251250871),
        Known(123_456, of: 1_000_000, 0.12281184162962973...0.12410234027680268),
        Known(250_000_000, of: 1_000_000_000, 0.2499731623114653...0.25002683913572343),
    ]

    @Test(arguments: known)
    func matchesKnownIntervals(_ known: Known) {
        let interval = BinomialInterval.exact(successes: known.k, trials: known.n)
        #expect(abs(interval.lowerBound / known.lower - 1) < 1e-11)
        #expect(abs(interval.upperBound / known.upper - 1) < 1e-11)
    }

    @Test func extremesHaveClosedForms() {
        // Without errors the upper end solves (1 - p)^n = 0.025.
        let none = BinomialInterval.exact(successes: 0, trials: 1000)
        #expect(none.lowerBound == 0)
        #expect(abs(pow(1 - none.upperBound, 1000) - 0.025) < 1e-13)
        let all = BinomialInterval.exact(successes: 1000, trials: 1000)
        #expect(all.upperBound == 1)
        #expect(abs(all.lowerBound - (1 - none.upperBound)) < 1e-15)
        #expect(BinomialInterval.exact(successes: 0, trials: 0) == 0...1)
        let one = BinomialInterval.exact(successes: 1, trials: 1)
        #expect(abs(one.lowerBound - 0.025) < 1e-15 && one.upperBound == 1)
        let many = BinomialInterval.exact(successes: 0, trials: 1_000_000_000)
        #expect(abs(many.upperBound / 3.6888794541139363e-9 - 1) < 1e-8)
    }

    @Test func mirroredCountsHaveMirroredIntervals() {
        let few = BinomialInterval.exact(successes: 7, trials: 500, level: 0.9)
        let most = BinomialInterval.exact(successes: 493, trials: 500, level: 0.9)
        #expect(abs(few.lowerBound - (1 - most.upperBound)) < 1e-14)
        #expect(abs(few.upperBound - (1 - most.lowerBound)) < 1e-14)
    }

    /// The defining property: whatever the true probability, the interval holds it at least as
    /// often as promised. Summed over all outcomes, nothing is drawn.
    @Test(arguments: [0.003, 0.02, 0.11, 0.3, 0.5, 0.77, 0.98])
    func coverageIsAtLeastTheLevel(p: Double) {
        let n = 30
        var covered = 0.0
        var logCoefficient = 0.0
        for k in 0...n {
            if BinomialInterval.exact(successes: k, trials: n).contains(p) {
                covered += exp(logCoefficient + Double(k) * log(p) + Double(n - k) * log(1 - p))
            }
            logCoefficient += log(Double(n - k)) - log(Double(k + 1))
        }
        #expect(covered >= 0.95)
    }

    @Test func incompleteBetaMatchesPolynomials() {
        // I_x(1, b) = 1 - (1 - x)^b, I_x(2, 2) = x^2 (3 - 2 x)
        for x in [1e-9, 0.01, 0.3, 0.5, 0.9, 0.999] {
            let one = IncompleteBeta.regularized(x, complement: 1 - x, a: 1, b: 7)
            #expect(abs(one.lower - -expm1(7 * log1p(-x))) <= 1e-14 * one.lower + 1e-16)
            let two = IncompleteBeta.regularized(x, complement: 1 - x, a: 2, b: 2)
            #expect(abs(two.lower - x * x * (3 - 2 * x)) <= 1e-14 * two.lower)
            #expect(abs(two.lower + two.upper - 1) < 1e-15)
        }
    }
}
