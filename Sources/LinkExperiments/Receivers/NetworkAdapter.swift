import NetworkExchange
import SpikingNetworks

// The one place that knows both the networks simulated here and the neutral form of files.

extension ExchangeNetwork {
    /// The receiver's network with what stands around it.
    init(_ receiver: SpikingReceiver, description: String? = nil) {
        let network = receiver.network
        let neuron = network.neuron
        func constants(_ count: Int) -> TimeConstants {
            TimeConstants(
                membraneInMilliseconds: [Double](
                    repeating: neuron.membraneTimeConstantInMilliseconds, count: count),
                synapticInMilliseconds: [Double](
                    repeating: neuron.synapticTimeConstantInMilliseconds, count: count))
        }
        func matrix(_ weights: [Float], _ rows: Int) -> Matrix {
            Matrix(weights, rows: rows, columns: weights.count / rows)
        }
        let hidden = network.hiddenCount
        self.init(
            inputCount: network.inputCount,
            layers: [
                Layer(
                    weights: matrix(network.hiddenWeights, hidden),
                    recurrentWeights: network.isRecurrent
                        ? matrix(network.recurrentWeights, hidden) : nil,
                    neurons: Neurons(
                        timeConstants: constants(hidden),
                        thresholds: [Double](repeating: neuron.threshold, count: hidden)))
            ],
            readout: Readout(
                weights: matrix(network.readoutWeights, network.outputCount),
                kind: network.readout == .sum
                    ? .weightedSums : .leakyIntegrators(constants(network.outputCount)),
                score: network.readout.score),
            stepInMilliseconds: neuron.stepInMilliseconds, stepCount: network.stepCount,
            encoder: receiver.exchangedEncoder, description: description)
    }

    /// Puts the network's constants into the description of a receiver.
    ///
    /// - Throws: when the network is none that can be simulated here.
    func describe(in text: inout DescriptionText) throws(ExchangeError) {
        let parts = try simulated()
        text.set("hidden", to: Double(parts.hidden.weights.rows))
        text.set("outputs", to: Double(readout.weights.rows))
        text.set("step_ms", to: stepInMilliseconds)
        text.set(
            "membrane_time_constant_ms", to: parts.neuron.membraneTimeConstantInMilliseconds)
        text.set(
            "synaptic_time_constant_ms", to: parts.neuron.synapticTimeConstantInMilliseconds)
        text.set("threshold", to: parts.neuron.threshold)
        if let stepCount { text.set("steps", to: Double(stepCount)) }
        text.set("readout", to: parts.readout.rawValue, default: "maximum")
        text.set(
            "recurrent", to: parts.hidden.recurrentWeights == nil ? "false" : "true",
            default: "false")
    }

    /// The network for simulation; steps and surrogate are the description's.
    func simulated(
        stepCount: Int, surrogate: SurrogateGradient
    ) throws(ExchangeError) -> SpikingNetwork {
        let parts = try simulated()
        return SpikingNetwork(
            inputCount: inputCount, hiddenCount: parts.hidden.weights.rows,
            outputCount: readout.weights.rows, stepCount: stepCount, neuron: parts.neuron,
            surrogate: surrogate, readout: parts.readout,
            hiddenWeights: parts.hidden.weights.values, readoutWeights: readout.weights.values,
            recurrentWeights: parts.hidden.recurrentWeights?.values ?? [])
    }

    private struct SimulatedParts {
        /// One neuron that stands for all.
        let neuron: LeakyIntegrateAndFire
        let hidden: Layer
        let readout: SpikingNetwork.Readout
    }

    private func simulated() throws(ExchangeError) -> SimulatedParts {
        guard layers.count == 1 else {
            throw ExchangeError("has \(layers.count) spiking layers; networks with one can be run")
        }
        let hidden = layers[0]
        guard hidden.weights.columns < 65_536, hidden.weights.rows < 65_536 else {
            throw ExchangeError("has a layer of 65536 or more; up to 65535 can be run")
        }
        guard hidden.neurons.resetPotentials.allSatisfy({ $0 == 0 }) else {
            throw ExchangeError(
                "has a reset potential other than the rest potential; neurons that reset to rest "
                    + "can be run")
        }
        let rule = try simulatedReadout()
        var membranes = hidden.neurons.timeConstants.membraneInMilliseconds
        guard var synapses = hidden.neurons.timeConstants.synapticInMilliseconds else {
            throw Self.withoutCurrent
        }
        if case .leakyIntegrators(let constants) = readout.kind {
            guard let synaptic = constants.synapticInMilliseconds else { throw Self.withoutCurrent }
            membranes += constants.membraneInMilliseconds
            synapses += synaptic
        }
        return SimulatedParts(
            neuron: LeakyIntegrateAndFire(
                membraneTimeConstantInMilliseconds: try Self.single(
                    membranes, "membrane time constants"),
                synapticTimeConstantInMilliseconds: try Self.single(
                    synapses, "synaptic time constants"),
                stepInMilliseconds: stepInMilliseconds,
                threshold: try Self.single(hidden.neurons.thresholds, "thresholds")),
            hidden: hidden, readout: rule)
    }

    private func simulatedReadout() throws(ExchangeError) -> SpikingNetwork.Readout {
        switch (readout.kind, readout.score) {
        case (.leakyIntegrators, .maximum): return .maximum
        case (.leakyIntegrators, .last): return .last
        case (.weightedSums, .sum): return .sum
        case (.leakyIntegrators, .sum):
            throw ExchangeError(
                "scores by the sum of leaky integrators over time; their maximum or last value, "
                    + "or the sum of weighted spikes, can be run")
        case (.weightedSums, _):
            throw ExchangeError(
                "scores by the \(readout.score.rawValue) of weighted spikes; their sum over time "
                    + "can be run")
        case (.spikingNeurons, _):
            throw ExchangeError(
                "reads spiking neurons; leaky integrators (CubaLI) and weighted sums can be run")
        }
    }

    private static var withoutCurrent: ExchangeError {
        ExchangeError(
            "has neurons without a synaptic current; those with one (CubaLIF, CubaLI) can be run")
    }

    private static func single(
        _ values: [Double], _ name: String
    ) throws(ExchangeError) -> Double {
        guard let first = values.first, values.allSatisfy({ $0 == first }), first > 0 else {
            throw ExchangeError(
                "has several \(name) (\(values.min() ?? 0) to \(values.max() ?? 0)); networks "
                    + "with one positive value for all neurons can be run")
        }
        return first
    }
}

extension SpikingNetwork.Readout {
    /// How values over time become a score.
    var score: ExchangeNetwork.Score {
        switch self {
        case .maximum: .maximum
        case .last: .last
        case .sum: .sum
        }
    }
}
