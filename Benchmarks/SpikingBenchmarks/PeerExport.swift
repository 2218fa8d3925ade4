import ArrayFiles
import Foundation
import SpikeEncoding
import SpikingNetworks

/// Writes the networks and data that other tools are timed on.
enum PeerExport {
    /// `lcd.npz`: `steps` (the step of each input's only spike, 255 for none, [symbol, input]),
    /// `symbols`, `hidden_weights` [hidden, input], `readout_weights` [output, hidden], and for
    /// the first `check_symbols` symbols the mean cross-entropy `check_loss` and its gradients
    /// `check_hidden_gradient` [input, hidden] and `check_readout_gradient` [hidden, output],
    /// computed by the dense reference, which agrees with the engine.
    static func writeLCD(to path: String) throws {
        let problem = try EqualizerProblem.lcd()
        let network = problem.network
        let checkCount = 100
        let steps = problem.inputSteps()
        let reference = DenseReference(
            network: network, spikeSteps: Array(steps.prefix(checkCount * network.inputCount)),
            symbols: Array(problem.symbols.prefix(checkCount)), batch: checkCount,
            learningRate: 0)
        _ = reference.train()
        let gradient = (0..<reference.gradient.count).map {
            reference.gradient[$0] / Float(checkCount)
        }
        let split = network.inputCount * network.hiddenCount
        try NPZArchive([
            "steps": NumericArray(
                steps, shape: [problem.symbols.count, network.inputCount]),
            "symbols": NumericArray(problem.symbols),
            "hidden_weights": NumericArray(
                network.hiddenWeights, shape: [network.hiddenCount, network.inputCount]),
            "readout_weights": NumericArray(
                network.readoutWeights, shape: [network.outputCount, network.hiddenCount]),
            "check_loss": NumericArray([reference.lastLoss]),
            "check_symbols": NumericArray([Int64(checkCount)]),
            "check_hidden_gradient": NumericArray(
                Array(gradient[..<split]), shape: [network.inputCount, network.hiddenCount]),
            "check_readout_gradient": NumericArray(
                Array(gradient[split...]), shape: [network.hiddenCount, network.outputCount]),
        ]).write(to: path)
    }

    /// `ssmf.npz`: `inputs` (-1, 0 or 1 in the first step, [symbol, input]), `symbols`,
    /// `input_weights` [hidden, input], `recurrent_weights` [hidden, hidden], `readout_weights`
    /// [output, hidden], and `check_loss`, our engine's mean cross-entropy over all symbols.
    static func writeSSMF(to path: String) throws {
        let problem = try EqualizerProblem.ssmf()
        let network = problem.network
        let count = problem.symbols.count
        let engine = NetworkRun(problem, batch: count)
        _ = engine.train()
        var inputs = [Int8](repeating: 0, count: count * network.inputCount)
        for (k, spikes) in problem.inputSpikes().enumerated() {
            for spike in spikes { inputs[k * network.inputCount + spike.input] = Int8(spike.value) }
        }
        try NPZArchive([
            "inputs": NumericArray(inputs, shape: [count, network.inputCount]),
            "symbols": NumericArray(problem.symbols),
            "input_weights": NumericArray(
                network.hiddenWeights, shape: [network.hiddenCount, network.inputCount]),
            "recurrent_weights": NumericArray(
                network.recurrentWeights, shape: [network.hiddenCount, network.hiddenCount]),
            "readout_weights": NumericArray(
                network.readoutWeights, shape: [network.outputCount, network.hiddenCount]),
            "check_loss": NumericArray([engine.lastLoss]),
        ]).write(to: path)
    }
}
