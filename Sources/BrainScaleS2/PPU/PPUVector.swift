/// A vector register of the PPU: 128 lanes of 8 bits or 64 lanes of 16 bits.
///
/// Two arithmetics share the registers: modular (two's complement, wraps) and saturating
/// fractional. Source: vector unit of the public PPU library (libnux) and its tests.
public struct PPUVector<
    Lane: FixedWidthInteger & SignedInteger & Sendable, let laneCount: Int
>: Sendable, Equatable {
    @usableFromInline var lanes: InlineArray<laneCount, Lane>

    /// The same number in every lane.
    public init(repeating value: Lane) { lanes = InlineArray(repeating: value) }

    /// One number per lane.
    ///
    /// - Precondition: as many numbers as lanes.
    public init(_ values: [Lane]) {
        precondition(values.count == laneCount, "a vector has \(laneCount) lanes")
        lanes = InlineArray { values[$0] }
    }

    public subscript(lane: Int) -> Lane {
        get { lanes[lane] }
        set { lanes[lane] = newValue }
    }

    public var elements: [Lane] { (0..<laneCount).map { lanes[$0] } }

    public static func == (a: Self, b: Self) -> Bool {
        for i in 0..<laneCount where a.lanes[i] != b.lanes[i] { return false }
        return true
    }

    @inline(__always)
    func map(_ body: (Lane) -> Lane) -> Self {
        var result = self
        for i in 0..<laneCount { result.lanes[i] = body(lanes[i]) }
        return result
    }

    @inline(__always)
    func zip(_ other: Self, _ body: (Lane, Lane) -> Lane) -> Self {
        var result = self
        for i in 0..<laneCount { result.lanes[i] = body(lanes[i], other.lanes[i]) }
        return result
    }
}

/// 128 lanes of 8 bits.
public typealias PPUVector8 = PPUVector<Int8, 128>
/// 64 lanes of 16 bits.
public typealias PPUVector16 = PPUVector<Int16, 64>

// MARK: - Modular arithmetic

extension PPUVector {
    /// Sum modulo 2^n.
    public func addingModular(_ other: Self) -> Self { zip(other) { $0 &+ $1 } }
    /// Difference modulo 2^n.
    public func subtractingModular(_ other: Self) -> Self { zip(other) { $0 &- $1 } }
    /// Low n bits of the product.
    public func multipliedModular(by other: Self) -> Self { zip(other) { $0 &* $1 } }
    /// Two's complement, modulo 2^n.
    public func negatedModular() -> Self { map { 0 &- $0 } }
    /// Zero-filled shift left for positive, zero-filled shift right for negative counts.
    public func shiftedModular(left count: Int) -> Self {
        map { value in
            count >= 0
                ? value << count
                : Lane(truncatingIfNeeded: Lane.Magnitude(truncatingIfNeeded: value) >> -count)
        }
    }
}

// MARK: - Saturating fractional arithmetic

extension PPUVector {
    @inline(__always)
    static func clamp(_ value: Int) -> Lane {
        Lane(truncatingIfNeeded: min(max(value, Int(Lane.min)), Int(Lane.max)))
    }

    /// Sum, clamped to the range of a lane.
    public func addingSaturating(_ other: Self) -> Self {
        zip(other) { Self.clamp(Int($0) &+ Int($1)) }
    }

    /// Difference, clamped.
    public func subtractingSaturating(_ other: Self) -> Self {
        zip(other) { Self.clamp(Int($0) &- Int($1)) }
    }

    /// (2 a b) >> n, rounded toward minus infinity; only -1 times -1 saturates.
    public func multipliedFractional(by other: Self) -> Self {
        zip(other) { Self.clamp((2 &* Int($0) &* Int($1)) >> Lane.bitWidth) }
    }

    /// Negative, clamped.
    public func negatedSaturating() -> Self { map { Self.clamp(0 &- Int($0)) } }

    /// Shift left keeping the sign without saturating, or for negative counts right, toward minus
    /// infinity.
    public func shiftedFractional(left count: Int) -> Self {
        map { count >= 0 ? $0 << count : $0 >> -count }
    }
}

// MARK: - Lane conditions

/// A comparison of a lane with zero.
public enum PPUCondition: Sendable, Hashable, CaseIterable {
    case equal, notEqual, greater, less, greaterOrEqual, lessOrEqual

