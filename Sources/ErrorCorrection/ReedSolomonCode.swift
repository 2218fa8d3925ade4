import NumericKernels

/// What a decoder says of a word.
public enum DecodingOutcome: Sendable, Hashable {
    /// The nearest codeword, found within reach; so many symbols (or bits, of a binary code) were
    /// changed, none in a codeword. If more were wrong than the code corrects, it can be a wrong
    /// one.
    case corrected(Int)
    /// No codeword within reach; the word stays as it was.
    case uncorrectable
}

/// A systematic Reed-Solomon code, possibly shortened, that corrects t = (n - k) / 2 symbols.
///
/// A word of n symbols is the polynomial with its first symbol as the highest coefficient, k
/// message symbols before n - k parity symbols. Codewords are the multiples of
/// g(x) = (x - alpha^0) (x - alpha^1) ... (x - alpha^(n - k - 1)).
/// The decoder finds every codeword within t symbols and no other: syndromes, the locator by
/// Berlekamp and Massey, its roots by trial (Chien), magnitudes by Forney.
public struct ReedSolomonCode: Sendable {
    public let name: String
    public let field: GaloisField
    /// n, symbols of a codeword.
    public let length: Int
    /// k, symbols of a message.
    public let messageLength: Int
    /// Coefficients of g, that of x^0 first, the leading one last.
    public let generator: [UInt16]
    /// See `ReedSolomonKernel.multiples`.
    private let multiples: [UInt64]

    /// - Precondition: n - k is even and positive, k positive, n below 2^m, and the parity of a
    ///   word has 320 bits at most.
    public init(name: String, field: GaloisField, length: Int, messageLength: Int) {
        let parity = length - messageLength
        precondition(messageLength > 0 && parity > 0 && parity % 2 == 0, "n - k = 2 t, k > 0")
        precondition(length <= field.order, "a word has fewer symbols than the field elements")
        precondition(
            parity * field.symbolBits <= 64 * ReedSolomonKernel.packedWords,
            "the parity of a word has 320 bits at most")
        self.name = name
        self.field = field
        self.length = length
        self.messageLength = messageLength
        var generator: [UInt16] = [1]
        for j in 0..<parity {
            var next = [UInt16](repeating: 0, count: generator.count + 1)
            for (i, coefficient) in generator.enumerated() {
                next[i + 1] ^= coefficient
                next[i] ^= field.product(coefficient, field.power(j))
            }
            generator = next
        }
        self.generator = generator
        multiples = Self.packedMultiples(of: generator, in: field)
    }

    private static func packedMultiples(
        of generator: [UInt16], in field: GaloisField
    ) -> [UInt64] {
        let words = ReedSolomonKernel.packedWords
        let parity = generator.count - 1
        var rows = [UInt64](repeating: 0, count: words << field.symbolBits)
        for q in 0...field.order {
            for i in 0..<parity {
                let value = UInt64(field.product(UInt16(q), generator[parity - 1 - i]))
                // From the most significant bit on; a coefficient may lie across two words.
                let end = (i + 1) * field.symbolBits
                let last = (end - 1) / 64
                let right = 64 * (last + 1) - end
                rows[q * words + last] |= value << UInt64(right)
                if right + field.symbolBits > 64 {
                    rows[q * words + last - 1] |= value >> UInt64(64 - right)
                }
            }
        }
        return rows
    }

    /// t.
    public var correctable: Int { (length - messageLength) / 2 }
    /// k / n.
    public var rate: Double { Double(messageLength) / Double(length) }

    /// The codeword of a message.
    ///
    /// - Parameter message: k symbols below 2^m.
    public func encode(_ message: [UInt16]) -> [UInt16] {
        precondition(message.count == messageLength, "a message of k symbols")
        check(message)
        var word = message + [UInt16](repeating: 0, count: length - messageLength)
        withKernel { kernel, workspace in
            word.withUnsafeMutableBufferPointer {
                kernel.encode(words: $0.baseAddress!, count: 1, workspace: workspace)
            }
        }
        return word
    }

    /// Corrects one word in place.
    public func decode(_ word: inout [UInt16]) -> DecodingOutcome {
        precondition(word.count == length, "a word of n symbols")
        return decodeAll(&word)[0]
    }

    /// Corrects words in place, shape [word, symbol].
    public func decodeAll(_ words: inout [UInt16]) -> [DecodingOutcome] {
        precondition(words.count % length == 0, "words of n symbols")
        check(words)
        let count = words.count / length
        if count == 0 { return [] }
        let outcomes = [Int32](unsafeUninitializedCapacity: count) { outcomes, filled in
            withKernel { kernel, workspace in
                words.withUnsafeMutableBufferPointer {
                    kernel.decode(
                        words: $0.baseAddress!, count: count, outcomes: outcomes.baseAddress!,
                        workspace: workspace)
                }
            }
            filled = count
        }
        return outcomes.map { $0 < 0 ? .uncorrectable : .corrected(Int($0)) }
    }

    /// The share of all words that lie within t symbols of a codeword: the probability that the
    /// decoder takes a random word for a received codeword. About (n / 2^m)^t / t!.
    public var randomWordAcceptance: Double {
        let elements = Double(field.order + 1)
        var ball = 1.0
        var shell = 1.0
        for i in 0..<correctable {
            shell *= Double(length - i) / Double(i + 1) * (elements - 1)
            ball += shell
        }
        for _ in 0..<(length - messageLength) { ball /= elements }
        return ball
    }

    private func check(_ symbols: [UInt16]) {
        var any: UInt16 = 0
        for symbol in symbols { any |= symbol }
        precondition(Int(any) <= field.order, "symbols are elements of the field")
    }

    private func withKernel(
        _ body: (ReedSolomonKernel, UnsafeMutablePointer<UInt16>) -> Void
    ) {
        field.powers.withUnsafeBufferPointer { powers in
            field.logarithms.withUnsafeBufferPointer { logarithms in
                multiples.withUnsafeBufferPointer { multiples in
                    let kernel = ReedSolomonKernel(
                        powers: powers.baseAddress!, logarithms: logarithms.baseAddress!,
                        multiples: multiples.baseAddress!, symbolBits: field.symbolBits,
                        length: length, parity: length - messageLength)
                    withUnsafeTemporaryAllocation(
                        of: UInt16.self, capacity: kernel.workspaceCount
                    ) { body(kernel, $0.baseAddress!) }
                }
            }
        }
    }
}

extension ReedSolomonCode {
    /// RS(544,514), t = 15 symbols of ten bits.
    ///
    /// - Source: IEEE 802.3, Clauses 91 and 119.
    public static let kp4 = ReedSolomonCode(
        name: "RS(544,514)", field: .ethernet, length: 544, messageLength: 514)

    /// RS(528,514), t = 7 symbols of ten bits.
    ///
    /// - Source: IEEE 802.3, Clause 91.
    public static let kr4 = ReedSolomonCode(
        name: "RS(528,514)", field: .ethernet, length: 528, messageLength: 514)

    /// RS(255,239), t = 8 symbols of eight bits.
    ///
    /// - Source: ITU-T G.709, Annex A.
    public static let gfec = ReedSolomonCode(
        name: "RS(255,239)", field: .opticalTransport, length: 255, messageLength: 239)
}
