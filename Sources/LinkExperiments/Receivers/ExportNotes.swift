import Foundation
import NetworkExchange
import SpikeEncoding

/// What the reader of an exported file should know.
struct ExportNotes {
    let export: ModelExport
    let network: ExchangeNetwork
    let chipStep: Double?
    let path: String

    var lines: [String] {
        let isRecurrent = network.layers.contains { $0.recurrentWeights != nil }
        let shape = network.shapeText + (isRecurrent ? ", recurrent" : "")
        return ["wrote \(path): \(export.source.name), \(shape)", opening, outside] + inputs
    }

    private func text(_ value: Double) -> String { NumberWord.of(value) }

    /// How a tool opens it, and what its step stands for.
    private var opening: String {
        let name = URL(fileURLWithPath: path).lastPathComponent
        let own = "\(text(network.stepInMilliseconds)) ms"
        switch export.format {
        case .standard:
            let step = export.stepInMilliseconds ?? network.stepInMilliseconds
            return step == network.stepInMilliseconds
                ? "one time step is \(own)"
                : "one time step of \(text(step)) ms stands for \(own) of the model"
        case .norse:
            let step = export.stepInMilliseconds ?? 1
            return step == 1
                ? "open with norse.torch.from_nir(nir.read(\"\(name)\")), at its default step of "
                    + "1 ms, which stands for \(own) of the model"
                : "open with norse.torch.from_nir(nir.read(\"\(name)\"), dt=\(step / 1000)); one "
                    + "step stands for \(own) of the model"
        case .snntorch:
            return "open with snntorch.import_nir.import_from_nir(nir.read(\"\(name)\")); its step "
                + "of 0.1 ms stands for \(own) of the model"
        case .brainscales:
            return "times are the chip's in ms: one step of "
                + "\(text(export.stepInMilliseconds ?? (chipStep ?? 0) / 1000)) ms stands for "
                + "\(own) of the model"
        case .npz:
            return "open with numpy.load(\"\(name)\"); json.loads(bytes(z[\"about\"])) has the "
                + "texts"
        case .stateDict:
            return "open with torch.load(\"\(name)\"); time constants are in "
                + "._metadata[\"spikelink\"]"
        case .encoderTable:
            return "comma-separated values"
        }
    }

    /// What the format has no place for.
    private var outside: String {
        let values =
            network.readout.kind == .weightedSums
            ? "the weighted spikes of each class" : "each readout"
        let score =
            "score (the \(network.readout.score.rawValue) of \(values) over "
            + (network.stepCount.map { "\($0) steps)" } ?? "all steps)")
        return switch export.format {
        case .stateDict:
            "the encoder is not in it (--to encoder-table writes it); \(score) is named there"
        case .npz: "beside the weights: encoder, \(score)"
        default: "only in the graph's metadata: encoder, \(score)"
        }
    }

    /// Inputs that are not plain spikes of received samples.
    private var inputs: [String] {
        var lines: [String] = []
        if let encoder = try? SpikeEncoder(exchanged: network.encoder), encoder.isGraded {
            lines.append("its input spikes have weights of 1 and -1")
        }
        if let feedback = network.encoder.integer("feedback"), feedback > 0 {
            let classes = network.readout.weights.rows
            lines.append(
                "its last \(feedback * classes) inputs are past decisions (\(feedback), the latest "
                    + "first, one input for each class), which whoever runs it feeds back as "
                    + "spikes in step 0")
        }
        return lines
    }
}
