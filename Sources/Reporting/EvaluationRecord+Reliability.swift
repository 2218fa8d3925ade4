extension EvaluationRecord {
    /// What the receiver's soft outputs are worth at one noise level: the information in its
    /// log-likelihood ratios, and whether stated confidences hold.
    ///
    /// Informations are in bits per symbol, for decoding bit by bit.
    public struct Reliability: Sendable, Codable, Hashable {
        public var calibration: Calibration
        /// From the calibrated log-likelihood ratios.
        public var information: Estimate
        /// Its parts, one for each bit of the label, the most significant first.
        public var informationPerBit: [Double]
        /// From the same scores after a recalibration of far more freedom, fitted on the symbols
        /// of the calibration.
        public var recalibratedInformation: Estimate
        /// Which recalibration carried the most, in words.
        public var recalibration: String
        /// Recalibrated less calibrated, on the same symbols.
        public var deficit: Estimate
        /// With the scores taken for logarithms of probabilities as they are.
        public var uncalibratedInformation: Estimate
        /// Bits of which the sign of the ratio is wrong; the decisions of the receiver, which stay
        /// with its scores, are counted by `bit_errors`.
        public var signBitErrors: Int
        /// Mean difference of stated and observed probability of a bit error.
        public var expectedCalibrationError: Double
        /// Bits by the size of their ratio, in ascending order; empty ones are left out.
        public var bins: [Bin]

        public init(
            calibration: Calibration, information: Estimate, informationPerBit: [Double],
            recalibratedInformation: Estimate, recalibration: String, deficit: Estimate,
            uncalibratedInformation: Estimate, signBitErrors: Int,
            expectedCalibrationError: Double, bins: [Bin]
        ) {
            self.calibration = calibration
            self.information = information
            self.informationPerBit = informationPerBit
            self.recalibratedInformation = recalibratedInformation
            self.recalibration = recalibration
            self.deficit = deficit
            self.uncalibratedInformation = uncalibratedInformation
            self.signBitErrors = signBitErrors
            self.expectedCalibrationError = expectedCalibrationError
            self.bins = bins
        }

        enum CodingKeys: String, CodingKey {
            case calibration, information
            case informationPerBit = "information_per_bit"
            case recalibratedInformation = "recalibrated_information"
            case recalibration, deficit
            case uncalibratedInformation = "uncalibrated_information"
            case signBitErrors = "sign_bit_errors"
            case expectedCalibrationError = "expected_calibration_error"
            case bins
        }

        /// Share of the recalibrated information that the calibrated ratios carry.
        public var ratio: Double { information.value / recalibratedInformation.value }
    }
}

extension EvaluationRecord.Reliability {
    /// How scores become probabilities: P(c) is proportional to exp(scale score[c] + bias[c]).
    public struct Calibration: Sendable, Codable, Hashable {
        public var scale: Double
        /// In nats, one for each class; the first is zero.
        public var biases: [Double]
        /// In words: what was fitted, on which symbols.
        public var policy: String
        /// Purpose of the stream of known symbols; never that of the counted ones.
        public var stream: String
        public var seed: UInt64
        public var noiseDB: Double
        public var symbols: Int
        /// Bit errors of the receiver among them.
        public var bitErrors: Int

        public init(
            scale: Double, biases: [Double], policy: String, stream: String, seed: UInt64,
            noiseDB: Double, symbols: Int, bitErrors: Int
        ) {
            self.scale = scale
            self.biases = biases
            self.policy = policy
            self.stream = stream
            self.seed = seed
            self.noiseDB = noiseDB
            self.symbols = symbols
            self.bitErrors = bitErrors
        }

        enum CodingKeys: String, CodingKey {
            case scale, biases, policy, stream, seed
            case noiseDB = "noise_db"
            case symbols
            case bitErrors = "bit_errors"
        }
    }

    /// A mean with its 95 % interval from the variation between stretches of symbols; empty when
    /// there are too few.
    public struct Estimate: Sendable, Codable, Hashable {
        public var value: Double
        public var ci95: [Double]

        public init(value: Double, ci95: [Double]) {
            self.value = value
            self.ci95 = ci95
        }
        public init(value: Double, interval: ClosedRange<Double>?) {
            self.init(
                value: value, ci95: interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
        }
        public var interval: ClosedRange<Double>? {
            guard ci95.count == 2, ci95[0] <= ci95[1] else { return nil }
            return ci95[0]...ci95[1]
        }
    }

    /// Bits whose ratio has about the same size.
    public struct Bin: Sendable, Codable, Hashable {
        /// Least |L| of the bin, in nats; bins are one wide, the last is open.
        public var leastRatio: Double
        public var bits: Int
        public var errors: Int
        /// Mean stated probability of error, 1 / (1 + exp |L|).
        public var stated: Double
        /// Exact (Clopper-Pearson) 95 % interval of the observed one.
        public var ci95: [Double]

        public init(leastRatio: Double, bits: Int, errors: Int, stated: Double, ci95: [Double]) {
            self.leastRatio = leastRatio
            self.bits = bits
            self.errors = errors
            self.stated = stated
            self.ci95 = ci95
        }

        enum CodingKeys: String, CodingKey {
            case leastRatio = "least_ratio"
            case bits, errors, stated, ci95
        }

        public var observed: Double { bits == 0 ? 0 : Double(errors) / Double(bits) }
        public var interval: ClosedRange<Double>? {
            guard ci95.count == 2, ci95[0] <= ci95[1] else { return nil }
            return ci95[0]...ci95[1]
        }
    }
}
