import BaselineEqualizers
import BrainScaleS2
import RandomStreams

/// A block of a drifting link as all receivers see it.
struct TrackedBlock {
    let index: Int
    let block: TrainingBlock
    let isPilot: [Bool]
    let changes: [DriftParameter: Double]
    /// A chip's own noise.
    let noise: RandomStream

    /// What a receiver made of it.
    struct Outcome {
        var decisions: [UInt8]
        /// Symbols it learned from.
        var pilots = 0
        /// Root mean square change of the weights that learn since the beginning, weight LSB.
        var weightMovement = 0.0
        var health = ChipHealth()
    }
}

/// The receivers of a tracking study.
public enum TrackedReceiver: String, Sendable, Hashable, CaseIterable {
    /// The chip with the weights it began with.
    case fixed = "static"
    /// The chip learning its readout by the delta rule.
    case readout
    /// The chip learning both layers by feedback alignment.
    case bothLayers = "both-layers"
    /// The chip after the host has trained all its weights anew on the link as it ended.
    case retrained

    /// Whether it learns on pilots.
    public var adapts: Bool { self != .fixed && self != .retrained }
}
