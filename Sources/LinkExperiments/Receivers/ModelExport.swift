import ArrayFiles
import Foundation
public import NetworkExchange

/// What a trained receiver can be written as.
public enum ExportFormat: String, Hashable, Sendable, CaseIterable {
    case standard, norse, snntorch, brainscales, npz
    case stateDict = "state-dict"

    var target: ExchangeTarget? { ExchangeTarget(rawValue: rawValue) }
}

/// Writes a trained spiking network for other tools.
public struct ModelExport {
    public var source: Source
    public var format: ExportFormat
    public var timeUnit: TimeUnit?
    public var stepInMilliseconds: Double?
    public var readout: ReadoutForm

    /// Where the network comes from.
    public enum Source: Sendable {
        case model(ModelDescription)
        /// An `.npz` archive of weights and constants.
        case archive(String)

        /// A name under `models`, the path of a folder, or that of an archive.
        public init(_ nameOrPath: String, in catalog: Catalog) throws {
            self =
                nameOrPath.hasSuffix(".npz")
                ? .archive(nameOrPath)
                : .model(try ModelDescription(folder: catalog.modelFolder(nameOrPath)))
        }

        var name: String {
            switch self {
            case .model(let model): model.name
            case .archive(let path): path
            }
        }
    }

    public init(
        source: Source, format: ExportFormat, timeUnit: TimeUnit? = nil,
        stepInMilliseconds: Double? = nil, readout: ReadoutForm = .integrators
    ) {
        self.source = source
        self.format = format
        self.timeUnit = timeUnit
        self.stepInMilliseconds = stepInMilliseconds
        self.readout = readout
    }

    /// Writes the file.
    ///
    /// - Returns: What the reader of the file should know, line by line.
    public func write(to path: String) throws -> [String] {
        do {
            let (network, chipStep) = try network()
            try write(network, chipStep: chipStep, to: path)
            return notes(network, chipStep: chipStep, path)
        } catch let error as ExchangeError {
            throw ConfigurationError(file: source.name, problem: error.description)
        }
    }

    /// The network, and the chip's step in microseconds where a description says it.
    private func network() throws -> (ExchangeNetwork, chipStep: Double?) {
        switch source {
        case .archive(let path):
            do {
                return (try WeightArchive.read(path), nil)
            } catch is ExchangeError {
                throw ExchangeError(
                    "does not say its step and its score, as exported archives do; make it a "
                        + "receiver first: spikelink models import \(path) -o FOLDER")
            }
        case .model(let model):
            guard case .spiking(let spiking) = model.kind else {
                throw ConfigurationError(
                    file: model.folder,
                    problem: "only spiking receivers can be exported; \(model.name) is fitted to "
                        + "a link whenever it is evaluated")
            }
            let file = model.folder + "/" + NetworkFile.name
            guard FileManager.default.fileExists(atPath: file) else {
                throw FileError.badData(
                    file, "is missing: the receiver has not been trained",
                    remedy: "spikelink train \(model.name) --channel CHANNEL -o FOLDER")
            }
            let text = String(
                decoding: try AtomicFile.read(model.folder + "/model.yaml"), as: UTF8.self)
            let network = try NetworkFile.read(file, for: spiking, tapCount: model.tapCount)
            return (
                ExchangeNetwork(network, model: model, text: text), spiking.chip.stepInMicroseconds
            )
        }
    }

    private func write(_ network: ExchangeNetwork, chipStep: Double?, to path: String) throws {
        guard let target = format.target else {
            guard timeUnit == nil, stepInMilliseconds == nil, readout == .integrators else {
                throw ExchangeError(
                    "\(format.rawValue) takes no --time-unit, --step-ms or --readout; the names "
                        + "of its constants carry their unit")
            }
            switch format {
            case .npz: try WeightArchive.write(network, to: path)
            default: try StateDictionary.write(network, to: path)
            }
            return
        }
        let options = ExchangeNetwork.ExportOptions(
            target: target, timeUnit: timeUnit, stepInMilliseconds: try step(chipStep),
            readout: readout)
        try NIRFile.write(try network.graph(for: options), to: path)
    }

    /// The chip is faster than the model's time; its step is in the description.
    private func step(_ chipStepInMicroseconds: Double?) throws(ExchangeError) -> Double? {
        guard format == .brainscales, stepInMilliseconds == nil else { return stepInMilliseconds }
        guard let chipStepInMicroseconds else {
            throw ExchangeError(
                "brainscales takes times of the chip; add --step-ms, the chip's time of one step "
                    + "(such as 0.0005)")
        }
        return chipStepInMicroseconds / 1000
    }

    private func notes(
        _ network: ExchangeNetwork, chipStep: Double?, _ path: String
    ) -> [String] {
        let name = URL(fileURLWithPath: path).lastPathComponent
        func text(_ value: Double) -> String {
            let text = "\(value)"
            return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        }
        let own = "\(text(network.stepInMilliseconds)) ms"
        let score =
            "score (the \(network.readout.score.rawValue) of each readout over "
            + (network.stepCount.map { "\($0) steps)" } ?? "all steps)")
        var lines = ["wrote \(path): \(source.name), \(network.shapeText)"]
        switch format {
        case .standard:
            let step = stepInMilliseconds ?? network.stepInMilliseconds
            lines.append(
                step == network.stepInMilliseconds
                    ? "one time step is \(own)"
                    : "one time step of \(text(step)) ms stands for \(own) of the model")
        case .norse:
            let step = stepInMilliseconds ?? 1
            lines.append(
                step == 1
                    ? "open with norse.torch.from_nir(nir.read(\"\(name)\")), at its default "
                        + "step of 1 ms, which stands for \(own) of the model"
                    : "open with norse.torch.from_nir(nir.read(\"\(name)\"), dt=\(step / 1000)); "
                        + "one step stands for \(own) of the model")
        case .snntorch:
            lines.append(
                "open with snntorch.import_nir.import_from_nir(nir.read(\"\(name)\")); its step "
                    + "of 0.1 ms stands for \(own) of the model")
        case .brainscales:
            lines.append(
                "times are the chip's in ms: one step of "
                    + "\(text(stepInMilliseconds ?? (chipStep ?? 0) / 1000)) ms stands for \(own) of the "
                    + "model")
        case .npz:
            lines.append(
                "open with numpy.load(\"\(name)\"); json.loads(bytes(z[\"about\"])) has the texts")
        case .stateDict:
            lines.append(
                "open with torch.load(\"\(name)\"); time constants are in "
                    + "._metadata[\"spikelink\"]")
        }
        switch format {
        case .stateDict: lines.append("the encoder is not in it; \(score) is named there")
        case .npz: lines.append("beside the weights: encoder, \(score)")
        default: lines.append("only in the graph's metadata: encoder, \(score)")
        }
        return lines
    }
}
