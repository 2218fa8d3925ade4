/// A pulse-amplitude alphabet: the field level of each symbol index, with Gray labels.
///
/// Symbol q carries the bits of q XOR (q >> 1), most significant first, so that neighboring
/// levels differ in one bit (for four levels: 00, 01, 11, 10).
public struct PAMAlphabet: Sendable, Hashable, Codable {
    /// Level of each symbol index in ascending order, arbitrary field units.
    public let levels: [Double]
    public let bitsPerSymbol: Int

    /// - Precondition: at least two levels, a power of two, strictly ascending and finite.
    public init(levels: [Double]) {
        precondition(Self.isValid(levels), "levels must ascend and number a power of two")
        self.levels = levels
        bitsPerSymbol = levels.count.trailingZeroBitCount
    }

    /// Whether `levels` can be an alphabet.
    public static func isValid(_ levels: [Double]) -> Bool {
        levels.count >= 2 && levels.count <= 256 && levels.count & (levels.count - 1) == 0
            && levels.allSatisfy(\.isFinite)
            && zip(levels, levels.dropFirst()).allSatisfy { $0 < $1 }
    }

    public var order: Int { levels.count }

    /// The Gray label of a symbol, as an integer of `bitsPerSymbol` bits.
    public static func grayLabel(of symbol: UInt8) -> UInt8 { symbol ^ (symbol >> 1) }

    /// In how many bits the labels of two symbols differ.
    public static func bitErrors(_ a: UInt8, _ b: UInt8) -> Int {
        (grayLabel(of: a) ^ grayLabel(of: b)).nonzeroBitCount
    }
}
