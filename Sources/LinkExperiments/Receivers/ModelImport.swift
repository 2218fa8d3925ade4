import ArrayFiles
import Foundation
public import NetworkExchange
import SpikeEncoding
import SpikingNetworks

/// Makes a receiver folder of a network that another tool, or this one, has written.
public struct ModelImport {
    public var options: ExchangeNetwork.ImportOptions
    /// A receiver whose taps, training, and encoder the network takes over; the file's own
    /// description when nil. What the file says of its encoder comes before it.
    public var like: ModelDescription?

    public init(options: ExchangeNetwork.ImportOptions, like: ModelDescription? = nil) {
        self.options = options
        self.like = like
    }

    /// Writes `model.yaml` and `network.nir` to a new folder, both or neither.
    ///
    /// - Returns: What the user should know, line by line.
    public func run(_ path: String, to folder: String) throws -> [String] {
        let network = try explained(path) { try read(path) }
        let files = FileManager.default
        if let entries = try? files.contentsOfDirectory(atPath: folder), !entries.isEmpty {
            throw FileError(
                .cannotCreate, path: folder, reason: "is not empty",
                remedy: "name a new folder")
        }
        guard
            !files.fileExists(atPath: folder)
                || (try? files.contentsOfDirectory(atPath: folder)) != nil
        else {
            throw FileError(
                .cannotCreate, path: folder, reason: "is not a folder", remedy: "name a new folder")
        }
        let target = URL(fileURLWithPath: folder).standardizedFileURL
        try Folder.make(target.deletingLastPathComponent().path)
        let partial = target.deletingLastPathComponent()
            .appendingPathComponent(".\(target.lastPathComponent).partial-\(getpid())").path
        try Folder.make(partial)
        defer { try? files.removeItem(atPath: partial) }
        let model = try explained(path) {
            try fill(partial, with: network, from: path, name: target.lastPathComponent)
        }
        guard rename(partial, target.path) == 0 else {
            throw FileError(
                .cannotCreate, path: folder, reason: String(cString: strerror(errno)),
                remedy: "name a new folder in a place that can be written")
        }
        return [
            "wrote \(folder): \(model.name), \(network.shapeText), steps of "
                + "\(network.stepInMilliseconds) ms",
            "evaluate it with: spikelink evaluate \(folder.contains("/") ? folder : "./" + folder) "
                + "--channel CHANNEL",
        ] + warnings(network)
    }

    private func read(_ path: String) throws -> ExchangeNetwork {
        switch URL(fileURLWithPath: path).pathExtension.lowercased() {
        case "npz":
            return try WeightArchive.read(path, options: options)
        case "pt", "pth", "ckpt", "pkl":
            throw ExchangeError(
                "PyTorch files are not read, since they can hold code; write the weights with "
                    + "numpy.savez or the network with nir.write", cause: .request)
        default:
            return try ExchangeNetwork(graph: try NIRFile.read(path), options: options)
        }
    }

