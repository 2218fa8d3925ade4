/// Random numbers that are functions of a key and a position, many at a time: the generator
/// Philox4x32-10 on sixteen counters side by side.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public enum CounterNumbers {
    /// Numbers in a group of sixteen counters; positions are counted in groups.
    public static let normalsPerGroup = 64
    public static let bytesPerGroup = 256

    /// Uniformly random bytes below a power of two.
    ///
    /// - Parameters:
    ///   - group: position of the first group of `bytesPerGroup`, below 2^60.
    ///   - mask: order - 1.
    ///   - result: `groups * bytesPerGroup` bytes; in a group word 0 of the sixteen counters, then
    ///     word 1, 2, 3.
    public static func bytes(
        key: UInt64, group: UInt64, groups: Int, mask: UInt8,
        into result: UnsafeMutablePointer<UInt8>
    ) {
        let cut = WideWords(repeating: UInt64(mask) &* 0x0101_0101_0101_0101)
        for g in 0..<groups {
            let (w0, w1, w2, w3) = philox(group: group &+ UInt64(g), key: key)
            let place = UnsafeMutableRawPointer(result + g * bytesPerGroup)
            place.storeBytes(of: w0 & cut, as: WideWords.self)
            place.storeBytes(of: w1 & cut, toByteOffset: 64, as: WideWords.self)
            place.storeBytes(of: w2 & cut, toByteOffset: 128, as: WideWords.self)
            place.storeBytes(of: w3 & cut, toByteOffset: 192, as: WideWords.self)
        }
    }

    /// Independent normal numbers (Box and Muller 1958), in single precision: radii from 32 bits,
    /// so that the largest is 6.7 standard deviations, angles from 23 bits.
    ///
    /// - Parameters:
    ///   - group: position of the first group of `normalsPerGroup`, below 2^60.
    ///   - result: receives `groups * normalsPerGroup` numbers.
    public static func normals(
        key: UInt64, group: UInt64, groups: Int, mean: Float = 0, standardDeviation: Float,
        into result: UnsafeMutablePointer<Float>
    ) {
        let scale = WideFloats(repeating: standardDeviation)
        let center = WideFloats(repeating: mean)
        for g in 0..<groups {
            let (w0, w1, w2, w3) = philox(group: group &+ UInt64(g), key: key)
            let place = UnsafeMutableRawPointer(result + g * normalsPerGroup)
            let (a, b) = normalPair(w0, w1, center, scale)
            place.storeBytes(of: a, as: WideFloats.self)
            place.storeBytes(of: b, toByteOffset: 64, as: WideFloats.self)
            let (c, d) = normalPair(w2, w3, center, scale)
            place.storeBytes(of: c, toByteOffset: 128, as: WideFloats.self)
            place.storeBytes(of: d, toByteOffset: 192, as: WideFloats.self)
        }
    }
}

/// Sixteen 32-bit words, packed in pairs: the odd ones above the even ones.
private typealias WideWords = SIMD8<UInt64>
private typealias WideFloats = SIMD16<Float>

/// Words 0...3 of the sixteen counters of a group.
@inline(__always)
private func philox(
    group: UInt64, key: UInt64
) -> (WideWords, WideWords, WideWords, WideWords) {
    let first = group &* 16
    // The low four bits of `first` are zero: no carry into the high word.
    let low = SIMD16<UInt32>(repeating: UInt32(truncatingIfNeeded: first))
        | SIMD16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    var c0 = unsafeBitCast(low, to: WideWords.self)
    var c1 = both(UInt32(truncatingIfNeeded: first >> 32))
    var c2 = WideWords(repeating: 0)
    var c3 = WideWords(repeating: 0)
    var k0 = UInt32(truncatingIfNeeded: key)
    var k1 = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<10 {
        let (high0, low0) = product(c0, 0xD251_1F53)
        let (high1, low1) = product(c2, 0xCD9E_8D57)
        c0 = high1 ^ c1 ^ both(k0)
        c1 = low1
        c2 = high0 ^ c3 ^ both(k1)
        c3 = low0
        k0 = k0 &+ 0x9E37_79B9
        k1 = k1 &+ 0xBB67_AE85
    }
    return (c0, c1, c2, c3)
}

@inline(__always)
private func both(_ word: UInt32) -> WideWords {
    WideWords(repeating: UInt64(word) | UInt64(word) << 32)
}

/// High and low words of the products of sixteen words with one.
@inline(__always)
private func product(_ words: WideWords, _ factor: UInt64) -> (WideWords, WideWords) {
    let lowMask = WideWords(repeating: 0xFFFF_FFFF)
    let highMask = WideWords(repeating: 0xFFFF_FFFF_0000_0000)
    let m = WideWords(repeating: factor)
    let even = (words & lowMask) &* m
    let odd = (words &>> 32) &* m
    return ((even &>> 32) | (odd & highMask), (even & lowMask) | (odd &<< 32))
}

