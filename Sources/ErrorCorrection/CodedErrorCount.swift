import NumericKernels

/// Decodes the errors of a receiver as they come and counts what is left.
///
/// The codes are linear and their decoders see only syndromes and reliabilities, so a codeword with
/// an error pattern on it is decoded exactly as the pattern on the zero codeword: what was sent
/// need not be a codeword. Every sent bit stream serves, and the receiver's own errors, bursts
/// included, meet the real decoders. (For reliabilities, ratios of bits sent as one change sign.)
///
/// Bits are consumed in the order of the line, in blocks of any length; memory is one set of
/// interleaved codewords. Bits of an unfinished set at the end are never decoded.
public struct CodedErrorCount: Sendable {
    public let scheme: CodingScheme
    public private(set) var record: CodedErrorRecord

    /// Bits that are taken from the line together: the inner words in turn, or a codeword's worth.
    private let chunkBits: Int
    /// Of these, in how many words, and how many bits of each are passed on.
    private let chunkWords: Int
    private let passedBits: Int
    /// Where each bit of a chunk goes, shape [bit].
    private let places: [Int32]
    private var errors: [UInt8]
    private var reliabilities: [Float]
    private var filled = 0
    /// Symbols of a chunk, in order.
    private var symbols: [UInt16]
    /// The interleaved codewords, shape [codeword, symbol], and how many symbols have come.
    private var words: [UInt16]
    private var wordSymbols = 0

    public init(_ scheme: CodingScheme) {
        self.scheme = scheme
        record = CodedErrorRecord(scheme: scheme)
        let symbolBits = scheme.outer.field.symbolBits
        let interleaving = scheme.interleaving
        if scheme.inner != nil {
            chunkWords = interleaving.innerWords
            chunkBits = ExtendedHammingCode.length * chunkWords
            passedBits = ExtendedHammingCode.messageLength
            let run = interleaving.innerRun
            places = (0..<chunkBits).map { bit in
                let turn = bit / run
                let word = turn % interleaving.innerWords
                let position = turn / interleaving.innerWords * run + bit % run
                return Int32(word * ExtendedHammingCode.length + position)
            }
        } else {
            chunkWords = 1
            chunkBits = scheme.outer.length * symbolBits
            passedBits = chunkBits
            places = (0..<chunkBits).map { Int32($0) }
        }
        errors = [UInt8](repeating: 0, count: chunkBits)
        reliabilities = [Float](repeating: 0, count: scheme.usesReliabilities ? chunkBits : 0)
        symbols = [UInt16](repeating: 0, count: chunkWords * passedBits / symbolBits)
        words = [UInt16](
            repeating: 0, count: interleaving.codewords * scheme.outer.length)
    }

    /// Consumes the next bits.
    ///
    /// - Parameters:
    ///   - sent: bits 0 and 1 as sent, in the order of the line.
    ///   - decided: the receiver's decisions on them.
    /// - Precondition: the scheme is decoded from decisions alone.
    public mutating func append(sent: [UInt8], decided: [UInt8]) {
        precondition(!scheme.usesReliabilities, "this scheme is decoded from reliabilities")
        append(sent, decided, ratios: nil)
    }

    /// Consumes the next bits with their reliabilities.
    ///
    /// - Parameter logLikelihoodRatios: log P(bit is 0) / P(bit is 1) in nats, as of
    ///   `BitReliabilities`; not NaN. A scheme decoded from decisions alone ignores them, another
    ///   one decides by their sign and by `decided` only where a ratio is zero.
    public mutating func append(
        sent: [UInt8], decided: [UInt8], logLikelihoodRatios: [Double]
    ) {
        precondition(logLikelihoodRatios.count == sent.count, "one ratio for each bit")
        append(sent, decided, ratios: scheme.usesReliabilities ? logLikelihoodRatios : nil)
    }

