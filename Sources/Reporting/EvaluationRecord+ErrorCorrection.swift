extension EvaluationRecord {
    /// What decoding made of the receiver's own bit errors at one noise level, under one code and
    /// its interleaving.
    ///
    /// A frame is an outer codeword; it is lost if the decoder gives it up or turns it into a wrong
    /// one. The bits before decoding are those that the point counts.
    public struct CodedErrors: Sendable, Codable, Hashable {
        /// Short name, such as `kp4`.
        public var scheme: String
        /// For people, such as `RS(544,514) KP4`.
        public var title: String
        /// Whether the decoder used the calibrated log-likelihood ratios.
        public var usesReliabilities: Bool
        /// Wrong symbols of a frame that the outer code corrects.
        public var correctableSymbols: Int
        public var frames: Int
        /// Lost ones.
        public var frameErrors: Int
        /// Lost ones that the decoder took for right.
        public var miscorrectedFrames: Int
        /// Exact (Clopper-Pearson) 95 % interval of the rate of lost frames.
        public var frameErrorRateInterval: [Double]
        /// Exact one-sided 95 % upper bound of that rate.
        public var frameErrorRateBound: Double
        /// Message bits of all frames, and the wrong ones after decoding.
        public var decodedBits: Int
        public var decodedBitErrors: Int
        /// 95 % interval of the bit error rate after decoding, from that of lost frames.
        public var decodedBERInterval: [Double]
        /// Of an inner code only.
        public var inner: Inner?
        /// Frames with 0, 1, 2, ... wrong symbols before outer decoding; zeros at the end are left
        /// out.
        public var symbolErrorHistogram: [Int]
        /// Nil where too few frames had a wrong symbol.
        public var extrapolation: Extrapolation?

        public init(
            scheme: String, title: String, usesReliabilities: Bool, correctableSymbols: Int,
            frames: Int, frameErrors: Int, miscorrectedFrames: Int,
            frameErrorRateInterval: [Double], frameErrorRateBound: Double, decodedBits: Int,
            decodedBitErrors: Int, decodedBERInterval: [Double], inner: Inner?,
            symbolErrorHistogram: [Int], extrapolation: Extrapolation?
        ) {
            self.scheme = scheme
            self.title = title
            self.usesReliabilities = usesReliabilities
            self.correctableSymbols = correctableSymbols
            self.frames = frames
            self.frameErrors = frameErrors
            self.miscorrectedFrames = miscorrectedFrames
            self.frameErrorRateInterval = frameErrorRateInterval
            self.frameErrorRateBound = frameErrorRateBound
            self.decodedBits = decodedBits
            self.decodedBitErrors = decodedBitErrors
            self.decodedBERInterval = decodedBERInterval
            self.inner = inner
            self.symbolErrorHistogram = symbolErrorHistogram
            self.extrapolation = extrapolation
        }

        enum CodingKeys: String, CodingKey {
            case scheme, title
            case usesReliabilities = "uses_reliabilities"
            case correctableSymbols = "correctable_symbols"
            case frames
            case frameErrors = "frame_errors"
            case miscorrectedFrames = "miscorrected_frames"
            case frameErrorRateInterval = "frame_error_rate_ci95"
            case frameErrorRateBound = "frame_error_rate_bound95"
            case decodedBits = "decoded_bits"
            case decodedBitErrors = "decoded_bit_errors"
            case decodedBERInterval = "decoded_ber_ci95"
            case inner
            case symbolErrorHistogram = "symbol_error_histogram"
            case extrapolation
        }

        /// Lost frames per frame, as counted.
        public var frameErrorRate: Double {
            frames == 0 ? 0 : Double(frameErrors) / Double(frames)
        }

        public var interval: ClosedRange<Double>? {
            guard frameErrorRateInterval.count == 2,
                frameErrorRateInterval[0] <= frameErrorRateInterval[1]
            else { return nil }
            return frameErrorRateInterval[0]...frameErrorRateInterval[1]
        }

        /// Whether frames were lost so often that the rate of the extrapolation is the count.
        public var isCounted: Bool { (extrapolation?.anchor ?? 0) > correctableSymbols }
    }
}

extension EvaluationRecord.CodedErrors {
    /// What the inner decoder leaves.
    public struct Inner: Sendable, Codable, Hashable {
        public var words: Int
        /// Words that the decoder gave up.
        public var failures: Int
        public var bits: Int
        public var bitErrors: Int

        public init(words: Int, failures: Int, bits: Int, bitErrors: Int) {
            self.words = words
            self.failures = failures
            self.bits = bits
            self.bitErrors = bitErrors
        }

        enum CodingKeys: String, CodingKey {
            case words, failures, bits
            case bitErrors = "bit_errors"
        }
    }

    /// The rate of lost frames as the wrong symbols of all frames suggest it: an estimate from a
    /// model (their number is beta-binomial), not a count.
    public struct Extrapolation: Sendable, Codable, Hashable {
        /// Always `estimate`.
        public var status = "estimate"
        public var frameErrorRate: Double
        /// Of sampling alone; the model is taken for right.
        public var range: [Double]
        /// Variance of the wrong symbols of a frame over that of scattered ones.
        public var overdispersion: Double
        /// The largest number of wrong symbols that enough frames reached, and how many did: up to
        /// here the rate rests on counts.
        public var anchor: Int
        public var framesAtAnchor: Int
        /// Lost frames per frame if as many wrong symbols were scattered.
        public var scatteredFrameErrorRate: Double
        /// Estimated over scattered.
        public var burstiness: Double?
        /// Of codes without an inner one.
        public var ruleOfThumb: RuleOfThumb?

        public init(
            frameErrorRate: Double, range: [Double], overdispersion: Double, anchor: Int,
            framesAtAnchor: Int, scatteredFrameErrorRate: Double, burstiness: Double?,
            ruleOfThumb: RuleOfThumb?
        ) {
            self.frameErrorRate = frameErrorRate
            self.range = range
            self.overdispersion = overdispersion
            self.anchor = anchor
            self.framesAtAnchor = framesAtAnchor
            self.scatteredFrameErrorRate = scatteredFrameErrorRate
            self.burstiness = burstiness
            self.ruleOfThumb = ruleOfThumb
        }

        enum CodingKeys: String, CodingKey {
            case status
            case frameErrorRate = "frame_error_rate"
            case range, overdispersion, anchor
            case framesAtAnchor = "frames_at_anchor"
            case scatteredFrameErrorRate = "scattered_frame_error_rate"
            case burstiness
            case ruleOfThumb = "rule_of_thumb"
        }
    }

    /// What the bit error rate alone says of a code if bit errors are independent, the assumption
    /// behind its threshold.
    public struct RuleOfThumb: Sendable, Codable, Hashable {
        /// Lost frames per frame by the rule.
        public var frameErrorRate: Double
        /// Estimated (or counted) lost frames over those of the rule; above 1 the rule is too kind.
        public var frameErrorRatio: Double?
        /// The rate of independent bit errors that loses as many frames as estimated, over the
        /// receiver's own rate; above 1 the rule is too kind.
        public var bitErrorRatio: Double?

        public init(
            frameErrorRate: Double, frameErrorRatio: Double?, bitErrorRatio: Double?
        ) {
            self.frameErrorRate = frameErrorRate
            self.frameErrorRatio = frameErrorRatio
            self.bitErrorRatio = bitErrorRatio
        }

        enum CodingKeys: String, CodingKey {
            case frameErrorRate = "frame_error_rate"
            case frameErrorRatio = "frame_error_ratio"
            case bitErrorRatio = "bit_error_ratio"
        }
    }
}
