/// Encoding and decoding of one Reed-Solomon code, on tables whose memory outlives every use.
///
/// A word is a polynomial over GF(2^m) with its highest coefficient first, message before parity;
/// a codeword vanishes at alpha^0 ... alpha^(parity - 1). Symbols are below 2^m.
///
/// Goal, first of all: words with few errors, which is nearly all of them, cost little more than
/// words without. So syndromes are not taken from the word, which would be `parity` products for
/// each symbol, but from its remainder by the generator polynomial, which is one table row for each
/// symbol and is zero for a codeword.
public struct ReedSolomonKernel {
    /// alpha^i for i below 2 (2^m - 1), then zeros: 4 (2^m - 1) + 1 elements.
    public let powers: UnsafePointer<UInt16>
    /// Logarithms to base alpha, shape [2^m]; that of zero is 2 (2^m - 1), so that the power of a
    /// sum of two logarithms is the product also where a factor is zero.
    public let logarithms: UnsafePointer<UInt16>
    /// q times the generator polynomial without its leading one, for every symbol q, packed m bits
    /// a coefficient from the most significant bit on; shape [2^m, 5].
    public let multiples: UnsafePointer<UInt64>
    public let symbolBits: Int
    public let length: Int
    /// Parity symbols, even: twice the number of correctable ones.
    public let parity: Int

    /// Words of a row of `multiples`: what 30 symbols of ten bits need.
    public static let packedWords = 5

    public init(
        powers: UnsafePointer<UInt16>, logarithms: UnsafePointer<UInt16>,
        multiples: UnsafePointer<UInt64>, symbolBits: Int, length: Int, parity: Int
    ) {
        precondition(symbolBits > 0 && symbolBits <= 15 && length < 1 << symbolBits)
        precondition(parity > 0 && parity % 2 == 0 && parity < length)
        precondition(parity * symbolBits <= 64 * Self.packedWords)
        self.powers = powers
        self.logarithms = logarithms
        self.multiples = multiples
        self.symbolBits = symbolBits
        self.length = length
        self.parity = parity
    }

    /// Elements of workspace for encoding and decoding.
    public var workspaceCount: Int { length + 4 + 8 * (parity + 2) }

    /// Fills in the parity symbols of words whose message symbols are there, shape [word, symbol].
    public func encode(
        words: UnsafeMutablePointer<UInt16>, count: Int, workspace: UnsafeMutablePointer<UInt16>
    ) {
        for w in 0..<count {
            let word = words + w * length
            divide(word, into: word + (length - parity))
        }
    }

    /// Corrects words in place, shape [word, symbol]; uncorrectable ones stay as they are.
    ///
    /// - Parameter outcomes: receives the number of corrected symbols of each word, -1 for a word
    ///   that is farther than parity / 2 symbols from every codeword.
    public func decode(
        words: UnsafeMutablePointer<UInt16>, count: Int, outcomes: UnsafeMutablePointer<Int32>,
        workspace: UnsafeMutablePointer<UInt16>
    ) {
        for w in 0..<count {
            outcomes[w] = decode(words + w * length, workspace)
        }
    }

    /// The remainder of message(x) x^parity by the generator polynomial.
    @inline(__always)
    private func divide(
        _ symbols: UnsafePointer<UInt16>, into remainder: UnsafeMutablePointer<UInt16>
    ) {
        var r0: UInt64 = 0
        var r1: UInt64 = 0
        var r2: UInt64 = 0
        var r3: UInt64 = 0
        var r4: UInt64 = 0
        let up = UInt64(symbolBits)
        let down = 64 - up
        for i in 0..<(length - parity) {
            let quotient = Int(truncatingIfNeeded: (r0 &>> down) ^ UInt64(symbols[i]))
            let row = multiples + Self.packedWords * quotient
            r0 = ((r0 &<< up) | (r1 &>> down)) ^ row[0]
            r1 = ((r1 &<< up) | (r2 &>> down)) ^ row[1]
            r2 = ((r2 &<< up) | (r3 &>> down)) ^ row[2]
            r3 = ((r3 &<< up) | (r4 &>> down)) ^ row[3]
            r4 = (r4 &<< up) ^ row[4]
        }
        for i in 0..<parity {
            remainder[i] = UInt16(truncatingIfNeeded: r0 &>> down)
            r0 = (r0 &<< up) | (r1 &>> down)
            r1 = (r1 &<< up) | (r2 &>> down)
            r2 = (r2 &<< up) | (r3 &>> down)
            r3 = (r3 &<< up) | (r4 &>> down)
            r4 = r4 &<< up
        }
    }

