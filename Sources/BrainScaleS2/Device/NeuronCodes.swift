/// Scaling of a leak conductance by its two switches.
public enum LeakRange: Int, Sendable, Hashable, Codable, CaseIterable {
    case divided = -1
    case normal = 0
    case multiplied = 1

    /// 1/8, 1 or 8.
    public var factor: Double {
        switch self {
        case .divided: 0.125
        case .normal: 1
        case .multiplied: 8
        }
    }
}

/// The cells of one of the two synaptic inputs of a neuron circuit.
public struct SynapticInputCodes: Sendable, Hashable, Codable {
    /// Bias of the resistor that sets the time constant.
    public var timeConstantBias: CapMemCode
    /// The resistor's switch for long time constants.
    public var hasHighResistance: Bool
    /// Bias of the transconductor from the synaptic line to the membrane.
    public var transconductance: CapMemCode
    /// Level at which the transconductor's current should vanish.
    public var reference: CapMemCode
}

/// What is written to one neuron circuit: what a user, or a calibration, can choose.
public struct NeuronCodes: Sendable, Hashable, Codable {
    public var leak: CapMemCode
    public var reset: CapMemCode
    public var threshold: CapMemCode
    /// Whether the comparator is on.
    public var hasThreshold: Bool
    public var leakBias: CapMemCode
    public var leakRange: LeakRange
    /// Membrane capacitance, 0...63 of about 2.2 pF.
    public var capacitance: Int
    public var excitatory: SynapticInputCodes
    public var inhibitory: SynapticInputCodes
    public var refractoryPeriod: RefractoryPeriod
}

/// The cells that all circuits of a quadrant share.
public struct QuadrantCodes: Sendable, Hashable, Codable {
    /// Bias of the synapses' weight converters.
    public var synapseDACBias: CapMemCode
    /// Start and slope of the ramp of the CADC.
    public var rampOffset: CapMemCode
    public var rampSlope: CapMemCode

    /// The public default of the bias, and ramp codes that give the nominal scale.
    public static let nominal = QuadrantCodes(
        synapseDACBias: CapMemCode(600), rampOffset: CapMemCode(CircuitTransfer.nominalRampOffset),
        rampSlope: CapMemCode(CircuitTransfer.nominalRampSlope))
}