    private mutating func append(_ sent: [UInt8], _ decided: [UInt8], ratios: [Double]?) {
        precondition(sent.count == decided.count, "one decision for each bit")
        var start = 0
        while start < sent.count {
            let count = min(chunkBits - filled, sent.count - start)
            record.channelBitErrors += scatter(sent, decided, ratios, start, count)
            record.channelBits += count
            filled += count
            start += count
            if filled == chunkBits {
                filled = 0
                finishChunk()
            }
        }
    }

    private mutating func scatter(
        _ sent: [UInt8], _ decided: [UInt8], _ ratios: [Double]?, _ start: Int, _ count: Int
    ) -> Int {
        let offset = filled
        return sent.withUnsafeBufferPointer { sent in
            decided.withUnsafeBufferPointer { decided in
                places.withUnsafeBufferPointer { places in
                    errors.withUnsafeMutableBufferPointer { errors in
                        guard let ratios else {
                            return ErrorPatternKernel.scatter(
                                sent: sent.baseAddress! + start,
                                decided: decided.baseAddress! + start, count: count,
                                places: places.baseAddress! + offset,
                                errors: errors.baseAddress!)
                        }
                        var isNumber = true
                        let total = ratios.withUnsafeBufferPointer { ratios in
                            reliabilities.withUnsafeMutableBufferPointer { reliabilities in
                                ErrorPatternKernel.scatter(
                                    sent: sent.baseAddress! + start,
                                    decided: decided.baseAddress! + start,
                                    ratios: ratios.baseAddress! + start, count: count,
                                    places: places.baseAddress! + offset,
                                    errors: errors.baseAddress!,
                                    reliabilities: reliabilities.baseAddress!,
                                    isNumber: &isNumber)
                            }
                        }
                        precondition(isNumber, "ratios are numbers")
                        return total
                    }
                }
            }
        }
    }

    private mutating func finishChunk() {
        if let inner = scheme.inner {
            let outcomes =
                switch inner {
                case .hard: ExtendedHammingCode.decode(&errors)
                case .chase(let tried):
                    ExtendedHammingCode.decode(
                        &errors, reliabilities: reliabilities, leastReliable: tried)
                }
            record.innerWords += chunkWords
            record.innerFailures += outcomes.count { $0 == .uncorrectable }
            record.innerBits += chunkWords * passedBits
            for word in 0..<chunkWords {
                let start = word * ExtendedHammingCode.length
                for bit in errors[start..<start + passedBits] {
                    record.innerBitErrors += Int(bit)
                }
            }
        }
        errors.withUnsafeBufferPointer { errors in
            symbols.withUnsafeMutableBufferPointer { symbols in
                ErrorPatternKernel.pack(
                    bits: errors.baseAddress!, words: chunkWords,
                    wordBits: chunkBits / chunkWords, used: passedBits,
                    symbolBits: scheme.outer.field.symbolBits, symbols: symbols.baseAddress!)
            }
        }
        let (codewords, length) = (scheme.interleaving.codewords, scheme.outer.length)
        for symbol in symbols {
            words[wordSymbols % codewords * length + wordSymbols / codewords] = symbol
            wordSymbols += 1
            if wordSymbols == words.count {
                wordSymbols = 0
                finishWords()
            }
        }
    }

    private mutating func finishWords() {
        let length = scheme.outer.length
        for start in stride(from: 0, to: words.count, by: length) {
            var wrong = 0
            for symbol in words[start..<start + length] where symbol != 0 { wrong += 1 }
            record.symbolErrorHistogram[wrong] += 1
        }
        let outcomes = scheme.outer.decodeAll(&words)
        for (i, outcome) in outcomes.enumerated() {
            let start = i * length
            var isZero = true
            for symbol in words[start..<start + length] where symbol != 0 { isZero = false }
            record.frames += 1
            record.decodedBits += scheme.outer.messageLength * scheme.outer.field.symbolBits
            if outcome == .uncorrectable {
                record.uncorrectableFrames += 1
            } else if !isZero {
                record.miscorrectedFrames += 1
            }
            if !isZero {
                for symbol in words[start..<start + scheme.outer.messageLength] {
                    record.decodedBitErrors += symbol.nonzeroBitCount
                }
            }
        }
    }
}
