import NetworkExchange
import SpikeEncoding
import SpikingNetworks

// The one place that knows both the networks simulated here and the neutral form of files.

extension ExchangeNetwork {
    /// The receiver's network with what stands around it.
    init(_ network: FeedForwardNetwork, model: ModelDescription, text: String) {
        let neuron = network.neuron
        func constants(_ count: Int) -> TimeConstants {
            TimeConstants(
                membraneInMilliseconds: [Double](
                    repeating: neuron.membraneTimeConstantInMilliseconds, count: count),
                synapticInMilliseconds: [Double](
                    repeating: neuron.synapticTimeConstantInMilliseconds, count: count))
        }
        var encoder: [String: NIRMetadata] = [:]
        if case .spiking(let spiking) = model.kind {
            encoder = spiking.encoder.exchanged(tapCount: model.tapCount)
        }
        self.init(
            inputCount: network.inputCount,
            layers: [
                Layer(
                    weights: Matrix(
                        network.hiddenWeights, rows: network.hiddenCount,
                        columns: network.inputCount),
                    neurons: Neurons(
                        timeConstants: constants(network.hiddenCount),
                        thresholds: [Double](
                            repeating: neuron.threshold, count: network.hiddenCount)))
            ],
            readout: Readout(
                weights: Matrix(
                    network.readoutWeights, rows: network.outputCount,
                    columns: network.hiddenCount),
                kind: .leakyIntegrators(constants(network.outputCount)), score: .maximum),
            stepInMilliseconds: neuron.stepInMilliseconds, stepCount: network.stepCount,
            encoder: encoder, description: text)
    }

    /// The constants as the keys of `receiver.network` in a description.
    ///
    /// - Throws: when the network is none that can be simulated here.
    func descriptionKeys() throws(ExchangeError) -> [(key: String, value: Double)] {
        let (neuron, hidden) = try simulated()
        return [
            ("hidden", Double(hidden.weights.rows)), ("outputs", Double(readout.weights.rows)),
            ("step_ms", stepInMilliseconds),
            ("membrane_time_constant_ms", neuron.membraneTimeConstantInMilliseconds),
            ("synaptic_time_constant_ms", neuron.synapticTimeConstantInMilliseconds),
            ("threshold", neuron.threshold),
        ] + (stepCount.map { [("steps", Double($0))] } ?? [])
    }

    /// The network for simulation; steps and surrogate are the description's.
    func feedForward(
        stepCount: Int, surrogate: SurrogateGradient
    ) throws(ExchangeError) -> FeedForwardNetwork {
        let (neuron, hidden) = try simulated()
        return FeedForwardNetwork(
            inputCount: inputCount, hiddenCount: hidden.weights.rows,
            outputCount: readout.weights.rows, stepCount: stepCount, neuron: neuron,
            surrogate: surrogate, hiddenWeights: hidden.weights.values,
            readoutWeights: readout.weights.values)
    }

    /// One neuron that stands for all, and the one layer.
    private func simulated() throws(ExchangeError) -> (LeakyIntegrateAndFire, Layer) {
        guard layers.count == 1 else {
            throw ExchangeError("has \(layers.count) spiking layers; networks with one can be run")
        }
        let hidden = layers[0]
        guard hidden.recurrentWeights == nil else {
            throw ExchangeError("has recurrent weights; feed-forward networks can be run")
        }
        guard hidden.weights.columns < 65_536, hidden.weights.rows < 65_536 else {
            throw ExchangeError("has a layer of 65536 or more; up to 65535 can be run")
        }
        guard hidden.neurons.resetPotentials.allSatisfy({ $0 == 0 }) else {
            throw ExchangeError(
                "has a reset potential other than the rest potential; neurons that reset to rest "
                    + "can be run")
        }
        let constants: TimeConstants
        switch readout.kind {
        case .leakyIntegrators(let given): constants = given
        case .weightedSums:
            throw ExchangeError("reads weighted sums; leaky integrators (CubaLI) can be run")
        case .spikingNeurons:
            throw ExchangeError("reads spiking neurons; leaky integrators (CubaLI) can be run")
        }
        guard readout.score == .maximum else {
            throw ExchangeError(
                "scores by the \(readout.score.rawValue) of each readout; the maximum can be run")
        }
        let membrane = try Self.single(
            hidden.neurons.timeConstants.membraneInMilliseconds + constants.membraneInMilliseconds,
            "membrane time constants")
        guard let hiddenSynaptic = hidden.neurons.timeConstants.synapticInMilliseconds,
            let readoutSynaptic = constants.synapticInMilliseconds
        else {
            throw ExchangeError(
                "has neurons without a synaptic current; those with one (CubaLIF, CubaLI) can be "
                    + "run")
        }
        return (
            LeakyIntegrateAndFire(
                membraneTimeConstantInMilliseconds: membrane,
                synapticTimeConstantInMilliseconds: try Self.single(
                    hiddenSynaptic + readoutSynaptic, "synaptic time constants"),
                stepInMilliseconds: stepInMilliseconds,
                threshold: try Self.single(hidden.neurons.thresholds, "thresholds")), hidden
        )
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

extension ReceptiveFieldEncoder {
    /// The encoder in plain names and tables. A sample y makes neuron n spike in step
    /// floor(steps_per_unit[n] |y - centers[n]|); input tap * neurons + n is neuron n of a tap, the
    /// taps in the order of time with the symbol's own in the middle.
    func exchanged(tapCount: Int) -> [String: NIRMetadata] {
        [
            "kind": .text("receptive-field"), "taps": .integer(Int64(tapCount)),
            "centers": .array(NIRTensor(centers)),
            "steps_per_unit": .array(NIRTensor(stepsPerUnit)),
            "steps": .integer(Int64(stepCount)),
            "late_spikes": .text(lateSpikes == .dropped ? "dropped" : "in-last-step"),
        ]
    }
}
