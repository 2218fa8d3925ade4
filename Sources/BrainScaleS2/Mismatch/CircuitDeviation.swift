import RandomStreams
import RealModule

/// The deviation of one neuron circuit and its readout channel from the targets.
public struct CircuitDeviation: Sendable, Hashable, Codable {
    /// Factors.
    public var membraneTimeConstant = 1.0
    public var excitatoryTimeConstant = 1.0
    public var inhibitoryTimeConstant = 1.0
    public var excitatoryStrength = 1.0
    public var inhibitoryStrength = 1.0
    public var refractoryTime = 1.0
    public var cadcGain = 1.0
    /// Offsets, CADC LSB.
    public var leak = 0.0
    public var reset = 0.0
    public var threshold = 0.0
    public var cadcOffset = 0.0

    public init() {}
}

extension ChipInstance {
    /// How the circuit at a coordinate deviates: a function of (seed, coordinate, parameter name).
    ///
    /// - Determinism: stream seed / "chip" / parameter name, index of the coordinate.
    public func deviation(of neuron: NeuronIndex) -> CircuitDeviation {
        var deviation = CircuitDeviation()
        guard fidelity != .ideal else { return deviation }
        let root = RandomStream(seed: seed).substream("chip")
        func normal(_ parameter: String, _ sigma: Double) -> Double {
            var stream = root.substream(parameter, neuron.index)
            return sigma * stream.gaussian()
        }
        func factor(_ parameter: String, _ sigma: Double) -> Double {
            Double.exp(normal(parameter, sigma))
        }
        let m = mismatch
        deviation.membraneTimeConstant = factor("membrane time constant", m.membraneTimeConstant)
        deviation.excitatoryTimeConstant = factor(
            "excitatory time constant", m.synapticTimeConstant)
        deviation.inhibitoryTimeConstant = factor(
            "inhibitory time constant", m.synapticTimeConstant)
        deviation.excitatoryStrength = factor("excitatory strength", m.synapticStrength)
        deviation.inhibitoryStrength = factor("inhibitory strength", m.synapticStrength)
        deviation.refractoryTime = factor("refractory time", m.refractoryTime)
        deviation.cadcGain = factor("CADC gain", m.cadcGain)
        deviation.leak = normal("leak", m.leak)
        deviation.reset = normal("reset", m.reset)
        deviation.threshold = normal("threshold", m.threshold)
        deviation.cadcOffset = normal("CADC offset", m.cadcOffset)
        return deviation
    }

    /// The factor by which one synapse's current deviates.
    public func factor(of synapse: SynapseCoordinate) -> Double {
        guard fidelity != .ideal else { return 1 }
        var stream = RandomStream(seed: seed).substream("chip")
            .substream("synapse", synapse.index)
        return Double.exp(mismatch.synapse * stream.gaussian())
    }
}
