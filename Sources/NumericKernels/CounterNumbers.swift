/// Random numbers that are functions of a key and a position, many at a time: the generator
/// Philox4x32-10 on eight counters side by side.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public enum CounterNumbers {
    /// Counters side by side, 32 random bits in each lane.
    private typealias Words = SIMD8<UInt64>

    /// Numbers in a group; positions of groups are counted in these.
    public static let normalsPerGroup = 64
    public static let bytesPerGroup = 256

    /// Words 0...3 of eight consecutive counters.
    @inline(__always)
    private static func philox(_ counter: UInt64, key: UInt64) -> (Words, Words, Words, Words) {
        let low = Words(repeating: 0xFFFF_FFFF)
        let positions = Words(repeating: counter) &+ Words(0, 1, 2, 3, 4, 5, 6, 7)
        var c0 = positions & low
        var c1 = positions &>> 32
        var c2 = Words(repeating: 0)
        var c3 = c2
        var k0 = UInt32(truncatingIfNeeded: key)
        var k1 = UInt32(truncatingIfNeeded: key >> 32)
        let m0 = Words(repeating: 0xD251_1F53)
        let m1 = Words(repeating: 0xCD9E_8D57)
        for _ in 0..<10 {
            let p0 = (c0 & low) &* m0
            let p1 = (c2 & low) &* m1
            c0 = (p1 &>> 32) ^ c1 ^ Words(repeating: UInt64(k0))
            c1 = p1 & low
            c2 = (p0 &>> 32) ^ c3 ^ Words(repeating: UInt64(k1))
            c3 = p0 & low
            k0 = k0 &+ 0x9E37_79B9
            k1 = k1 &+ 0xBB67_AE85
        }
        return (c0, c1, c2, c3)
    }

    /// Uniformly random bytes below a power of two.
    ///
    /// - Parameters:
    ///   - group: position of the first group of `bytesPerGroup`; two groups of eight counters each.
    ///   - mask: order - 1.
    ///   - result: `groups * bytesPerGroup` bytes.
    public static func bytes(
        key: UInt64, group: UInt64, groups: Int, mask: UInt8,
        into result: UnsafeMutablePointer<UInt8>
    ) {
        let cut = UInt64(mask) &* 0x0101_0101_0101_0101
        let cuts = Words(repeating: cut)
        for g in 0..<groups {
            for half in 0..<2 {
                let counter = (group &+ UInt64(g)) &* 16 &+ UInt64(8 * half)
                let (w0, w1, w2, w3) = philox(counter, key: key)
                let place = UnsafeMutableRawPointer(result + g * bytesPerGroup + half * 128)
                place.storeBytes(of: (w0 | w1 &<< 32) & cuts, as: Words.self)
                place.storeBytes(of: (w2 | w3 &<< 32) & cuts, toByteOffset: 64, as: Words.self)
            }
        }
    }

    /// Independent normal numbers of mean 0 (Box and Muller 1958), in single precision: radii from
    /// 32 bits, so that the largest is 6.7 standard deviations, angles from 24 bits.
    ///
    /// - Parameters:
    ///   - group: position of the first group of `normalsPerGroup`.
    ///   - result: receives `groups * normalsPerGroup` numbers.
    public static func normals(
        key: UInt64, group: UInt64, groups: Int, standardDeviation: Float,
        into result: UnsafeMutablePointer<Float>
    ) {
        let scale = WideLanes(repeating: standardDeviation)
        for g in 0..<groups {
            let counter = (group &+ UInt64(g)) &* 16
            let (a0, a1, a2, a3) = philox(counter, key: key)
            let (b0, b1, b2, b3) = philox(counter &+ 8, key: key)
            let place = UnsafeMutableRawPointer(result + g * normalsPerGroup)
            pair(a0, b0, a1, b1, scale, place, 0)
            pair(a2, b2, a3, b3, scale, place, 128)
        }
    }

    typealias WideLanes = SIMD16<Float>

    @inline(__always)
    private static func pair(
        _ radiusA: Words, _ radiusB: Words, _ angleA: Words, _ angleB: Words, _ scale: WideLanes,
        _ place: UnsafeMutableRawPointer, _ offset: Int
    ) {
        let r = joined(radiusA, radiusB)
        let t = joined(angleA, angleB)
        // Halves of 16 bits are exact in single precision and their sum keeps small values exact:
        // (bits + 1/2) / 2^32 lies in (0, 1].
        let high = WideLanes(SIMD16<Int32>(truncatingIfNeeded: r &>> 16))
        let low = WideLanes(SIMD16<Int32>(truncatingIfNeeded: r & SIMD16(repeating: 0xFFFF)))
        let u =
            (low + WideLanes(repeating: 0.5)) * WideLanes(repeating: 0x1p-32)
            + high * WideLanes(repeating: 0x1p-16)
        let radius = (WideLanes(repeating: -2) * naturalLogarithm(u)).squareRoot() * scale
        let turns =
            WideLanes(SIMD16<Int32>(truncatingIfNeeded: t &>> 8)) * WideLanes(repeating: 0x1p-24)
        let (sine, cosine) = sineAndCosine(ofTurns: turns)
        place.storeBytes(of: radius * cosine, toByteOffset: offset, as: WideLanes.self)
        place.storeBytes(of: radius * sine, toByteOffset: offset + 64, as: WideLanes.self)
    }

    @inline(__always)
    private static func joined(_ a: Words, _ b: Words) -> SIMD16<UInt32> {
        SIMD16(
            lowHalf: SIMD8<UInt32>(truncatingIfNeeded: a),
            highHalf: SIMD8<UInt32>(truncatingIfNeeded: b))
    }

    /// ln(x) for positive normal x up to 1: x = 2^k m with m in [2^-1/2, 2^1/2), and
    /// ln m = 2 artanh((m - 1) / (m + 1)). Never above zero.
    @inline(__always)
    private static func naturalLogarithm(_ x: WideLanes) -> WideLanes {
        let bits = unsafeBitCast(x, to: SIMD16<Int32>.self)
        let k = (bits &- SIMD16(repeating: 0x3F35_04F3)) &>> 23
        let m = unsafeBitCast(bits &- (k &<< 23), to: WideLanes.self)
        let s = (m - WideLanes(repeating: 1)) / (m + WideLanes(repeating: 1))
        let s2 = s * s
        var p = WideLanes(repeating: 2.0 / 9)
        p = WideLanes(repeating: 2.0 / 7).addingProduct(p, s2)
        p = WideLanes(repeating: 2.0 / 5).addingProduct(p, s2)
        p = WideLanes(repeating: 2.0 / 3).addingProduct(p, s2)
        p = WideLanes(repeating: 2).addingProduct(p, s2)
        let result = (p * s).addingProduct(WideLanes(k), WideLanes(repeating: 0.693_147_18))
        let zero = WideLanes(repeating: 0)
        return result.replacing(with: zero, where: result .> zero)
    }

    /// Sine and cosine of 2 pi u for u in [0, 1]: quarter turns are exchanges and signs, the rest
    /// |y| <= pi / 4 is a Taylor sum with error below 3e-8.
    @inline(__always)
    private static func sineAndCosine(ofTurns u: WideLanes) -> (WideLanes, WideLanes) {
        let magic = WideLanes(repeating: 12_582_912)
        let shifted = magic.addingProduct(u, WideLanes(repeating: 4))
        let quarter = unsafeBitCast(shifted, to: SIMD16<UInt32>.self)
        let r = u.addingProduct(shifted - magic, WideLanes(repeating: -0.25))
        let y = r * WideLanes(repeating: 2 * Float.pi)
        let y2 = y * y
        var s = WideLanes(repeating: 1 / 362_880)
        s = WideLanes(repeating: -1 / 5_040).addingProduct(s, y2)
        s = WideLanes(repeating: 1 / 120).addingProduct(s, y2)
        s = WideLanes(repeating: -1 / 6).addingProduct(s, y2)
        s = WideLanes(repeating: 1).addingProduct(s, y2)
        s *= y
        var c = WideLanes(repeating: 1 / 40_320)
        c = WideLanes(repeating: -1 / 720).addingProduct(c, y2)
        c = WideLanes(repeating: 1 / 24).addingProduct(c, y2)
        c = WideLanes(repeating: -0.5).addingProduct(c, y2)
        c = WideLanes(repeating: 1).addingProduct(c, y2)
        let exchanged = (quarter & 1) .== SIMD16(repeating: 1)
        let sineSign = (quarter & SIMD16(repeating: 2)) &<< 30
        let cosineSign = ((quarter &+ SIMD16(repeating: 1)) & SIMD16(repeating: 2)) &<< 30
        let sine = s.replacing(with: c, where: exchanged)
        let cosine = c.replacing(with: s, where: exchanged)
        return (
            unsafeBitCast(
                unsafeBitCast(sine, to: SIMD16<UInt32>.self) ^ sineSign, to: WideLanes.self),
            unsafeBitCast(
                unsafeBitCast(cosine, to: SIMD16<UInt32>.self) ^ cosineSign, to: WideLanes.self)
        )
    }
}
