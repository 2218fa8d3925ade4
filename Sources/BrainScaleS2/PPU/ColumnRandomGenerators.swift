/// The random numbers of a PPU: one 16-bit linear-feedback shift register per synapse column, each
/// with its own feedback polynomial.
///
/// A read gives the low eight bits of each register and advances it by one bit, so successive
/// numbers of a column share seven bits. Which polynomials the chip uses is not public: here they
/// are the first 256 primitive polynomials of degree 16 in numerical order (every register then has
/// the period 65 535).
public struct ColumnRandomGenerators: Sendable {
    /// Even columns, then odd ones.
    private var states = [UInt16](repeating: 1, count: 256)

    /// Seeds each register with eight bits; the upper eight become zero. A register seeded with
    /// zero would stay there, so 0 becomes 1.
    public init(seeds: [UInt8]) {
        precondition(seeds.count == 256, "one seed per column")
        for i in 0..<256 { states[i % 2 * 128 + i / 2] = max(UInt16(seeds[i]), 1) }
    }

    /// Eight random bits of each column of a parity, and one step of these registers.
    public mutating func read(_ parity: ColumnParity) -> PPUVector8 {
        var result = PPUVector8(repeating: 0)
        let first = parity.rawValue * 128
        for lane in 0..<128 {
            result.lanes[lane] = Int8(truncatingIfNeeded: states[first + lane])
        }
        advance(parity)
        return result
    }

    /// One step of the registers of a parity.
    mutating func advance(_ parity: ColumnParity) {
        let first = parity.rawValue * 128
        states.withUnsafeMutableBufferPointer { states in
            Self.taps.withUnsafeBufferPointer { taps in
                for i in first..<(first + 128) {
                    let state = states[i]
                    var feedback = state & taps[i]
                    feedback ^= feedback >> 8
                    feedback ^= feedback >> 4
                    feedback ^= feedback >> 2
                    feedback ^= feedback >> 1
                    states[i] = state << 1 | feedback & 1
                }
            }
        }
    }

    /// Register bits whose parity is fed back, per column.
    static let taps: [UInt16] = {
        var found: [UInt16] = []
        var candidate: UInt32 = 0x10001
        while found.count < 256 {
            if isPrimitive(candidate) { found.append(reversed(candidate)) }
            candidate += 2
        }
        return found
    }()

    /// x^16 = sum of lower powers: the register shifts left and bit i holds the output of i steps
    /// ago, so power k of the polynomial taps bit 15 - k.
    private static func reversed(_ polynomial: UInt32) -> UInt16 {
        var taps: UInt16 = 0
        for power in 0..<16 where polynomial >> UInt32(power) & 1 == 1 {
            taps |= 1 << UInt16(15 - power)
        }
        return taps
    }

    /// Whether x has order 65 535 = 3 * 5 * 17 * 257 modulo the polynomial.
    static func isPrimitive(_ polynomial: UInt32) -> Bool {
        func product(_ a: UInt32, _ b: UInt32) -> UInt32 {
            var result: UInt32 = 0
            var a = a
            var b = b
            while b != 0 {
                if b & 1 == 1 { result ^= a }
                b >>= 1
                a <<= 1
                if a & 0x10000 != 0 { a ^= polynomial }
            }
            return result
        }
        func power(_ exponent: Int) -> UInt32 {
            var result: UInt32 = 1
            var base: UInt32 = 2
            var e = exponent
            while e > 0 {
                if e & 1 == 1 { result = product(result, base) }
                base = product(base, base)
                e >>= 1
            }
            return result
        }
        return power(65_535) == 1
            && [3, 5, 17, 257].allSatisfy { power(65_535 / $0) != 1 }
    }
}
