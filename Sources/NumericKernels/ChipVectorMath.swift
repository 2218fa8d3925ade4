// Elementary functions of the chip kernels on eight lanes. They stay internal: recompiling them in
// another module would drop the vector flags of this one.


/// Neurons of the chip side by side.
typealias ChipLanes = SIMD8<Float>

/// Lane-wise maximum; the standard function is not inlined here.
@inline(__always)
func chipLarger(_ a: ChipLanes, _ b: ChipLanes) -> ChipLanes { a.replacing(with: b, where: a .< b) }

@inline(__always)
func chipLarger(_ a: SIMD8<Int32>, _ b: SIMD8<Int32>) -> SIMD8<Int32> {
    a.replacing(with: b, where: a .< b)
}

@inline(__always)
func chipSmaller(_ a: ChipLanes, _ b: ChipLanes) -> ChipLanes { a.replacing(with: b, where: b .< a) }

/// Whether any lane is set; the standard function calls a generic minimum here.
@inline(__always)
func chipAny(_ mask: SIMDMask<SIMD8<Int32>>) -> Bool {
    let words = unsafeBitCast(mask, to: SIMD4<UInt64>.self)
    return (words[0] | words[1]) | (words[2] | words[3]) != 0
}

@inline(__always)
func chipAll(_ mask: SIMDMask<SIMD8<Int32>>) -> Bool { !chipAny(.!mask) }

/// exp(x) for x <= 0 (or small positive x), relative error below 3e-7 for x > -10.
///
/// x = k ln 2 + g with |g| <= ln 2 / 2; exp(g) by its Taylor sum to degree 6, 2^k through the
/// exponent bits. Arguments below -80 give exp(-80), zero for every purpose here.
@inline(__always)
func chipExp(_ argument: ChipLanes) -> ChipLanes {
    let x = chipLarger(argument, ChipLanes(repeating: -80))
    // Adding 1.5 * 2^23 leaves the rounded integer in the low bits of the float.
    let magic = ChipLanes(repeating: 12_582_912)
    let shifted = magic.addingProduct(x, ChipLanes(repeating: 1.442_695_04))
    let k = shifted - magic
    var g = x.addingProduct(k, ChipLanes(repeating: -0.693_145_75))
    g = g.addingProduct(k, ChipLanes(repeating: -1.428_606_8e-6))
    var p = ChipLanes(repeating: 1 / 720)
    p = ChipLanes(repeating: 1 / 120).addingProduct(p, g)
    p = ChipLanes(repeating: 1 / 24).addingProduct(p, g)
    p = ChipLanes(repeating: 1 / 6).addingProduct(p, g)
    p = ChipLanes(repeating: 0.5).addingProduct(p, g)
    p = ChipLanes(repeating: 1).addingProduct(p, g)
    p = ChipLanes(repeating: 1).addingProduct(p, g)
    let exponent = unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &<< 23
    return unsafeBitCast(
        unsafeBitCast(p, to: SIMD8<UInt32>.self) &+ exponent, to: ChipLanes.self)
}

/// phi(x) = (1 - exp(-x)) / x by its Taylor sum, error below 3e-7 for |x| <= 0.75.
@inline(__always)
func chipPhiSeries(_ x: ChipLanes) -> ChipLanes {
    var p = ChipLanes(repeating: -1 / 40_320)
    p = ChipLanes(repeating: 1 / 5_040).addingProduct(p, x)
    p = ChipLanes(repeating: -1 / 720).addingProduct(p, x)
    p = ChipLanes(repeating: 1 / 120).addingProduct(p, x)
    p = ChipLanes(repeating: -1 / 24).addingProduct(p, x)
    p = ChipLanes(repeating: 1 / 6).addingProduct(p, x)
    p = ChipLanes(repeating: -0.5).addingProduct(p, x)
    return ChipLanes(repeating: 1).addingProduct(p, x)
}

@inline(__always)
func chipExp(_ argument: Double) -> Double { chipExp(SIMD4<Double>(repeating: argument))[0] }

/// exp of four doubles, arguments between -700 and 1; relative error below 1e-14.
@inline(__always)
func chipExp(_ argument: SIMD4<Double>) -> SIMD4<Double> {
    typealias Quad = SIMD4<Double>
    let floor = Quad(repeating: -700)
    let x = argument.replacing(with: floor, where: argument .< floor)
    let magic = Quad(repeating: 6_755_399_441_055_744)
    let shifted = magic.addingProduct(x, Quad(repeating: 1.442_695_040_888_963_4))
    let k = shifted - magic
    var g = x.addingProduct(k, Quad(repeating: -0.693_147_180_369_123_8))
    g = g.addingProduct(k, Quad(repeating: -1.908_214_929_270_588e-10))
    var p = Quad(repeating: 1 / 479_001_600)
    p = Quad(repeating: 1 / 39_916_800).addingProduct(p, g)
    p = Quad(repeating: 1 / 3_628_800).addingProduct(p, g)
    p = Quad(repeating: 1 / 362_880).addingProduct(p, g)
    p = Quad(repeating: 1 / 40_320).addingProduct(p, g)
    p = Quad(repeating: 1 / 5_040).addingProduct(p, g)
    p = Quad(repeating: 1 / 720).addingProduct(p, g)
    p = Quad(repeating: 1 / 120).addingProduct(p, g)
    p = Quad(repeating: 1 / 24).addingProduct(p, g)
    p = Quad(repeating: 1 / 6).addingProduct(p, g)
    p = Quad(repeating: 0.5).addingProduct(p, g)
    p = Quad(repeating: 1).addingProduct(p, g)
    p = Quad(repeating: 1).addingProduct(p, g)
    let exponent = unsafeBitCast(shifted, to: SIMD4<UInt64>.self) &<< 52
    return unsafeBitCast(
        unsafeBitCast(p, to: SIMD4<UInt64>.self) &+ exponent, to: Quad.self)
}
