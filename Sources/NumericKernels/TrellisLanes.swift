/// Four vectors of a radix-4 trellis that are stored element by element in turn.
///
/// A state is a run of base-4 digits; stepping drops the first digit and appends one, so that the
/// metrics of the four successors of a state, held in four vectors, belong side by side.
protocol TrellisLanes: SIMD where Scalar == Float {
    /// Stores v0[0] v1[0] v2[0] v3[0] v0[1] ...
    static func storeInTurn(
        _ v0: Self, _ v1: Self, _ v2: Self, _ v3: Self, to pointer: UnsafeMutablePointer<Float>)
    /// Loads what `storeInTurn` stored.
    static func loadInTurn(_ pointer: UnsafePointer<Float>) -> (Self, Self, Self, Self)
    /// Loads consecutive elements.
    static func load(_ pointer: UnsafePointer<Float>) -> Self
    func store(to pointer: UnsafeMutablePointer<Float>)
    /// Lane-wise minimum; the standard function is not inlined here.
    func lesser(_ other: Self) -> Self
    /// The lanes of `mark` where `a` is below `b`, else these.
    func marked(_ mark: Self, where a: Self, isBelow b: Self) -> Self
    /// Packs four two-bit numbers, held in the lanes of four vectors, into a byte for each lane.
    static func storePacked(
        _ v0: Self, _ v1: Self, _ v2: Self, _ v3: Self, to pointer: UnsafeMutablePointer<UInt8>)
}

extension SIMD8<Float>: TrellisLanes {
    @inline(__always)
    static func storeInTurn(
        _ v0: Self, _ v1: Self, _ v2: Self, _ v3: Self, to pointer: UnsafeMutablePointer<Float>
    ) {
        var even = SIMD16<Float>()
        even.evenHalf = v0
        even.oddHalf = v2
        var odd = SIMD16<Float>()
        odd.evenHalf = v1
        odd.oddHalf = v3
        var all = SIMD32<Float>()
        all.evenHalf = even
        all.oddHalf = odd
        UnsafeMutableRawPointer(pointer).storeBytes(of: all, as: SIMD32<Float>.self)
    }

    @inline(__always)
    static func loadInTurn(_ pointer: UnsafePointer<Float>) -> (Self, Self, Self, Self) {
        let all = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD32<Float>.self)
        let even = all.evenHalf
        let odd = all.oddHalf
        return (even.evenHalf, odd.evenHalf, even.oddHalf, odd.oddHalf)
    }

    @inline(__always)
    static func load(_ pointer: UnsafePointer<Float>) -> Self {
        UnsafeRawPointer(pointer).loadUnaligned(as: Self.self)
    }

    @inline(__always)
    func store(to pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Self.self)
    }

    @inline(__always)
    func lesser(_ other: Self) -> Self { replacing(with: other, where: other .< self) }

    @inline(__always)
    func marked(_ mark: Self, where a: Self, isBelow b: Self) -> Self {
        replacing(with: mark, where: a .< b)
    }

    @inline(__always)
    static func storePacked(
        _ v0: Self, _ v1: Self, _ v2: Self, _ v3: Self, to pointer: UnsafeMutablePointer<UInt8>
    ) {
        // Adding 2^23 leaves the sum, at most 255, in the low bits of the float.
        let sum = Self(repeating: 8_388_608) + (v0 + v1 * 4) + (v2 * 16 + v3 * 64)
        let bits = unsafeBitCast(sum, to: SIMD8<UInt32>.self)
        for lane in 0..<8 { pointer[lane] = UInt8(truncatingIfNeeded: bits[lane]) }
    }
}

extension SIMD4<Float>: TrellisLanes {
    @inline(__always)
    static func storeInTurn(
        _ v0: Self, _ v1: Self, _ v2: Self, _ v3: Self, to pointer: UnsafeMutablePointer<Float>
    ) {
        var even = SIMD8<Float>()
        even.evenHalf = v0
        even.oddHalf = v2
        var odd = SIMD8<Float>()
        odd.evenHalf = v1
        odd.oddHalf = v3
        var all = SIMD16<Float>()
        all.evenHalf = even
        all.oddHalf = odd
        UnsafeMutableRawPointer(pointer).storeBytes(of: all, as: SIMD16<Float>.self)
    }

    @inline(__always)
    static func loadInTurn(_ pointer: UnsafePointer<Float>) -> (Self, Self, Self, Self) {
        let all = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<Float>.self)
        let even = all.evenHalf
        let odd = all.oddHalf
        return (even.evenHalf, odd.evenHalf, even.oddHalf, odd.oddHalf)
    }

    @inline(__always)
    static func load(_ pointer: UnsafePointer<Float>) -> Self {
        UnsafeRawPointer(pointer).loadUnaligned(as: Self.self)
    }

    @inline(__always)
    func store(to pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Self.self)
    }

    @inline(__always)
    func lesser(_ other: Self) -> Self { replacing(with: other, where: other .< self) }

    @inline(__always)
    func marked(_ mark: Self, where a: Self, isBelow b: Self) -> Self {
        replacing(with: mark, where: a .< b)
    }

    @inline(__always)
    static func storePacked(
        _ v0: Self, _ v1: Self, _ v2: Self, _ v3: Self, to pointer: UnsafeMutablePointer<UInt8>
    ) {
        // Adding 2^23 leaves the sum, at most 255, in the low bits of the float.
        let sum = Self(repeating: 8_388_608) + (v0 + v1 * 4) + (v2 * 16 + v3 * 64)
        let bits = unsafeBitCast(sum, to: SIMD4<UInt32>.self)
        for lane in 0..<4 { pointer[lane] = UInt8(truncatingIfNeeded: bits[lane]) }
    }
}
