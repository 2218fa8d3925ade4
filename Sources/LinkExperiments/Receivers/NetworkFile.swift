import ArrayFiles
import NetworkExchange
import SpikeEncoding
import SpikingNetworks

/// The trained weights of a spiking receiver as a NIR file.
///
/// Input -> Linear -> CubaLIF -> Linear -> CubaLI -> Output. Time constants are in milliseconds
/// (the chip's microseconds), and w_in = tau_syn / dt makes a spike raise the current by its
/// weight; `metadata` of the graph says so. Encoder and decision rule are in model.yaml.
enum NetworkFile {
    static let name = "network.nir"

    static func write(_ network: FeedForwardNetwork, to path: String) throws {
        let neuron = network.neuron
        func constant(_ value: Double, _ count: Int) -> NIRTensor {
            NIRTensor(repeating: Float(value), count: count)
        }
        let inputGain = neuron.synapticTimeConstantInMilliseconds / neuron.stepInMilliseconds
        let hidden = network.hiddenCount
        let output = network.outputCount
        let graph = NIRGraph(
            nodes: [
                "input": NIRNode(.input(shape: [network.inputCount])),
                "hidden_weights": NIRNode(
                    .linear(
                        NIRNode.Linear(
                            weight: NIRTensor(
                                network.hiddenWeights, shape: [hidden, network.inputCount])))),
                "hidden": NIRNode(
                    .currentBasedLeakyIntegrateAndFire(
                        NIRNode.CurrentBasedLeakyIntegrateAndFire(
                            synapticTimeConstant: constant(
                                neuron.synapticTimeConstantInMilliseconds, hidden),
                            membraneTimeConstant: constant(
                                neuron.membraneTimeConstantInMilliseconds, hidden),
                            resistance: constant(1, hidden), leakPotential: constant(0, hidden),
                            threshold: constant(neuron.threshold, hidden),
                            inputWeight: constant(inputGain, hidden)))),
                "readout_weights": NIRNode(
                    .linear(
                        NIRNode.Linear(
                            weight: NIRTensor(network.readoutWeights, shape: [output, hidden])))),
                "readout": NIRNode(
                    .currentBasedLeakyIntegrator(
                        NIRNode.CurrentBasedLeakyIntegrator(
                            synapticTimeConstant: constant(
                                neuron.synapticTimeConstantInMilliseconds, output),
                            membraneTimeConstant: constant(
                                neuron.membraneTimeConstantInMilliseconds, output),
                            resistance: constant(1, output), leakPotential: constant(0, output),
                            inputWeight: constant(inputGain, output)))),
                "output": NIRNode(.output(shape: [output])),
            ],
            edges: [
                NIREdge("input", "hidden_weights"), NIREdge("hidden_weights", "hidden"),
                NIREdge("hidden", "readout_weights"), NIREdge("readout_weights", "readout"),
                NIREdge("readout", "output"),
            ],
            metadata: [
                "generator": .text("spikelink"), "time_unit": .text("ms"),
                "dt": .real(neuron.stepInMilliseconds),
            ])
        try NIRFile.write(graph, to: path)
    }

    /// Reads weights into the network that a model describes.
    static func read(_ path: String, for model: ModelDescription.SpikingModel, tapCount: Int)
        throws -> FeedForwardNetwork
    {
        let graph = try NIRFile.read(path)
        func weights(_ name: String, _ shape: [Int]) throws -> [Float] {
            guard let node = graph.nodes[name], case .linear(let linear) = node.kind else {
                throw FileError.badData(path, "has no Linear node called \(name)")
            }
            guard linear.weight.shape == shape else {
                throw FileError.badData(
                    path,
                    "\(name) has shape \(linear.weight.shape), model.yaml asks for \(shape)")
            }
            return linear.weight.floats
        }
        let inputs = tapCount * model.encoder.neuronCount
        return FeedForwardNetwork(
            inputCount: inputs, hiddenCount: model.hiddenCount, outputCount: model.outputCount,
            stepCount: model.stepCount, neuron: model.neuron, surrogate: model.surrogate,
            hiddenWeights: try weights("hidden_weights", [model.hiddenCount, inputs]),
            readoutWeights: try weights("readout_weights", [model.outputCount, model.hiddenCount]))
    }
}
