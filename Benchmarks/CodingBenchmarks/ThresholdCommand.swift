import ArgumentParser
import ErrorCorrection
import ErrorRates
import Foundation
import Modulation
import RandomStreams
import TestSupport

/// The crossing of the inner code on a Gaussian channel, for several efforts. Ratios are exact;
/// max-log ones give the same decisions, because they differ only where they are large.
struct ThresholdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "threshold",
        abstract: "Find the bit error rate at which Hamming(128,120) + KP4 loses 1e-12 of its "
            + "codewords on PAM-4 in Gaussian noise.")

    @Option(help: "Inner words at each noise level.") var words = 600_000

    func run() {
        let goal = ReedSolomonCode.kp4.symbolErrorRate(frameErrorRate: 1e-12)
        print(
            String(
                format: "KP4 loses 1e-12 at a symbol error rate of %.4e, a bit error rate of %.4e",
                goal, ReedSolomonCode.kp4.bitErrorRate(frameErrorRate: 1e-12)))
        let soft = [0.388, 0.396, 0.402, 0.408, 0.414]
        sweep("hard", .hard, noise: [0.335, 0.340, 0.345, 0.350, 0.355], goal)
        for tried in 3...7 {
            sweep(
                "soft, \(1 << tried) combinations", .chase(leastReliable: tried),
                noise: tried < 5 ? [0.372, 0.380] + soft : soft, goal)
        }
    }

    private func sweep(
        _ name: String, _ inner: ExtendedHammingCode.Decoding, noise: [Double], _ goal: Double
    ) {
        let scheme = CodingScheme(
            name: "sweep", title: name, outer: .kp4, inner: inner, interleaving: .concatenated)
        var points: [(ber: Double, symbols: Double)] = []
        for (i, deviation) in noise.enumerated() {
            var source = NoisyPAM4(
                noiseStandardDeviation: deviation, ratios: .exact,
                stream: RandomStream(seed: 1).substream("threshold", i))
            var count = CodedErrorCount(scheme)
            while count.record.innerWords < words {
                let block = source.next(symbols: 16_384)
                count.append(
                    sent: block.sent, decided: block.decided,
                    logLikelihoodRatios: block.logLikelihoodRatios)
            }
            let exact = PAMBitErrorRate.additiveGaussian(
                PAMAlphabet(levels: [-3, -1, 1, 3]), noiseStandardDeviation: deviation)
            points.append((exact, count.record.symbolErrors.rate))
        }
        var crossing = "not crossed"
        for (a, b) in zip(points, points.dropFirst())
        where a.symbols < goal && b.symbols >= goal {
            let share = log(goal / a.symbols) / log(b.symbols / a.symbols)
            crossing = String(format: "crosses at %.3e", a.ber * pow(b.ber / a.ber, share))
        }
        print(name + ": " + crossing)
        for point in points {
            print(
                String(
                    format: "    bit error rate %.3e, wrong symbols behind the inner code %.3e",
                    point.ber, point.symbols))
        }
    }
}
