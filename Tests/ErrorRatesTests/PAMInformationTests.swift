import ErrorRates
import Modulation
import Testing

@Suite struct PAMInformationTests {
    /// Two levels carry half a bit at 0.187 dB of Eb/N0 (R. Gallager's and every later table):
    /// sigma^2 = 1 / (2 R Eb/N0) = 0.9579.
    @Test func twoLevelsMeetTheTabulatedCapacity() {
        let information = PAMInformation.additiveGaussian(
            PAMAlphabet(levels: [-1, 1]), noiseStandardDeviation: 0.97871)
        #expect(abs(information - 0.5) < 1e-4)
    }

    /// At low power the capacity of two levels is that of any input: 1 / (2 ln 2 sigma^2).
    @Test func muchNoiseLeavesThePowerLimit() {
        let s = 30.0
        let information = PAMInformation.additiveGaussian(
            PAMAlphabet(levels: [-1, 1]), noiseStandardDeviation: s)
        #expect(abs(information * 2 * 0.6931471805599453 * s * s - 1) < 2e-3)
    }

    @Test func littleNoiseLeavesAllBits() {
        let levels = PAMAlphabet(levels: [-7, -5, -3, -1, 1, 3, 5, 7])
        let information = [0.1, 0.3, 0.5, 1, 2].map {
            PAMInformation.additiveGaussian(levels, noiseStandardDeviation: $0)
        }
        #expect(abs(information[0] - 3) < 1e-12)
        for (less, more) in zip(information.dropFirst(), information) { #expect(less < more) }
    }

    /// In the limit of rare errors only neighbors matter: each of the three gaps of four levels
    /// loses what a pair of levels at the same distance loses, over two of four symbols.
    @Test func rareErrorsAreThoseOfNeighboringPairs() {
        let pair = 1 - PAMInformation.additiveGaussian(
            PAMAlphabet(levels: [-1, 1]), noiseStandardDeviation: 0.25)
        let four = 2 - PAMInformation.additiveGaussian(
            PAMAlphabet(levels: [-3, -1, 1, 3]), noiseStandardDeviation: 0.25)
        #expect(abs(four / (1.5 * pair) - 1) < 1e-3)
    }
}
