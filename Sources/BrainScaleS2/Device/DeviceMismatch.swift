/// Spread of the circuits of a chip at common codes: standard deviations over circuits.
///
/// Conductances and strengths are log-normal factors exp(sigma x), potentials and codes normal
/// offsets. Absolute magnitudes are not public (public tests bound only ratios of the spread after
/// and before calibration): the values are estimates, those of time constants and strengths after
/// figures recalled from publications (tau_mem 20-30 %, tau_syn 20-40 %, strength 10-30 %).
public struct DeviceMismatch: Sendable, Hashable, Codable {
    /// Of the leak conductance; charges keep their step on the membrane.
    public var leakConductance = 0.25
    /// Of the conductance of the reset, which is not calibrated.
    public var resetConductance = 0.25
    /// Of the resistor of each synaptic line, excitatory and inhibitory independently.
    public var lineConductance = 0.30
    /// Of the strength of each synaptic input of a circuit.
    public var inputStrength = 0.20
    /// Of a single synapse's current, relative. It is not calibrated.
    public var synapse = 0.03
    /// Of the cells of leak, reset and threshold with the amplifiers behind, CapMem codes.
    public var voltage = 15.0
    /// Of what a cell holds from one programming of the chip to the next, codes: what calibration
    /// cannot remove. Public procedures add 5 codes of dither against crosstalk between equal cells.
    public var cellScatter = 1.0
    /// Of the reference code at which an input's standing current vanishes.
    public var reference = 35.0
    /// Offset of a CADC channel, LSB, and relative deviation of its slope.
    public var channelOffset = 10.0
    public var channelGain = 0.01
    /// The same for the ramp of a quadrant.
    public var rampOffset = 5.0
    public var rampGain = 0.05
    /// Of the weight converters of a quadrant, relative.
    public var converter = 0.05

    public init() {}
    public static let estimated = DeviceMismatch()
}

/// Noise of the analog circuits in time: standard deviations in CADC LSB.
public struct TemporalNoise: Sendable, Hashable, Codable {
    /// Of the membrane, about 1 LSB (4 to 9 mV, derived from published traces). It acts on every
    /// readout and, redrawn at the start of a trial and after each spike, on the comparator; that
    /// it holds still between spikes is an estimate of its correlation time.
    public var membrane: Double
    /// Of a conversion, on top (estimate).
    public var conversion: Double

    public init(membrane: Double, conversion: Double) {
        self.membrane = membrane
        self.conversion = conversion
    }

    public static let typical = TemporalNoise(membrane: 1.0, conversion: 0.5)
}
