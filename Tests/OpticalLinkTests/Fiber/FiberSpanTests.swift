import ComplexModule
import Foundation
import OpticalLink
import RealModule
import TestSupport
import Testing

@Suite struct FiberSpanTests {
    static func standard(
        kilometres: Double, gamma: Double = 0, loss: Double = 0, steps: Int = 1
    ) -> FiberSpan {
        FiberSpan(
            lengthInMetres: kilometres * 1e3, wavelengthInMetres: 1550e-9, dispersion: 17e-6,
            lossInDecibelsPerKilometre: loss, nonlinearity: gamma, steps: steps)
    }

    /// Root-mean-square width of the power around its mean time, in samples.
    private func width(_ field: [Complex<Double>]) -> Double {
        let powers = field.map(\.lengthSquared)
        let total = powers.reduce(0, +)
        let mean = powers.enumerated().reduce(0) { $0 + Double($1.0) * $1.1 } / total
        return (powers.enumerated().reduce(0) {
            $0 + (Double($1.0) - mean) * (Double($1.0) - mean) * $1.1
        } / total).squareRoot()
    }

    /// A Gaussian pulse widens by sqrt(1 + (z / L_D)^2), L_D = T0^2 / |b2|.
    @Test(arguments: [0.5, 1.0, 2.0]) func gaussianPulseBroadens(lengths: Double) {
        let rate = 1e12
        let t0 = 20e-12
        let unit = Self.standard(kilometres: 1)
        let dispersionLength = t0 * t0 / abs(unit.groupVelocityDispersion)
        let pulse = (0..<2048).map { n -> Complex<Double> in
            let t = Double(n - 1024) / rate
            return Complex(Double.exp(-t * t / (2 * t0 * t0)))
        }
        let fiber = Self.standard(kilometres: lengths * dispersionLength / 1e3)
        let ratio = width(fiber.propagate(pulse, sampleRate: rate)) / width(pulse)
        #expect(abs(ratio / (1 + lengths * lengths).squareRoot() - 1) < 1e-3)
    }

    /// The fundamental soliton, g P0 T0^2 = |b2|, keeps its shape over a soliton period.
    @Test func solitonKeepsItsShape() {
        let rate = 2e12
        let t0 = 10e-12
        let gamma = 1.3e-3
        let b2 = abs(Self.standard(kilometres: 1).groupVelocityDispersion)
        let peak = b2 / (gamma * t0 * t0)
        let soliton = (0..<2048).map { n -> Complex<Double> in
            let t = Double(n - 1024) / rate
            return Complex(peak.squareRoot() / Double.cosh(t / t0))
        }
        let period = Double.pi / 2 * t0 * t0 / b2
        let fiber = Self.standard(kilometres: period / 1e3, gamma: gamma, steps: 200)
        let after = fiber.propagate(soliton, sampleRate: rate)
        for n in 0..<2048 {
            #expect(abs(after[n].lengthSquared - soliton[n].lengthSquared) < 0.01 * peak)
        }
        // Without the Kerr effect the same pulse falls apart.
        let linear = Self.standard(kilometres: period / 1e3).propagate(soliton, sampleRate: rate)
        #expect(linear[1024].lengthSquared < 0.6 * peak)
    }

    /// The error of the symmetric scheme falls with the square of the step.
    @Test func errorIsOfSecondOrder() {
        let pulse = (0..<512).map { n -> Complex<Double> in
            let t = Double(n - 256) / 20
            return Complex(0.5 * Double.exp(-t * t))
        }
        func run(_ steps: Int) -> [Complex<Double>] {
            Self.standard(kilometres: 20, gamma: 1.3e-3, loss: 0.2, steps: steps)
                .propagate(pulse, sampleRate: 640e9)
        }
        let exact = run(4000)
        func error(_ steps: Int) -> Double {
            zip(run(steps), exact).reduce(0) { $0 + ($1.0 - $1.1).lengthSquared }.squareRoot()
        }
        let ratio = error(100) / error(200)
        #expect(ratio > 3.6 && ratio < 4.4)
    }

