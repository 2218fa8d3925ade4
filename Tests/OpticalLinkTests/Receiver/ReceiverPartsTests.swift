import ComplexModule
import Foundation
import OpticalLink
import RandomStreams
import RealModule
import Testing

@Suite struct ReceiverPartsTests {
    /// Published 3-dB frequencies of Bessel filters of unit delay (Zverev's tables): the filter's delay
    /// is that number over 2 pi B, constant within 1 % up to half the bandwidth from the third order on.
    @Test(arguments: [(2, 1.3617, 0.1), (3, 1.7557, 0.5), (4, 2.1139, 0.7), (5, 2.4274, 1.0)])
    func besselDelaysAreFlat(order: Int, published: Double, flatTo: Double) {
        let bandwidth = 30e9
        let filter = ElectricalFilter.bessel(order: order, bandwidthInHertz: bandwidth)
        let half = filter.transfer(frequencyInHertz: bandwidth).lengthSquared
        #expect(abs(half - 0.5) < 1e-9)
        #expect(abs(filter.transfer(frequencyInHertz: 0).real - 1) < 1e-12)
        // Its own delay is taken out: what is left is the deviation, in units of that delay.
        let delay = published / (2 * Double.pi * bandwidth)
        for f in stride(from: 0.02, through: flatTo, by: 0.04) {
            let step = 1e6
            let phase =
                (filter.transfer(frequencyInHertz: f * bandwidth + step)
                * filter.transfer(frequencyInHertz: f * bandwidth - step).conjugate).phase
            let deviation = -phase / (4 * Double.pi * step)
            #expect(abs(deviation) < 0.01 * delay, "\(f)")
        }
        // The magnitude of the low pass with unit delay knows the published frequency.
        let low = filter.transfer(frequencyInHertz: bandwidth / published)
        let direct = Self.besselMagnitude(order)
        #expect(abs(low.length - direct) < 1e-4)
    }

    /// |theta_n(0) / theta_n(i)| from the polynomials written out.
    private static func besselMagnitude(_ order: Int) -> Double {
        switch order {
        case 2: 3 / Complex<Double>(3 - 1, 3).length
        case 3: 15 / Complex<Double>(15 - 6, 15 - 1).length
        case 4: 105 / Complex<Double>(105 - 45 + 1, 105 - 10).length
        default: 945 / Complex<Double>(945 - 420 + 15, 945 - 105 + 1).length
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5]) func butterworthIsMaximallyFlat(order: Int) {
        let filter = ElectricalFilter.butterworth(order: order, bandwidthInHertz: 10e9)
        for x in [0.0, 0.1, 0.5, 1, 2, 10] {
            let expected = 1 / (1 + Double.pow(x, 2 * order))
            let found = filter.transfer(frequencyInHertz: x * 10e9).lengthSquared
            #expect(abs(found / expected - 1) < 1e-9)
        }
        let forward = filter.transfer(frequencyInHertz: 3e9)
        let backward = filter.transfer(frequencyInHertz: -3e9)
        #expect((forward - backward.conjugate).length < 1e-12)
    }

    @Test func measuredResponsesAreInterpolated() {
        let filter = ElectricalFilter.measured([
            .init(frequencyInHertz: 0, gain: 1),
            .init(frequencyInHertz: 10e9, gain: Complex(0.5, -0.5)),
        ])
        #expect((filter.transfer(frequencyInHertz: 5e9) - Complex(0.75, -0.25)).length < 1e-12)
        #expect((filter.transfer(frequencyInHertz: -5e9) - Complex(0.75, 0.25)).length < 1e-12)
        #expect((filter.transfer(frequencyInHertz: 40e9) - Complex(0.5, -0.5)).length < 1e-12)
    }

    private func variance(_ diode: PhotodiodeModel, power: Double, rate: Double) -> Double {
        let count = 1 << 18
        let currents = diode.detect(
            [Double](repeating: power, count: count), sampleRate: rate,
            stream: RandomStream(seed: 5))
        let mean = currents.reduce(0, +) / Double(count)
        return currents.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    }

    /// 2 q I over the band, I with the dark current; 2^18 samples know it to 0.28 %.
    @Test func shotNoiseHasItsDensity() {
        let diode = PhotodiodeModel(
            responsivityInAmperesPerWatt: 0.8, darkCurrentInAmperes: 100e-6)
        let rate = 200e9
        let expected = 2 * 1.602_176_634e-19 * (0.8 * 1e-3 + 100e-6) * rate / 2
        #expect(abs(variance(diode, power: 1e-3, rate: rate) / expected - 1) < 0.01)
    }

