/// The receivers of a tracking study.
public enum TrackedReceiver: String, Sendable, Hashable, CaseIterable {
    /// The chip with the weights it began with.
    case fixed = "static"
    /// The chip learning its readout by the delta rule.
    case readout
    /// The chip learning both layers by feedback alignment.
    case bothLayers = "both-layers"
    /// The chip with outputs that fire, and the weights it began with.
    case fixedSpiking = "spiking-static"
    /// The same learning its readout from reward, as long as there are pilots.
    case rewarded = "spiking-reward"
    /// The chip after the host has trained all its weights anew on the link as it ended.
    case retrained
    /// Equalizers of these names under `models`, adapted on the same pilots in double precision.
    case linear = "linear-21-lms"
    case volterra = "volterra-7-7-7-rls"

    /// Whether it learns while it receives.
    public var adapts: Bool { ![.fixed, .fixedSpiking, .retrained].contains(self) }

    /// Whether it runs on the chip.
    public var isOnChip: Bool { self != .linear && self != .volterra }

    var hasFiringOutputs: Bool { self == .fixedSpiking || self == .rewarded }
}
