/// The 6-bit weight of one synapse; its sign belongs to the row.
public struct SynapticWeight: ChipCoordinate {
    public static let count = 64
    public let index: Int
    public init(_ index: Int) { self.index = Self.check(index) }
    /// The nearest weight in range: 70 becomes 63, -10 becomes 0.
    public init(saturating value: Int) { self.init(min(max(value, 0), 63)) }

    /// Splits a weight above 63 over parallel synapses: 63 each and the remainder in the last.
    public static func split(_ value: Int) -> [SynapticWeight] {
        precondition(value >= 0)
        guard value > 0 else { return [SynapticWeight(0)] }
        let full = [SynapticWeight](repeating: SynapticWeight(63), count: value / 63)
        return value % 63 == 0 ? full : full + [SynapticWeight(value % 63)]
    }
}

/// A logical weight -63...63 held by an excitatory and an inhibitory synapse of one column.
public struct SignedWeight: Sendable, Hashable, Codable {
    public let value: Int

    /// - Precondition: -63 <= value <= 63.
    public init(_ value: Int) {
        precondition(-63 <= value && value <= 63, "a signed weight is in -63...63, not \(value)")
        self.value = value
    }

    /// clamp(scale * weight, -63, 63), rounded half away from zero.
    ///
    /// Source: the linear saturating weight transform of hxtorch.
    public init(transforming weight: Double, scale: Double) {
        let scaled = min(max(weight * scale, -63), 63)
        value = scaled.isNaN ? 0 : Int(scaled.rounded(.toNearestOrAwayFromZero))
    }

    public init(excitatory: SynapticWeight, inhibitory: SynapticWeight) {
        value = excitatory.index - inhibitory.index
    }

    public var excitatory: SynapticWeight { SynapticWeight(max(value, 0)) }
    public var inhibitory: SynapticWeight { SynapticWeight(max(-value, 0)) }
}
