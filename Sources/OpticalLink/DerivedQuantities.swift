import Modulation
import PhysicalQuantities
import RealModule

extension LinkParameters {
    /// Gross bit rate in Gbit/s.
    public var bitRateInGigabitsPerSecond: Double {
        symbolRate.gigabaud * Double(alphabet.bitsPerSymbol)
    }

    /// Fiber length after which a Gaussian pulse with a half-width (1/e intensity) of one symbol
    /// period is broadened by sqrt(2): L_D = T^2 / |beta_2|, in km; infinite without dispersion.
    public var dispersionLengthInKilometres: Double {
        let period = 1 / symbolRate.baud
        let beta2 = chromaticDispersion.groupVelocityDispersion
        return beta2 == 0 ? .infinity : period * period / abs(beta2) / 1e3
    }

    /// Spread of group delay over the occupied band (1 + roll-off) / T, in symbol periods, plus
    /// the symbol itself: an estimate of how many symbols meet in one received sample.
    public var memoryInSymbols: Double {
        let spread =
            2 * Double.pi * abs(chromaticDispersion.groupVelocityDispersion) * fiberLength.metres
            * (1 + rollOff) * symbolRate.baud
        return 1 + spread * symbolRate.baud
    }

    public var chromaticDispersion: ChromaticDispersion {
        ChromaticDispersion(
            wavelength: wavelength, parameter: dispersion, fiberLength: fiberLength)
    }
}
