import ArrayFiles
import Foundation
import NetworkExchange
import SpikeEncoding
import SpikingNetworks

/// The trained weights of a spiking receiver as a NIR file.
///
/// Input -> Linear -> CubaLIF -> Linear -> CubaLI -> Output; a recurrent network has a further
/// Linear from the CubaLIF back to itself, a summed readout no CubaLI. Time constants are in
/// milliseconds (the chip's microseconds), and w_in = tau_syn / dt makes a spike raise the current
/// by its weight. What NIR has no word for is in the graph's metadata: the time unit and step, how
/// scores are read, the encoder with its learned numbers, the decisions fed back.
enum NetworkFile {
    static let name = "network.nir"

    /// The file of one level of a noise ladder.
    static func name(noisePowerInDecibels noise: Double) -> String {
        "network@\(NumberWord.of(noise))dB.nir"
    }

    static func write(_ receiver: SpikingReceiver, to path: String) throws {
        let network = receiver.network
        let neuron = network.neuron
        func constant(_ value: Double, _ count: Int) -> NIRTensor {
            NIRTensor(repeating: Float(value), count: count)
        }
        func linear(_ weights: [Float], _ rows: Int, _ columns: Int) -> NIRNode {
            NIRNode(.linear(NIRNode.Linear(weight: NIRTensor(weights, shape: [rows, columns]))))
        }
        let inputGain = neuron.synapticTimeConstantInMilliseconds / neuron.stepInMilliseconds
        let hidden = network.hiddenCount
        let output = network.outputCount
        var nodes = [
            "input": NIRNode(.input(shape: [network.inputCount])),
            "hidden_weights": linear(network.hiddenWeights, hidden, network.inputCount),
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
            "readout_weights": linear(network.readoutWeights, output, hidden),
            "output": NIRNode(.output(shape: [output])),
        ]
        var edges = [
            NIREdge("input", "hidden_weights"), NIREdge("hidden_weights", "hidden"),
            NIREdge("hidden", "readout_weights"),
        ]
        if network.readout == .sum {
            edges.append(NIREdge("readout_weights", "output"))
        } else {
            nodes["readout"] = NIRNode(
                .currentBasedLeakyIntegrator(
                    NIRNode.CurrentBasedLeakyIntegrator(
                        synapticTimeConstant: constant(
                            neuron.synapticTimeConstantInMilliseconds, output),
                        membraneTimeConstant: constant(
                            neuron.membraneTimeConstantInMilliseconds, output),
                        resistance: constant(1, output), leakPotential: constant(0, output),
                        inputWeight: constant(inputGain, output))))
            edges += [NIREdge("readout_weights", "readout"), NIREdge("readout", "output")]
        }
        if network.isRecurrent {
            nodes["recurrent_weights"] = linear(network.recurrentWeights, hidden, hidden)
            edges += [NIREdge("hidden", "recurrent_weights"), NIREdge("recurrent_weights", "hidden")]
        }
        let encoder = try JSONEncoder.sorted.encode(receiver.encoder)
        try NIRFile.write(
            NIRGraph(
                nodes: nodes, edges: edges,
                metadata: [
                    "generator": .text("spikelink"), "time_unit": .text("ms"),
                    "dt": .real(neuron.stepInMilliseconds), "score": .text(network.readout.rawValue),
                    "encoder": .text(String(decoding: encoder, as: UTF8.self)),
                    "feedback": .real(Double(receiver.feedbackCount)),
                ]), to: path)
    }

    /// Reads the receiver that a model describes: weights, and what its encoder has learned.
    static func read(_ path: String, for model: ModelDescription.SpikingModel) throws
        -> SpikingReceiver
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
        let shape = model.network
        let hidden = shape.hiddenCount
        return SpikingReceiver(
            encoder: try encoder(graph, path, for: model),
            network: SpikingNetwork(
                inputCount: model.inputCount, hiddenCount: hidden, outputCount: shape.outputCount,
                stepCount: shape.stepCount, neuron: shape.neuron, surrogate: shape.surrogate,
                readout: shape.readout,
                hiddenWeights: try weights("hidden_weights", [hidden, model.inputCount]),
                readoutWeights: try weights("readout_weights", [shape.outputCount, hidden]),
                recurrentWeights: shape.isRecurrent
                    ? try weights("recurrent_weights", [hidden, hidden]) : []),
            feedbackCount: model.feedbackCount)
    }

    /// The encoder of the file, which must be one of the kind and size described; without one, that
    /// of the description.
    private static func encoder(
        _ graph: NIRGraph, _ path: String, for model: ModelDescription.SpikingModel
    ) throws -> SpikeEncoder {
        guard case .text(let text)? = graph.metadata["encoder"] else { return model.encoder }
        guard let encoder = try? JSONDecoder().decode(SpikeEncoder.self, from: Data(text.utf8)),
            encoder.inputCount == model.encoder.inputCount,
            encoder.tapCount == model.encoder.tapCount,
            encoder.stepCount <= model.network.stepCount
        else {
            throw FileError.badData(
                path, "the encoder in its metadata is not the one that model.yaml describes")
        }
        return encoder
    }
}

extension JSONEncoder {
    /// Keys in order, so that equal values are equal bytes.
    static var sorted: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return encoder
    }
}
