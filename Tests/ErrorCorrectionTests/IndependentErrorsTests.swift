import ErrorCorrection
import ErrorRates
import Foundation
import Testing

@Suite struct IndependentErrorsTests {
    @Test func publishedThresholdsComeOut() {
        // Loss of 1e-12 of the codewords.
        let kp4 = ReedSolomonCode.kp4.bitErrorRate(frameErrorRate: 1e-12)
        #expect((2.3e-4...2.6e-4).contains(kp4))
        // By sums of binomial terms in another program.
        #expect(abs(kp4 / 2.4334014645765843e-4 - 1) < 1e-9)
        let kr4 = ReedSolomonCode.kr4.bitErrorRate(frameErrorRate: 1e-12)
        #expect(abs(kr4 / 2.3001785597503705e-5 - 1) < 1e-9)
        // Bit error rates after decoding.
        func decoded(_ code: ReedSolomonCode, _ rate: Double) -> Double {
            code.bitErrorRate(decodedBitErrorRate: rate)
        }
        #expect(abs(decoded(.kp4, 1e-15) / 2.2617104363749786e-4 - 1) < 1e-9)
        #expect(abs(decoded(.kr4, 1e-15) / 2.1817946999333726e-5 - 1) < 1e-9)
        #expect(abs(decoded(.gfec, 1e-15) / 8.262932576076995e-5 - 1) < 1e-9)
        #expect(abs(decoded(.gfec, 1e-12) / 1.8152001325728496e-4 - 1) < 1e-9)
    }

    /// The rules of thumb that the package lists are these closed forms, to their two digits.
    @Test func listedThresholdsAgree() {
        #expect(
            abs(
                ForwardErrorCorrectionThreshold.kp4.bitErrorRate
                    / ReedSolomonCode.kp4.bitErrorRate(frameErrorRate: 1e-12) - 1) < 0.05)
        #expect(
            abs(
                ForwardErrorCorrectionThreshold.kr4.bitErrorRate
                    / ReedSolomonCode.kr4.bitErrorRate(decodedBitErrorRate: 1e-15) - 1) < 0.05)
        #expect(
            abs(
                ForwardErrorCorrectionThreshold.gfec.bitErrorRate
                    / ReedSolomonCode.gfec.bitErrorRate(decodedBitErrorRate: 1e-15) - 1) < 0.05)
    }

    @Test(arguments: [1e-5, 1e-3, 0.01, 0.02, 0.1, 0.5, 0.9])
    func tailIsTheIncompleteBetaFunction(p: Double) {
        for (n, k) in [(544, 16), (528, 8), (255, 9), (20, 1), (20, 20)] {
            let tail = BinomialTail.logProbability(atLeast: k, trials: n, probability: p)
            let beta = IncompleteBeta.regularized(
                p, complement: 1 - p, a: Double(k), b: Double(n - k + 1)
            ).lower
            #expect(abs(exp(tail) / beta - 1) < 1e-10, "n \(n), k \(k)")
        }
    }

    @Test func tailHasItsLimits() {
        func tail(_ k: Int, _ n: Int, _ p: Double) -> Double {
            BinomialTail.logProbability(atLeast: k, trials: n, probability: p)
        }
        #expect(tail(0, 10, 0.3) == 0)
        #expect(tail(11, 10, 0.3) == -.infinity)
        #expect(tail(1, 10, 0) == -.infinity)
        #expect(tail(10, 10, 1) == 0)
        // n log p, far below the smallest double.
        #expect(abs(tail(544, 544, 1e-4) / (544 * log(1e-4)) - 1) < 1e-14)
        // P(K >= 1) = 1 - (1 - p)^n.
        #expect(abs(exp(tail(1, 544, 1e-9)) / -expm1(544 * log1p(-1e-9)) - 1) < 1e-12)
    }

    /// P(K >= k) - P(K >= k + 1) against C(n, k) B(a + k, b + n - k) / B(a, b) by gamma functions,
    /// and independent trials as the limit.
    @Test(arguments: [1e-3, 0.02, 0.3])
    func betaBinomialTail(correlation: Double) {
        let (n, mean) = (60, 0.07)
        let total = 1 / correlation - 1
        let (a, b) = (mean * total, (1 - mean) * total)
        func logBeta(_ x: Double, _ y: Double) -> Double { lgamma(x) + lgamma(y) - lgamma(x + y) }
        func tail(_ k: Int) -> Double {
            exp(
                BinomialTail.logProbability(
                    atLeast: k, trials: n, mean: mean, correlation: correlation))
        }
        var expectation = 0.0
        for k in 0..<n {
            let choose =
                lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
            let mass = exp(choose + logBeta(a + Double(k), b + Double(n - k)) - logBeta(a, b))
            #expect(abs(tail(k) - tail(k + 1) - mass) < 1e-9 * (1 + mass))
            expectation += tail(k + 1)
        }
        #expect(abs(expectation / (Double(n) * mean) - 1) < 1e-9)
    }

    @Test func uncorrelatedTrialsAreBinomial() {
        for k in [1, 5, 16, 40] {
            let binomial = BinomialTail.logProbability(atLeast: k, trials: 544, probability: 0.003)
            for correlation in [0, 1e-13, 1e-9] {
                let tail = BinomialTail.logProbability(
                    atLeast: k, trials: 544, mean: 0.003, correlation: correlation)
                #expect(abs(tail - binomial) < 1e-3)
            }
        }
    }

    @Test(arguments: [ReedSolomonCode.kp4, .kr4, .gfec])
    func thresholdsInvertTheLoss(code: ReedSolomonCode) {
        for rate in [1e-100, 1e-30, 1e-12, 1e-6, 1e-2, 0.5, 0.99] {
            let p = code.bitErrorRate(frameErrorRate: rate)
            #expect(abs(code.frameErrorRate(bitErrorRate: p) / rate - 1) < 1e-9)
            let s = code.symbolErrorRate(frameErrorRate: rate)
            #expect(abs(code.symbolErrorRate(bitErrorRate: p) / s - 1) < 1e-9)
        }
        #expect(code.frameErrorRate(bitErrorRate: 0) == 0)
        #expect(code.decodedBitErrorRate(bitErrorRate: 0) == 0)
        // Where every codeword is lost, nothing is corrected.
        #expect(abs(code.decodedBitErrorRate(bitErrorRate: 0.3) / 0.3 - 1) < 1e-9)
    }
}
