public import Modulation
public import PhysicalQuantities

/// A short-reach link with intensity modulation and direct detection, as physics sees it.
///
/// No member has a default: a link whose fiber length is unknown is not a link.
public struct LinkParameters: Sendable, Hashable {
    /// Field levels of the symbols before pulse shaping.
    public var alphabet: PAMAlphabet
    public var symbolRate: SymbolRate
    /// Samples per symbol of the simulated waveform; above 1 + roll-off.
    public var samplesPerSymbol: Int
    /// Roll-off factor of the root-raised-cosine filters, 0...1.
    public var rollOff: Double
    public var bias: Bias
    public var wavelength: Length
    public var dispersion: ChromaticDispersionParameter
    public var fiberLength: Length
    /// 10 log10 of the variance of the real white Gaussian noise added to each sample of the
    /// photocurrent, the field having unit mean power.
    public var noisePower: Decibels
    /// Optical power on the photodiode relative to the unit mean power that the noise is measured
    /// against: the photocurrent is multiplied by 10^(dB/10). No automatic gain control follows.
    /// Physical links have a received power of their own.
    public var receivedPowerChange = Decibels(0)
    /// Sampling later than the best instant, in symbols: the receive filter is multiplied by
    /// exp(2 pi i f offset). Physical links have a timing offset of their own.
    public var timingOffset = 0.0
    /// A link of physical parts; nil for the idealized chain of the published tasks. With it, bias,
    /// dispersion and noise stand there, and `noisePower` is the negative of its received power in dBm.
    public var physical: PhysicalLinkParameters?

    /// The constant added to the shaped waveform.
    public enum Bias: Sendable, Hashable {
        case fixed(Double)
        /// The magnitude of the shaped waveform's minimum, so that the field is never negative.
        case automatic
    }

    public init(
        alphabet: PAMAlphabet, symbolRate: SymbolRate, samplesPerSymbol: Int, rollOff: Double,
        bias: Bias, wavelength: Length, dispersion: ChromaticDispersionParameter,
        fiberLength: Length, noisePower: Decibels, physical: PhysicalLinkParameters? = nil
    ) {
        self.alphabet = alphabet
        self.symbolRate = symbolRate
        self.samplesPerSymbol = samplesPerSymbol
        self.rollOff = rollOff
        self.bias = bias
        self.wavelength = wavelength
        self.dispersion = dispersion
        self.fiberLength = fiberLength
        self.noisePower = noisePower
        self.physical = physical
    }

    /// Standard deviation of the noise on each photocurrent sample.
    public var noiseStandardDeviation: Double {
        DecibelScale.powerRatio(noisePower).squareRoot()
    }
}
