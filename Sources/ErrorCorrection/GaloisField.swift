/// The finite field GF(2^m): polynomials over GF(2) below degree m, written as integers, modulo a
/// primitive polynomial.
///
/// alpha = x = 2 generates all 2^m - 1 elements other than zero.
public struct GaloisField: Sendable {
    /// m.
    public let symbolBits: Int
    /// Bit i is the coefficient of x^i, x^m included.
    public let polynomial: Int
    /// alpha^i for i below 2 (2^m - 1), then as many zeros and one more: the power of a sum of two
    /// logarithms is the product, also with zero as a factor.
    let powers: [UInt16]
    /// Logarithms to base alpha, shape [2^m]; 2 (2^m - 1) for zero.
    let logarithms: [UInt16]

    /// - Precondition: the polynomial is primitive of degree 2 to 12.
    public init(polynomial: Int) {
        precondition(polynomial > 3, "a polynomial of degree 2 at least")
        let bits = Int.bitWidth - 1 - polynomial.leadingZeroBitCount
        precondition((2...12).contains(bits), "fields of 4 to 4096 elements")
        let order = (1 << bits) - 1
        var powers = [UInt16](repeating: 0, count: 4 * order + 1)
        var logarithms = [UInt16](repeating: UInt16(2 * order), count: order + 1)
        var element = 1
        for i in 0..<order {
            precondition(i == 0 || element != 1, "the polynomial is not primitive")
            powers[i] = UInt16(element)
            powers[i + order] = UInt16(element)
            logarithms[element] = UInt16(i)
            element <<= 1
            if element > order { element ^= polynomial }
        }
        precondition(element == 1, "the polynomial is not primitive")
        self.symbolBits = bits
        self.polynomial = polynomial
        self.powers = powers
        self.logarithms = logarithms
    }

    /// Elements other than zero, 2^m - 1.
    public var order: Int { (1 << symbolBits) - 1 }

    /// alpha^exponent.
    public func power(_ exponent: Int) -> UInt16 {
        let reduced = exponent % order
        return powers[reduced < 0 ? reduced + order : reduced]
    }

    public func product(_ a: UInt16, _ b: UInt16) -> UInt16 {
        powers[Int(logarithms[Int(a)]) + Int(logarithms[Int(b)])]
    }

    /// GF(2^10) of Ethernet's codes: x^10 + x^3 + 1.
    ///
    /// - Source: IEEE 802.3, Clause 91.5.2.7.
    public static let ethernet = GaloisField(polynomial: 0b100_0000_1001)

    /// GF(2^8) of the optical transport network: x^8 + x^4 + x^3 + x^2 + 1.
    ///
    /// - Source: ITU-T G.709, Annex A.
    public static let opticalTransport = GaloisField(polynomial: 0b1_0001_1101)
}
