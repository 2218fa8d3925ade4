public import ComplexModule
public import RealModule

/// A Mach-Zehnder modulator in push-pull.
///
/// E_out / E_in = cos(phi) + i sqrt(1/ER) sin(phi), phi = pi (V + V_bias) / (2 V_pi): power
/// cos^2(phi) + sin^2(phi) / ER, ER the extinction ratio by which the darkest output is below the
/// brightest; unequal arms leave a residue in quadrature, which chirps.
/// Source: Seimetz, "High-Order Modulation for Optical Fiber Transmission", chapter on modulators.
public struct MachZehnderModulator: Sendable, Hashable {
    /// Voltage between full transmission and none, in units of the drive.
    public var halfWaveVoltage: Double
    /// Working point; -halfWaveVoltage/2 is quadrature on the rising slope.
    public var biasVoltage: Double
    /// Power ratio in dB; infinite for equal arms.
    public var extinctionRatioInDecibels: Double

    public init(
        halfWaveVoltage: Double, biasVoltage: Double, extinctionRatioInDecibels: Double
    ) {
        self.halfWaveVoltage = halfWaveVoltage
        self.biasVoltage = biasVoltage
        self.extinctionRatioInDecibels = extinctionRatioInDecibels
    }

    /// Field transmission at a drive voltage.
    public func transmission(drive: Double) -> Complex<Double> {
        let phi = Double.pi * (drive + biasVoltage) / (2 * halfWaveVoltage)
        let residue = Double.exp10(-extinctionRatioInDecibels / 20)
        return Complex(Double.cos(phi), residue * Double.sin(phi))
    }
}

/// An electro-absorption modulator: transmission falls exponentially with the drive, and the phase
/// follows the power.
///
/// Power transmission T = 10^(-(ER/10) (1 - x)/2) for a drive x in -1...1, ER the ratio of brightest to
/// darkest in dB; phase (alpha/2) ln T with the chirp parameter alpha. Range: the exponential law holds
/// over the swing of short-reach drivers; saturation and insertion loss are left out.
/// Source: Koyama and Iga, "Frequency Chirping in External Modulators", 1988.
public struct ElectroAbsorptionModulator: Sendable, Hashable {
    public var extinctionRatioInDecibels: Double
    public var chirpParameter: Double

    public init(extinctionRatioInDecibels: Double, chirpParameter: Double) {
        self.extinctionRatioInDecibels = extinctionRatioInDecibels
        self.chirpParameter = chirpParameter
    }

    public func transmission(drive: Double) -> Complex<Double> {
        let logarithm =
            -Double.log(10) * extinctionRatioInDecibels / 10 * (1 - min(max(drive, -1), 1)) / 2
        return Complex(
            length: Double.exp(logarithm / 2), phase: chirpParameter / 2 * logarithm)
    }
}

/// A directly modulated laser: power follows the current, and the frequency follows the power.
///
/// P(t) = P0 (1 + m x(t)) for a drive x in -1...1, m = (ER - 1)/(ER + 1) with the extinction ratio ER;
/// frequency shift (alpha / 4 pi) (d ln P/dt + kappa P): transient and adiabatic chirp, the phase its
/// integral, mean shift taken out since it moves the carrier alone. Valid well below the relaxation
/// oscillation, whose low pass is the driver's filter; turn-on delay is left out.
/// Source: Koch and Bowers, "Nature of Wavelength Chirping in Directly Modulated Semiconductor Lasers",
/// 1984.
public struct DirectModulation: Sendable, Hashable {
    public var extinctionRatioInDecibels: Double
    /// Linewidth-enhancement factor alpha.
    public var linewidthEnhancement: Double
    /// Adiabatic chirp kappa in Hz per W.
    public var adiabaticChirpInHertzPerWatt: Double

    public init(
        extinctionRatioInDecibels: Double, linewidthEnhancement: Double,
        adiabaticChirpInHertzPerWatt: Double
    ) {
        self.extinctionRatioInDecibels = extinctionRatioInDecibels
        self.linewidthEnhancement = linewidthEnhancement
        self.adiabaticChirpInHertzPerWatt = adiabaticChirpInHertzPerWatt
    }

    /// The field of a circular block in sqrt(W), shape [sample].
    public func field(
        drive: [Double], meanPowerInWatts: Double, sampleRate: Double
    ) -> [Complex<Double>] {
        let ratio = Double.exp10(extinctionRatioInDecibels / 10)
        let depth = (ratio - 1) / (ratio + 1)
        let powers = drive.map { meanPowerInWatts * max(1e-6, 1 + depth * min(max($0, -1), 1)) }
        let mean = powers.reduce(0, +) / Double(powers.count)
        // The integral of the transient part is the logarithm itself.
        var adiabatic = 0.0
        return powers.map { power in
            let phase =
                linewidthEnhancement / 2
                * (Double.log(power / mean) + adiabatic)
            adiabatic += adiabaticChirpInHertzPerWatt * (power - mean) / sampleRate
            return Complex(length: power.squareRoot(), phase: phase)
        }
    }
}
