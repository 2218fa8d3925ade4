/// How transmitted bits belong to codewords.
///
/// Outer code: the symbols of `codewords` codewords take turns, one symbol each, as in the
/// Ethernet sublayers that interleave codewords. Inner code: an inner word carries the next twelve
/// ten-bit symbols of that sequence, so that with twelve codewords or more a failed inner word costs
/// each outer codeword one symbol. Ethernet's draft reaches the same with two or four codewords
/// in turn and a convolutional interleaver behind them; here the turns themselves are longer, which
/// differs in delay only. On the line, runs of `innerRun` bits of `innerWords` inner words take
/// turns.
///
/// Assumed: one lane carries the whole sequence in order (no multiplexing of lanes bit by bit),
/// and no precoding.
public struct Interleaving: Sendable, Hashable, Codable {
    /// Outer codewords that take turns.
    public let codewords: Int
    /// Inner words that take turns on the line.
    public let innerWords: Int
    /// Bits of one turn of an inner word: those of one line symbol.
    public let innerRun: Int

    public init(codewords: Int, innerWords: Int = 1, innerRun: Int = 2) {
        precondition(codewords > 0 && innerWords > 0, "at least one codeword")
        precondition(
            innerRun > 0 && ExtendedHammingCode.length % innerRun == 0,
            "an inner word is a whole number of runs")
        self.codewords = codewords
        self.innerWords = innerWords
        self.innerRun = innerRun
    }

    private enum CodingKeys: String, CodingKey {
        case codewords
        case innerWords = "inner_words"
        case innerRun = "inner_run"
    }
}

/// What protects the bits of a link: an outer Reed-Solomon code, an inner code if any, and the
/// order of their words on the line.
public struct CodingScheme: Sendable {
    /// Short name as in result files.
    public let name: String
    public let title: String
    public let outer: ReedSolomonCode
    /// How the inner extended Hamming code is decoded; nil without one.
    public let inner: ExtendedHammingCode.Decoding?
    public let interleaving: Interleaving

    /// - Precondition: an inner message is a whole number of outer symbols.
    public init(
        name: String, title: String, outer: ReedSolomonCode,
        inner: ExtendedHammingCode.Decoding? = nil, interleaving: Interleaving
    ) {
        precondition(
            inner == nil || ExtendedHammingCode.messageLength % outer.field.symbolBits == 0,
            "an inner message is a whole number of outer symbols")
        if case .chase(let tried) = inner {
            precondition((0...8).contains(tried), "combinations of eight bits at most")
        }
        self.name = name
        self.title = title
        self.outer = outer
        self.inner = inner
        self.interleaving = interleaving
    }

    /// Message bits for each transmitted one.
    public var rate: Double {
        let innerRate =
            inner == nil
            ? 1 : Double(ExtendedHammingCode.messageLength) / Double(ExtendedHammingCode.length)
        return outer.rate * innerRate
    }

    /// Whether decoding takes log-likelihood ratios.
    public var usesReliabilities: Bool {
        if case .chase = inner { true } else { false }
    }
}

extension CodingScheme {
    /// One codeword after the other, as on 25 and 100 Gbit/s links.
    public static let kr4 = CodingScheme(
        name: "kr4", title: "RS(528,514) KR4", outer: .kr4,
        interleaving: Interleaving(codewords: 1))

    /// Sixteen codewords in turn, as in a row of an OTU frame.
    public static let gfec = CodingScheme(
        name: "gfec", title: "RS(255,239) GFEC", outer: .gfec,
        interleaving: Interleaving(codewords: 16))

    /// Two codewords in turn, as at 200 and 400 Gbit/s.
    public static let kp4 = CodingScheme(
        name: "kp4", title: "RS(544,514) KP4", outer: .kp4,
        interleaving: Interleaving(codewords: 2))

    /// An inner code decoded from decisions.
    public static let hammingKP4Hard = CodingScheme(
        name: "hamming_kp4_hard", title: "Hamming(128,120) + KP4, hard", outer: .kp4,
        inner: .hard, interleaving: .concatenated)

    /// An inner code decoded from reliabilities, with 32 combinations of flips.
    public static let hammingKP4 = CodingScheme(
        name: "hamming_kp4", title: "Hamming(128,120) + KP4, soft", outer: .kp4,
        inner: .chase(leastReliable: 5), interleaving: .concatenated)

    /// All of them.
    public static let all = [kr4, gfec, kp4, hammingKP4Hard, hammingKP4]
}

extension Interleaving {
    /// Every symbol of an inner word in another outer codeword, eight inner words in turn by line
    /// symbols of two bits.
    public static let concatenated = Interleaving(codewords: 12, innerWords: 8, innerRun: 2)
}

extension CodingScheme: CustomStringConvertible {
    /// Its title; tables of the codes inside would fill pages.
    public var description: String { title }
}
