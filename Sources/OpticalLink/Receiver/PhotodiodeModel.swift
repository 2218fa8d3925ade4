public import RandomStreams
import RealModule

/// A photodiode with its noise: PIN, or avalanche with multiplication.
///
/// I = M R P with responsivity R (A/W) and gain M. Shot noise, of one-sided density
/// 2 q (R P + I_dark) M^2 F (A^2/Hz), follows the signal sample by sample. Excess noise factor
/// F = k M + (1 - k) (2 - 1/M), k the ratio of ionization coefficients; F = 1 for M = 1.
/// Source: McIntyre, "Multiplication Noise in Uniform Avalanche Diodes", 1966; Agrawal.
public struct PhotodiodeModel: Sendable, Hashable {
    public static let elementaryCharge = 1.602_176_634e-19

    public var responsivityInAmperesPerWatt: Double
    public var darkCurrentInAmperes: Double
    /// One for a PIN diode.
    public var gain: Double
    public var ionizationRatio: Double

    public init(
        responsivityInAmperesPerWatt: Double, darkCurrentInAmperes: Double = 0, gain: Double = 1,
        ionizationRatio: Double = 0
    ) {
        self.responsivityInAmperesPerWatt = responsivityInAmperesPerWatt
        self.darkCurrentInAmperes = darkCurrentInAmperes
        self.gain = gain
        self.ionizationRatio = ionizationRatio
    }

    /// F(M).
    public var excessNoiseFactor: Double {
        ionizationRatio * gain + (1 - ionizationRatio) * (2 - 1 / gain)
    }

    /// One-sided density of the shot noise at the output for an optical power, A^2/Hz.
    public func shotNoiseDensity(powerInWatts: Double) -> Double {
        2 * Self.elementaryCharge
            * (responsivityInAmperesPerWatt * powerInWatts + darkCurrentInAmperes)
            * gain * gain * excessNoiseFactor
    }

    /// Currents of a block of optical powers, in A, with shot noise if there is a stream.
    public func detect(_ powers: [Double], sampleRate: Double, stream: RandomStream?) -> [Double] {
        var stream = stream
        return powers.map { power in
            let current = gain * (responsivityInAmperesPerWatt * power + darkCurrentInAmperes)
            guard var numbers = stream else { return current }
            let deviation =
                (shotNoiseDensity(powerInWatts: power) * sampleRate / 2).squareRoot()
            let noise = deviation * numbers.gaussian()
            stream = numbers
            return current + noise
        }
    }
}