    @inline(__always)
    func holds<T: SignedInteger>(_ value: T) -> Bool {
        switch self {
        case .equal: value == 0
        case .notEqual: value != 0
        case .greater: value > 0
        case .less: value < 0
        case .greaterOrEqual: value >= 0
        case .lessOrEqual: value <= 0
        }
    }
}

extension PPUVector {
    /// Takes the lane of `other` where this vector's lane meets the condition with zero, otherwise
    /// the lane of `fallback`.
    public func select(_ condition: PPUCondition, _ other: Self, else fallback: Self) -> Self {
        var result = fallback
        for i in 0..<laneCount where condition.holds(lanes[i]) { result.lanes[i] = other.lanes[i] }
        return result
    }

    /// Larger of two lanes, by a comparison of the difference with zero.
    public func maximum(_ other: Self) -> Self { zip(other) { max($0, $1) } }
    /// Smaller of two lanes.
    public func minimum(_ other: Self) -> Self { zip(other) { min($0, $1) } }

    /// Clamps signed values to the range of a weight, 0...63.
    public func saturatedWeight() -> Self { map { min(max($0, 0), 63) } }

    /// Rounds away the `lowBits` low bits at random: adds the random lane cut to those bits,
    /// saturating, and clears them, so that the mean is the value.
    ///
    /// - Parameter random: uniformly random bits, at least `lowBits` of them right-aligned in
    ///   `randomBits`.
    public func roundedStochastically(
        lowBits: Int, random: Self, randomBits: Int = Lane.bitWidth
    ) -> Self {
        precondition(0 <= lowBits && lowBits < Lane.bitWidth && randomBits <= Lane.bitWidth)
        let mask = Lane(truncatingIfNeeded: ~0 << lowBits)
        let available = randomBits - lowBits
        precondition(available >= 0, "not enough random bits")
        return zip(random) { value, bits in
            let cut =
                Int(truncatingIfNeeded: Lane.Magnitude(truncatingIfNeeded: bits)) >> available
            return Self.clamp(Int(value) &+ cut) & mask
        }
    }

    /// Rounds away the `lowBits` low bits to the nearest multiple, halves up.
    public func roundedToNearest(lowBits: Int) -> Self {
        guard lowBits > 0 else { return self }
        let mask = Lane(truncatingIfNeeded: ~0 << lowBits)
        return map { Self.clamp(Int($0) &+ (1 << (lowBits - 1))) & mask }
    }
}

// MARK: - Conversions

extension PPUVector where Lane == Int8, laneCount == 128 {
    /// Order-preserving exchange of signed and unsigned codes: x + 128 modulo 256.
    public func contiguousExchanged() -> Self { map { $0 ^ Int8(bitPattern: 0x80) } }

    /// Lanes 0..63 (`half` 0) or 64..127 (`half` 1) widened with the byte in the high half
    /// (fractional: 12 becomes 3072).
    public func widenedFractional(half: Int) -> PPUVector16 {
        var result = PPUVector16(repeating: 0)
        for i in 0..<64 { result.lanes[i] = Int16(lanes[half * 64 + i]) << 8 }
        return result
    }

    /// The same with the byte in the low half, sign extended.
    public func widenedModular(half: Int) -> PPUVector16 {
        var result = PPUVector16(repeating: 0)
        for i in 0..<64 { result.lanes[i] = Int16(lanes[half * 64 + i]) }
        return result
    }

    /// The same with the byte in the low half, zero extended.
    public func widenedUnsigned(half: Int) -> PPUVector16 {
        var result = PPUVector16(repeating: 0)
        for i in 0..<64 {
            result.lanes[i] = Int16(UInt8(bitPattern: lanes[half * 64 + i]))
        }
        return result
    }

    /// The high bytes of two vectors of 16 bits.
    public init(highBytes low: PPUVector16, _ high: PPUVector16) {
        self.init(repeating: 0)
        for i in 0..<64 {
            lanes[i] = Int8(truncatingIfNeeded: low.lanes[i] >> 8)
            lanes[64 + i] = Int8(truncatingIfNeeded: high.lanes[i] >> 8)
        }
    }

    /// The low bytes of two vectors of 16 bits.
    public init(lowBytes low: PPUVector16, _ high: PPUVector16) {
        self.init(repeating: 0)
        for i in 0..<64 {
            lanes[i] = Int8(truncatingIfNeeded: low.lanes[i])
            lanes[64 + i] = Int8(truncatingIfNeeded: high.lanes[i])
        }
    }
}
