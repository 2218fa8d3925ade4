import ErrorRates
import Foundation
import Modulation
import RandomStreams
import Testing

@Suite struct SoftBitCountTests {
    private func exact(_ symbols: NoisySymbols) -> [Double] {
        ScoreCalibration.identity(order: symbols.alphabet.order)
            .logLikelihoodRatios(of: symbols.scores)
    }

    /// Four standard errors: one false alarm in 16 000.
    @Test(arguments: [(0.35, 11 as UInt64), (0.5, 12), (0.8, 13)])
    func exactRatiosCarryTheIntegratedInformation(deviation: Double, seed: UInt64) throws {
        let symbols = NoisySymbols(deviation: deviation, count: 300_000, seed: seed)
        let count = SoftBitCount(ratios: exact(symbols), sent: symbols.sent, bitsPerSymbol: 2)
        let expected = PAMInformation.additiveGaussian(
            symbols.alphabet, noiseStandardDeviation: deviation)
        let interval = try #require(count.informationInterval)
        let standardError = (interval.upperBound - interval.lowerBound) / (2 * 1.96)
        #expect(standardError < 0.002)
        #expect(abs(count.information - expected) < 4 * standardError)
        #expect(abs(count.informationPerBit.reduce(0, +) - count.information) < 1e-9)
        // The outer bit has one decision threshold, the inner two.
        #expect(count.informationPerBit[0] > count.informationPerBit[1])
    }

    @Test func ratiosOfNothingCarryNothing() {
        let symbols = NoisySymbols(deviation: 0.5, count: 2000, seed: 1)
        let count = SoftBitCount(
            ratios: [Double](repeating: 0, count: 4000), sent: symbols.sent, bitsPerSymbol: 2)
        #expect(abs(count.information) < 1e-12)
        #expect(count.bins[0].stated == 0.5)
    }

    @Test func certainAndRightIsAllAndCertainAndWrongIsWorseThanNothing() {
        let sent: [UInt8] = (0..<5000).map { UInt8($0 % 4) }
        let bits = BitReliabilities.bits(of: sent, bitsPerSymbol: 2)
        let right = bits.map { $0 == 0 ? 2000.0 : -2000 }
        let count = SoftBitCount(ratios: right, sent: sent, bitsPerSymbol: 2)
        #expect(count.information == 2 && count.bitErrors == 0)
        #expect(count.informationInterval == 2...2)
        let wrong = SoftBitCount(ratios: right.map(-), sent: sent, bitsPerSymbol: 2)
        #expect(abs(wrong.information - (2 - 4000 / log(2))) < 1e-6)
        #expect(wrong.bitErrors == 10_000)
    }

    /// Of bits with L near x, e^x times as many are zeros as ones. Every bin within four standard
    /// errors of its statement; were all ratios doubled, most bins would be far off.
    @Test func statedProbabilitiesAreObserved() {
        let symbols = NoisySymbols(deviation: 0.5, count: 400_000, seed: 21)
        let ratios = exact(symbols)
        func worst(_ ratios: [Double]) -> Double {
            SoftBitCount(ratios: ratios, sent: symbols.sent, bitsPerSymbol: 2).bins
                .filter { $0.statedErrors > 10 }
                .map { abs(Double($0.errors) - $0.statedErrors) / $0.statedErrors.squareRoot() }
                .max() ?? .infinity
        }
        #expect(worst(ratios) < 4)
        #expect(worst(ratios.map { 2 * $0 }) > 50)
        let bits = BitReliabilities.bits(of: symbols.sent, bitsPerSymbol: 2)
        for x in [-2.0, -1, 0.5, 1.5, 3] {
            let near = zip(ratios, bits).filter { abs($0.0 - x) < 0.1 }
            let zeros = Double(near.count { $0.1 == 0 })
            let ones = Double(near.count) - zeros
            let error = (1 / zeros + 1 / ones).squareRoot()
            #expect(abs(log(zeros / ones) - x) < 4 * error + 0.01)
        }
    }

