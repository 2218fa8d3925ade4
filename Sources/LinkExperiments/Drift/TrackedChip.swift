import BaselineEqualizers
import BrainScaleS2
import Modulation
import RealModule

/// A chip on a drifting link, one block of symbols after the other.
struct TrackedChip {
    /// How the chip learns.
    enum Learning {
        case none
        case readout(SupervisedDeltaRule)
        case bothLayers(FeedbackAlignmentRule)
    }

    let receiver: ChipReceiver
    private var learning: Learning
    private var emulation: ChipEmulation
    private var conditions = ChipConditions.nominal
    private let start: [Int]
    /// Blocks in which it takes part.
    private let blocks: PartialRangeFrom<Int>
    private var results = TrialResults()

    /// - Parameter emulation: the receiver's, with the weights to begin with.
    init(
        _ receiver: ChipReceiver, _ emulation: ChipEmulation, learning: Learning = .none,
        blocks: PartialRangeFrom<Int> = 0...
    ) {
        self.receiver = receiver
        self.learning = learning
        self.emulation = emulation
        self.blocks = blocks
        start = receiver.learningWeights(of: emulation, learning)
    }

    /// Decides the symbols of a block, and learns from its pilots.
    ///
    /// - Returns: nil where the chip takes no part.
    mutating func receive(_ block: TrackedBlock) -> TrackedBlock.Outcome? {
        guard blocks.contains(block.index) else { return nil }
        follow(ChipConditions(block.changes))
        let events = receiver.events(block.block.received)
        let symbols = block.block.symbols
        let targets = symbols.indices.map {
            block.isPilot[$0] ? symbols[$0] : SupervisedDeltaRule.noTarget
        }
        var pilots = block.isPilot.count { $0 }
        switch learning {
        case .none:
            pilots = 0
            emulation.run(events, stream: block.noise, into: &results)
        case .readout(var rule):
            emulation.run(
                events, stream: block.noise, rule: &rule, hostBlock: targets, into: &results)
            learning = .readout(rule)
        case .bothLayers(var rule):
            let length = 2 + 2 * (0..<symbols.count).reduce(0) {
                max($0, Int(events.offsets[$1 + 1] - events.offsets[$1]))
            }
            var host: [UInt8] = []
            host.reserveCapacity(length * symbols.count)
            for k in symbols.indices {
                host += receiver.hostBlock(events, k, target: targets[k], length: length)
            }
            emulation.run(
                events, stream: block.noise, rule: &rule, hostBlock: host, into: &results)
            learning = .bothLayers(rule)
        }
        return TrackedBlock.Outcome(
            decisions: receiver.decisions(of: results, emulation).map(UInt8.init), pilots: pilots,
            weightMovement: Self.rootMeanSquare(
                receiver.learningWeights(of: emulation, learning), start),
            health: results.health)
    }

    /// A chip whose conditions change goes on with its weights.
    private mutating func follow(_ wanted: ChipConditions) {
        guard wanted != conditions else { return }
        conditions = wanted
        let next = receiver.makeEmulation(wanted)
        next.continueFrom(emulation)
        emulation = next
    }

    private static func rootMeanSquare(_ a: [Int], _ b: [Int]) -> Double {
        let sum = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return (Double(sum) / Double(max(1, a.count))).squareRoot()
    }
}

extension ChipReceiver {
    /// The weights that a way of learning changes.
    fileprivate func learningWeights(
        of emulation: ChipEmulation, _ learning: TrackedChip.Learning
    ) -> [Int] {
        switch learning {
        case .none, .readout: readoutWeights(of: emulation)
        case .bothLayers: emulation.weights(of: hidden) + readoutWeights(of: emulation)
        }
    }
}

extension ChipConditions {
    /// The chip's part of a drift.
    init(_ changes: [DriftParameter: Double]) {
        self.init()
        leak = changes[.chipLeak] ?? 0
        threshold = changes[.chipThreshold] ?? 0
        membraneTimeConstant = changes[.chipMembraneTimeConstant] ?? 0
        synapticTimeConstant = changes[.chipSynapticTimeConstant] ?? 0
        temperature = changes[.chipTemperature] ?? 0
    }
}
