import ErrorRates
import Foundation
import Modulation
import Testing

@Suite struct PAMBitErrorRateTests {
    func q(_ x: Double) -> Double { 0.5 * erfc(x / 2.0.squareRoot()) }

    @Test(arguments: [0.1, 0.2, 0.4, 1.0, 3.0])
    func fourLevelsMatchTheirFormula(s: Double) {
        let rate = PAMBitErrorRate.additiveGaussian(
            PAMAlphabet(levels: [-3, -1, 1, 3]), noiseStandardDeviation: s)
        let formula = (3 * q(1 / s) + 2 * q(3 / s) - q(5 / s)) / 4
        #expect(abs(rate / formula - 1) < 1e-13)
    }

    @Test func twoLevelsAreOneTail() {
        let rate = PAMBitErrorRate.additiveGaussian(
            PAMAlphabet(levels: [-2, 2]), noiseStandardDeviation: 0.5)
        #expect(abs(rate / q(4) - 1) < 1e-14)
    }

    /// Eight levels: K. Cho and D. Yoon, IEEE Trans. Commun. 50 (2002) 1074, equations 9 and 10.
    @Test(arguments: [0.3, 0.7, 1.5])
    func eightLevelsMatchChoAndYoon(s: Double) {
        let m = 8
        var formula = 0.0
        for k in 1...3 {
            let last = (1 - pow(2, -Double(k))) * Double(m) - 1
            for i in 0...Int(last.rounded()) {
                let share = Double(i) * pow(2, Double(k - 1)) / Double(m)
                let sign = Int(share.rounded(.down)) % 2 == 0 ? 1.0 : -1.0
                let weight = pow(2, Double(k - 1)) - (share + 0.5).rounded(.down)
                formula += sign * weight * erfc(Double(2 * i + 1) / s / 2.0.squareRoot())
            }
        }
        formula /= Double(m) * 3
        let rate = PAMBitErrorRate.additiveGaussian(
            PAMAlphabet(levels: [-7, -5, -3, -1, 1, 3, 5, 7]), noiseStandardDeviation: s)
        #expect(abs(rate / formula - 1) < 1e-12)
    }

    @Test func noNoiseAndEndlessNoise() {
        let alphabet = PAMAlphabet(levels: [0, 1, 2.0.squareRoot(), 3.0.squareRoot()])
        #expect(PAMBitErrorRate.additiveGaussian(alphabet, noiseStandardDeviation: 0) == 0)
        // Only the outer levels are decided: 00 or 10, which differ in one bit.
        let rate = PAMBitErrorRate.additiveGaussian(alphabet, noiseStandardDeviation: 1e9)
        #expect(abs(rate - 0.5) < 1e-6)
    }
}
