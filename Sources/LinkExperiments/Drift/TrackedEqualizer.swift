import BaselineEqualizers
import Modulation
import PhysicalQuantities

/// An adaptive equalizer on a drifting link.
struct TrackedEqualizer: Tracker {
    private var equalizer: AdaptingEqualizer
    private let start: [Double]

    /// - Parameter receiver: as fitted to the link as it begins.
    /// - Throws: `UnsupportedTracking` if it was not fitted adaptively.
    init(_ receiver: TrainedReceiver, for link: LinkDescription) throws {
        switch (receiver.model.kind, receiver.detector) {
        case (.linear(_, let policy), let detector as LinearEqualizer):
            equalizer = AdaptingEqualizer(
                detector, rule: try Self.rule(policy, receiver), policy: policy)
        case (.volterra(_, _, let policy), let detector as VolterraEqualizer):
            equalizer = AdaptingEqualizer(
                detector, rule: try Self.rule(policy, receiver), policy: policy)
        default: throw UnsupportedTracking(receiver.model.name)
        }
        // What an adaptation remembers beside its weights: it has been adapting all the time.
        let training = receiver.model.training
        let streams = SymbolStreams(
            link.at(noisePower: Decibels(training.noisePowersInDecibels[0])), purpose: .training,
            seed: training.seed)
        for index in 0..<min(Self.warmUpBlocks, training.symbolCount / SymbolStreams.blockLength) {
            let block = streams.block(index)
            var ignored = OperationCounts()
            _ = equalizer.receive(
                block.received, lessons: block.symbols.map { .known($0) }, counting: &ignored)
        }
        start = equalizer.weights
    }

    private static let warmUpBlocks = 10

    private static func rule(
        _ policy: RegressionPolicy, _ receiver: TrainedReceiver
    ) throws -> AdaptationRule {
        guard case .adaptive(let rule) = policy.method else {
            throw UnsupportedTracking(receiver.model.name)
        }
        return rule
    }

    mutating func receive(_ block: TrackedBlock) -> TrackedBlock.Outcome? {
        let symbols = block.block.symbols
        let lessons = symbols.indices.map { i -> AdaptingEqualizer.Lesson in
            guard block.isTaught[i] else { return .none }
            return block.hasPilots ? .known(symbols[i]) : .decided
        }
        var operations = OperationCounts()
        let decisions = equalizer.receive(
            block.block.received, lessons: lessons, counting: &operations)
        let weights = equalizer.weights
        let sum = zip(weights, start).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return TrackedBlock.Outcome(
            decisions: decisions, lessons: block.isTaught.count { $0 },
            weightMovement: (sum / Double(max(1, weights.count))).squareRoot(),
            operations: operations)
    }
}

/// A receiver that cannot be tracked.
struct UnsupportedTracking: Error, CustomStringConvertible {
    let name: String
    init(_ name: String) { self.name = name }
    var description: String {
        "\(name) does not adapt; a linear or Volterra equalizer with method lms or rls does"
    }
}
