import BaselineEqualizers
import Foundation
import Modulation
import RandomStreams
import Testing

/// What every equalizer owes the seam.
@Suite struct SeamTests {
    static let stream = SimulatedChannel.stream(
        blocks: 2, symbols: 1500, noise: 0.2, seed: 21, SimulatedChannel.nonlinear)
    static let received = SimulatedChannel.block(
        symbols: 1001, noise: 0.2, seed: 22, SimulatedChannel.nonlinear
    ).received

    static func linear() throws -> LinearEqualizer {
        try LinearEqualizer.fit(tapCount: 7, order: 4, to: stream)
    }
    static func volterra() throws -> VolterraEqualizer {
        try VolterraEqualizer.fit(memory: VolterraMemory(7, 7, 7), order: 4, to: stream)
    }
    static func feedback() throws -> DecisionFeedbackEqualizer {
        try DecisionFeedbackEqualizer.fit(tapCount: 7, feedbackCount: 3, order: 4, to: stream)
    }
    static func perceptron() throws -> MultilayerPerceptron {
        var training = PerceptronTraining(
            shape: PerceptronShape(tapCount: 7, hidden: [40], order: 4, activation: .tanh),
            policy: .init(blocks: 2, batchSize: 100, learningRate: 1e-2, finalLearningRate: 1e-3),
            stream: RandomStream(seed: 23))
        try training.run(on: stream)
        return training.perceptron
    }

    static func sequence(_ search: SequenceSearch) throws -> WindowSequenceDetector {
        try WindowSequenceDetector.fit(
            window: 3, levels: SimulatedChannel.levels, search: search, to: stream)
    }
    static func wideSequence() throws -> WideSequenceDetector {
        try WideSequenceDetector.fit(
            span: 7, window: 3, passes: 2, levels: SimulatedChannel.levels, search: .maxLog,
            chasePositions: 4, to: stream)
    }

    @Test func operationsAreThoseOfTheTextbook() throws {
        let n = Self.received.count
        let linear = try Self.linear().detect(Self.received).operations
        #expect(linear.multiplyAccumulates == 7 * n && linear.products == 0)
        #expect(linear.comparisons == 3 * n)
        let volterra = try Self.volterra().detect(Self.received).operations
        #expect(volterra.multiplyAccumulates == 119 * n && volterra.products == 112 * n)
        let perceptron = try Self.perceptron().detect(Self.received).operations
        #expect(perceptron.multiplyAccumulates == 440 * n && perceptron.activations == 40 * n)
        // Feedback starts 8 x 3 symbols before the block.
        let feedback = try Self.feedback().detect(Self.received).operations
        #expect(feedback.multiplyAccumulates == 10 * (n + 24))
    }

    @Test func parametersAreCounted() throws {
        #expect(try Self.linear().parameterCount == 8)
        #expect(try Self.volterra().parameterCount == 120)
        #expect(try Self.feedback().parameterCount == 11)
        #expect(try Self.perceptron().parameterCount == 7 * 40 + 40 + 40 * 4 + 4)
        #expect(VolterraMemory(21, 15, 5).regressorCount == 1 + 21 + 120 + 35)
    }

    func checkSeam(_ detector: some SymbolDetector & Codable & Equatable) throws {
        let detection = detector.detect(Self.received)
        let n = Self.received.count
        #expect(detection.symbols.count == n && detection.scores.count == 4 * n)
        for k in 0..<n {
            let scores = detection.scores[4 * k..<4 * k + 4]
            #expect(scores.allSatisfy { $0.isFinite })
            #expect(detection.scores[4 * k + Int(detection.symbols[k])] == scores.max())
        }
        // A block has no beginning: turning it turns the decisions.
        let turn = 333
        let turned = detector.detect(Array(Self.received[turn...] + Self.received[..<turn]))
        #expect(turned.symbols == Array(detection.symbols[turn...] + detection.symbols[..<turn]))
        // Written and read again, it is the same receiver.
        let data = try JSONEncoder().encode(detector)
        let again = try JSONDecoder().decode(type(of: detector), from: data)
        #expect(again == detector)
        #expect(again.detect(Self.received).scores == detection.scores)
        // No symbols and blocks shorter than the window are blocks too.
        #expect(detector.detect([]).symbols.isEmpty)
        #expect(detector.detect([1.5]).symbols.count == 1)
        #expect(detector.detect([1.5, 0.2, 3]).scores.count == 12)
    }

    @Test func linearKeepsTheSeam() throws { try checkSeam(Self.linear()) }
    @Test func volterraKeepsTheSeam() throws { try checkSeam(Self.volterra()) }
    @Test func feedbackKeepsTheSeam() throws { try checkSeam(Self.feedback()) }
    @Test func perceptronKeepsTheSeam() throws { try checkSeam(Self.perceptron()) }
    @Test(arguments: SequenceSearch.allCases)
    func sequenceKeepsTheSeam(search: SequenceSearch) throws {
        try checkSeam(Self.sequence(search))
    }
    @Test func wideSequenceKeepsTheSeam() throws { try checkSeam(Self.wideSequence()) }

    /// Files made by hand or damaged must not become receivers.
    @Test func damagedFilesAreRefused() {
        let gaussians = #"{"means":[0,1],"standard_deviations":[1,1],"thresholds":[0]}"#
        let broken: [(any Decodable.Type, String)] = [
            (ClassGaussians.self, #"{"means":[0,1],"standard_deviations":[1,0],"thresholds":[0]}"#),
            (ClassGaussians.self, #"{"means":[0,1],"standard_deviations":[1],"thresholds":[0]}"#),
            (ClassGaussians.self, #"{"means":[0,1],"standard_deviations":[1,1],"thresholds":[]}"#),
            (LinearEqualizer.self, #"{"taps":[1,2],"constant":0,"decision":\#(gaussians)}"#),
            (
                VolterraEqualizer.self,
                #"{"memory":[3,0,0],"origin":0,"weights":[1,2],"decision":\#(gaussians)}"#
            ),
            (VolterraMemory.self, "[3,5,0]"),
            (
                DecisionFeedbackEqualizer.self,
                #"{"taps":[],"feedback":[],"constant":0,"decision":\#(gaussians)}"#
            ),
            (
                WindowMeans.self, #"{"window":1,"order":4,"means":[1,2,3],"variance":1}"#
            ),
            (
                WindowMeans.self, #"{"window":1,"order":4,"means":[1,2,3,4],"variance":0}"#
            ),
            (SymbolSeries.self, #"{"span":1,"levels":[1,-1],"weights":[0,1,0]}"#),
            (
                MultilayerPerceptron.self,
                #"{"shape":{"tap_count":1,"hidden":[1],"order":2,"activation":"tanh"},"#
                    + #""parameters":[1,2,3]}"#
            ),
        ]
        for (type, json) in broken {
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(type, from: Data(json.utf8))
            }
        }
    }
}