    @Test func lossAloneIsExponential() {
        let fiber = FiberSpan(
            lengthInMetres: 10e3, wavelengthInMetres: 1310e-9, dispersion: 0,
            lossInDecibelsPerKilometre: 0.35, nonlinearity: 1e-3, steps: 3)
        let after = fiber.propagate([Complex<Double>](repeating: 1, count: 8), sampleRate: 1e11)
        for sample in after {
            #expect(abs(10 * Double.log10(sample.lengthSquared) + 3.5) < 1e-9)
        }
    }

    /// Without dispersion the phase is g P L_eff, L_eff = (1 - exp(-a L)) / a.
    @Test func nonlinearPhaseOfAContinuousWave() {
        let fiber = FiberSpan(
            lengthInMetres: 20e3, wavelengthInMetres: 1550e-9, dispersion: 0,
            lossInDecibelsPerKilometre: 0.2, nonlinearity: 1.3e-3, steps: 400)
        let after = fiber.propagate([Complex<Double>](repeating: Complex(0.1), count: 4), sampleRate: 1e11)
        let a = 0.2e-3 * Double.log(10) / 10
        let effective = (1 - Double.exp(-a * 20e3)) / a
        #expect(abs(after[0].phase / (-1.3e-3 * 0.01 * effective) - 1) < 1e-3)
    }

    /// Third order alone delays a frequency by b3 w^2 / 2 per metre.
    @Test func slopeDelaysByTheSquareOfFrequency() {
        let fiber = FiberSpan(
            lengthInMetres: 10e3, wavelengthInMetres: 1310e-9, dispersion: 0,
            dispersionSlope: 0.09e3)
        // 0.09 ps/(nm^2 km) = 90 s/m^3; b3 = S (lambda^2 / 2 pi c)^2.
        let scale = 1310e-9 * 1310e-9 / (2 * Double.pi * FiberSpan.speedOfLight)
        #expect(abs(fiber.thirdOrderDispersion / (90 * scale * scale) - 1) < 1e-12)
        let (f, df) = (200e9, 1e8)
        let delay =
            -(fiber.transfer(frequencyInHertz: f + df, distance: 10e3)
            * fiber.transfer(frequencyInHertz: f - df, distance: 10e3).conjugate).phase
            / (4 * Double.pi * df)
        let w = 2 * Double.pi * f
        #expect(abs(delay / (fiber.thirdOrderDispersion * w * w / 2 * 10e3) - 1) < 1e-3)
    }

    struct Reference: Decodable {
        var input: [Double]
        var linear_power: [Double]
        var nonlinear_power: [Double]
    }

    /// OptiCommPy's linear channel and split-step solution (steps of 20 m there).
    @Test func anIndependentSimulatorAgrees() throws {
        let url = try #require(
            Bundle.module.url(
                forResource: "opticommpy", withExtension: "json", subdirectory: "Reference"))
        let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
        let input = reference.input.map { Complex<Double>($0) }
        func fiber(_ gamma: Double, _ loss: Double, _ steps: Int) -> FiberSpan {
            FiberSpan(
                lengthInMetres: 20e3, wavelengthInMetres: 1550e-9, dispersion: 16e-6,
                // The slope that makes b3 zero, as there.
                dispersionSlope: -2 * 16e-6 / 1550e-9, lossInDecibelsPerKilometre: loss, nonlinearity: gamma, steps: steps)
        }
        let linear = fiber(0, 0, 1).propagate(input, sampleRate: 640e9)
        for (a, b) in zip(linear, reference.linear_power) {
            #expect(abs(a.lengthSquared - b) < 1e-12)
        }
        let nonlinear = fiber(1.3e-3, 0.2, 1000).propagate(input, sampleRate: 640e9)
        let largest = reference.nonlinear_power.max() ?? 1
        for (a, b) in zip(nonlinear, reference.nonlinear_power) {
            #expect(abs(a.lengthSquared - b) < 1e-6 * largest)
        }
        // The Kerr effect matters here.
        let off = zip(linear, reference.nonlinear_power).map {
            abs($0.lengthSquared * Double.exp10(-0.4) - $1)
        }.max()
        #expect(off ?? 0 > 0.05 * largest)
    }

    /// A tone on light behind split polarizations fades as |cos(pi f DGD)| at equal powers.
    @Test func differentialGroupDelayFadesATone() {
        let rate = 320e9
        let count = 3200
        let f = 20e9
        let field = (0..<count).map { n -> Complex<Double> in
            Complex((1 + 0.02 * Double.cos(2 * Double.pi * f * Double(n) / rate)).squareRoot())
        }
        func tone(_ delay: Double) -> Double {
            let parts = PolarizationModeDispersion(
                differentialGroupDelayInSeconds: delay, powerSplit: 0.5
            ).split(field, sampleRate: rate)
            return toneAmplitude(
                zip(parts.fast, parts.slow).map { $0.lengthSquared + $1.lengthSquared },
                frequency: f, rate: rate)
        }
        for delay in [5e-12, 10e-12, 20e-12] {
            let expected = abs(Double.cos(Double.pi * f * delay))
            #expect(abs(tone(delay) / tone(0) - expected) < 1e-3)
        }
    }
}