    private struct Reference: Decodable {
        var detected_mean: Double
        var detected_variance: Double
    }

    /// OptiCommPy's photodiode on the same light: 2^20 samples there, 2^18 here, 0.3 %. It leaves the
    /// dark current out of the mean.
    @Test func anIndependentPhotodiodeHasTheSameNoise() throws {
        let url = try #require(
            Bundle.module.url(
                forResource: "opticommpy", withExtension: "json", subdirectory: "Reference"))
        let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
        let diode = PhotodiodeModel(
            responsivityInAmperesPerWatt: 0.8, darkCurrentInAmperes: 100e-6)
        let found = variance(diode, power: 1e-3, rate: 200e9)
        #expect(abs(found / reference.detected_variance - 1) < 0.01)
        let mean = diode.detect([1e-3], sampleRate: 200e9, stream: nil)[0]
        #expect(abs(mean - 100e-6 - reference.detected_mean) < 1e-7)
    }

    /// F(10) = 0.4 x 10 + 0.6 x 1.9 = 5.14 for k = 0.4; M for k = 1; 2 - 1/M for k = 0.
    @Test func avalancheMultipliesNoiseByMoreThanTheSignal() {
        func diode(_ gain: Double, _ k: Double) -> PhotodiodeModel {
            PhotodiodeModel(responsivityInAmperesPerWatt: 0.9, gain: gain, ionizationRatio: k)
        }
        #expect(abs(diode(10, 0.4).excessNoiseFactor - 5.14) < 1e-12)
        #expect(abs(diode(7, 1).excessNoiseFactor - 7) < 1e-12)
        #expect(abs(diode(7, 0).excessNoiseFactor - (2 - 1 / 7.0)) < 1e-12)
        #expect(diode(1, 0.4).excessNoiseFactor == 1)
        let ratio =
            variance(diode(10, 0.4), power: 1e-4, rate: 1e11)
            / variance(diode(1, 0.4), power: 1e-4, rate: 1e11)
        #expect(abs(ratio / (100 * 5.14) - 1) < 0.01)
    }

    /// Emission F G h f / 2 in each polarization: 20 dB, noise figure 5 dB at 1550 nm.
    @Test func amplifierEmitsByItsNoiseFigure() {
        let amplifier = OpticalAmplifier(gainInDecibels: 20, noiseFigureInDecibels: 5)
        let density = amplifier.emissionDensity(carrierInHertz: 193.4e12)
        let expected = Double.exp10(0.5) * 100 * 6.626_070_15e-34 * 193.4e12 / 2
        #expect(abs(density / expected - 1) < 1e-12)
        // 0 dBm in: optical signal-to-noise ratio in 12.5 GHz, both polarizations: 58 - F dB less
        // the input's 0 dBm, the textbook's rule of thumb.
        let ratio = 10 * Double.log10(1e-3 * 100 / (2 * density * 12.5e9))
        #expect(abs(ratio - (58 - 5)) < 0.1)
    }

    @Test(arguments: [0.0, 0.1, 0.3, -0.2]) func clockRecoveryFindsTheShift(shift: Double) {
        // Raised-cosine pulses of random levels, eight samples a symbol, shifted.
        var stream = RandomStream(seed: 6)
        let levels = stream.symbols(count: 2000, order: 4).map { Double($0) - 1.5 }
        let waveform = (0..<16_000).map { n -> Double in
            let t = Double(n) / 8 - shift
            var sum = 0.0
            for k in Int(t) - 8...Int(t) + 8 {
                let x = t - Double(k)
                let level = levels[((k % 2000) + 2000) % 2000]
                sum += level * Self.raisedCosine(x)
            }
            return sum
        }
        let phase = ClockRecovery.phase(waveform, samplesPerSymbol: 8)
        #expect(abs(phase - shift) < 0.02)
    }

    private static func raisedCosine(_ x: Double) -> Double {
        let roll = 0.5
        if abs(x) < 1e-9 { return 1 }
        let edge = 1 - 4 * roll * roll * x * x
        if abs(edge) < 1e-9 {
            return Double.pi / 4 * Double.sin(Double.pi * x) / (Double.pi * x)
        }
        return Double.sin(Double.pi * x) / (Double.pi * x) * Double.cos(Double.pi * roll * x) / edge
    }
}
