import ArrayFiles
import Modulation
import SpikeEncoding

/// What a receiver makes of a dataset, symbol by symbol, for comparisons with other tools.
public enum ReceiverRun {
    /// Writes an `.npz` file of the decisions of a trained spiking receiver.
    ///
    /// Arrays: `spikes` the time step of every input's spike, 255 for none [symbol, input],
    /// `scores` [symbol, class], `symbols` the decided ones [symbol], and `q` the sent ones.
    /// - Parameter dataset: Plain samples, in circular blocks of 10 000 as `generate` makes them.
    /// - Returns: The number of symbols.
    public static func write(
        _ model: ModelDescription, dataset: String, to path: String,
        progress: (Double) throws -> Void = { _ in }
    ) throws -> Int {
        guard case .spiking(let spiking) = model.kind else {
            throw ConfigurationError(
                file: model.folder, problem: "only spiking receivers can be run on a dataset")
        }
        let network = try NetworkFile.read(
            model.folder + "/" + NetworkFile.name, for: spiking, tapCount: model.tapCount)
        let receiver = TrainedReceiver.make(model, spiking: spiking, network: network)
        let (samples, sent) = try read(dataset)
        let neurons = spiking.encoder.neuronCount
        let inputs = model.tapCount * neurons
        guard samples.count * (inputs + 1) <= DatasetFile.npzLimit else {
            throw ConfigurationError(
                file: dataset,
                problem: "too many symbols, since the answer is made in memory; at most "
                    + "\(DatasetFile.npzLimit / (inputs + 1))")
        }
        var spikes: [UInt8] = []
        spikes.reserveCapacity(samples.count * inputs)
        var scores: [Float] = []
        var symbols: [UInt8] = []
        for first in stride(from: 0, to: samples.count, by: SymbolStreams.blockLength) {
            let block = samples[first..<min(samples.count, first + SymbolStreams.blockLength)]
                .map { Double($0) }
            let detection = receiver.detector.detect(block)
            let steps = spiking.encoder.encode(TapWindow(tapCount: model.tapCount).padded(block))
            for k in 0..<block.count { spikes += steps[k * neurons..<k * neurons + inputs] }
            scores += detection.scores
            symbols += detection.symbols
            try progress(Double(first + block.count) / Double(samples.count))
        }
        let count = samples.count
        try NPZArchive([
            "spikes": NumericArray(spikes, shape: [count, inputs]),
            "scores": NumericArray(scores, shape: [count, scores.count / max(1, count)]),
            "symbols": NumericArray(symbols), "q": NumericArray(sent),
        ]).write(to: path)
        return count
    }

    private static func read(_ path: String) throws -> (samples: [Float], sent: [UInt8]) {
        _ = try DatasetVerification.verify(path)
        let y: ShapedArray<Float>
        let q: [UInt8]
        if path.hasSuffix(".npz") {
            let archive = try NPZArchive(path: path)
            y = try archive.array("y", as: Float.self)
            q = try archive.array("q", as: UInt8.self, rank: 1).values
        } else {
            let file = try HDF5Reader(path: path)
            y = try file.read("y", as: Float.self)
            q = try file.read("q", as: UInt8.self, rank: 1).values
        }
        guard y.shape.count == 1 else {
            throw FileError.badData(
                path, "holds windows of \(y.shape[1]) samples, where plain samples are needed",
                remedy: "generate it with --taps 1")
        }
        return (y.values, q)
    }
}
