/// Turns uniformly random words into standard normal numbers (Box and Muller 1958), in single
/// precision on eight lanes.
///
/// Words come in blocks of sixteen: eight radii, then eight angles, giving sixteen numbers. The
/// radius uses 24 bits, so no value exceeds 5.8 standard deviations.
///
/// - Parameters:
///   - words: uniformly random 64-bit words, two 32-bit words each; 8 * `blockCount` of them.
///   - normals: receives 16 * `blockCount` numbers.
/// - Determinism: draws nothing itself.
public func chipNormals(
    from words: UnsafePointer<UInt64>, blockCount: Int, into normals: UnsafeMutablePointer<Float>
) {
    for block in 0..<blockCount {
        var a = SIMD8<UInt32>(repeating: 0)
        var b = SIMD8<UInt32>(repeating: 0)
        for lane in 0..<8 {
            let word = words[block * 8 + lane]
            a[lane] = UInt32(truncatingIfNeeded: word)
            b[lane] = UInt32(truncatingIfNeeded: word >> 32)
        }
        let one = SIMD8<UInt32>(repeating: 1)
        // (0, 1]: the logarithm is finite.
        let u = unitInterval((a &>> 8) &+ one)
        let radius = (ChipLanes(repeating: -2) * naturalLogarithm(u)).squareRoot()
        let (sine, cosine) = sineAndCosine(ofTurns: unitInterval(b &>> 8))
        let out = UnsafeMutableRawPointer(normals + block * 16)
        out.storeBytes(of: radius * cosine, as: ChipLanes.self)
        out.storeBytes(of: radius * sine, toByteOffset: 32, as: ChipLanes.self)
    }
}

/// 24-bit integers (at most 2^24) to [0, 1].
@inline(__always)
private func unitInterval(_ bits: SIMD8<UInt32>) -> ChipLanes {
    ChipLanes(SIMD8<Int32>(truncatingIfNeeded: bits)) * ChipLanes(repeating: 0x1p-24)
}

/// ln(x) for positive normal x: x = 2^k m with m in [2^-1/2, 2^1/2), and
/// ln m = 2 artanh((m - 1) / (m + 1)).
@inline(__always)
private func naturalLogarithm(_ x: ChipLanes) -> ChipLanes {
    let bits = unsafeBitCast(x, to: SIMD8<Int32>.self)
    let k = (bits &- SIMD8(repeating: 0x3F35_04F3)) &>> 23
    let m = unsafeBitCast(bits &- (k &<< 23), to: ChipLanes.self)
    let s = (m - ChipLanes(repeating: 1)) / (m + ChipLanes(repeating: 1))
    let s2 = s * s
    var p = ChipLanes(repeating: 2.0 / 9)
    p = ChipLanes(repeating: 2.0 / 7).addingProduct(p, s2)
    p = ChipLanes(repeating: 2.0 / 5).addingProduct(p, s2)
    p = ChipLanes(repeating: 2.0 / 3).addingProduct(p, s2)
    p = ChipLanes(repeating: 2).addingProduct(p, s2)
    return (p * s).addingProduct(ChipLanes(k), ChipLanes(repeating: 0.693_147_18))
}

/// Sine and cosine of 2 pi u for u in [0, 1]: quarter turns are exchanges and signs, the rest
/// |y| <= pi / 4 is a Taylor sum with error below 3e-8.
@inline(__always)
private func sineAndCosine(ofTurns u: ChipLanes) -> (ChipLanes, ChipLanes) {
    let magic = ChipLanes(repeating: 12_582_912)
    let shifted = magic.addingProduct(u, ChipLanes(repeating: 4))
    let quarter = unsafeBitCast(shifted, to: SIMD8<UInt32>.self)
    let r = u.addingProduct(shifted - magic, ChipLanes(repeating: -0.25))
    let y = r * ChipLanes(repeating: 2 * Float.pi)
    let y2 = y * y
    var s = ChipLanes(repeating: 1 / 362_880)
    s = ChipLanes(repeating: -1 / 5_040).addingProduct(s, y2)
    s = ChipLanes(repeating: 1 / 120).addingProduct(s, y2)
    s = ChipLanes(repeating: -1 / 6).addingProduct(s, y2)
    s = ChipLanes(repeating: 1).addingProduct(s, y2)
    s *= y
    var c = ChipLanes(repeating: 1 / 40_320)
    c = ChipLanes(repeating: -1 / 720).addingProduct(c, y2)
    c = ChipLanes(repeating: 1 / 24).addingProduct(c, y2)
    c = ChipLanes(repeating: -0.5).addingProduct(c, y2)
    c = ChipLanes(repeating: 1).addingProduct(c, y2)
    let one = SIMD8<UInt32>(repeating: 1)
    let exchanged = (quarter & one) .== one
    let sineSign = (quarter & SIMD8(repeating: 2)) &<< 30
    let cosineSign = ((quarter &+ one) & SIMD8(repeating: 2)) &<< 30
    let sine = s.replacing(with: c, where: exchanged)
    let cosine = c.replacing(with: s, where: exchanged)
    return (
        unsafeBitCast(unsafeBitCast(sine, to: SIMD8<UInt32>.self) ^ sineSign, to: ChipLanes.self),
        unsafeBitCast(
            unsafeBitCast(cosine, to: SIMD8<UInt32>.self) ^ cosineSign, to: ChipLanes.self)
    )
}
