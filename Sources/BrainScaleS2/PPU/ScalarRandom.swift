/// A random generator that the processor's scalar core can afford: xorshift with 13, 17, 5
/// (Marsaglia 2003).
struct ScalarRandom: Sendable {
    /// Instructions of a draw.
    static let operations = 6
    private var state: UInt32 = 0x9E37_79B9

    /// Sixteen random bits.
    mutating func next() -> Int {
        state ^= state << 13
        state ^= state >> 17
        state ^= state << 5
        return Int(state & 0xFFFF)
    }
}