    /// Names the file in what the neutral form complains about.
    private func explained<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as ExchangeError {
            guard error.cause == .network else {
                throw ConfigurationError(file: path, problem: error.description)
            }
            let parts = error.description.split(separator: "; ", maxSplits: 1).map(String.init)
            throw FileError.badData(
                path, parts[0],
                remedy: parts.count > 1 ? parts[1] : "correct the file where it was written")
        }
    }

    // MARK: The folder

    private func fill(
        _ folder: String, with network: ExchangeNetwork, from path: String, name: String
    ) throws -> ModelDescription {
        try AtomicFile.write(
            try description(of: network, from: path, name: name), to: folder + "/model.yaml")
        let model: ModelDescription
        do {
            model = try ModelDescription(folder: folder)
        } catch let error as ConfigurationError {
            throw ConfigurationError(
                file: like.map { $0.folder + "/model.yaml" } ?? path, key: error.key,
                problem: error.problem)
        }
        guard case .spiking(let spiking) = model.kind else { throw Self.withoutDescription }
        try Self.check(network, model.name, spiking)
        let receiver = SpikingReceiver(
            encoder: try encoder(of: network, spiking),
            network: try network.simulated(
                stepCount: spiking.network.stepCount, surrogate: spiking.network.surrogate),
            feedbackCount: spiking.feedbackCount)
        let file = folder + "/" + NetworkFile.name
        try NetworkFile.write(receiver, to: file)
        let stored = try NetworkFile.read(file, for: spiking)
        guard stored.network == receiver.network, stored.encoder == receiver.encoder else {
            throw ExchangeError("could not be stored without loss; its constants need more digits")
        }
        return model
    }

    /// The description with the network's constants; the very text when they are the same.
    private func description(
        of network: ExchangeNetwork, from path: String, name: String
    ) throws -> String {
        let text: String
        if let like {
            guard case .spiking = like.kind else {
                throw ExchangeError(
                    "needs a spiking receiver's encoder; \(like.name) is none, name another with "
                        + "--like", cause: .request)
            }
            text = String(
                decoding: try AtomicFile.read(like.folder + "/model.yaml"), as: UTF8.self)
        } else if let own = network.description {
            text = own
        } else {
            throw ExchangeError(
                "does not say which encoder stands before the network; add --like MODEL, a "
                    + "receiver whose encoder and taps it was trained with", cause: .request)
        }
        guard var description = DescriptionText(text) else { throw Self.withoutDescription }
        description.leaveLadder()
        try network.describe(in: &description)
        if let like, case .spiking(let spiking) = like.kind {
            try Self.check(network, like.name, spiking)
            let source = URL(fileURLWithPath: path).lastPathComponent
            description.rename(name, description: "Spiking receiver imported from \(source)")
        }
        return try description.text
    }

    private static var withoutDescription: ExchangeError {
        ExchangeError(
            "needs the description of a spiking receiver, with receiver.network in it; name one "
                + "with --like", cause: .request)
    }

    /// Whether the network has the inputs that a receiver encodes and feeds back.
    private static func check(
        _ network: ExchangeNetwork, _ name: String, _ spiking: ModelDescription.SpikingModel
    ) throws(ExchangeError) {
        let feedback = spiking.feedbackCount
        let classes = network.readout.weights.rows
        let encoder = spiking.encoder
        let inputs = encoder.inputCount + feedback * classes
        guard inputs == network.inputCount else {
            var parts = "\(encoder.tapCount) taps by \(encoder.neuronsPerTap) neurons"
            if feedback > 0 {
                parts += " and feeds back \(feedback) decisions of \(classes) classes"
            }
            throw ExchangeError(
                "takes \(network.inputCount) inputs, but \(name) encodes \(parts), \(inputs); name "
                    + "a fitting receiver with --like", cause: .request)
        }
        let told = network.encoder.integer("feedback") ?? 0
        guard network.encoder.isEmpty || told == feedback else {
            throw ExchangeError(
                "feeds back \(told) decisions, but \(name) \(feedback); name a fitting receiver "
                    + "with --like", cause: .request)
        }
    }

    /// What the file says, else what training has made of the encoder of `like`, else the
    /// description's.
    private func encoder(
        of network: ExchangeNetwork, _ spiking: ModelDescription.SpikingModel
    ) throws -> SpikeEncoder {
        guard network.encoder.isEmpty else {
            let encoder = try SpikeEncoder(exchanged: network.encoder)
            guard encoder.isTrained(from: spiking.encoder) else {
                throw ExchangeError(
                    "holds another kind of encoder than the description it is to have; name a "
                        + "fitting receiver with --like", cause: .request)
            }
            return encoder
        }
        guard let like else { return spiking.encoder }
        guard !like.isLadder || spiking.policy.encoder == .none else {
            throw ExchangeError(
                "says nothing of its encoder, and \(like.name) has learned one for each noise "
                    + "level; export and import one level of it, and name that folder with --like",
                cause: .request)
        }
        return try like.trainedEncoder(level: nil)
    }

    /// Times that no receiver of this kind has, mostly a wrong unit.
    private func warnings(_ network: ExchangeNetwork) -> [String] {
        let all = network.layers.flatMap { $0.neurons.timeConstants.membraneInMilliseconds }
        guard let odd = all.first(where: { !(1e-4...1e3).contains($0) }) else { return [] }
        return [
            "warning: a membrane time constant of \(odd) ms is unusual; is the time unit right?"
        ]
    }
}
