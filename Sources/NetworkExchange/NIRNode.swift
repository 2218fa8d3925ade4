/// A node of a network graph: a population, a projection, a port or a graph.
///
/// Continuous-time semantics (units as the file's author chose; the format does not say):
/// synaptic current tau_syn dI/dt = -I + w_in S, membrane tau dv/dt = (v_leak - v) + r I, spike
/// when v > v_threshold, then v = v_reset. No refractory time, no time step.
/// - Source: Pedersen et al. 2024, "Neuromorphic intermediate representation", Nat. Commun. 15.
public struct NIRNode: Hashable, Sendable {
    /// What the node does, with its parameters.
    public var kind: Kind
    /// Hints for readers; no meaning may depend on them.
    public var metadata: [String: NIRMetadata]

    /// Makes a node.
    public init(_ kind: Kind, metadata: [String: NIRMetadata] = [:]) {
        self.kind = kind
        self.metadata = metadata
    }

    /// The node types understood here.
    public indirect enum Kind: Hashable, Sendable {
        /// Where the graph takes its input, with its shape.
        case input(shape: [Int])
        /// Where the graph gives its output, with its shape.
        case output(shape: [Int])
        case linear(Linear)
        case affine(Affine)
        case leakyIntegrateAndFire(LeakyIntegrateAndFire)
        case leakyIntegrator(LeakyIntegrator)
        case currentBasedLeakyIntegrateAndFire(CurrentBasedLeakyIntegrateAndFire)
        case currentBasedLeakyIntegrator(CurrentBasedLeakyIntegrator)
        /// A graph as a node, for instance a recurrent layer.
        case graph(NIRGraph)
    }

    /// Weighted sum y = W x.
    public struct Linear: Hashable, Sendable {
        /// W, shape [output, input].
        public var weight: NIRTensor
        /// Makes the node.
        public init(weight: NIRTensor) { self.weight = weight }
    }

    /// Weighted sum with offset y = W x + b.
    public struct Affine: Hashable, Sendable {
        /// W, shape [output, input].
        public var weight: NIRTensor
        /// b, shape [output].
        public var bias: NIRTensor
        /// Makes the node.
        public init(weight: NIRTensor, bias: NIRTensor) {
            self.weight = weight
            self.bias = bias
        }
    }

    /// Spiking neurons driven by their input current (`LIF` in files). All shapes [neuron].
    public struct LeakyIntegrateAndFire: Hashable, Sendable {
        /// tau, membrane time constant.
        public var timeConstant: NIRTensor
        /// r, membrane resistance.
        public var resistance: NIRTensor
        /// v_leak, resting potential.
        public var leakPotential: NIRTensor
        /// v_threshold.
        public var threshold: NIRTensor
        /// v_reset; written only where it is not zero everywhere, since some readers refuse it.
        public var resetPotential: NIRTensor

        /// Makes the node; without a reset potential it is zero.
        public init(
            timeConstant: NIRTensor, resistance: NIRTensor, leakPotential: NIRTensor,
            threshold: NIRTensor, resetPotential: NIRTensor? = nil
        ) {
            self.timeConstant = timeConstant
            self.resistance = resistance
            self.leakPotential = leakPotential
            self.threshold = threshold
            self.resetPotential = resetPotential ?? .filled(0, like: threshold)
        }
    }

    /// Neurons that integrate and do not spike (`LI` in files). All shapes [neuron].
    public struct LeakyIntegrator: Hashable, Sendable {
        /// tau, membrane time constant.
        public var timeConstant: NIRTensor
        /// r, membrane resistance.
        public var resistance: NIRTensor
        /// v_leak, resting potential.
        public var leakPotential: NIRTensor

        /// Makes the node.
        public init(timeConstant: NIRTensor, resistance: NIRTensor, leakPotential: NIRTensor) {
            self.timeConstant = timeConstant
            self.resistance = resistance
            self.leakPotential = leakPotential
        }
    }

    /// Spiking neurons with a synaptic current of their own (`CubaLIF`). All shapes [neuron].
    public struct CurrentBasedLeakyIntegrateAndFire: Hashable, Sendable {
        /// tau_syn, synaptic time constant.
        public var synapticTimeConstant: NIRTensor
        /// tau_mem, membrane time constant.
        public var membraneTimeConstant: NIRTensor
        /// r, membrane resistance.
        public var resistance: NIRTensor
        /// v_leak, resting potential.
        public var leakPotential: NIRTensor
        /// v_threshold.
        public var threshold: NIRTensor
        /// v_reset; written only where it is not zero everywhere, since some readers refuse it.
        public var resetPotential: NIRTensor
        /// w_in, factor on the input.
        public var inputWeight: NIRTensor

        /// Makes the node; without them the reset potential is zero and the input weight one.
        public init(
            synapticTimeConstant: NIRTensor, membraneTimeConstant: NIRTensor,
            resistance: NIRTensor, leakPotential: NIRTensor, threshold: NIRTensor,
            resetPotential: NIRTensor? = nil, inputWeight: NIRTensor? = nil
        ) {
            self.synapticTimeConstant = synapticTimeConstant
            self.membraneTimeConstant = membraneTimeConstant
            self.resistance = resistance
            self.leakPotential = leakPotential
            self.threshold = threshold
            self.resetPotential = resetPotential ?? .filled(0, like: threshold)
            self.inputWeight = inputWeight ?? .filled(1, like: threshold)
        }
    }

    /// Integrating neurons with a synaptic current of their own (`CubaLI`). All shapes [neuron].
    public struct CurrentBasedLeakyIntegrator: Hashable, Sendable {
        /// tau_syn, synaptic time constant.
        public var synapticTimeConstant: NIRTensor
        /// tau_mem, membrane time constant.
        public var membraneTimeConstant: NIRTensor
        /// r, membrane resistance.
        public var resistance: NIRTensor
        /// v_leak, resting potential.
        public var leakPotential: NIRTensor
        /// w_in, factor on the input.
        public var inputWeight: NIRTensor

        /// Makes the node; without it the input weight is one.
        public init(
            synapticTimeConstant: NIRTensor, membraneTimeConstant: NIRTensor,
            resistance: NIRTensor, leakPotential: NIRTensor, inputWeight: NIRTensor? = nil
        ) {
            self.synapticTimeConstant = synapticTimeConstant
            self.membraneTimeConstant = membraneTimeConstant
            self.resistance = resistance
            self.leakPotential = leakPotential
            self.inputWeight = inputWeight ?? .filled(1, like: membraneTimeConstant)
        }
    }
}

extension NIRTensor {
    static func filled(_ value: Double, like other: NIRTensor) -> NIRTensor {
        NIRTensor(
            [Double](repeating: value, count: other.values.count), shape: other.shape,
            precision: other.precision)
    }
}
