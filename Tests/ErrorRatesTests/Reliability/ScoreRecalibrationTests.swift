import ErrorRates
import Foundation
import Modulation
import RandomStreams
import Testing

@Suite struct ScoreRecalibrationTests {
    @Test func violatorsArePooledAndEqualValuesAreOneStep() {
        // Zeros by value: 0 of 1, then 1 of 1 against 0 of 2 (pooled: 1 of 3), then 2 of 2.
        let steps = MonotoneRecalibration(
            values: [1, 2, 3, 3, 4, 5], bits: [1, 0, 1, 1, 0, 0])
        #expect(steps.edges == [1.5, 3.5])
        let expected = [log(0.5 / 1.5), log(1.5 / 2.5), log(2.5 / 0.5)]
        for (ratio, value) in zip(steps.ratios, expected) { #expect(abs(ratio - value) < 1e-12) }
        #expect(steps.ratio(of: -100) == steps.ratios[0])
        #expect(steps.ratio(of: 3.4) == steps.ratios[1])
        #expect(steps.ratio(of: 100) == steps.ratios[2])
        #expect(MonotoneRecalibration(values: [], bits: []).ratio(of: 1) == 0)
    }

    /// Whatever rising function the ratios went through, their information comes back.
    @Test func aRisingFunctionIsUndone() {
        let levels = PAMAlphabet(levels: [-1, 1])
        let known = NoisySymbols(levels, deviation: 0.7, count: 200_000, seed: 1)
        let test = NoisySymbols(levels, deviation: 0.7, count: 200_000, seed: 2)
        let identity = ScoreCalibration.identity(order: 2)
        func bent(_ symbols: NoisySymbols) -> [Double] {
            identity.logLikelihoodRatios(of: symbols.scores).map { $0 * $0 * $0 - 5 }
        }
        let steps = MonotoneRecalibration(values: bent(known), bits: known.sent)
        let best = SoftBitCount(
            ratios: identity.logLikelihoodRatios(of: test.scores), sent: test.sent,
            bitsPerSymbol: 1
        ).information
        let back = SoftBitCount(
            ratios: bent(test).map(steps.ratio), sent: test.sent, bitsPerSymbol: 1
        ).information
        #expect(abs(back - best) < 1e-3)
    }

    /// Scores mixed among classes: out of reach for one scale, not for the reference.
    @Test func mixedScoresAreUnmixed() throws {
        let mixing: [[Float]] = [
            [1, 0.4, 0, -0.2], [-0.3, 0.8, 0.5, 0], [0.2, 0, 1.2, 0.6], [0, -0.5, 0.1, 0.9],
        ]
        func mixed(_ symbols: NoisySymbols) -> [Float] {
            symbols.sent.indices.flatMap { k in
                mixing.map { row in
                    (0..<4).reduce(Float(0)) { $0 + row[$1] * symbols.scores[4 * k + $1] }
                }
            }
        }
        let known = NoisySymbols(deviation: 0.5, count: 100_000, seed: 3)
        let test = NoisySymbols(deviation: 0.5, count: 100_000, seed: 4)
        func information(_ ratios: [Double]) -> Double {
            SoftBitCount(ratios: ratios, sent: test.sent, bitsPerSymbol: 2).information
        }
        let best = information(
            ScoreCalibration.identity(order: 4).logLikelihoodRatios(of: test.scores))
        let (calibration, recalibration) = try ScoreRecalibration.fitWithCalibration(
            scores: mixed(known), sent: known.sent, order: 4)
        #expect(information(calibration.logLikelihoodRatios(of: mixed(test))) < best - 0.01)
        let stages = recalibration.logLikelihoodRatios(of: mixed(test))
        #expect(abs(information(stages.affine) - best) < 5e-4)
        #expect(abs(information(stages.monotone) - best) < 2e-3)
    }

    /// Where the scores are true, freedom finds nothing more, and costs next to nothing.
    @Test func trueScoresLeaveNothingToRecalibrate() throws {
        let known = NoisySymbols(deviation: 0.4, count: 100_000, seed: 5)
        let test = NoisySymbols(deviation: 0.4, count: 100_000, seed: 6)
        let (calibration, recalibration) = try ScoreRecalibration.fitWithCalibration(
            scores: known.scores, sent: known.sent, order: 4)
        let stages = recalibration.logLikelihoodRatios(of: test.scores)
        let (_, others) = SoftBitCount.compare(
            ratios: calibration.logLikelihoodRatios(of: test.scores),
            with: [stages.affine, stages.monotone], sent: test.sent, bitsPerSymbol: 2)
        // k / (2 N ln 2): eleven more parameters cost 8e-5 bit.
        #expect(abs(others[0].deficit.mean) < 4e-4)
        #expect(abs(others[1].deficit.mean) < 1.5e-3)
    }

    /// Bent scores, which no affine map straightens: the second stage has more.
    @Test func bentScoresNeedTheSecondStage() throws {
        func bent(_ symbols: NoisySymbols) -> [Float] {
            symbols.sent.indices.flatMap { k -> [Float] in
                let own = symbols.scores[2 * k + 1] - symbols.scores[2 * k]
                return [0, own * own * own]
            }
        }
        let levels = PAMAlphabet(levels: [-1, 1])
        let known = NoisySymbols(levels, deviation: 0.7, count: 100_000, seed: 9)
        let test = NoisySymbols(levels, deviation: 0.7, count: 100_000, seed: 10)
        let stages = try ScoreRecalibration.fit(
            scores: bent(known), sent: known.sent, order: 2
        ).logLikelihoodRatios(of: bent(test))
        func information(_ ratios: [Double]) -> Double {
            SoftBitCount(ratios: ratios, sent: test.sent, bitsPerSymbol: 1).information
        }
        let best = information(
            ScoreCalibration.identity(order: 2).logLikelihoodRatios(of: test.scores))
        #expect(information(stages.affine) < best - 0.02)
        #expect(abs(information(stages.monotone) - best) < 1e-3)
    }

    /// More classes than the affine map takes: the steps alone.
    @Test func sixteenClassesAreRecalibratedToo() throws {
        let levels = PAMAlphabet(levels: (0..<16).map { Double(2 * $0 - 15) })
        let known = NoisySymbols(levels, deviation: 0.6, count: 30_000, seed: 7)
        let test = NoisySymbols(levels, deviation: 0.6, count: 30_000, seed: 8)
        let recalibration = try ScoreRecalibration.fit(
            scores: known.scores.map { 3 * $0 }, sent: known.sent, order: 16)
        let information = SoftBitCount(
            ratios: recalibration.logLikelihoodRatios(of: test.scores.map { 3 * $0 }).monotone,
            sent: test.sent, bitsPerSymbol: 4
        ).information
        let expected = PAMInformation.additiveGaussian(levels, noiseStandardDeviation: 0.6)
        #expect(abs(information - expected) < 0.03)
    }
}