    @inline(__always)
    private func product(_ a: UInt16, _ b: UInt16) -> UInt16 {
        powers[Int(logarithms[Int(a)]) + Int(logarithms[Int(b)])]
    }

    private func decode(
        _ word: UnsafeMutablePointer<UInt16>, _ workspace: UnsafeMutablePointer<UInt16>
    ) -> Int32 {
        let syndromes = workspace
        let locator = syndromes + (parity + 2)
        let rest = locator + (parity + 2)
        guard fillSyndromes(word, syndromes, remainder: rest) else { return 0 }
        let degree = fillLocator(syndromes, locator, workspace: rest)
        // A locator of lower degree than its register is long has the root zero besides: no place.
        guard degree <= parity / 2, locator[degree] != 0 else { return -1 }
        let places = rest
        guard findPlaces(locator, degree, places, sums: rest + (parity + 2)) else { return -1 }
        correct(word, syndromes, locator, degree, places, evaluator: rest + (parity + 2))
        return Int32(degree)
    }

    /// S_j = word(alpha^j) = remainder(alpha^j) for j in 0..<parity.
    ///
    /// - Returns: false for a codeword, whose syndromes are all zero.
    @inline(__always)
    private func fillSyndromes(
        _ word: UnsafePointer<UInt16>, _ syndromes: UnsafeMutablePointer<UInt16>,
        remainder: UnsafeMutablePointer<UInt16>
    ) -> Bool {
        divide(word, into: remainder)
        let received = word + (length - parity)
        var any: UInt16 = 0
        for i in 0..<parity {
            remainder[i] ^= received[i]
            any |= remainder[i]
            syndromes[i] = 0
        }
        if any == 0 { return false }
        let order = (1 << symbolBits) - 1
        for i in 0..<parity where remainder[i] != 0 {
            let step = parity - 1 - i
            var exponent = Int(logarithms[Int(remainder[i])])
            for j in 0..<parity {
                syndromes[j] ^= powers[exponent]
                exponent += step
                exponent -= exponent >= order ? order : 0
            }
        }
        return true
    }

    /// The shortest recurrence of the syndromes, Lambda(x) = product of (1 - X_k x) over the
    /// places X_k of errors, when there are no more than parity / 2 of them.
    ///
    /// - Returns: its length.
    /// - Source: Massey, IEEE Transactions on Information Theory 15 (1969) 122.
    private func fillLocator(
        _ syndromes: UnsafePointer<UInt16>, _ locator: UnsafeMutablePointer<UInt16>,
        workspace: UnsafeMutablePointer<UInt16>
    ) -> Int {
        let size = parity + 2
        let previous = workspace
        let kept = workspace + size
        for i in 0..<size {
            locator[i] = 0
            previous[i] = 0
        }
        locator[0] = 1
        previous[0] = 1
        let order = (1 << symbolBits) - 1
        var length = 0
        var previousLength = 0
        var shift = 1
        var previousLog = 0
        for n in 0..<parity {
            var discrepancy = syndromes[n]
            var i = 1
            while i <= length {
                discrepancy ^= product(locator[i], syndromes[n - i])
                i += 1
            }
            if discrepancy == 0 {
                shift += 1
                continue
            }
            let factor = Int(logarithms[Int(discrepancy)]) + order - previousLog
            let scale = factor >= order ? factor - order : factor
            let grows = 2 * length <= n
            if grows { for i in 0...length { kept[i] = locator[i] } }
            for i in 0...previousLength {
                locator[i + shift] ^= powers[scale + Int(logarithms[Int(previous[i])])]
            }
            if grows {
                for i in 0...length { previous[i] = kept[i] }
                previousLength = length
                length = n + 1 - length
                previousLog = Int(logarithms[Int(discrepancy)])
                shift = 1
            } else {
                shift += 1
            }
        }
        return length
    }

