import ArrayFiles
import Foundation
import NetworkExchange
import NumericKernels
import SpikeEncoding
import SpikingNetworks
import TestSupport
import Testing

/// Decisions that norse 1.1.0 and snnTorch 1.0.0 made with files of ours, and with their own.
@Suite struct PeerReferenceTests {
    private static let stepCount = 40

    private func reference(_ name: String) -> String {
        Bundle.module.bundleURL.appendingPathComponent("Reference/peers/\(name)").path
    }

    private func samples(_ name: String) throws -> (spikes: [[UInt8]], archive: NPZArchive) {
        let archive = try NPZArchive(path: reference(name + ".npz"))
        let spikes = try archive.array("spikes", as: UInt8.self, rank: 2)
        let width = spikes.shape[1]
        return (
            (0..<spikes.shape[0]).map { Array(spikes.values[$0 * width..<($0 + 1) * width]) }, archive
        )
    }

    private func decisions(_ network: ExchangeNetwork, _ spikes: [[UInt8]]) -> [UInt8] {
        let simulation = ExchangeSimulation(network: network)
        return spikes.map { simulation.decision($0, stepCount: Self.stepCount) }
    }

    @Test(arguments: ["integrators", "recurrent_sums", "two_layers"])
    func `norse and snnTorch decide as the network they were given`(name: String) throws {
        let network = try WeightArchive.read(reference(name + ".weights.npz"))
        let (spikes, archive) = try samples(name)
        let own = decisions(network, spikes)
        #expect(Set(own).count > 1)
        for target in [ExchangeTarget.norse, .snntorch] {
            #expect(try archive.array(target.rawValue, as: UInt8.self).values == own)
            // The file they ran is the one that is written today, and means the same network.
            let file = try NIRFile.read(reference("\(name).\(target.rawValue).nir"))
            var today = try network.graph(
                for: .init(
                    target: target, readout: name == "integrators" ? .silentNeurons : .integrators))
            #expect(Set(today.edges) == Set(file.edges))
            today.edges = file.edges
            for key in today.nodes.keys {
                guard case .graph(var inner)? = today.nodes[key]?.kind,
                    case .graph(let other)? = file.nodes[key]?.kind
                else { continue }
                #expect(Set(inner.edges) == Set(other.edges))
                inner.edges = other.edges
                today.nodes[key]?.kind = .graph(inner)
            }
            #expect(today == file)
            #expect(try ExchangeNetwork(graph: file) == network)
        }
    }

    @Test(arguments: [
        ("integrators", SpikingNetwork.Readout.maximum), ("recurrent_sums", .sum),
    ])
    func `the simulated receiver decides as its file does in other tools`(
        name: String, readout: SpikingNetwork.Readout
    ) throws {
        let file = try WeightArchive.read(reference(name + ".weights.npz"))
        let (spikes, archive) = try samples(name)
        let layer = file.layers[0]
        let constants = layer.neurons.timeConstants
        let network = SpikingNetwork(
            inputCount: file.inputCount, hiddenCount: layer.weights.rows,
            outputCount: file.readout.weights.rows, stepCount: Self.stepCount,
            neuron: LeakyIntegrateAndFire(
                membraneTimeConstantInMilliseconds: constants.membraneInMilliseconds[0],
                synapticTimeConstantInMilliseconds: constants.synapticInMilliseconds![0],
                stepInMilliseconds: file.stepInMilliseconds,
                threshold: layer.neurons.thresholds[0]),
            surrogate: .superSpike(slope: 1), readout: readout,
            hiddenWeights: layer.weights.values, readoutWeights: file.readout.weights.values,
            recurrentWeights: layer.recurrentWeights?.values ?? [])
        let workspace = SampleWorkspace(kernel: network.kernel, isGraded: false)
        let weights = KernelWeights(network)
        let decided = spikes.map { sample -> UInt8 in
            var count = 0
            for (input, step) in sample.enumerated() where step != 255 {
                workspace.input.events.inputs[count] = UInt16(input)
                workspace.input.events.steps[count] = step
                count += 1
            }
            workspace.input.events.count = count
            weights.withKernelWeights { weights in
                _ = workspace.forward(weights: weights)
            }
            return UInt8(workspace.decision(outputCount: network.outputCount))
        }
        #expect(try archive.array("norse", as: UInt8.self).values == decided)
        #expect(try archive.array("snntorch", as: UInt8.self).values == decided)
    }

    @Test(arguments: [ExchangeTarget.norse, .snntorch])
    func `a network of another tool decides here as it did there`(source: ExchangeTarget) throws {
        let name = "from_\(source.rawValue)"
        let network = try ExchangeNetwork(
            graph: try NIRFile.read(reference(name + ".nir")),
            options: .init(source: source, timeUnit: .seconds))
        let (spikes, archive) = try samples(name)
        #expect(network.readout.kind == .weightedSums)
        #expect(try archive.array("decisions", as: UInt8.self).values == decisions(network, spikes))
    }
}
