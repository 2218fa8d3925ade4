public import ComplexModule
public import PhysicalQuantities
public import RealModule

/// Chromatic dispersion of a single-mode fiber, an all-pass filter of the optical field.
///
/// H(f) = exp(i pi lambda^2 D L f^2 / c): lambda wavelength (m), D dispersion parameter (s/m^2),
/// L length (m), f frequency offset from the carrier (Hz), c speed of light. Equal to
/// exp(-i (beta_2/2) (2 pi f)^2 L) with beta_2 = -D lambda^2 / (2 pi c). Second order only: no
/// dispersion slope, no loss, no nonlinearity. Energy is conserved exactly.
///
/// Source: Agrawal, "Fiber-Optic Communication Systems", chapter on dispersion.
public struct ChromaticDispersion: Sendable, Hashable {
    /// Rounded to 3e8 m/s, as the published tasks define their fiber (arXiv 2412.03129); 0.07 %
    /// above the exact value, equivalent to as much less dispersion.
    public static let speedOfLightInMetresPerSecond = 3e8

    /// Phase per squared frequency, pi lambda^2 D L / c, in s^2.
    public let phaseInSecondsSquared: Double
    /// Group-velocity dispersion beta_2 in s^2/m.
    public let groupVelocityDispersion: Double

    public init(
        wavelength: Length, parameter: ChromaticDispersionParameter, fiberLength: Length
    ) {
        let lambdaSquared = wavelength.metres * wavelength.metres
        let d = parameter.secondsPerSquareMetre
        let c = Self.speedOfLightInMetresPerSecond
        phaseInSecondsSquared = Double.pi * lambdaSquared * d * fiberLength.metres / c
        groupVelocityDispersion = -d * lambdaSquared / (2 * Double.pi * c)
    }

    /// The filter at a frequency offset in Hz.
    public func transfer(frequencyInHertz f: Double) -> Complex<Double> {
        Complex(length: 1, phase: phaseInSecondsSquared * f * f)
    }
}
