public import ComplexModule
import FourierTransforms
public import RealModule

/// A single-mode fiber with loss, dispersion, dispersion slope and the Kerr effect.
///
/// dA/dz = -(a/2) A + i (b2/2) d2A/dt2 + (b3/6) d3A/dt3 - i g |A|^2 A for A exp(+i w t), a the loss (1/m),
/// b2 = -D lambda^2 / (2 pi c), b3 = (lambda^2 / (2 pi c))^2 (S + 2 D / lambda) with D the dispersion
/// parameter and S its slope (a slope of zero leaves a b3), g the nonlinearity (1/(W m)). Solved by the symmetric split-step Fourier
/// method: half a linear step, the nonlinear one with the effective length of the loss, half a linear
/// step; the error falls with the square of the step. Without g one linear step is exact.
/// Source: Agrawal, "Nonlinear Fiber Optics", chapters on propagation and numerical methods.
public struct FiberSpan: Sendable, Hashable {
    public static let speedOfLight = 299_792_458.0

    public var lengthInMetres: Double
    public var wavelengthInMetres: Double
    /// D in s/m^2 and its slope S in s/m^3.
    public var dispersion: Double
    public var dispersionSlope: Double
    public var lossInDecibelsPerKilometre: Double
    /// 1/(W m); zero for a linear fiber.
    public var nonlinearity: Double
    /// Steps of the split-step method.
    public var steps: Int

    public init(
        lengthInMetres: Double, wavelengthInMetres: Double, dispersion: Double,
        dispersionSlope: Double = 0, lossInDecibelsPerKilometre: Double = 0,
        nonlinearity: Double = 0, steps: Int = 1
    ) {
        precondition(lengthInMetres >= 0 && wavelengthInMetres > 0 && steps > 0)
        self.lengthInMetres = lengthInMetres
        self.wavelengthInMetres = wavelengthInMetres
        self.dispersion = dispersion
        self.dispersionSlope = dispersionSlope
        self.lossInDecibelsPerKilometre = lossInDecibelsPerKilometre
        self.nonlinearity = nonlinearity
        self.steps = steps
    }

    /// b2 in s^2/m.
    public var groupVelocityDispersion: Double {
        -dispersion * wavelengthInMetres * wavelengthInMetres / (2 * Double.pi * Self.speedOfLight)
    }

    /// b3 in s^3/m.
    public var thirdOrderDispersion: Double {
        let scale = wavelengthInMetres * wavelengthInMetres / (2 * Double.pi * Self.speedOfLight)
        return scale * scale * (dispersionSlope + 2 * dispersion / wavelengthInMetres)
    }

    /// Power loss a in 1/m.
    public var attenuation: Double { lossInDecibelsPerKilometre / 1e3 * Double.log(10) / 10 }

    /// The linear part over a distance, at a frequency offset in Hz.
    public func transfer(frequencyInHertz f: Double, distance: Double) -> Complex<Double> {
        let w = 2 * Double.pi * f
        let phase =
            -(groupVelocityDispersion / 2 * w * w + thirdOrderDispersion / 6 * w * w * w) * distance
        return Complex(length: Double.exp(-attenuation / 2 * distance), phase: phase)
    }

    /// Propagates a circular block, shape [sample], in sqrt(W).
    public func propagate(_ field: [Complex<Double>], sampleRate: Double) -> [Complex<Double>] {
        guard lengthInMetres > 0 else { return field }
        let spectral = SpectralBlock(count: field.count, sampleRate: sampleRate)
        guard nonlinearity != 0 else {
            return spectral.filtered(field) { transfer(frequencyInHertz: $0, distance: lengthInMetres) }
        }
        let step = lengthInMetres / Double(steps)
        let half = spectral.response { transfer(frequencyInHertz: $0, distance: step / 2) }
        let whole = spectral.response { transfer(frequencyInHertz: $0, distance: step) }
        // The field in the middle of a step has half its loss; the phase collects over the whole.
        let a = attenuation
        let effective = a > 0 ? 2 * Double.sinh(a * step / 2) / a : step
        var field = spectral.filtered(field, half)
        for index in 0..<steps {
            for n in field.indices {
                field[n] *= Complex(
                    length: 1, phase: -nonlinearity * effective * field[n].lengthSquared)
            }
            field = spectral.filtered(field, index + 1 < steps ? whole : half)
        }
        return field
    }
}

/// First-order polarization-mode dispersion: the power divided over two principal states of
/// polarization that arrive a differential group delay apart.
///
/// x = cos(angle) E exp(+i w d/2), y = sin(angle) E exp(-i w d/2) in the frequency domain.
/// Source: Agrawal, "Fiber-Optic Communication Systems", section on polarization-mode dispersion.
public struct PolarizationModeDispersion: Sendable, Hashable {
    public var differentialGroupDelayInSeconds: Double
    /// Share of power in the slow state, 0...1; one half is the worst.
    public var powerSplit: Double

    public init(differentialGroupDelayInSeconds: Double, powerSplit: Double) {
        self.differentialGroupDelayInSeconds = differentialGroupDelayInSeconds
        self.powerSplit = powerSplit
    }

    public func split(_ field: [Complex<Double>], sampleRate: Double) -> (
        fast: [Complex<Double>], slow: [Complex<Double>]
    ) {
        let spectral = SpectralBlock(count: field.count, sampleRate: sampleRate)
        let delay = differentialGroupDelayInSeconds
        func state(_ sign: Double, _ share: Double) -> [Complex<Double>] {
            spectral.filtered(field) {
                Complex(length: share.squareRoot(), phase: sign * Double.pi * $0 * delay)
            }
        }
        return (state(1, 1 - powerSplit), state(-1, powerSplit))
    }
}
