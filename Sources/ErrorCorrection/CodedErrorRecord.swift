/// What decoding made of a receiver's errors: plain counts, which add up.
///
/// A frame is an outer codeword.
public struct CodedErrorRecord: Sendable, Hashable, Codable {
    /// Name of the coding scheme.
    public let scheme: String
    /// Bits from the receiver, and those it decided wrongly.
    public internal(set) var channelBits = 0
    public internal(set) var channelBitErrors = 0
    /// Inner words, those that the inner decoder gave up, their message bits and the wrong ones
    /// after inner decoding; zero without an inner code.
    public internal(set) var innerWords = 0
    public internal(set) var innerFailures = 0
    public internal(set) var innerBits = 0
    public internal(set) var innerBitErrors = 0
    /// Frames decoded, those given up, and those turned into a wrong codeword.
    public internal(set) var frames = 0
    public internal(set) var uncorrectableFrames = 0
    public internal(set) var miscorrectedFrames = 0
    /// Message bits of these frames, and the wrong ones after decoding; frames given up keep what
    /// the channel made of them.
    public internal(set) var decodedBits = 0
    public internal(set) var decodedBitErrors = 0
    /// How many frames had 0, 1, 2, ... wrong symbols before outer decoding; the last entry is n.
    public internal(set) var symbolErrorHistogram: [Int]

    init(scheme: CodingScheme) {
        self.scheme = scheme.name
        symbolErrorHistogram = [Int](repeating: 0, count: scheme.outer.length + 1)
    }

    private enum CodingKeys: String, CodingKey {
        case scheme
        case channelBits = "channel_bits"
        case channelBitErrors = "channel_bit_errors"
        case innerWords = "inner_words"
        case innerFailures = "inner_failures"
        case innerBits = "inner_bits"
        case innerBitErrors = "inner_bit_errors"
        case frames
        case uncorrectableFrames = "uncorrectable_frames"
        case miscorrectedFrames = "miscorrected_frames"
        case decodedBits = "decoded_bits"
        case decodedBitErrors = "decoded_bit_errors"
        case symbolErrorHistogram = "symbol_error_histogram"
    }

    /// - Precondition: both were counted under the same scheme.
    public static func += (sum: inout CodedErrorRecord, part: CodedErrorRecord) {
        precondition(
            sum.scheme == part.scheme
                && sum.symbolErrorHistogram.count == part.symbolErrorHistogram.count,
            "records of one coding scheme")
        sum.channelBits += part.channelBits
        sum.channelBitErrors += part.channelBitErrors
        sum.innerWords += part.innerWords
        sum.innerFailures += part.innerFailures
        sum.innerBits += part.innerBits
        sum.innerBitErrors += part.innerBitErrors
        sum.frames += part.frames
        sum.uncorrectableFrames += part.uncorrectableFrames
        sum.miscorrectedFrames += part.miscorrectedFrames
        sum.decodedBits += part.decodedBits
        sum.decodedBitErrors += part.decodedBitErrors
        for i in sum.symbolErrorHistogram.indices {
            sum.symbolErrorHistogram[i] += part.symbolErrorHistogram[i]
        }
    }
}

extension CodedErrorRecord {
    /// Bit errors before any decoding.
    public var channel: EventRate { EventRate(events: channelBitErrors, trials: channelBits) }

    /// Lost frames. Frames behind a channel with memory are nearly independent, so that exact
    /// intervals of this rate hold.
    public var frameErrors: EventRate {
        EventRate(events: uncorrectableFrames + miscorrectedFrames, trials: frames)
    }

    /// Wrong symbols before outer decoding.
    public var symbolErrors: EventRate {
        let length = symbolErrorHistogram.count - 1
        let events = symbolErrorHistogram.enumerated().reduce(0) { $0 + $1.offset * $1.element }
        return EventRate(events: events, trials: frames * length)
    }

    /// Bit errors after decoding. The exact interval of this count takes bits as independent;
    /// they come by the dozen in lost frames, so it is too narrow. `decodedBitErrorInterval` is
    /// not.
    public var decoded: EventRate { EventRate(events: decodedBitErrors, trials: decodedBits) }

    /// An interval of the bit error rate after decoding from the exact interval of lost frames,
    /// times the wrong bits of a lost frame: the mean of those seen.
    ///
    /// Without a lost frame there is no such mean; the upper end then takes every bit of a lost
    /// frame for wrong with probability 1/2, which no decoder exceeds on average.
    public func decodedBitErrorInterval(level: Double = 0.95) -> ClosedRange<Double> {
        let frames = frameErrors.confidenceInterval(level: level)
        if frameErrors.events == 0 || decodedBitErrors == 0 { return 0...(frames.upperBound / 2) }
        let share =
            Double(decodedBitErrors) / Double(decodedBits) * Double(self.frames)
            / Double(frameErrors.events)
        return (frames.lowerBound * share)...(frames.upperBound * share)
    }
}
