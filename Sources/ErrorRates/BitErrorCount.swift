import Modulation

/// Errors counted against what was sent: bits, wrong bits and wrong symbols.
public struct BitErrorCount: Sendable, Hashable, Codable {
    public private(set) var bits = 0
    public private(set) var bitErrors = 0
    public private(set) var symbolErrors = 0

    public init() {}

    /// - Precondition: 0 <= bitErrors <= bits, and no more symbol errors than bit errors.
    public init(bits: Int, bitErrors: Int, symbolErrors: Int) {
        precondition(bitErrors >= 0 && bitErrors <= bits, "errors are among the bits")
        precondition(
            symbolErrors >= 0 && symbolErrors <= bitErrors, "a wrong symbol has wrong bits")
        self.bits = bits
        self.bitErrors = bitErrors
        self.symbolErrors = symbolErrors
    }

    /// Counts the errors of one block, Gray labels compared.
    ///
    /// - Precondition: as many decided symbols as sent ones.
    public init(sent: [UInt8], decided: [UInt8], bitsPerSymbol: Int) {
        precondition(sent.count == decided.count, "one decision for each symbol")
        precondition(bitsPerSymbol > 0 && bitsPerSymbol <= 8)
        bits = sent.count * bitsPerSymbol
        for (a, b) in zip(sent, decided) where a != b {
            bitErrors += PAMAlphabet.bitErrors(a, b)
            symbolErrors += 1
        }
    }

    private enum CodingKeys: String, CodingKey {
        case bits
        case bitErrors = "bit_errors"
        case symbolErrors = "symbol_errors"
    }

    public static func += (sum: inout BitErrorCount, part: BitErrorCount) {
        sum.bits += part.bits
        sum.bitErrors += part.bitErrors
        sum.symbolErrors += part.symbolErrors
    }

    public static func + (a: BitErrorCount, b: BitErrorCount) -> BitErrorCount {
        var sum = a
        sum += b
        return sum
    }

    /// Bit error rate: errors per bit; zero if nothing was counted.
    public var rate: Double { bits == 0 ? 0 : Double(bitErrors) / Double(bits) }

    /// The exact interval of the bit error rate; see `BinomialInterval`. 0...1 without bits.
    public func confidenceInterval(level: Double = 0.95) -> ClosedRange<Double> {
        BinomialInterval.exact(successes: bitErrors, trials: bits, level: level)
    }
}
