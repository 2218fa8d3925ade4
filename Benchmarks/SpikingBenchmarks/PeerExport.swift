import ArrayFiles
import Foundation
import LinkExperiments
import Modulation
import RandomStreams
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
        let reference = DenseReference(problem.checkPrefix(checkCount), batch: checkCount)
        _ = reference.train()
        let gradient = (0..<reference.gradient.count).map {
            reference.gradient[$0] / Float(checkCount)
        }
        let split = network.inputCount * network.hiddenCount
        try NPZArchive([
            "steps": NumericArray(
                problem.inputSteps(), shape: [problem.symbols.count, network.inputCount]),
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
    /// `input_weights` [hidden, input], `recurrent_weights` [hidden, hidden] and
    /// `readout_weights` [output, hidden], drawn at random with about 180 hidden spikes per symbol
    /// (published, trained: 209).
    static func writeSSMF(to path: String) throws {
        let link = try LinkDescription(file: Catalog.standard().file(.channels, "ssmf"))
        let (received, symbols) = EqualizerProblem.stream(link, blocks: 1)
        let taps = 21
        let hidden = 80
        let inputs = TernaryBits.count * taps
        let bits = TernaryBits.encode(received)
        let padded = TapWindow(tapCount: taps).padded(bits)
        let windows = (0..<received.count).flatMap { k in padded[k..<k + taps].flatMap { $0 } }
        func normal(_ label: String, _ count: Int, _ scale: Double) -> [Float] {
            var stream = RandomStream(seed: 1).substream(label)
            return (0..<count).map { _ in Float(scale * stream.gaussian()) }
        }
        try NPZArchive([
            "inputs": NumericArray(windows, shape: [received.count, inputs]),
            "symbols": NumericArray(symbols),
            "input_weights": NumericArray(
                normal("input weights", hidden * inputs, 2.5), shape: [hidden, inputs]),
            "recurrent_weights": NumericArray(
                normal("recurrent weights", hidden * hidden, 0.2), shape: [hidden, hidden]),
            "readout_weights": NumericArray(
                normal("readout weights", 4 * hidden, 0.1), shape: [4, hidden]),
        ]).write(to: path)
    }
}

/// The encoding of the published SSMF receiver (arXiv 2412.03129): the sample minus the mean of
/// its block, its magnitude in 8 bits over 0..4 (mid-tread), every bit times the sign.
enum TernaryBits {
    static let count = 8

    /// Shape [sample][bit], most significant bit first.
    static func encode(_ received: [Double]) -> [[Int8]] {
        let mean = received.reduce(0, +) / Double(received.count)
        return received.map { sample in
            let level = min(255, Int((abs(sample - mean) / 4 * 256).rounded()))
            let sign: Int8 = sample < mean ? -1 : 1
            return (0..<count).reversed().map { bit in Int8((level >> bit) & 1) * sign }
        }
    }
}

extension EqualizerProblem {
    /// The first symbols with the neighbours they have in the full block, so that the inputs are
    /// rows of the full set.
    func checkPrefix(_ count: Int) -> EqualizerProblem {
        var copy = self
        copy.symbols = Array(symbols.prefix(count))
        copy.inputStepsOverride = Array(inputSteps().prefix(count * network.inputCount))
        return copy
    }
}
