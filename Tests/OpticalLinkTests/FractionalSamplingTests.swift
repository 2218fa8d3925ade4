import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams
import Testing

@Suite struct FractionalSamplingTests {
    private static let link = OpticalLink(
        LinkParameters(
            alphabet: PAMAlphabet(levels: [-3, -1, 1, 3]), symbolRate: .gigabaud(112),
            samplesPerSymbol: 3, rollOff: 0.2, bias: .fixed(2.25), wavelength: .nanometres(1270),
            dispersion: .picosecondsPerNanometreKilometre(-5), fiberLength: .kilometres(4),
            noisePower: Decibels(-20)), blockLength: 501)

    /// Samples on the symbols are the same waveform at the same times, noise included.
    @Test(arguments: [1, 2, 3, 4]) func symbolsKeepTheirSample(rate: Int) {
        var numbers = RandomStream(seed: 1)
        let symbols = numbers.symbols(count: 501, order: 4)
        let noise = RandomStream(seed: 2)
        let plain = Self.link.transmit(symbols, noise: noise)
        let fine = Self.link.transmit(symbols, noise: noise, outputRate: rate)
        #expect(fine.count == 501 * rate)
        guard rate > 1 else { return }
        for k in 0..<501 { #expect(abs(fine[rate * k] - plain[k]) < 1e-12) }
    }

    /// The receive filter ends at 0.6 symbol rates: with two samples a symbol the waveform's power is
    /// that of its samples, and four show no more.
    @Test func twoSamplesASymbolHoldTheWholeWaveform() {
        var numbers = RandomStream(seed: 3)
        let symbols = numbers.symbols(count: 501, order: 4)
        func power(_ rate: Int) -> Double {
            let samples = Self.link.transmit(
                symbols, noise: RandomStream(seed: 4), outputRate: rate)
            return samples.reduce(0) { $0 + $1 * $1 } / Double(samples.count)
        }
        #expect(abs(power(2) / power(4) - 1) < 1e-12)
        #expect(abs(power(1) / power(4) - 1) > 1e-4)
    }
}
