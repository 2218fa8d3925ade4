public import PhysicalQuantities

/// A neuron circuit without integration: an event whose weight is large enough is a spike at once.
///
/// Source: bypass of the neuron's integration in the public software (PyNN backend). How large a
/// weight must be is not public: an estimate, from published pictures that tell 63 from 0.
public struct BypassTargets: Sendable, Hashable, Codable {
    /// The least weight that fires, weight LSB.
    public var leastWeight: Double
    public var refractoryTime: TimeSpan

    public init(leastWeight: Double = 15, refractoryTime: TimeSpan = .microseconds(0.04)) {
        self.leastWeight = leastWeight
        self.refractoryTime = refractoryTime
    }

    /// Noise of an event, weight LSB (estimate).
    static let noise: Float = 2
}