/// Whole numbers below 2^23 as floats, through the bits of 2^23 + x.
@inline(__always)
private func floats(_ small: SIMD16<UInt32>) -> WideFloats {
    unsafeBitCast(small | SIMD16(repeating: 0x4B00_0000), to: WideFloats.self)
        - WideFloats(repeating: 8_388_608)
}

/// Two normal numbers of each pair of words.
@inline(__always)
private func normalPair(
    _ radiusWords: WideWords, _ angleWords: WideWords, _ mean: WideFloats, _ scale: WideFloats
) -> (WideFloats, WideFloats) {
    let r = unsafeBitCast(radiusWords, to: SIMD16<UInt32>.self)
    let t = unsafeBitCast(angleWords, to: SIMD16<UInt32>.self)
    // Halves of 16 bits are exact and their sum keeps small values exact: (bits + 1/2) / 2^32 lies
    // in (0, 1].
    let low = floats(r & SIMD16(repeating: 0xFFFF)) + WideFloats(repeating: 0.5)
    let u = (low * WideFloats(repeating: 0x1p-32))
        .addingProduct(floats(r &>> 16), WideFloats(repeating: 0x1p-16))
    let radius = (WideFloats(repeating: -2) * logarithm(u)).squareRoot() * scale
    let (sine, cosine) = sineAndCosine(ofTurns: floats(t &>> 9) * WideFloats(repeating: 0x1p-23))
    return (mean.addingProduct(radius, cosine), mean.addingProduct(radius, sine))
}

/// ln(x) for positive normal x up to 1: x = 2^k m with m in [2^-1/2, 2^1/2), and
/// ln m = 2 artanh((m - 1) / (m + 1)). Never above zero.
@inline(__always)
private func logarithm(_ x: WideFloats) -> WideFloats {
    let bits = unsafeBitCast(x, to: SIMD16<Int32>.self)
    let k = (bits &- SIMD16(repeating: 0x3F35_04F3)) &>> 23
    let m = unsafeBitCast(bits &- (k &<< 23), to: WideFloats.self)
    let s = (m - WideFloats(repeating: 1)) / (m + WideFloats(repeating: 1))
    let s2 = s * s
    var p = WideFloats(repeating: 2.0 / 9)
    p = WideFloats(repeating: 2.0 / 7).addingProduct(p, s2)
    p = WideFloats(repeating: 2.0 / 5).addingProduct(p, s2)
    p = WideFloats(repeating: 2.0 / 3).addingProduct(p, s2)
    p = WideFloats(repeating: 2).addingProduct(p, s2)
    // k is small: its float through the bits of 1.5 x 2^23 + k.
    let exponent =
        unsafeBitCast(k &+ SIMD16(repeating: 0x4B40_0000), to: WideFloats.self)
        - WideFloats(repeating: 12_582_912)
    let result = (p * s).addingProduct(exponent, WideFloats(repeating: 0.693_147_18))
    let zero = WideFloats(repeating: 0)
    return result.replacing(with: zero, where: result .> zero)
}

/// Sine and cosine of 2 pi u for u in [0, 1]: quarter turns are exchanges and signs, the rest
/// |y| <= pi / 4 is a Taylor sum with error below 3e-8.
@inline(__always)
private func sineAndCosine(ofTurns u: WideFloats) -> (WideFloats, WideFloats) {
    let magic = WideFloats(repeating: 12_582_912)
    let shifted = magic.addingProduct(u, WideFloats(repeating: 4))
    let quarter = unsafeBitCast(shifted, to: SIMD16<UInt32>.self)
    let r = u.addingProduct(shifted - magic, WideFloats(repeating: -0.25))
    let y = r * WideFloats(repeating: 2 * Float.pi)
    let y2 = y * y
    var s = WideFloats(repeating: 1 / 362_880)
    s = WideFloats(repeating: -1 / 5_040).addingProduct(s, y2)
    s = WideFloats(repeating: 1 / 120).addingProduct(s, y2)
    s = WideFloats(repeating: -1 / 6).addingProduct(s, y2)
    s = WideFloats(repeating: 1).addingProduct(s, y2)
    s *= y
    var c = WideFloats(repeating: 1 / 40_320)
    c = WideFloats(repeating: -1 / 720).addingProduct(c, y2)
    c = WideFloats(repeating: 1 / 24).addingProduct(c, y2)
    c = WideFloats(repeating: -0.5).addingProduct(c, y2)
    c = WideFloats(repeating: 1).addingProduct(c, y2)
    let one = SIMD16<UInt32>(repeating: 1)
    let two = SIMD16<UInt32>(repeating: 2)
    let exchanged = (quarter & one) .== one
    let sineSign = (quarter & two) &<< 30
    let cosineSign = ((quarter &+ one) & two) &<< 30
    let sine = unsafeBitCast(s.replacing(with: c, where: exchanged), to: SIMD16<UInt32>.self)
    let cosine = unsafeBitCast(c.replacing(with: s, where: exchanged), to: SIMD16<UInt32>.self)
    return (
        unsafeBitCast(sine ^ sineSign, to: WideFloats.self),
        unsafeBitCast(cosine ^ cosineSign, to: WideFloats.self)
    )
}
