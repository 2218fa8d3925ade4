import ArrayFiles
import Modulation
import SpikeEncoding
import SpikingNetworks

/// What a receiver makes of a dataset, symbol by symbol, for comparisons with other tools.
public enum ReceiverRun {
    /// Writes an `.npz` file of the decisions of a trained spiking receiver.
    ///
    /// Arrays: `spikes` the time step of every input's spike, 255 for none [symbol, input],
    /// `values` the weights of these spikes where they are not all 1 [symbol, input], `scores`
    /// [symbol, class], `symbols` the decided ones [symbol], and `q` the sent ones. With decision
    /// feedback the inputs of past decisions are among the spikes; the first symbols of a block
    /// see its last decisions.
    /// - Parameters:
    ///   - level: Noise power in dB of the receiver to take from a noise ladder.
    ///   - dataset: Plain samples, in circular blocks of 10 000 as `generate` makes them.
    /// - Returns: The number of symbols.
    public static func write(
        _ model: ModelDescription, level: Double? = nil, dataset: String, to path: String,
        progress: (Double) throws -> Void = { _ in }
    ) throws -> Int {
        guard case .spiking = model.kind else {
            throw ConfigurationError(
                file: model.folder, problem: "only spiking receivers can be run on a dataset")
        }
        let receiver = try model.trainedReceiver(level: level)
        let (samples, sent) = try read(dataset)
        let inputs = receiver.network.inputCount
        let bytes = inputs * (receiver.encoder.isGraded ? 5 : 1) + 1
        guard samples.count * bytes <= DatasetFile.npzLimit else {
            throw ConfigurationError(
                file: dataset,
                problem: "too many symbols, since the answer is made in memory; at most "
                    + "\(DatasetFile.npzLimit / bytes)")
        }
        var spikes = InputSpikes(receiver)
        var scores: [Float] = []
        var symbols: [UInt8] = []
        for first in stride(from: 0, to: samples.count, by: SymbolStreams.blockLength) {
            let last = min(samples.count, first + SymbolStreams.blockLength)
            let block = Array(samples[first..<last])
            let received = block.map { Double($0) }
            var detection = receiver.detect(received)
            let past = detection.symbols
            if receiver.feedbackCount > 0 {
                detection = receiver.detect(received, sentBefore: past)
            }
            spikes.append(block, decisions: past)
            scores += detection.scores
            symbols += detection.symbols
            try progress(Double(first + block.count) / Double(samples.count))
        }
        let count = samples.count
        var arrays = [
            "spikes": NumericArray(spikes.steps, shape: [count, inputs]),
            "scores": NumericArray(scores, shape: [count, receiver.network.outputCount]),
            "symbols": NumericArray(symbols), "q": NumericArray(sent),
        ]
        if receiver.encoder.isGraded {
            arrays["values"] = NumericArray(spikes.values, shape: [count, inputs])
        }
        try NPZArchive(arrays).write(to: path)
        return count
    }

    /// What the network is given, symbol by symbol.
    private struct InputSpikes {
        let receiver: SpikingReceiver
        /// Step of each input's spike, 255 for none, [symbol, input].
        var steps: [UInt8] = []
        /// Weight of each input's spike, 0 for none, [symbol, input]; empty where all are 1.
        var values: [Float] = []

        init(_ receiver: SpikingReceiver) { self.receiver = receiver }

        /// - Parameter decisions: Those that a symbol's successors are told.
        mutating func append(_ block: [Float], decisions: [UInt8]) {
            let encoder = receiver.encoder
            let inputs = receiver.network.inputCount
            let classes = receiver.network.outputCount
            let count = block.count
            let padded = TapWindow(tapCount: encoder.tapCount).padded(block)
            for k in 0..<count {
                let start = steps.count
                steps += repeatElement(255, count: inputs)
                if encoder.isGraded { values += repeatElement(0, count: inputs) }
                for spike in encoder.encode(Array(padded[k..<k + encoder.tapCount])) {
                    steps[start + spike.input] = UInt8(spike.step)
                    if encoder.isGraded { values[start + spike.input] = spike.value }
                }
                for d in 0..<receiver.feedbackCount {
                    let past = decisions[(k + count - (d + 1) % count) % count]
                    let input = encoder.inputCount + d * classes + Int(past)
                    steps[start + input] = 0
                    if encoder.isGraded { values[start + input] = 1 }
                }
            }
        }
    }

    private static func read(_ path: String) throws -> (samples: [Float], sent: [UInt8]) {
        _ = try DatasetVerification.verify(path)
        let file = try DatasetReader(path: path)
        guard let whole = file.parts.first, whole.name.isEmpty else {
            throw FileError.badData(
                path, "holds parts, where one sequence of samples is needed",
                remedy: "generate it with --symbols")
        }
        guard whole.taps == 1 else {
            throw FileError.badData(
                path, "holds windows of \(whole.taps) samples, where plain samples are needed",
                remedy: "generate it with --taps 1")
        }
        // An archive is in memory as it is; other files hand over no more than this at once.
        let step = path.hasSuffix(".npz") ? max(1, whole.symbols) : 1 << 22
        var samples: [Float] = []
        var sent: [UInt8] = []
        for first in stride(from: 0, to: whole.symbols, by: step) {
            let rows = try file.rows(first..<min(whole.symbols, first + step), of: whole)
            samples += rows.y
            sent += rows.q
        }
        return (samples, sent)
    }
}
