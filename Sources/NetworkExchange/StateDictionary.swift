import ArrayFiles

/// Weights as a PyTorch `state_dict` (`.pt`), which `torch.load` opens with its safe defaults.
///
/// Keys are those of bias-free `torch.nn.Linear` layers: `hidden.weight` (`hidden_1.weight` and so
/// on when there are several), `hidden_recurrent.weight` where there is recurrence, and
/// `readout.weight`, so that a module with these layers loads it strictly. The constants that are
/// no parameters of such layers are in `state_dict._metadata["spikelink"]`, where PyTorch itself
/// keeps versions: `dt_ms`, `steps`, `score`, and per layer `NAME.tau_mem_ms`, `NAME.tau_syn_ms`,
/// `NAME.threshold`, `NAME.reset`, one number where all neurons agree, else a list.
///
/// The file is a ZIP archive of a pickle (protocol 2) and raw little-endian numbers. Reading is not
/// offered: a pickle can hold code.
public enum StateDictionary {
    /// Writes a network, whole or not at all.
    public static func write(_ network: ExchangeNetwork, to path: String) throws {
        try network.check()
        var tensors: [(name: String, matrix: ExchangeNetwork.Matrix)] = []
        for (index, layer) in network.layers.enumerated() {
            let name = network.layerName(index)
            tensors.append((name + ".weight", layer.weights))
            if let recurrent = layer.recurrentWeights {
                tensors.append((name + "_recurrent.weight", recurrent))
            }
        }
        tensors.append(("readout.weight", network.readout.weights))
        let pickle = Self.pickle(tensors, constants: constants(of: network))
        // The loader finds everything below one folder, whatever its name.
        try AtomicFile.write(to: path) { sink throws(FileError) in
            var archive = ZIPWriter()
            func add(_ name: String, _ content: [UInt8]) throws(FileError) {
                try archive.add(content, named: "network/" + name, compression: .stored, to: &sink)
            }
            try add("data.pkl", pickle)
            try add("byteorder", Array("little".utf8))
            for (index, tensor) in tensors.enumerated() {
                try add("data/\(index)", tensor.matrix.array.bytes)
            }
            try add("version", Array("3\n".utf8))
            try archive.finish(in: &sink)
        }
    }

    private static func constants(of network: ExchangeNetwork) -> [(String, Pickle.Value)] {
        var entries: [(String, Pickle.Value)] = [("dt_ms", .real(network.stepInMilliseconds))]
        if let count = network.stepCount { entries.append(("steps", .integer(count))) }
        entries.append(("score", .text(network.readout.score.rawValue)))
        func put(_ values: [Double], _ name: String) {
            let isSame = values.allSatisfy { $0 == values[0] }
            entries.append(
                (name, isSame ? .real(values[0]) : .list(values.map(Pickle.Value.real))))
        }
        func put(_ constants: ExchangeNetwork.TimeConstants, _ name: String) {
            put(constants.membraneInMilliseconds, "\(name).tau_mem_ms")
            if let synaptic = constants.synapticInMilliseconds {
                put(synaptic, "\(name).tau_syn_ms")
            }
        }
        func put(_ neurons: ExchangeNetwork.Neurons, _ name: String) {
            put(neurons.timeConstants, name)
            put(neurons.thresholds, "\(name).threshold")
            put(neurons.resetPotentials, "\(name).reset")
        }
        for (index, layer) in network.layers.enumerated() {
            put(layer.neurons, network.layerName(index))
        }
        switch network.readout.kind {
        case .weightedSums: break
        case .leakyIntegrators(let constants): put(constants, "readout")
        case .spikingNeurons(let neurons): put(neurons, "readout")
        }
        if let text = network.description { entries.append(("model_yaml", .text(text))) }
        return entries
    }

    /// An ordered dictionary of tensors whose numbers lie in other members of the archive.
    private static func pickle(
        _ tensors: [(name: String, matrix: ExchangeNetwork.Matrix)],
        constants: [(String, Pickle.Value)]
    ) -> [UInt8] {
        var pickle = Pickle()
        pickle.emptyOrderedDictionary()
        pickle.mark()
        for (index, (name, matrix)) in tensors.enumerated() {
            pickle.append(.text(name))
            // _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)
            pickle.global("torch._utils", "_rebuild_tensor_v2")
            pickle.mark()
            pickle.persistent([
                .text("storage"), .global("torch", "FloatStorage"), .text(String(index)),
                .text("cpu"), .integer(matrix.values.count),
            ])
            pickle.append(.integer(0))
            pickle.append(.tuple([.integer(matrix.rows), .integer(matrix.columns)]))
            pickle.append(.tuple([.integer(matrix.columns), .integer(1)]))
            pickle.append(.no)
            pickle.emptyOrderedDictionary()
            pickle.call()
        }
        pickle.setItems()
        pickle.append(
            .dictionary([
                (
                    "_metadata",
                    .dictionary([
                        ("", .dictionary([("version", .integer(1))])),
                        ("spikelink", .dictionary(constants)),
                    ])
                )
            ]))
        return pickle.finished()
    }
}