/// Amplitude of a tone in a real signal.
func toneAmplitude(_ values: [Double], frequency: Double, rate: Double) -> Double {
    var sum = Complex<Double>.zero
    for (n, value) in values.enumerated() {
        sum += Complex(length: 1, phase: -2 * Double.pi * frequency * Double(n) / rate)
            .multiplied(by: value)
    }
    return 2 * sum.length / Double(values.count)
}

@Suite struct PowerFadingTests {
    /// Amplitude of a small tone behind a fiber and a photodiode, over its amplitude before. All
    /// frequencies are whole numbers of cycles in the block.
    private func response(_ f: Double, chirp: Double) -> Double {
        let rate = 200e9
        let count = 20_000
        let drive = (0..<count).map { 0.01 * Double.cos(2 * Double.pi * f * Double($0) / rate) }
        let laser = DirectModulation(
            extinctionRatioInDecibels: 10, linewidthEnhancement: chirp,
            adiabaticChirpInHertzPerWatt: 0)
        let field = laser.field(drive: drive, meanPowerInWatts: 1e-3, sampleRate: rate)
        let after = FiberSpanTests.standard(kilometres: 60).propagate(field, sampleRate: rate)
        return toneAmplitude(after.map(\.lengthSquared), frequency: f, rate: rate)
            / toneAmplitude(field.map(\.lengthSquared), frequency: f, rate: rate)
    }

    /// The first null lies where lambda^2 D L f^2 / c = 1/2 - arctan(alpha) / pi, and the response is
    /// sqrt(1 + alpha^2) |cos(pi lambda^2 D L f^2 / c + arctan alpha)| (Wang and Petermann, 1992).
    @Test(arguments: [0.0, 1.0, 3.0, -1.0])
    func nullsLieWherePredicted(chirp: Double) {
        let scale = 1550e-9 * 1550e-9 * 17e-6 * 60e3 / FiberSpan.speedOfLight
        let predicted = ((0.5 - Double.atan(chirp) / Double.pi) / scale).squareRoot()
        let step = 10e6
        // Around the null, in whole cycles of the block.
        let near = stride(from: 0.97 * predicted, to: 1.03 * predicted, by: step).map {
            ($0 / step).rounded() * step
        }
        let found = near.min { response($0, chirp: chirp) < response($1, chirp: chirp) } ?? 0
        #expect(abs(found / predicted - 1) < 0.01)
        for f in [0.3 * predicted, 0.6 * predicted] {
            let tone = (f / step).rounded() * step
            let expected =
                (1 + chirp * chirp).squareRoot()
                * abs(Double.cos(Double.pi * scale * tone * tone + Double.atan(chirp)))
            #expect(abs(response(tone, chirp: chirp) / expected - 1) < 0.01)
        }
    }
}
