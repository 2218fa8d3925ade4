import RealModule

/// How codes act on an average circuit. Potentials are in CADC LSB of 4.5 mV, times in us.
///
/// - A voltage cell of code c holds 20 + (c - 70) 200/480 LSB (public CADC calibration: codes
///   70...550 read 20...220).
/// - The membrane's rate is 1/tau_m = 0.25/us (c/1022) r (63/C), r = 1/8, 1, 8 by the switches:
///   linear in the bias, and 0.5 us to beyond 100 us are in reach, as public measurements show; the
///   factor is an estimate.
/// - A synaptic line's rate is 1/tau_s = k (c/1022) with k = 6/us, or 0.55/us at high resistance
///   (estimates; the public range is 0.3 us to 30 us).
/// - An event of weight 1 raises the drive (the potential at which the membrane would settle) by
///   0.0712 LSB/us (g/500)(d/600)(63/C) tau_m, g the transconductor's code, d that of the weight
///   converters: with the public defaults weight 63 then peaks at 16.5 LSB for 10 us and 10 us.
/// - A transconductor whose reference is one code off drives 0.2 LSB (g/500)(tau_m/10 us)(63/C) all
///   the time (estimate).
/// - The reset pulls the membrane to its potential with 0.5 us (the fastest in public use): after the
///   refractory time t a share exp(-t / 0.5 us) of the way is left.
/// - A conversion reads (p - o) s + offset: the ramp's start moves o by 200/480 LSB a code, its
///   current makes s (nominal code) / (code).
public enum CircuitTransfer {
    static let nominalRampOffset = 300
    static let nominalRampSlope = 500
    /// us.
    static let resetTimeConstant = 0.5
    /// Rate of the leak at full bias, 1/us.
    static let leakRate = 0.25
    /// Rates of the synaptic lines at full bias, 1/us.
    static let lineRate = 6.0
    static let highResistanceLineRate = 0.55
    /// Drive per weight LSB and us of membrane time constant at the public defaults.
    static let driveRate = 16.5 / 63 / 10 / SynapticStrength.relativePeak(membrane: 10, synapse: 10)
    /// LSB of standing drive per code of reference at the public defaults.
    static let driftPerReferenceCode = 0.2
    static let defaultTransconductance = 500.0
    static let defaultDACBias = 600.0
    static let defaultReference = 500
    static let fullCapacitance = 63.0
    /// The smallest capacitance that is used: parasitics grow in importance below (estimate).
    static let smallestCapacitance = 6.0

    /// LSB per code of a voltage cell.
    public static let lsbPerCode = 200.0 / 480.0

    public static func potential(_ code: CapMemCode) -> Double {
        20 + Double(code.index - 70) * lsbPerCode
    }

    public static func voltageCode(_ potential: Double) -> CapMemCode {
        CapMemCode(saturating: 70 + (potential - 20) / lsbPerCode)
    }

    static func lineRate(isHighResistance: Bool) -> Double {
        isHighResistance ? highResistanceLineRate : lineRate
    }
}
