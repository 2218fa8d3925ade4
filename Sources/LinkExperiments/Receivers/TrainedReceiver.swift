import ArrayFiles
import BaselineEqualizers
import Foundation
public import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams
public import Reporting
public import SpikingNetworks

/// A receiver ready to be evaluated, with what its record says of it.
public struct TrainedReceiver: Sendable {
    public var model: ModelDescription
    public var detector: any SymbolDetector
    public var record: EvaluationRecord.Receiver
    public var training: EvaluationRecord.Training
    /// The spiking receiver in software, for the chip; nil for classical ones.
    public var spiking: SpikingReceiver?
    /// The receivers of a noise ladder by noise power in dB; empty for others.
    public var levels: [Double: SpikingReceiver] = [:]

    /// Loads trained weights, or fits a classical receiver to the training stream of the link.
    ///
    /// Fitting a classical receiver takes seconds, so that its weights are never stored.
    public static func make(
        _ model: ModelDescription, for link: LinkDescription, progress: (String) -> Void = { _ in }
    ) throws -> TrainedReceiver {
        if case .spiking(let spiking) = model.kind { return try load(model, spiking, for: link) }
        progress("fitting \(model.name)")
        return try fit(model, for: link)
    }

    /// A spiking receiver whose weights are at hand.
    ///
    /// - Parameter levels: The receivers of a noise ladder by noise power in dB; empty for others.
    public static func make(
        _ model: ModelDescription, spiking: ModelDescription.SpikingModel,
        receiver: SpikingReceiver, levels: [Double: SpikingReceiver] = [:]
    ) -> TrainedReceiver {
        let batch = spiking.policy.batch
        let batches =
            batch.first == batch.last ? "\(batch.first)" : "\(batch.first) growing to \(batch.last)"
        var policy =
            "backpropagation through time with surrogate gradients, Adam, batch "
            + "\(batches), \(describe(model.training))"
        if spiking.policy.encoder != .none { policy += ", encoder learned" }
        if !levels.isEmpty { policy += ", one receiver for each noise level" }
        if spiking.selection.restarts > 1 {
            policy += ", best of \(spiking.selection.restarts) on validation data"
        }
        var made = TrainedReceiver(
            model: model, detector: receiver,
            record: EvaluationRecord.Receiver(
                name: model.name, kind: "snn", taps: model.tapCount,
                parameters: receiver.parameterCount, summary: model.description),
            training: EvaluationRecord.Training(
                policy: policy, noiseDB: model.training.noisePowersInDecibels),
            spiking: receiver)
        made.levels = levels
        return made
    }

    /// Who decides at a noise power: of a ladder the receiver of the nearest level.
    public func detector(noisePowerInDecibels noise: Double) -> any SymbolDetector {
        levels.min { abs($0.key - noise) < abs($1.key - noise) }?.value ?? detector
    }

    private static func load(
        _ model: ModelDescription, _ spiking: ModelDescription.SpikingModel,
        for link: LinkDescription
    ) throws -> TrainedReceiver {
        func read(_ name: String) throws -> SpikingReceiver {
            let path = model.folder + "/" + name
            guard FileManager.default.fileExists(atPath: path) else {
                throw FileError.badData(
                    path, "is missing: the receiver has not been trained",
                    remedy: "spikelink train \(model.name) --channel \(link.name) -o FOLDER")
            }
            return try NetworkFile.read(path, for: spiking)
        }
        // A training told to use one level of a ladder leaves a plain receiver.
        let isPlain = FileManager.default.fileExists(atPath: model.folder + "/" + NetworkFile.name)
        guard model.isLadder, !isPlain else {
            return make(model, spiking: spiking, receiver: try read(NetworkFile.name))
        }
        var levels: [Double: SpikingReceiver] = [:]
        for noise in model.training.noisePowersInDecibels {
            levels[noise] = try read(NetworkFile.name(noisePowerInDecibels: noise))
        }
        let reference = levels.min { abs($0.key + 20) < abs($1.key + 20) }!.value
        return make(model, spiking: spiking, receiver: reference, levels: levels)
    }

    static func describe(_ training: ModelDescription.Training) -> String {
        "\(training.symbolCount) training symbols of seed \(training.seed)"
    }
}
