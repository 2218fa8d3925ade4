import ArrayFiles
import Foundation

/// One reading of a weight archive.
struct WeightArchiveReader {
    let archive: NPZArchive
    let path: String
    let options: ExchangeNetwork.ImportOptions

    private func bad(_ reason: String, _ remedy: String) -> FileError {
        .badData(path, reason, remedy: remedy)
    }

    func network() throws -> ExchangeNetwork {
        let about = try about()
        let names = try layerNames()
        let layers = try names.map { name in
            let weights = try matrix("\(name).weight")
            let recurrent = "\(name).recurrent_weight"
            return ExchangeNetwork.Layer(
                weights: weights,
                recurrentWeights: archive.arrays[recurrent] == nil ? nil : try matrix(recurrent),
                neurons: try neurons(name, count: weights.rows))
        }
        let weights = try matrix("readout.weight")
        let kind: ExchangeNetwork.Readout.Kind
        if archive.arrays["readout.tau_mem_ms"] == nil {
            kind = .weightedSums
        } else if archive.arrays["readout.threshold"] == nil {
            kind = .leakyIntegrators(try constants("readout", count: weights.rows))
        } else {
            kind = .spikingNeurons(try neurons("readout", count: weights.rows))
        }
        var encoder: [String: NIRMetadata] = (about?.encoder ?? [:]).mapValues {
            switch $0 {
            case .text(let text): .text(text)
            case .integer(let number): .integer(number)
            case .real(let number): .real(number)
            }
        }
        for (name, array) in archive.arrays where name.hasPrefix("encoder.") {
            encoder[String(name.dropFirst(8))] = .array(
                NIRTensor(try values(name), shape: array.shape))
        }
        let network = ExchangeNetwork(
            inputCount: (layers.first?.weights ?? weights).columns, layers: layers,
            readout: .init(weights: weights, kind: kind, score: try score(about, kind)),
            stepInMilliseconds: try step(), stepCount: try count("steps"), encoder: encoder,
            description: about?.modelYAML)
        do {
            try network.check()
        } catch {
            throw bad(error.description, "correct the file where it was written")
        }
        return network
    }

    private func about() throws -> WeightArchive.About? {
        guard archive.arrays["about"] != nil else { return nil }
        let bytes = try archive.array("about", as: UInt8.self, rank: 1).values
        guard let about = try? JSONDecoder().decode(WeightArchive.About.self, from: Data(bytes))
        else { throw bad("array 'about' is not the text it should be", "leave it out") }
        guard about.format == WeightArchive.format else {
            throw bad(
                "has format \(about.format), only \(WeightArchive.format) is known here",
                "use the version that has written it")
        }
        return about
    }

    /// `hidden`, or `hidden_1`, `hidden_2` and so on without a gap.
    private func layerNames() throws -> [String] {
        let known = archive.arrays.keys.filter { $0.hasSuffix(".weight") }
            .map { String($0.dropLast(7)) }
        guard known.contains("readout") else {
            throw bad(
                "has no array 'readout.weight', only "
                    + archive.arrays.keys.sorted().joined(separator: ", "),
                "call the arrays hidden.weight, hidden.tau_mem_ms, ..., readout.weight")
        }
        let numbered = (1...max(1, known.count)).map { "hidden_\($0)" }
            .prefix { known.contains($0) }
        let names = known.contains("hidden") ? ["hidden"] : Array(numbered)
        if let stray = known.sorted().first(where: { $0 != "readout" && !names.contains($0) }) {
            throw bad(
                "has weights of '\(stray)', which is no layer",
                "call the layers hidden, or hidden_1, hidden_2, ..., and readout")
        }
        return names
    }

    private func matrix(_ name: String) throws -> ExchangeNetwork.Matrix {
        let values = try values(name)
        let shape = archive.arrays[name]!.shape
        guard shape.count == 2, !shape.contains(0) else {
            throw bad(
                "array '\(name)' has shape \(shape), not [neuron, input]",
                "check that this is the file you meant")
        }
        return .init(values.map { Float($0) }, rows: shape[0], columns: shape[1])
    }

    /// Numbers of either precision.
    private func values(_ name: String) throws -> [Double] {
        if let single = archive.arrays[name]?.values(as: Float.self) {
            return single.map(ExactDecimal.shortest)
        }
        return try archive.array(name, as: Double.self).values
    }

    /// One number per neuron; a single one stands for all.
    private func perNeuron(_ name: String, count: Int) throws -> [Double] {
        let values = try values(name)
        return values.count == 1 ? [Double](repeating: values[0], count: count) : values
    }

    private func constants(
        _ name: String, count: Int
    ) throws -> ExchangeNetwork.TimeConstants {
        let synaptic = "\(name).tau_syn_ms"
        return .init(
            membraneInMilliseconds: try perNeuron("\(name).tau_mem_ms", count: count),
            synapticInMilliseconds: archive.arrays[synaptic] == nil
                ? nil : try perNeuron(synaptic, count: count))
    }

    private func neurons(_ name: String, count: Int) throws -> ExchangeNetwork.Neurons {
        let reset = "\(name).reset"
        return .init(
            timeConstants: try constants(name, count: count),
            thresholds: try perNeuron("\(name).threshold", count: count),
            resetPotentials: archive.arrays[reset] == nil
                ? [Double](repeating: 0, count: count) : try perNeuron(reset, count: count))
    }

    private func score(
        _ about: WeightArchive.About?, _ kind: ExchangeNetwork.Readout.Kind
    ) throws -> ExchangeNetwork.Score {
        if let told = (about?.score).flatMap(ExchangeNetwork.Score.init(rawValue:)) {
            if let asked = options.score, asked != told {
                throw ExchangeError.request(
                    "its score is the \(told.rawValue), as it says itself; leave out --score "
                        + asked.rawValue)
            }
            return told
        }
        if let asked = options.score { return asked }
        guard case .leakyIntegrators = kind else { return .sum }
        throw ExchangeError.request(
            "does not say how its leaky integrators become scores; add --score maximum, last "
                + "or sum")
    }

    private func step() throws -> Double {
        let told = archive.arrays["dt_ms"] == nil ? nil : try values("dt_ms").first
        if let told, let asked = options.stepInMilliseconds, asked != told {
            throw ExchangeError.request(
                "its steps are \(told) ms, as it says itself; leave out --step-ms \(asked)")
        }
        guard let step = told ?? options.stepInMilliseconds else {
            throw ExchangeError.request(
                "does not say the time step of the network; add --step-ms and its length")
        }
        return step
    }

    private func count(_ name: String) throws -> Int? {
        guard let array = archive.arrays[name] else { return nil }
        guard array.count == 1, let value = array.values(as: Int64.self)?.first, value > 0 else {
            throw bad("array '\(name)' is not one positive integer", "write it as such")
        }
        return Int(value)
    }
}
