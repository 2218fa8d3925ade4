import ErrorRates
import Foundation
import Testing

@Suite struct ForwardErrorCorrectionThresholdTests {
    @Test func namesAreUniqueAndLevelsAscend() {
        let all = ForwardErrorCorrectionThreshold.all
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.bitErrorRate < $1.bitErrorRate })
        #expect(all.allSatisfy { !$0.note.isEmpty && !$0.source.isEmpty })
    }

    /// RS(544,514) corrects 15 of 544 ten-bit symbols: with independent bit errors at the
    /// threshold, more occur in about 1e-12 of the codewords.
    @Test func kp4SitsWhereItsCodewordsFail() {
        func codewordErrorRate(bitErrorRate: Double) -> Double {
            let p = -expm1(10 * log1p(-bitErrorRate))
            var term = 544 * log1p(-p)
            var sum = 0.0
            for k in 0...60 {
                if k > 15 { sum += exp(term) }
                term += log(Double(544 - k)) - log(Double(k + 1)) + log(p) - log1p(-p)
            }
            return sum
        }
        let kp4 = ForwardErrorCorrectionThreshold.kp4.bitErrorRate
        let rate = codewordErrorRate(bitErrorRate: kp4)
        #expect(rate > 5e-13 && rate < 1.2e-12)
        // The level that papers call KP4 fails in nearly every tenth codeword.
        let reference = ForwardErrorCorrectionThreshold.taskReference.bitErrorRate
        #expect(codewordErrorRate(bitErrorRate: reference) > 0.05)
    }
}

@Suite struct ThresholdCrossingTests {
    func point(_ noiseDB: Double, _ errors: Int, _ bits: Int) -> ThresholdCrossing.Point {
        ThresholdCrossing.Point(
            noiseDB: noiseDB,
            count: BitErrorCount(bits: bits, bitErrors: errors, symbolErrors: errors))
    }

    @Test func interpolatesTheLogarithm() throws {
        let points = [point(-15, 1000, 100_000), point(-16, 10, 100_000)]
        let middle = try #require(ThresholdCrossing.noiseDB(of: points, at: 1e-3))
        #expect(abs(middle - -15.5) < 1e-12)
        #expect(ThresholdCrossing.noiseDB(of: points.reversed(), at: 1e-3) == middle)
        let quarter = try #require(
            ThresholdCrossing.noiseDB(of: points, at: 1e-4 * 10.0.squareRoot()))
        #expect(abs(quarter - -15.75) < 1e-12)
    }

    @Test func notReachedIsNil() {
        let points = [point(-15, 1000, 100_000), point(-16, 10, 100_000)]
        #expect(ThresholdCrossing.noiseDB(of: points, at: 0.02) == nil)
        #expect(ThresholdCrossing.noiseDB(of: points, at: 1e-5) == nil)
        #expect(ThresholdCrossing.noiseDB(of: [], at: 1e-3) == nil)
        #expect(ThresholdCrossing.noiseDB(of: [point(-15, 1, 10)], at: 1e-3) == nil)
    }

    @Test func pointsOnTheThresholdAreCrossings() {
        let points = [point(-15, 1000, 100_000), point(-16, 10, 100_000)]
        #expect(ThresholdCrossing.noiseDB(of: points, at: 1e-2) == -15)
        #expect(ThresholdCrossing.noiseDB(of: points, at: 1e-4) == -16)
    }

    @Test func aPointWithoutErrorsCountsHalfAnError() throws {
        let points = [point(-15, 1000, 100_000), point(-16, 0, 5000)]
        let crossing = try #require(ThresholdCrossing.noiseDB(of: points, at: 1e-3))
        #expect(abs(crossing - -15.5) < 1e-12)
        // Half an error in 5000 bits is 1e-4: it cannot speak of thresholds below.
        #expect(ThresholdCrossing.noiseDB(of: points, at: 5e-5) == nil)
    }

    @Test func severalCrossingsGiveTheOneOfLeastNoise() throws {
        let points = [
            point(-15, 1000, 100_000), point(-16, 10, 100_000), point(-17, 1000, 100_000),
            point(-18, 10, 100_000),
        ]
        let crossing = try #require(ThresholdCrossing.noiseDB(of: points, at: 1e-3))
        #expect(abs(crossing - -17.5) < 1e-12)
    }

    @Test func aFloorAtLowNoiseDoesNotHideTheCrossing() throws {
        let points = [
            point(-15, 1000, 100_000), point(-16, 10, 100_000), point(-17, 1000, 100_000),
        ]
        let crossing = try #require(ThresholdCrossing.noiseDB(of: points, at: 1e-3))
        #expect(abs(crossing - -15.5) < 1e-12)
    }
}
