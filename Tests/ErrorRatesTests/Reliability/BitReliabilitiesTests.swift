import ErrorRates
import Foundation
import Modulation
import RandomStreams
import Testing

@Suite struct BitReliabilitiesTests {
    /// The definition, written down without care for overflow.
    private func plain(_ z: [Double], bit: Int, of bits: Int) -> Double {
        var sums = [0.0, 0.0]
        for c in z.indices {
            let label = Int(PAMAlphabet.grayLabel(of: UInt8(c)))
            sums[(label >> (bits - 1 - bit)) & 1] += exp(z[c])
        }
        return log(sums[0]) - log(sums[1])
    }

    @Test(arguments: [1, 2, 3, 4])
    func ratiosFollowTheirDefinition(bits: Int) {
        var stream = RandomStream(seed: 5)
        let classes = 1 << bits
        let logits = (0..<100 * classes).map { _ in 8 * stream.gaussian() }
        let ratios = BitReliabilities.logLikelihoodRatios(logits: logits, bitsPerSymbol: bits)
        #expect(ratios.count == 100 * bits)
        for k in 0..<100 {
            let own = Array(logits[k * classes..<(k + 1) * classes])
            for i in 0..<bits {
                let expected = plain(own, bit: i, of: bits)
                #expect(abs(ratios[k * bits + i] - expected) < 1e-12 * (1 + abs(expected)))
            }
        }
    }

    /// The label 00, 01, 11, 10 of four levels: symbol 3 is bits 1 and 0.
    @Test func thePositiveSignIsZeroAndTheFirstBitIsTheMostSignificant() {
        let ratios = BitReliabilities.logLikelihoodRatios(
            logits: [0, 0, 0, 20], bitsPerSymbol: 2)
        #expect(ratios[0] < -15 && ratios[1] > 15)
        #expect(BitReliabilities.bits(of: [0, 1, 2, 3], bitsPerSymbol: 2) == [
            0, 0, 0, 1, 1, 1, 1, 0,
        ])
    }

    @Test func certaintyBeyondAnyExponentialStaysFinite() {
        let ratios = BitReliabilities.logLikelihoodRatios(
            logits: [3000, -1000, -2000, -2000.5, -5e5, -5e5, 0, -5e5], bitsPerSymbol: 2)
        #expect(abs(ratios[0] - (5000 - log(1 + exp(-0.5)))) < 1e-9)
        #expect(ratios[1] == 4000)
        #expect(abs(ratios[2] + 5e5 - log(2)) < 1e-6)
        #expect(abs(ratios[3] + 5e5 - log(2)) < 1e-6)
    }

    @Test func aConstantOfEachSymbolDoesNotMatter() {
        let a = BitReliabilities.logLikelihoodRatios(logits: [1, 2, 0.5, -3], bitsPerSymbol: 2)
        let b = BitReliabilities.logLikelihoodRatios(
            logits: [1, 2, 0.5, -3].map { $0 + 700 }, bitsPerSymbol: 2)
        for (x, y) in zip(a, b) { #expect(abs(x - y) < 1e-12) }
    }

    /// Mirroring the levels turns the sign of the first bit of a Gray label and no other.
    @Test func mirroringTheLevelsTurnsTheFirstBit() {
        let z = [0.3, -1.2, 2.2, 0.9, -0.4, 0.1, 1.4, -2]
        let a = BitReliabilities.logLikelihoodRatios(logits: z, bitsPerSymbol: 3)
        let b = BitReliabilities.logLikelihoodRatios(logits: z.reversed(), bitsPerSymbol: 3)
        #expect(abs(a[0] + b[0]) < 1e-12)
        #expect(abs(a[1] - b[1]) < 1e-12 && abs(a[2] - b[2]) < 1e-12)
    }

    @Test func noSymbolsHaveNoRatios() {
        #expect(BitReliabilities.logLikelihoodRatios(logits: [], bitsPerSymbol: 2).isEmpty)
    }
}
