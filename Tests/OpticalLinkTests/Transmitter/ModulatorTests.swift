import ComplexModule
import OpticalLink
import RandomStreams
import RealModule
import Testing

@Suite struct ModulatorTests {
    @Test func machZehnderFollowsTheSquaredCosine() {
        let modulator = MachZehnderModulator(
            halfWaveVoltage: 2, biasVoltage: -1, extinctionRatioInDecibels: .infinity)
        for drive in stride(from: -1.0, through: 1, by: 0.1) {
            let power = modulator.transmission(drive: drive).lengthSquared
            let expected = (1 + Double.sin(Double.pi * drive / 2)) / 2
            #expect(abs(power - expected) < 1e-12)
        }
    }

    @Test(arguments: [10.0, 20, 30]) func extinctionRatioIsBrightOverDark(ratio: Double) {
        let modulator = MachZehnderModulator(
            halfWaveVoltage: 1, biasVoltage: 0, extinctionRatioInDecibels: ratio)
        let bright = modulator.transmission(drive: 0).lengthSquared
        let dark = modulator.transmission(drive: 1).lengthSquared
        #expect(abs(10 * Double.log10(bright / dark) - ratio) < 1e-9)
    }

    /// Equal steps of light: of a Mach-Zehnder modulator at quadrature by the arcsine.
    @Test func levelsAreSpacedByTheirLight() throws {
        let modulator = MachZehnderModulator(
            halfWaveVoltage: 2, biasVoltage: -1, extinctionRatioInDecibels: 40)
        let levels = try #require(
            PhysicalLinkParameters.equallyBrightLevels(
                .machZehnder(modulator), count: 4, swing: 0.9))
        let powers = levels.map { modulator.transmission(drive: 0.9 * $0).lengthSquared }
        let step = (powers[3] - powers[0]) / 3
        for (a, b) in zip(powers, powers.dropFirst()) { #expect(abs(b - a - step) < 1e-9) }
        #expect(levels[0] == -1 && levels[3] == 1 && abs(levels[2]) < 1.0 / 3)
        let bent = MachZehnderModulator(
            halfWaveVoltage: 1, biasVoltage: 0, extinctionRatioInDecibels: 40)
        #expect(
            PhysicalLinkParameters.equallyBrightLevels(.machZehnder(bent), count: 4, swing: 1)
                == nil)
    }

    @Test func electroAbsorptionIsExponentialAndChirpsWithThePower() {
        let modulator = ElectroAbsorptionModulator(
            extinctionRatioInDecibels: 8, chirpParameter: 0.7)
        let bright = modulator.transmission(drive: 1)
        let middle = modulator.transmission(drive: 0)
        let dark = modulator.transmission(drive: -1)
        #expect(abs(bright.lengthSquared - 1) < 1e-12)
        #expect(abs(10 * Double.log10(bright.lengthSquared / dark.lengthSquared) - 8) < 1e-9)
        #expect(abs(middle.lengthSquared * middle.lengthSquared - dark.lengthSquared) < 1e-12)
        // Phase (alpha/2) ln P.
        #expect(abs((dark.phase - bright.phase) - 0.35 * Double.log(dark.lengthSquared)) < 1e-12)
    }

    /// Extinction, and frequency (alpha / 4 pi)(d ln P / dt + kappa (P - mean)) by differences.
    @Test func directModulationChirps() {
        let laser = DirectModulation(
            extinctionRatioInDecibels: 6, linewidthEnhancement: 3,
            adiabaticChirpInHertzPerWatt: 5e12)
        let rate = 1e12
        let count = 1000
        let drive = (0..<count).map { Double.sin(2 * Double.pi * Double($0) / Double(count)) }
        let field = laser.field(drive: drive, meanPowerInWatts: 2e-3, sampleRate: rate)
        let powers = field.map(\.lengthSquared)
        #expect(abs(10 * Double.log10(powers.max()! / powers.min()!) - 6) < 1e-9)
        for n in stride(from: 10, to: count - 10, by: 37) {
            let frequency = (field[n + 1] * field[n - 1].conjugate).phase / (4 * Double.pi) * rate
            let transient = (Double.log(powers[n + 1]) - Double.log(powers[n - 1])) / 2 * rate
            let expected = 3 / (4 * Double.pi) * (transient + 5e12 * (powers[n] - 2e-3))
            #expect(abs(frequency - expected) < 0.01 * 3 / (4 * Double.pi) * 5e12 * 1e-3)
        }
    }

    /// Uniform error: 6.02 bits + 1.76 dB for a sine that fills the range.
    @Test(arguments: [8, 10, 12]) func quantizedSineHasItsTextbookRatio(bits: Int) {
        let quantizer = Quantizer(bits: bits, limit: 1)
        var error = 0.0
        let count = 100_000
        for n in 0..<count {
            let x = Double.sin(2 * Double.pi * 0.618_033_988_7 * Double(n))
            let e = quantizer.quantize(x) - x
            error += e * e
        }
        let ratio = 10 * Double.log10(0.5 / (error / Double(count)))
        #expect(abs(ratio - (6.02 * Double(bits) + 1.76)) < 0.15)
        #expect(quantizer.quantize(7) < 1 && quantizer.quantize(-7) > -1)
    }

    /// White with the stated one-sided density: 2^18 samples know a mean square to 0.3 %.
    @Test func relativeIntensityNoiseHasItsDensity() throws {
        let laser = Laser(
            powerInWatts: 1e-3, relativeIntensityNoiseInDecibelsPerHertz: -140)
        let rate = 100e9
        let count = 1 << 18
        let factors = try #require(
            laser.intensityFactors(
                count: count, sampleRate: rate, stream: RandomStream(seed: 3)))
        let noise = factors.map { $0 - 1 }
        let variance = noise.reduce(0) { $0 + $1 * $1 } / Double(count)
        #expect(abs(variance / (1e-14 * rate / 2) - 1) < 0.01)
        // Density in the lower and the upper half of the band: variances of neighbors' sums and
        // differences.
        var low = 0.0
        var high = 0.0
        for n in stride(from: 0, to: count, by: 2) {
            low += (noise[n] + noise[n + 1]) * (noise[n] + noise[n + 1])
            high += (noise[n] - noise[n + 1]) * (noise[n] - noise[n + 1])
        }
        #expect(abs(low / high - 1) < 0.025)
    }

    /// Phase increments over d have variance 2 pi linewidth d.
    @Test func linewidthIsADiffusion() throws {
        let laser = Laser(powerInWatts: 1e-3, linewidthInHertz: 1e6)
        let rate = 100e9
        let phases = try #require(
            laser.phases(count: 1 << 18, sampleRate: rate, stream: RandomStream(seed: 4)))
        for distance in [1, 10] {
            let increments = stride(from: 0, to: phases.count - distance, by: distance).map {
                phases[$0 + distance] - phases[$0]
            }
            let variance = increments.reduce(0) { $0 + $1 * $1 } / Double(increments.count)
            let expected = 2 * Double.pi * 1e6 * Double(distance) / rate
            let error = (2 / Double(increments.count)).squareRoot()
            #expect(abs(variance / expected - 1) < 4 * error)
        }
    }
}
