public import PhysicalQuantities
import RealModule

/// How strong a synapse acts, per weight LSB, on a neuron that meets its targets.
public enum SynapticStrength: Sendable, Hashable, Codable {
    /// Step of the drive in CADC LSB: the membrane would settle there if the current stayed.
    case drive(Double)
    /// Height of the response of the membrane to one event, in CADC LSB.
    case peakResponse(Double)

    /// The step of the drive, LSB per weight LSB.
    ///
    /// For a step d the membrane peaks at d (tau_m / tau_s)^(-tau_m / (tau_m - tau_s)), d / e for
    /// equal time constants.
    func drive(membrane: Double, synapse: Double) -> Double {
        switch self {
        case .drive(let value): return value
        case .peakResponse(let peak):
            return peak / Self.relativePeak(membrane: membrane, synapse: synapse)
        }
    }

    /// Peak of the response over the step of the drive.
    static func relativePeak(membrane: Double, synapse: Double) -> Double {
        let ratio = membrane / synapse
        if abs(ratio - 1) < 1e-6 { return Double.exp(-1) }
        return Double.pow(ratio, -ratio / (ratio - 1))
    }
}

/// What a calibrated neuron circuit should do; potentials in CADC LSB, hardware times.
public struct NeuronTargets: Sendable, Hashable, Codable {
    public var leak: Double
    public var membraneTimeConstant: TimeSpan
    public var excitatoryTimeConstant: TimeSpan
    public var inhibitoryTimeConstant: TimeSpan
    public var strength: SynapticStrength

    public init(
        leak: Double, membraneTimeConstant: TimeSpan, excitatoryTimeConstant: TimeSpan,
        inhibitoryTimeConstant: TimeSpan, strength: SynapticStrength
    ) {
        self.leak = leak
        self.membraneTimeConstant = membraneTimeConstant
        self.excitatoryTimeConstant = excitatoryTimeConstant
        self.inhibitoryTimeConstant = inhibitoryTimeConstant
        self.strength = strength
    }

    /// Step of the drive per event of weight one, CADC LSB.
    public var excitatoryDrive: Double { drive(excitatoryTimeConstant) }
    public var inhibitoryDrive: Double { drive(inhibitoryTimeConstant) }

    private func drive(_ synapse: TimeSpan) -> Double {
        strength.drive(
            membrane: membraneTimeConstant.microseconds, synapse: synapse.microseconds)
    }

    /// The defaults of the public calibration: leak 80, all time constants 10 us; the response to
    /// weight 63 is 16.5 LSB high (0.26 LSB per weight LSB, read from published figures).
    public static let calibrationDefaults = NeuronTargets(
        leak: 80, membraneTimeConstant: .microseconds(10),
        excitatoryTimeConstant: .microseconds(10), inhibitoryTimeConstant: .microseconds(10),
        strength: .peakResponse(16.5 / 63))
}

/// The comparator and reset of a spiking neuron; potentials in CADC LSB.
public struct SpikeTargets: Sendable, Hashable, Codable {
    public var threshold: Double
    public var reset: Double
    public var refractoryTime: TimeSpan

    public init(threshold: Double, reset: Double, refractoryTime: TimeSpan) {
        self.threshold = threshold
        self.reset = reset
        self.refractoryTime = refractoryTime
    }

    /// The defaults of the public calibration: threshold 125, reset 70, refractory time 2 us.
    public static let calibrationDefaults = SpikeTargets(
        threshold: 125, reset: 70, refractoryTime: .microseconds(2))
}

/// What a neuron circuit computes.
public enum CellModel: Sendable, Hashable, Codable {
    /// Leaky integrate-and-fire with current-based exponential synapses.
    case leakyIntegrateAndFire(NeuronTargets, SpikeTargets)
    /// Leaky integrator: the comparator is off.
    case leakyIntegrator(NeuronTargets)
    /// Spikes without integration.
    case bypass(BypassTargets)
    /// Whatever needs fixed steps.
    case stepped(SteppedCell)

    /// Of the membrane; a bypassed one has those of the public defaults and drives nothing.
    public var targets: NeuronTargets {
        switch self {
        case .leakyIntegrateAndFire(let targets, _), .leakyIntegrator(let targets): targets
        case .bypass: .calibrationDefaults
        case .stepped(let cell): cell.targets
        }
    }

    public var spiking: SpikeTargets? {
        switch self {
        case .leakyIntegrateAndFire(_, let spiking): spiking
        case .leakyIntegrator: nil
        case .bypass(let bypass):
            SpikeTargets(threshold: 125, reset: 80, refractoryTime: bypass.refractoryTime)
        case .stepped(let cell): cell.spiking
        }
    }

    public var stepped: SteppedCell? {
        if case .stepped(let cell) = self { cell } else { nil }
    }

    public var bypass: BypassTargets? {
        if case .bypass(let bypass) = self { bypass } else { nil }
    }
}
