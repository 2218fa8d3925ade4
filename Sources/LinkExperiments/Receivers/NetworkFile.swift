import ArrayFiles
import Foundation
import NetworkExchange
import SpikeEncoding
import SpikingNetworks

/// The trained weights of a spiking receiver as a NIR file: what an export to `standard` writes,
/// without the text of the description, which lies beside it.
///
/// What NIR has no word for is in the graph's metadata: the time unit and step, how scores are
/// read, the encoder with its learned numbers, the decisions fed back.
enum NetworkFile {
    static let name = "network.nir"

    /// The file of one level of a noise ladder.
    static func name(noisePowerInDecibels noise: Double) -> String {
        "network@\(NumberWord.of(noise))dB.nir"
    }

    static func write(_ receiver: SpikingReceiver, to path: String) throws {
        let graph: NIRGraph
        do {
            graph = try ExchangeNetwork(receiver).graph(for: .init(target: .standard))
        } catch {
            throw FileError.badData(
                path, error.description, remedy: "train with a lower training.learning_rate")
        }
        try NIRFile.write(graph, to: path)
    }

    /// Reads the receiver that a model describes: weights, and what its encoder has learned.
    ///
    /// Earlier files, whose graphs have other node names, a recurrence in the outer graph, no rule
    /// for scores, and no encoder or one in JSON, are read as well.
    static func read(_ path: String, for model: ModelDescription.SpikingModel) throws
        -> SpikingReceiver
    {
        let graph = try NIRFile.read(path)
        let shape = model.network
        let saysScore = graph.metadata["readout"] != nil || graph.metadata["score"] != nil
        let found: SpikingNetwork
        do {
            found = try ExchangeNetwork(
                graph: graph, options: .init(score: saysScore ? nil : shape.readout.score)
            ).simulated(stepCount: shape.stepCount, surrogate: shape.surrogate)
        } catch {
            throw FileError.badData(
                path, error.description,
                remedy: "files of other tools become receivers with: spikelink models import")
        }
        try check(found, path, for: model)
        return SpikingReceiver(
            encoder: try encoder(graph, path, for: model),
            network: SpikingNetwork(
                inputCount: found.inputCount, hiddenCount: found.hiddenCount,
                outputCount: found.outputCount, stepCount: shape.stepCount, neuron: shape.neuron,
                surrogate: shape.surrogate, readout: shape.readout,
                hiddenWeights: found.hiddenWeights, readoutWeights: found.readoutWeights,
                recurrentWeights: found.recurrentWeights),
            feedbackCount: model.feedbackCount)
    }

    private static func check(
        _ network: SpikingNetwork, _ path: String, for model: ModelDescription.SpikingModel
    ) throws(FileError) {
        let shape = model.network
        let (found, wanted) = (network.neuron, shape.neuron)
        let numbers: [(String, Double, Double)] = [
            ("inputs", Double(network.inputCount), Double(model.inputCount)),
            ("hidden neurons", Double(network.hiddenCount), Double(shape.hiddenCount)),
            ("outputs", Double(network.outputCount), Double(shape.outputCount)),
            ("step in ms", found.stepInMilliseconds, wanted.stepInMilliseconds),
            (
                "membrane time constant in ms", found.membraneTimeConstantInMilliseconds,
                wanted.membraneTimeConstantInMilliseconds
            ),
            (
                "synaptic time constant in ms", found.synapticTimeConstantInMilliseconds,
                wanted.synapticTimeConstantInMilliseconds
            ),
            ("threshold", found.threshold, wanted.threshold),
        ]
        // Earlier files hold constants in single precision.
        for (name, found, wanted) in numbers where abs(found - wanted) > 1e-6 * wanted {
            throw .badData(
                path,
                "\(name): \(NumberWord.of(found)), where model.yaml says \(NumberWord.of(wanted))")
        }
        guard network.readout == shape.readout, network.isRecurrent == shape.isRecurrent else {
            func text(_ readout: SpikingNetwork.Readout, _ isRecurrent: Bool) -> String {
                "readout \(readout.rawValue), \(isRecurrent ? "recurrent" : "not recurrent")"
            }
            throw .badData(
                path,
                "\(text(network.readout, network.isRecurrent)), where model.yaml says "
                    + text(shape.readout, shape.isRecurrent))
        }
    }

    /// The encoder of the file, which must be one of the kind and size described; without one, that
    /// of the description.
    private static func encoder(
        _ graph: NIRGraph, _ path: String, for model: ModelDescription.SpikingModel
    ) throws -> SpikeEncoder {
        let encoder: SpikeEncoder?
        switch graph.metadata["encoder"] {
        case nil: return model.encoder
        case .group(let entries)?: encoder = try? SpikeEncoder(exchanged: entries)
        case .text(let text)?:
            encoder = try? JSONDecoder().decode(SpikeEncoder.self, from: Data(text.utf8))
        default: encoder = nil
        }
        guard let encoder, encoder.isTrained(from: model.encoder) else {
            throw FileError.badData(
                path, "the encoder in its metadata is not the one that model.yaml describes")
        }
        return encoder
    }
}