    /// The degrees d of the word with Lambda(alpha^-d) = 0.
    ///
    /// - Returns: whether there are as many as the degree of the locator.
    private func findPlaces(
        _ locator: UnsafePointer<UInt16>, _ degree: Int, _ places: UnsafeMutablePointer<UInt16>,
        sums: UnsafeMutablePointer<UInt16>
    ) -> Bool {
        if degree == 1 {
            places[0] = logarithms[Int(locator[1])]
            return Int(places[0]) < length
        }
        let order = (1 << symbolBits) - 1
        for d in 0..<length { sums[d] = 1 }
        for k in 1...degree where locator[k] != 0 {
            // Four running exponents, since each is a chain of dependent instructions.
            let step = (4 * k) % order
            var e0 = Int(logarithms[Int(locator[k])])
            var e1 = e0 - k
            e1 += e1 < 0 ? order : 0
            var e2 = e1 - k
            e2 += e2 < 0 ? order : 0
            var e3 = e2 - k
            e3 += e3 < 0 ? order : 0
            var d = 0
            // Up to three sums past the end are written; the workspace has room for them.
            while d < length {
                sums[d] ^= powers[e0]
                sums[d + 1] ^= powers[e1]
                sums[d + 2] ^= powers[e2]
                sums[d + 3] ^= powers[e3]
                e0 -= step
                e0 += e0 < 0 ? order : 0
                e1 -= step
                e1 += e1 < 0 ? order : 0
                e2 -= step
                e2 += e2 < 0 ? order : 0
                e3 -= step
                e3 += e3 < 0 ? order : 0
                d += 4
            }
        }
        var found = 0
        for d in 0..<length where sums[d] == 0 {
            places[found] = UInt16(truncatingIfNeeded: d)
            found += 1
        }
        return found == degree
    }

    /// Subtracts the errors: with Omega(x) = S(x) Lambda(x) mod x^parity, the error at place X is
    /// X Omega(1 / X) / Lambda'(1 / X).
    ///
    /// - Source: Forney, IEEE Transactions on Information Theory 11 (1965) 549.
    private func correct(
        _ word: UnsafeMutablePointer<UInt16>, _ syndromes: UnsafePointer<UInt16>,
        _ locator: UnsafePointer<UInt16>, _ degree: Int, _ places: UnsafePointer<UInt16>,
        evaluator: UnsafeMutablePointer<UInt16>
    ) {
        let order = (1 << symbolBits) - 1
        for i in 0..<degree {
            var sum = syndromes[i]
            var j = 1
            while j <= i {
                sum ^= product(locator[j], syndromes[i - j])
                j += 1
            }
            evaluator[i] = sum
        }
        for p in 0..<degree {
            let place = Int(places[p])
            let inverse = place == 0 ? 0 : order - place
            var value: UInt16 = 0
            var i = degree - 1
            while i >= 0 {
                value = powers[Int(logarithms[Int(value)]) + inverse] ^ evaluator[i]
                i -= 1
            }
            // The derivative keeps the odd powers: sum of locator[k] x^(k - 1), in steps of x^2.
            let square = (2 * inverse) % order
            var slope: UInt16 = 0
            var k = degree % 2 == 1 ? degree : degree - 1
            while k >= 1 {
                slope = powers[Int(logarithms[Int(slope)]) + square] ^ locator[k]
                k -= 2
            }
            let ratio = Int(logarithms[Int(value)]) + order - Int(logarithms[Int(slope)])
            let exponent = ratio >= order ? ratio - order : ratio
            word[length - 1 - place] ^= powers[exponent + place]
        }
    }
}
