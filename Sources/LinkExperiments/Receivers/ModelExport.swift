import ArrayFiles
import Foundation
public import NetworkExchange

/// What a trained receiver can be written as.
public enum ExportFormat: String, Hashable, Sendable, CaseIterable {
    case standard, norse, snntorch, brainscales, npz
    case stateDict = "state-dict"

    var target: ExchangeTarget? { ExchangeTarget(rawValue: rawValue) }
}

/// Writes a trained spiking receiver for other tools.
public struct ModelExport {
    public var model: ModelDescription
    public var format: ExportFormat
    public var timeUnit: TimeUnit?
    public var stepInMilliseconds: Double?
    public var readout: ReadoutForm

    public init(
        model: ModelDescription, format: ExportFormat, timeUnit: TimeUnit? = nil,
        stepInMilliseconds: Double? = nil, readout: ReadoutForm = .integrators
    ) {
        self.model = model
        self.format = format
        self.timeUnit = timeUnit
        self.stepInMilliseconds = stepInMilliseconds
        self.readout = readout
    }

    /// Writes the file.
    ///
    /// - Returns: What the reader of the file should know, line by line.
    public func write(to path: String) throws -> [String] {
        guard case .spiking(let spiking) = model.kind else {
            throw ConfigurationError(
                file: model.folder,
                problem: "only spiking receivers can be exported; \(model.name) is fitted to a "
                    + "link whenever it is evaluated")
        }
        let source = model.folder + "/" + NetworkFile.name
        guard FileManager.default.fileExists(atPath: source) else {
            throw FileError.badData(
                source, "is missing: the receiver has not been trained",
                remedy: "spikelink train \(model.name) --channel CHANNEL -o FOLDER")
        }
        let text = String(
            decoding: try AtomicFile.read(model.folder + "/model.yaml"), as: UTF8.self)
        let network = ExchangeNetwork(
            try NetworkFile.read(source, for: spiking, tapCount: model.tapCount), model: model,
            text: text)
        do {
            try write(network, chipStep: spiking.chip.stepInMicroseconds, to: path)
        } catch let error as ExchangeError {
            throw ConfigurationError(file: model.name, problem: error.description)
        }
        return notes(network, chipStep: spiking.chip.stepInMicroseconds, path)
    }

    private func write(_ network: ExchangeNetwork, chipStep: Double, to path: String) throws {
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
            target: target, timeUnit: timeUnit, stepInMilliseconds: step(chipStep),
            readout: readout)
        try NIRFile.write(try network.graph(for: options), to: path)
    }

    /// The chip is faster than the model's time; its step is in the description.
    private func step(_ chipStepInMicroseconds: Double) -> Double? {
        stepInMilliseconds ?? (format == .brainscales ? chipStepInMicroseconds / 1000 : nil)
    }

    private func notes(_ network: ExchangeNetwork, chipStep: Double, _ path: String) -> [String] {
        let name = URL(fileURLWithPath: path).lastPathComponent
        let own = "\(network.stepInMilliseconds) ms"
        let score =
            "score: the \(network.readout.score.rawValue) of each readout over "
            + "\(network.stepCount ?? 0) steps"
        var lines = ["wrote \(path): \(model.name), \(network.shapeText)"]
        switch format {
        case .standard:
            lines.append("one time step is \(stepInMilliseconds ?? network.stepInMilliseconds) ms")
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
                "times are the chip's in ms: one step of \(step(chipStep) ?? chipStep) ms stands "
                    + "for \(own) of the model")
        case .npz:
            lines.append(
                "open with numpy.load(\"\(name)\"); json.loads(bytes(z[\"about\"])) has the texts")
        case .stateDict:
            lines.append(
                "open with torch.load(\"\(name)\"); time constants are in "
                    + "._metadata[\"spikelink\"]")
        }
        if format != .stateDict {
            lines.append(
                "\(format == .npz ? "beside the weights" : "in the graph's metadata"): encoder, "
                    + score)
        } else {
            lines.append("not in it: the encoder; \(score)")
        }
        return lines
    }
}
