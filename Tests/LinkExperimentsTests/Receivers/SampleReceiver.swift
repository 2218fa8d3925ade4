import Foundation
import LinkExperiments
import NetworkExchange
import RandomStreams
import SpikeEncoding
import SpikingNetworks
import TestSupport
import Testing

/// Small receivers of every kind with random weights, made through the importer.
struct SampleReceiver: Sendable, CaseIterable, CustomTestStringConvertible {
    let name: String
    let encoder: String
    let network: String
    let taps: String
    let training: String
    /// Inputs, hidden neurons; four classes.
    let inputs: Int
    let readout: SpikingNetwork.Readout
    let isRecurrent: Bool
    /// What a training might have made of the encoder; empty for the description's.
    let learned: [String: NIRMetadata]

    static let recurrentSums = SampleReceiver(
        name: "recurrent-sums", encoder: "{ kind: ternary, bits: 4, mean: 3, largest: 4 }",
        network: "readout: sum, recurrent: true", taps: "taps: 3", training: "", inputs: 12,
        readout: .sum, isRecurrent: true, learned: [:])

    static let fedBack = SampleReceiver(
        name: "fed-back",
        encoder: "{ kind: receptive-field, neurons_per_tap: 4, first_center: 0, last_center: 6, "
            + "steps_per_unit: 5, steps: 12, late_spikes: in-last-step }",
        network: "readout: last", taps: "taps: 3\n  feedback: 2",
        training: "encoder_learning: { kind: spike-times }", inputs: 20, readout: .last,
        isRecurrent: false,
        learned: [
            "kind": .text("receptive-field"), "taps": .integer(3), "steps": .integer(12),
            "late_spikes": .text("in-last-step"), "feedback": .integer(2),
            "centers": .array(
                NIRTensor((0..<12).map { 0.5 * Double($0) + 0.125 }, shape: [3, 4])),
            "steps_per_unit": .array(
                NIRTensor((0..<12).map { 3 + 0.25 * Double($0) }, shape: [3, 4])),
        ])

    static let logarithmic = SampleReceiver(
        name: "logarithmic",
        encoder: "{ kind: log-scale, steps: 12, mean: 3, largest: 4, range: 40 }",
        network: "recurrent: true", taps: "taps: 5", training: "", inputs: 10, readout: .maximum,
        isRecurrent: true, learned: [:])

    static let allCases = [recurrentSums, fedBack, logarithmic]
    static let hiddenCount = 14
    var testDescription: String { name }

    func description(noise: String = "[-18]") -> String {
        """
        name: \(name)
        description: A receiver of a test
        receiver:
          kind: snn
          \(taps)
          encoder: \(encoder)
          # Kept as long as nothing changes.
          network: { hidden: \(Self.hiddenCount), outputs: 4, steps: 20, step_ms: 0.5,
                     membrane_time_constant_ms: 3, synaptic_time_constant_ms: 4, threshold: 0.7,
                     surrogate_slope: 10, \(network) }
        training:
          noise_power_dB: \(noise)
          symbols: 10000
          seed: 1
          batch: 100
          learning_rate: 0.01
          final_learning_rate_factor: 0.1
          \(training)

        """
    }

    /// The network in the neutral form, its weights drawn by a seed.
    func exchanged(seed: UInt64 = 1) -> ExchangeNetwork {
        let hidden = Self.hiddenCount
        func matrix(_ label: String, _ rows: Int, _ columns: Int, _ scale: Double)
            -> ExchangeNetwork.Matrix
        {
            var stream = RandomStream(seed: seed).substream(label)
            return .init(
                (0..<rows * columns).map { _ in Float(scale * stream.gaussian()) }, rows: rows,
                columns: columns)
        }
        func constants(_ count: Int) -> ExchangeNetwork.TimeConstants {
            .init(
                membraneInMilliseconds: [Double](repeating: 3, count: count),
                synapticInMilliseconds: [Double](repeating: 4, count: count))
        }
        return ExchangeNetwork(
            inputCount: inputs,
            layers: [
                .init(
                    weights: matrix("hidden", hidden, inputs, 2),
                    recurrentWeights: isRecurrent ? matrix("recurrent", hidden, hidden, 0.5) : nil,
                    neurons: .init(
                        timeConstants: constants(hidden),
                        thresholds: [Double](repeating: 0.7, count: hidden)))
            ],
            readout: .init(
                weights: matrix("readout", 4, hidden, 1),
                kind: readout == .sum ? .weightedSums : .leakyIntegrators(constants(4)),
                score: readout == .sum ? .sum : readout == .last ? .last : .maximum),
            stepInMilliseconds: 0.5, stepCount: 20, encoder: learned, description: description())
    }

    /// Makes the receiver in a new folder.
    func make(in folder: String, seed: UInt64 = 1) throws -> ModelDescription {
        try WeightArchive.write(exchanged(seed: seed), to: folder + ".npz")
        _ = try ModelImport(options: .init()).run(folder + ".npz", to: folder)
        return try ModelDescription(folder: folder)
    }
}

extension ModelDescription {
    /// The receiver whose weights lie in the folder.
    func loaded() throws -> SpikingReceiver {
        let link = try LinkDescription(file: Repository.root + "/channels/lcd.yaml")
        guard let receiver = try TrainedReceiver.make(self, for: link).spiking else {
            preconditionFailure("no spiking receiver")
        }
        return receiver
    }
}
