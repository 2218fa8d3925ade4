public import PhysicalQuantities

/// How a synaptic input acts on the membrane.
public enum SynapticInputModel: Sendable, Hashable, Codable {
    /// A current; with a limit in CADC LSB of drive it saturates as limit tanh(x / limit), as the
    /// transconductor does.
    case current(limit: Double?)
    /// A conductance: x (reversal - v) / |reversal - leak|, as strong as a current at rest. CADC LSB.
    case conductance(reversal: Double)

    /// The inhibitory input as published traces show it: a summed weight of -288 at the defaults moves the
    /// membrane by 43 LSB where 75 would be linear (estimate of the limit).
    public static let saturatingInhibition = SynapticInputModel.current(limit: 70)
}

/// The exponential term of a neuron, CADC LSB.
public struct ExponentialTerm: Sendable, Hashable, Codable {
    public var slope: Double
    /// Potential at which it equals the slope.
    public var onset: Double

    public init(slope: Double, onset: Double) {
        self.slope = slope
        self.onset = onset
    }
}

/// The adaptation of a neuron: tau dw/dt = a (v - leak) - w, and w += b at a spike.
public struct Adaptation: Sendable, Hashable, Codable {
    public var timeConstant: TimeSpan
    /// Relative to the leak conductance.
    public var a: Double
    /// CADC LSB.
    public var b: Double

    public init(timeConstant: TimeSpan, a: Double, b: Double) {
        self.timeConstant = timeConstant
        self.a = a
        self.b = b
    }
}

/// A neuron circuit beyond leaky integration of currents: adaptive exponential, conductance-based or
/// saturating inputs, a constant current. It is integrated in steps of 64 ns and runs in real time only.
///
/// C dV/dt = g (E - V) + g D exp((V - V_exp) / D) - w + I_exc - I_inh + I (Brette and Gerstner 2005), as
/// the public parameter names of the circuit follow it.
public struct SteppedCell: Sendable, Hashable, Codable {
    public var targets: NeuronTargets
    /// Nil without comparator.
    public var spiking: SpikeTargets?
    public var exponential: ExponentialTerm?
    public var adaptation: Adaptation?
    public var excitatoryInput = SynapticInputModel.current(limit: nil)
    public var inhibitoryInput = SynapticInputModel.current(limit: nil)
    /// Where a constant current would move the membrane, LSB above leak.
    public var constantDrive = 0.0

    public init(targets: NeuronTargets, spiking: SpikeTargets?) {
        self.targets = targets
        self.spiking = spiking
    }

    /// Longest step, ticks of 8 ns: an eighth of the shortest synaptic time constant in use.
    static let stepTicks: Int32 = 8
}

/// A conductance between the membranes of two members of a population, each a compartment.
public struct CompartmentCoupling: Sendable, Hashable, Codable {
    public let population: PopulationID
    public let first: Int
    public let second: Int
    /// Time constant of the exchange with one membrane's capacitance, 0.1...30 us.
    public let timeConstant: TimeSpan

    public init(population: PopulationID, first: Int, second: Int, timeConstant: TimeSpan) {
        self.population = population
        self.first = first
        self.second = second
        self.timeConstant = timeConstant
    }
}
