import BaselineEqualizers
import Foundation
import LinkExperiments
import Modulation
import OpticalLink
import Reporting
import TestSupport
import Testing

struct SequenceModelTests {
    static let text = """
        name: wide
        description: A sequence detector
        receiver:
          kind: sequence
          window: 5
          search: max-log
          span: 15
          passes: 2
          chase_positions: 10
        training: { noise_power_dB: [-20], symbols: 20000, seed: 1 }
        """

    static func read(_ text: String) throws -> ModelDescription {
        try TemporaryFolder.with { folder in
            try text.write(toFile: folder + "/model.yaml", atomically: true, encoding: .utf8)
            return try ModelDescription(folder: folder)
        }
    }

    @Test func everyKeyIsRead() throws {
        let model = try Self.read(Self.text)
        guard case .sequence(let sequence) = model.kind else {
            Issue.record("not a sequence detector")
            return
        }
        #expect(model.tapCount == 5 && model.kind.recordName == "sequence")
        #expect(sequence.search == .maxLog)
        let surroundings = try #require(sequence.surroundings)
        #expect(surroundings.span == 15 && surroundings.passes == 2)
        #expect(surroundings.chasePositions == 10)
    }

    @Test(arguments: [
        ("window: 5", "window: 4", "receiver.window: 4 is not allowed; an odd number"),
        ("window: 5", "window: 13", "a whole number from 1 to 11"),
        ("window: 5", "taps: 5", "receiver.window: is missing"),
        ("window: 5", "windw: 5", "did you mean window?"),
        ("search: max-log", "search: bcjr", "one of: viterbi, max-log"),
        ("search: max-log", "search: viterbi", "10 is not allowed; 0 with viterbi"),
        ("span: 15", "span: 5", "receiver.span: 5 is not allowed; an odd number above the window"),
        ("span: 15", "span: 16", "16 is not allowed"),
        ("span: 15", "# none", "receiver.passes: needs a span"),
        ("passes: 2", "passes: 0", "a whole number from 1 to 8"),
        ("chase_positions: 10", "chase_positions: 13", "a whole number from 0 to 12"),
        ("chase_positions: 10", "taps: 7", "receiver.chase_positions: is missing"),
    ])
    func mistakesAreNamed(original: String, replacement: String, expected: String) throws {
        let text = Self.text.replacing(original, with: replacement)
        #expect(text != Self.text)
        let error = #expect(throws: ConfigurationError.self) { try Self.read(text) }
        #expect("\(try #require(error))".contains(expected), "\(error!)")
    }

    /// Nine symbols of 16 values are no trellis.
    @Test func tooManyBranchesAreNamed() throws {
        let text = Self.text.replacing("window: 5", with: "window: 9")
        let model = try Self.read(text)
        let lcd = try LinkDescription(
            file: Catalog(roots: [Repository.root]).file(.channels, "lcd"))
        var link = lcd
        link.parameters.alphabet = PAMAlphabet(levels: (0..<16).map { Double($0) })
        let error = #expect(throws: ConfigurationError.self) {
            try TrainedReceiver.make(model, for: link)
        }
        #expect("\(try #require(error))".contains("receiver.window: 9 symbols of 16 values"))
    }

    /// Independent figures at 20 dB: window 7 on LCD 3.3e-4 to 3.8e-4, on SSMF 1.5e-3 (228
    /// errors). Counted here: 200 errors each, relative standard error 7 %; allowed are 3 and those
    /// of the references.
    @Test(arguments: [
        ("lcd", "sequence-7", 2.8e-4, 4.4e-4), ("ssmf", "sequence-7", 1.15e-3, 1.85e-3),
        ("ssmf", "sequence-5-wide", 6.2e-4, 9.6e-4),
    ])
    func shippedDetectorsReachTheirFigures(
        channel: String, model: String, low: Double, high: Double
    ) throws {
        let catalog = Catalog(roots: [Repository.root])
        let link = try LinkDescription(file: catalog.file(.channels, channel))
        var description = try ModelDescription(folder: catalog.modelFolder(model))
        description.training.symbolCount = 100_000
        let evaluation = Evaluation(
            link: link, noisePowersInDecibels: [-20], bitErrors: 200, seed: 1,
            parallel: Parallel(threads: 2), calibration: nil)
        let point = try evaluation.run(TrainedReceiver.make(description, for: link)).points[0]
        #expect(point.ber > low && point.ber < high)
        #expect(point.operationsPerSymbol.multiplyAccumulates > 1000)
    }
}
