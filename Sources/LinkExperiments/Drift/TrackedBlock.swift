import BaselineEqualizers
import BrainScaleS2
import Modulation
import RandomStreams

/// A block of a drifting link as all receivers see it.
struct TrackedBlock {
    let index: Int
    let block: TrainingBlock
    /// Symbols to learn from.
    let isTaught: [Bool]
    /// Whether these are pilots; otherwise a receiver has only its own decisions of them.
    let hasPilots: Bool
    let changes: [DriftParameter: Double]
    /// A chip's own noise.
    let noise: RandomStream

    /// What a receiver made of it.
    struct Outcome {
        var decisions: [UInt8]
        /// Symbols it learned from.
        var lessons = 0
        /// Decisions with a small lead, where a guard watches.
        var doubtful = 0
        /// Whether a guard took the last good weights back.
        var isReturned = false
        /// Root mean square change of the weights that learn since the beginning; a chip's in weight LSB.
        var weightMovement = 0.0
        /// All work, learning included.
        var operations = OperationCounts()
        /// Nothing for receivers that are no chips.
        var health = ChipHealth()
    }
}

/// A receiver that takes one block after the other.
protocol Tracker {
    /// Decides the symbols of a block, and learns from what it is taught of them.
    ///
    /// - Returns: nil where it takes no part.
    mutating func receive(_ block: TrackedBlock) -> TrackedBlock.Outcome?
}