    /// Bit by bit and symbol by symbol differ only where three levels compete.
    @Test func signsDecideAsSymbolsDo() {
        let symbols = NoisySymbols(deviation: 0.5, count: 200_000, seed: 31)
        let soft = SoftBitCount(ratios: exact(symbols), sent: symbols.sent, bitsPerSymbol: 2)
        let hard = BitErrorCount(
            sent: symbols.sent, decided: symbols.decided, bitsPerSymbol: 2)
        #expect(hard.bitErrors > 5000)
        #expect(abs(soft.bitErrors - hard.bitErrors) * 200 < hard.bitErrors)
    }

    @Test func blocksAddUpToTheWhole() {
        let symbols = NoisySymbols(deviation: 0.6, count: 12_000, seed: 41)
        let ratios = exact(symbols)
        let whole = SoftBitCount(ratios: ratios, sent: symbols.sent, bitsPerSymbol: 2)
        var sum = SoftBitCount(bitsPerSymbol: 2)
        for start in stride(from: 0, to: 12_000, by: 4000) {
            sum += SoftBitCount(
                ratios: Array(ratios[2 * start..<2 * start + 8000]),
                sent: Array(symbols.sent[start..<start + 4000]), bitsPerSymbol: 2)
        }
        #expect(sum.symbols == whole.symbols && sum.bitErrors == whole.bitErrors)
        #expect(abs(sum.information - whole.information) < 1e-12)
        #expect(sum.loss.count == 12 && whole.loss.count == 12)
        #expect(sum.bins.map(\.errors) == whole.bins.map(\.errors))
        #expect(abs(sum.expectedCalibrationError - whole.expectedCalibrationError) < 1e-12)
    }

    @Test func pairsShareTheirNoise() throws {
        let symbols = NoisySymbols(deviation: 0.6, count: 100_000, seed: 51)
        let ratios = exact(symbols)
        let (count, others) = SoftBitCount.compare(
            ratios: ratios.map { 1.3 * $0 }, with: [ratios], sent: symbols.sent,
            bitsPerSymbol: 2)
        let reference = others[0]
        let difference = reference.count.information - count.information
        #expect(abs(reference.deficit.mean - difference) < 1e-12 && difference > 0)
        let own = try #require(reference.count.informationInterval)
        let shared = try #require(reference.deficit.interval)
        #expect(
            shared.upperBound - shared.lowerBound < 0.5 * (own.upperBound - own.lowerBound))
        #expect(shared.lowerBound > 0)
    }
}

@Suite struct MeanEstimateTests {
    /// Student's quantiles as every table has them.
    @Test(arguments: [(5, 2.776), (10, 2.262), (31, 2.042), (121, 1.980)])
    func intervalsUseStudentsQuantile(count: Int, quantile: Double) throws {
        var estimate = MeanEstimate()
        for i in 0..<count { estimate.add(Double(i)) }
        let n = Double(count)
        // The variance of 0..<n is n (n + 1) / 12.
        let standardError = ((n + 1) / 12).squareRoot()
        let interval = try #require(estimate.interval)
        #expect(abs(estimate.mean - (n - 1) / 2) < 1e-9)
        let reach = (interval.upperBound - interval.lowerBound) / 2
        #expect(abs(reach / standardError / quantile - 1) < 6e-4)
    }

    /// 2000 intervals of 95 % miss 100 times on average, with a standard deviation of 10.
    @Test func intervalsHoldTheMeanAsOftenAsTheySay() {
        var stream = RandomStream(seed: 3)
        var missed = 0
        for _ in 0..<2000 {
            var estimate = MeanEstimate()
            for _ in 0..<10 { estimate.add(3 + 0.1 * stream.gaussian()) }
            if !(estimate.interval?.contains(3) ?? false) { missed += 1 }
        }
        #expect((60...140).contains(missed))
    }

    @Test func fewFiguresHaveNoInterval() {
        var estimate = MeanEstimate()
        for _ in 0..<4 { estimate.add(1) }
        #expect(estimate.interval == nil && estimate.mean == 1)
        #expect(MeanEstimate().mean == 0)
    }
}
