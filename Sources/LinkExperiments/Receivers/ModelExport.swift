import ArrayFiles
import Foundation
public import NetworkExchange
import SpikeEncoding

/// What a trained receiver can be written as.
public enum ExportFormat: String, Hashable, Sendable, CaseIterable {
    case standard, norse, snntorch, brainscales, npz
    case stateDict = "state-dict"
    /// Only what stands before the network.
    case encoderTable = "encoder-table"

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
        /// A receiver, of a noise ladder the one trained at a level in dB.
        case model(ModelDescription, level: Double?)
        /// An `.npz` archive of weights and constants.
        case archive(String)

        /// A name under `models`, the path of a folder, or that of an archive.
        public init(_ nameOrPath: String, level: Double? = nil, in catalog: Catalog) throws {
            guard nameOrPath.hasSuffix(".npz") else {
                self = .model(
                    try ModelDescription(folder: catalog.modelFolder(nameOrPath)), level: level)
                return
            }
            guard level == nil else {
                throw ConfigurationError(
                    file: nameOrPath, problem: "holds one network; leave out --level")
            }
            self = .archive(nameOrPath)
        }

        var name: String {
            switch self {
            case .model(let model, nil): model.name
            case .model(let model, let level?): "\(model.name) at \(NumberWord.of(level)) dB"
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
            if format == .encoderTable { return try writeEncoder(to: path) }
            let (network, chipStep) = try network()
            try write(network, chipStep: chipStep, to: path)
            return ExportNotes(export: self, network: network, chipStep: chipStep, path: path)
                .lines
        } catch let error as ExchangeError {
            throw ConfigurationError(file: source.name, problem: error.description)
        }
    }

    private func writeEncoder(to path: String) throws -> [String] {
        try refuseOptions()
        let encoder: SpikeEncoder
        var feedback = 0
        switch source {
        case .archive(let path):
            let entries = try archive(path).encoder
            guard !entries.isEmpty else { throw ExchangeError("says nothing of its encoder") }
            encoder = try SpikeEncoder(exchanged: entries)
        case .model(let model, let level):
            feedback = try spiking(model).feedbackCount
            encoder = try model.trainedEncoder(level: level)
        }
        let table = EncoderTable(encoder)
        try AtomicFile.write(table.commaSeparated, to: path)
        var lines = [
            "wrote \(path): encoder of \(source.name), \(encoder.tapCount) taps of "
                + "\(encoder.neuronsPerTap) neurons, \(table.rows.count) intervals",
            "each row: a neuron spikes in the step, with the weight 'value', for samples from "
                + "sample_from to below sample_to",
        ]
        if feedback > 0 {
            lines.append(
                "not in it: the inputs of past decisions (\(feedback), one input for each class)")
        }
        return lines
    }

    private func spiking(
        _ model: ModelDescription
    ) throws(ConfigurationError) -> ModelDescription.SpikingModel {
        guard case .spiking(let spiking) = model.kind else {
            throw ConfigurationError(
                file: model.folder,
                problem: "only spiking receivers can be exported; \(model.name) is fitted to a "
                    + "link whenever it is evaluated")
        }
        return spiking
    }

    private func archive(_ path: String) throws -> ExchangeNetwork {
        do {
            return try WeightArchive.read(path)
        } catch is ExchangeError {
            throw ExchangeError(
                "does not say its step and its score, as exported archives do; make it a "
                    + "receiver first: spikelink models import \(path) -o FOLDER")
        }
    }

    /// The network, and the chip's step in microseconds where a description says it.
    private func network() throws -> (ExchangeNetwork, chipStep: Double?) {
        switch source {
        case .archive(let path): return (try archive(path), nil)
        case .model(let model, let level):
            let spiking = try spiking(model)
            let receiver = try model.trainedReceiver(level: level)
            let text = String(
                decoding: try AtomicFile.read(model.folder + "/model.yaml"), as: UTF8.self)
            var description = DescriptionText(text)
            description?.leaveLadder(level: level)
            return (
                ExchangeNetwork(receiver, description: try description?.text ?? text),
                spiking.chip?.stepInMicroseconds
            )
        }
    }

    private func write(_ network: ExchangeNetwork, chipStep: Double?, to path: String) throws {
        guard let target = format.target else {
            try refuseOptions()
            switch format {
            case .npz: try WeightArchive.write(network, to: path)
            default: try StateDictionary.write(network, to: path)
            }
            return
        }
        if format == .brainscales,
            (try? SpikeEncoder(exchanged: network.encoder))?.isGraded == true
        {
            throw ExchangeError(
                "brainscales knows only spikes of weight 1 (the encoder sends -1, too); train with "
                    + "another encoder, or export to standard, norse or snntorch")
        }
        let options = ExchangeNetwork.ExportOptions(
            target: target, timeUnit: timeUnit, stepInMilliseconds: try step(chipStep),
            readout: readout)
        try NIRFile.write(try network.graph(for: options), to: path)
    }

    private func refuseOptions() throws(ExchangeError) {
        guard timeUnit == nil, stepInMilliseconds == nil, readout == .integrators else {
            throw ExchangeError(
                "\(format.rawValue) takes no --time-unit, --step-ms or --readout; they shape .nir "
                    + "files")
        }
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
}
