import ErrorRates
import Foundation
import Modulation
import NumericKernels
import RandomStreams
import Testing

@Suite struct ScoreCalibrationTests {
    private func information(
        _ calibration: ScoreCalibration, _ test: NoisySymbols, _ scores: [Float]
    ) -> Double {
        SoftBitCount(
            ratios: calibration.logLikelihoodRatios(of: scores), sent: test.sent,
            bitsPerSymbol: test.bits
        ).information
    }

    /// Any factor loses information, a large one all of it; a calibration on other symbols brings
    /// it back, and finds the factor.
    @Test(arguments: [0.02, 0.4, 3, 200] as [Float])
    func calibrationUndoesAWrongScale(factor: Float) throws {
        let known = NoisySymbols(deviation: 0.5, count: 50_000, seed: 1)
        let test = NoisySymbols(deviation: 0.5, count: 100_000, seed: 2)
        let identity = ScoreCalibration.identity(order: 4)
        let best = information(identity, test, test.scores)
        let wrong = test.scores.map { factor * $0 }
        #expect(information(identity, test, wrong) < best - 0.02)
        let calibration = try ScoreCalibration.fit(
            scores: known.scores.map { factor * $0 }, sent: known.sent, order: 4)
        #expect(abs(calibration.scale * Double(factor) - 1) < 0.02)
        #expect(abs(information(calibration, test, wrong) - best) < 2e-4)
    }

    @Test func calibrationUndoesShiftsOfClasses() throws {
        let shifts: [Float] = [4, -2, 0.5, 1]
        func shifted(_ symbols: NoisySymbols) -> [Float] {
            symbols.scores.enumerated().map { $0.element + shifts[$0.offset % 4] }
        }
        let known = NoisySymbols(deviation: 0.5, count: 50_000, seed: 3)
        let test = NoisySymbols(deviation: 0.5, count: 100_000, seed: 4)
        let best = information(.identity(order: 4), test, test.scores)
        #expect(information(.identity(order: 4), test, shifted(test)) < best - 0.05)
        let calibration = try ScoreCalibration.fit(
            scores: shifted(known), sent: known.sent, order: 4)
        #expect(abs(information(calibration, test, shifted(test)) - best) < 3e-4)
        for c in 1..<4 {
            let bias = -Double(shifts[c] - shifts[0])
            #expect(abs(calibration.biases[c] - bias) < 0.15)
        }
    }

    /// Scores made for one noise power, used at another: the scale is the ratio of variances.
    @Test func calibrationFollowsTheNoise() throws {
        let assumed = 0.4
        let actual = 0.6
        let known = NoisySymbols(deviation: actual, count: 50_000, seed: 5)
        let stale = known.scores.map { $0 * Float(actual * actual / assumed / assumed) }
        let calibration = try ScoreCalibration.fit(scores: stale, sent: known.sent, order: 4)
        #expect(abs(calibration.scale / (assumed * assumed / actual / actual) - 1) < 0.02)
    }

    @Test func calibratingTwiceChangesNothing() throws {
        let known = NoisySymbols(deviation: 0.5, count: 20_000, seed: 6)
        let first = try ScoreCalibration.fit(scores: known.scores, sent: known.sent, order: 4)
        let again = try ScoreCalibration.fit(
            scores: first.logits(of: known.scores).map(Float.init), sent: known.sent, order: 4)
        #expect(abs(again.scale - 1) < 1e-4)
        #expect(again.biases.allSatisfy { abs($0) < 1e-3 })
    }

    /// Without a single mistake the best scale is infinite; what comes out is finite, confident
    /// and right.
    @Test func neverMistakenScoresStayFinite() throws {
        let known = NoisySymbols(deviation: 0.05, count: 5000, seed: 7)
        let calibration = try ScoreCalibration.fit(
            scores: known.scores, sent: known.sent, order: 4)
        #expect(calibration.scale.isFinite && calibration.scale > 0)
        #expect(information(calibration, known, known.scores) > 1.9999)
    }

    @Test func scoresThatSayNothingBecomeRatiosThatSayNothing() throws {
        let sent = NoisySymbols(deviation: 1, count: 40_000, seed: 8).sent
        let constant = [Float](repeating: 3, count: 4 * sent.count)
        let calibration = try ScoreCalibration.fit(scores: constant, sent: sent, order: 4)
        for ratio in calibration.logLikelihoodRatios(of: [3, 3, 3, 3]) {
            #expect(abs(ratio) < 0.05)
        }
        var stream = RandomStream(seed: 9)
        let noise = (0..<4 * sent.count).map { _ in Float(stream.gaussian()) }
        let unrelated = try ScoreCalibration.fit(scores: noise, sent: sent, order: 4)
        #expect(abs(unrelated.scale) < 0.03)
    }

    @Test func unusableScoresAreErrors() {
        var scores = [Float](repeating: 0, count: 12)
        scores[6] = .nan
        let failure = #expect(throws: CalibrationError.self) {
            try ScoreCalibration.fit(scores: scores, sent: [0, 1, 2], order: 4)
        }
        #expect(failure?.code == .notFinite)
        #expect(failure?.description.contains("class 2 is not finite for symbol 1") == true)
        let empty = #expect(throws: CalibrationError.self) {
            try ScoreCalibration.fit(scores: [], sent: [], order: 4)
        }
        #expect(empty?.code == .noSymbols)
    }

    /// Both kernels against central differences of their own value.
    @Test(arguments: [true, false]) func derivativesAreThoseOfTheValue(isAffine: Bool) {
        let symbols = NoisySymbols(deviation: 1.5, count: 200, seed: 10)
        let features = symbols.scores.map { Double($0) / 5 }
        var stream = RandomStream(seed: 11)
        let size = isAffine ? 15 : 4
        let point = (0..<size).map { _ in 0.5 * stream.gaussian() }
        func expand(_ parameters: [Double]) -> (Double, [Double], [Double]) {
            var gradient = [Double](repeating: 0, count: size)
            var hessian = [Double](repeating: 0, count: size * size)
            var workspace = [Double](repeating: 0, count: 4)
            let kernel = isAffine ? DenseCrossEntropy.affine : DenseCrossEntropy.scaled
            let value = kernel(
                features, symbols.sent, 200, 4, parameters, &gradient, &hessian, &workspace)
            return (value, gradient, hessian)
        }
        let (_, gradient, hessian) = expand(point)
        let h = 1e-5
        for i in 0..<size {
            var above = point
            var below = point
            above[i] += h
            below[i] -= h
            let (high, highGradient, _) = expand(above)
            let (low, lowGradient, _) = expand(below)
            #expect(abs((high - low) / (2 * h) - gradient[i]) < 1e-4 * (1 + abs(gradient[i])))
            for j in i..<size {
                let expected = (highGradient[j] - lowGradient[j]) / (2 * h)
                #expect(abs(expected - hessian[i * size + j]) < 1e-4 * (1 + abs(expected)))
            }
        }
    }
}
