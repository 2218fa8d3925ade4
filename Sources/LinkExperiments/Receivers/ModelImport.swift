import ArrayFiles
import Foundation
public import NetworkExchange
import SpikeEncoding
import Yams

/// Makes a receiver folder of a network that another tool, or this one, has written.
public struct ModelImport {
    public var options: ExchangeNetwork.ImportOptions
    /// A receiver whose encoder, taps and training the network takes over; the file's own
    /// description when nil.
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
        let text: String
        if let like {
            text = String(
                decoding: try AtomicFile.read(like.folder + "/model.yaml"), as: UTF8.self)
        } else if let own = network.description {
            text = own
        } else {
            throw ExchangeError(
                "does not say which encoder stands before the network; add --like MODEL, a "
                    + "receiver whose encoder and taps it was trained with", cause: .request)
        }
        let file = folder + "/model.yaml"
        try AtomicFile.write(
            try Self.adjusted(
                text, to: try network.descriptionKeys(), name: like == nil ? nil : name,
                source: path),
            to: file)
        let model: ModelDescription
        do {
            model = try ModelDescription(folder: folder)
        } catch let error as ConfigurationError {
            throw ConfigurationError(
                file: like.map { $0.folder + "/model.yaml" } ?? path, key: error.key,
                problem: error.problem)
        }
        guard case .spiking(let spiking) = model.kind else {
            throw ExchangeError(
                "needs a spiking receiver's encoder; \(model.name) is none, name another with "
                    + "--like", cause: .request)
        }
        let inputs = model.tapCount * spiking.encoder.neuronCount
        guard inputs == network.inputCount else {
            throw ExchangeError(
                "takes \(network.inputCount) inputs, but \(model.name) encodes \(model.tapCount) "
                    + "taps by \(spiking.encoder.neuronCount) neurons, \(inputs); name a fitting "
                    + "receiver with --like", cause: .request)
        }
        let simulated = try network.feedForward(
            stepCount: spiking.stepCount, surrogate: spiking.surrogate)
        try NetworkFile.write(simulated, to: folder + "/" + NetworkFile.name)
        guard
            try NetworkFile.read(
                folder + "/" + NetworkFile.name, for: spiking, tapCount: model.tapCount)
                == simulated
        else {
            throw ExchangeError("could not be stored without loss; its constants need more digits")
        }
        return model
    }

    /// The description with the network's constants; the very text when they are the same.
    private static func adjusted(
        _ text: String, to keys: [(key: String, value: Double)], name: String?, source: String
    ) throws -> String {
        guard var root = try? Yams.compose(yaml: text),
            var network = root["receiver"]?["network"], network.mapping != nil
        else {
            throw ExchangeError(
                "needs the description of a spiking receiver, with receiver.network in it; name "
                    + "one with --like", cause: .request)
        }
        var isSame = true
        for (key, value) in keys where network[key]?.float != value {
            isSame = false
            let text = Int(exactly: value).map { String($0) } ?? String(value)
            network[key] = Node(text)
        }
        if let name, root["name"]?.string != name {
            isSame = false
            root["name"] = Node(name)
            root["description"] = Node(
                "Spiking receiver imported from \(URL(fileURLWithPath: source).lastPathComponent)")
        }
        if isSame { return text }
        root["receiver"]?["network"] = network
        return try Yams.serialize(node: root)
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
