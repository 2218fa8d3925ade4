import Foundation
import LinkExperiments
import SpikeEncoding
import SpikingNetworks
import TestSupport
import Testing

struct SpikingModelTests {
    static let text = """
        name: mine
        description: A receiver of the tests
        receiver:
          kind: snn
          taps: 5
          feedback: 2
          encoder: { kind: ternary, bits: 6, mean: 3, largest: 4 }
          network: { hidden: 12, outputs: 4, steps: 8, step_ms: 1, membrane_time_constant_ms: 6,
                     synaptic_time_constant_ms: 5, threshold: 1, surrogate_slope: 10, readout: sum,
                     recurrent: true, initial_weights: uniform }
        training:
          noise_power_dB: [-22, -20]
          noise_order: ladder
          symbols: 200000
          seed: 1
          batch: [100, 20000]
          learning_rate: 0.001
          learning_rate_factor: 0.9
          learning_rate_interval: 100000
          event_penalty: 0.0001
          largest_hidden_weight: 8
          largest_readout_weight: 4
          six_bit_weights: true
          feedback: decided
          restarts: 3
          validation: { noise_power_dB: -19, symbols: 20000, interval: 50000, patience: 4 }
        """

    private static func read(_ text: String) throws -> ModelDescription {
        try TemporaryFolder.with { folder in
            try text.write(toFile: folder + "/model.yaml", atomically: true, encoding: .utf8)
            return try ModelDescription(folder: folder)
        }
    }

    @Test func everyKeyIsRead() throws {
        let model = try Self.read(Self.text)
        guard case .spiking(let spiking) = model.kind else {
            Issue.record("not a spiking receiver")
            return
        }
        #expect(spiking.encoder.inputCount == 30 && spiking.encoder.isGraded)
        #expect(spiking.inputCount == 38 && spiking.feedbackCount == 2)
        #expect(spiking.network.readout == .sum && spiking.network.isRecurrent)
        #expect(spiking.network.initialization == .uniform)
        #expect(spiking.noiseOrder == .ladder)
        #expect(spiking.policy.batch == BatchGrowth(first: 100, last: 20_000))
        #expect(
            spiking.policy.learningRate.decay == .steps(factor: 0.9, everySymbols: 100_000))
        #expect(spiking.policy.weights.isSixBit && spiking.policy.feedback == .decided)
        #expect(spiking.selection.restarts == 3 && spiking.selection.patience == 4)
        #expect(spiking.selection.noisePowerInDecibels == -19 && spiking.chip == nil)
    }

    @Test(arguments: [
        ("batch: [100, 20000]", "batch: [100, 15000]", "training.batch: 15000 is not allowed"),
        ("batch: [100, 20000]", "batch: [200, 100]", "must not shrink from 200 to 100"),
        ("kind: ternary", "kind: binary", "one of: receptive-field, ternary, log-scale"),
        ("bits: 6", "bits: 16", "a whole number from 1 to 15"),
        ("largest_hidden_weight: 8", "# nothing", "needs largest_hidden_weight"),
        ("feedback: decided", "feedback: guessed", "one of: sent, decided"),
        ("recurrent: true", "recurrent: maybe", "maybe is not allowed"),
        ("noise_order: ladder", "noise_oder: ladder", "did you mean noise_order?"),
        ("readout: sum", "readout: mean", "one of: maximum, last, sum"),
        ("restarts: 3", "restarts: 0", "a whole number from 1 to 100"),
        ("interval: 50000", "interval: 5", "training.validation.interval: 5 is not allowed"),
    ])
    func mistakesAreNamed(original: String, replacement: String, expected: String) throws {
        let text = Self.text.replacing(original, with: replacement)
        #expect(text != Self.text)
        let error = #expect(throws: ConfigurationError.self) { try Self.read(text) }
        #expect("\(try #require(error))".contains(expected))
    }
}
