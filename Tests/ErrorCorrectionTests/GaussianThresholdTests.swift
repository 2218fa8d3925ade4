import ErrorCorrection
import ErrorRates
import Foundation
import Modulation
import RandomStreams
import TestSupport
import Testing

/// Four amplitudes with Gray labels in white Gaussian noise: the bit error rate at which the inner
/// code leaves the outer one as many wrong symbols as make it lose 1e-12 of its codewords, errors of
/// different symbols of a codeword being independent (they come from different inner words).
@Suite struct GaussianThresholdTests {
    /// The crossing on the line between two noise levels on logarithmic scales.
    private func crossing(
        _ scheme: CodingScheme, noise: (Double, Double), ratios: NoisyPAM4.Ratios, words: Int
    ) -> Double {
        let goal = log(scheme.outer.symbolErrorRate(frameErrorRate: 1e-12))
        let points = [noise.0, noise.1].map { deviation in
            var source = NoisyPAM4(
                noiseStandardDeviation: deviation, ratios: ratios,
                stream: RandomStream(seed: 1).substream("gaussian"))
            var count = CodedErrorCount(scheme)
            while count.record.innerWords < words {
                let block = source.next(symbols: 16_384)
                count.append(
                    sent: block.sent, decided: block.decided,
                    logLikelihoodRatios: block.logLikelihoodRatios)
            }
            let exact = PAMBitErrorRate.additiveGaussian(
                PAMAlphabet(levels: [-3, -1, 1, 3]), noiseStandardDeviation: deviation)
            // One false alarm in a million seeds.
            #expect(count.record.channel.confidenceInterval(level: 1 - 1e-6).contains(exact))
            return (ber: log(exact), symbols: log(count.record.symbolErrors.rate))
        }
        #expect(points[0].symbols < goal && goal < points[1].symbols)
        let share = (goal - points[0].symbols) / (points[1].symbols - points[0].symbols)
        return exp(points[0].ber + share * (points[1].ber - points[0].ber))
    }

    /// Published: 4.8e-3. Wrong symbols come about four at a time, some 900 times at each level,
    /// which makes the crossing uncertain by 0.8 %.
    @Test func softDecisionsCross() {
        let rate = crossing(
            .hammingKP4, noise: (0.396, 0.409), ratios: .exact, words: 120_000)
        #expect((4.5e-3...5.0e-3).contains(rate), "\(rate)")
    }

    /// Published: about 1.4e-3.
    @Test func hardDecisionsCross() {
        let rate = crossing(
            .hammingKP4Hard, noise: (0.338, 0.352), ratios: .maxLog, words: 40_000)
        #expect((1.3e-3...1.5e-3).contains(rate), "\(rate)")
    }
}
