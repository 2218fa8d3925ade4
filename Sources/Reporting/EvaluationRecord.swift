public import ErrorRates

/// The figures of one receiver on one link over noise levels: the schema that `evaluate --json`
/// writes, one element of its array per receiver.
public struct EvaluationRecord: Sendable, Codable {
    public static let currentSchema = "spikelink.evaluation/1"

    public var schema = EvaluationRecord.currentSchema
    /// The resolved link description, as in its YAML file.
    public var channel: JSONValue
    public var receiver: Receiver
    /// `software` or `chip`.
    public var substrate: String
    public var chipSeed: UInt64?
    public var seed: UInt64
    /// What the symbols counted on are for, if not a test: `validation`.
    public var stream: String?
    public var training: Training
    /// When counting stopped; nil in older records.
    public var stopping: Stopping?
    /// Revision of the package that computed the figures.
    public var revision: String
    /// Compiler that built it.
    public var toolchain: String
    public var points: [Point]
    public var crossings: [Crossing]

    public init(
        channel: JSONValue, receiver: Receiver, substrate: String, chipSeed: UInt64?, seed: UInt64,
        training: Training, revision: String, toolchain: String, points: [Point],
        crossings: [Crossing]
    ) {
        self.channel = channel
        self.receiver = receiver
        self.substrate = substrate
        self.chipSeed = chipSeed
        self.seed = seed
        self.training = training
        self.revision = revision
        self.toolchain = toolchain
        self.points = points
        self.crossings = crossings
    }

    public struct Receiver: Sendable, Codable, Hashable {
        public var name: String
        /// linear, dfe, volterra, perceptron, sequence or snn.
        public var kind: String
        public var taps: Int
        /// Trained parameters.
        public var parameters: Int
        /// A sentence for people, such as "7-40-4 perceptron, tanh"; may be empty.
        public var summary: String
        /// Folder of the receiver, where its name alone does not find it.
        public var folder: String?
        /// Received samples of each symbol, where they are not one.
        public var samplesPerSymbol: Int?
        public init(
            name: String, kind: String, taps: Int, parameters: Int, summary: String,
            samplesPerSymbol: Int = 1
        ) {
            self.name = name
            self.kind = kind
            self.taps = taps
            self.parameters = parameters
            self.summary = summary
            self.samplesPerSymbol = samplesPerSymbol == 1 ? nil : samplesPerSymbol
        }
        enum CodingKeys: String, CodingKey {
            case name, kind, taps, parameters, summary, folder
            case samplesPerSymbol = "samples_per_symbol"
        }
    }

    public struct Training: Sendable, Codable, Hashable {
        /// One sentence: how, on how many symbols, with which seed.
        public var policy: String
        public var noiseDB: [Double]
        public init(policy: String, noiseDB: [Double]) {
            self.policy = policy
            self.noiseDB = noiseDB
        }
        enum CodingKeys: String, CodingKey {
            case policy
            case noiseDB = "noise_db"
        }
    }

    /// When counting at a noise level ended: with the block that reached so many errors or bits.
    public struct Stopping: Sendable, Codable, Hashable {
        public var bitErrors: Int
        public var maximumBits: Int
        public init(bitErrors: Int, maximumBits: Int) {
            self.bitErrors = bitErrors
            self.maximumBits = maximumBits
        }
        enum CodingKeys: String, CodingKey {
            case bitErrors = "bit_errors"
            case maximumBits = "maximum_bits"
        }
    }

    /// Counts at one noise level.
    public struct Point: Sendable, Codable, Hashable {
        public var noiseDB: Double
        public var bits: Int
        public var bitErrors: Int
        public var ber: Double
        /// Exact (Clopper-Pearson) 95 % interval of the bit error rate.
        public var ci95: [Double]
        public var symbolErrors: Int
        public var inputSpikesPerSymbol: Double
        public var hiddenSpikesPerSymbol: Double
        public var operationsPerSymbol: Operations
        /// What the soft outputs are worth; nil if it was not measured.
        public var reliability: Reliability?
        /// The same symbols decided with the sent ones fed back; nil without decision feedback.
        public var sentFedBack: Count?
        /// What codes make of the errors, one entry each; nil if nothing was decoded.
        public var errorCorrection: [CodedErrors]?
        /// How the errors are spread over the blocks of the stream; nil in older records.
        public var blocks: Blocks?

        /// Errors by block, for comparisons on the same blocks.
        public struct Blocks: Sendable, Codable, Hashable {
            public var bitsPerBlock: Int
            /// Bit errors of each block in order, runs written `count*times`.
            public var errors: String
            /// Variance over that of independent errors, and its standard error if they are.
            public var dispersionIndex: Double?
            public var dispersionStandardError: Double?
            /// 95 % interval of the bit error rate by the scatter of the blocks.
            public var ci95: [Double]?

            public init(_ blocks: BlockErrors) {
                bitsPerBlock = blocks.bitsPerBlock
                errors = blocks.text
                dispersionIndex = blocks.dispersion?.index
                dispersionStandardError = blocks.dispersion?.standardError
                ci95 = blocks.rateInterval.map { [$0.lowerBound, $0.upperBound] }
            }

            /// The counts; nil if the text is not one of counts.
            public var counts: BlockErrors? {
                BlockErrors(bitsPerBlock: bitsPerBlock, text: errors)
            }

            enum CodingKeys: String, CodingKey {
                case bitsPerBlock = "bits_per_block"
                case errors
                case dispersionIndex = "dispersion_index"
                case dispersionStandardError = "dispersion_standard_error"
                case ci95
            }
        }

        /// Errors counted on as many symbols as the point.
        public struct Count: Sendable, Codable, Hashable {
            public var bits: Int
            public var bitErrors: Int
            public var ber: Double
            public var ci95: [Double]
            public init(bits: Int, bitErrors: Int, ber: Double, ci95: [Double]) {
                self.bits = bits
                self.bitErrors = bitErrors
                self.ber = ber
                self.ci95 = ci95
            }
            enum CodingKeys: String, CodingKey {
                case bits
                case bitErrors = "bit_errors"
                case ber, ci95
            }
        }

        public init(
            noiseDB: Double, bits: Int, bitErrors: Int, ber: Double, ci95: [Double],
            symbolErrors: Int, inputSpikesPerSymbol: Double, hiddenSpikesPerSymbol: Double,
            operationsPerSymbol: Operations, reliability: Reliability? = nil
        ) {
            self.noiseDB = noiseDB
            self.bits = bits
            self.bitErrors = bitErrors
            self.ber = ber
            self.ci95 = ci95
            self.symbolErrors = symbolErrors
            self.inputSpikesPerSymbol = inputSpikesPerSymbol
            self.hiddenSpikesPerSymbol = hiddenSpikesPerSymbol
            self.operationsPerSymbol = operationsPerSymbol
            self.reliability = reliability
        }
        enum CodingKeys: String, CodingKey {
            case noiseDB = "noise_db"
            case bits
            case bitErrors = "bit_errors"
            case ber, ci95
            case symbolErrors = "symbol_errors"
            case inputSpikesPerSymbol = "input_spikes_per_symbol"
            case hiddenSpikesPerSymbol = "hidden_spikes_per_symbol"
            case operationsPerSymbol = "operations_per_symbol"
            case reliability
            case sentFedBack = "sent_fed_back"
            case errorCorrection = "error_correction"
            case blocks
        }
    }

    /// Operations per symbol, counted while the point was measured.
    public struct Operations: Sendable, Codable, Hashable {
        public var multiplyAccumulates = 0.0
        public var products = 0.0
        public var activations = 0.0
        public var comparisons = 0.0
        public var synapticEvents = 0.0
        public var neuronUpdates = 0.0
        public var membraneConversions = 0.0
        public var plasticityCycles = 0.0
        public var hardwareNanoseconds = 0.0
        public init() {}
        enum CodingKeys: String, CodingKey {
            case multiplyAccumulates = "multiply_accumulates"
            case products, activations, comparisons
            case synapticEvents = "synaptic_events"
            case neuronUpdates = "neuron_updates"
            case membraneConversions = "membrane_conversions"
            case plasticityCycles = "plasticity_cycles"
            case hardwareNanoseconds = "hardware_nanoseconds"
        }
    }

    /// Where the curve crosses an error-correction threshold; `noiseDB` is nil if it does not
    /// within the measured points.
    public struct Crossing: Sendable, Codable, Hashable {
        public var threshold: String
        public var ber: Double
        public var noiseDB: Double?
        /// 95 % interval of it by the scatter of the blocks; nil where it is not known.
        public var ci95: [Double]?
        public init(threshold: String, ber: Double, noiseDB: Double?, ci95: [Double]? = nil) {
            self.threshold = threshold
            self.ber = ber
            self.noiseDB = noiseDB
            self.ci95 = ci95
        }
        enum CodingKeys: String, CodingKey {
            case threshold, ber
            case noiseDB = "noise_db"
            case ci95
        }
        /// The key is always there, `null` when the threshold is not reached.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(threshold, forKey: .threshold)
            try container.encode(ber, forKey: .ber)
            try container.encode(noiseDB, forKey: .noiseDB)
            try container.encodeIfPresent(ci95, forKey: .ci95)
        }
    }

    enum CodingKeys: String, CodingKey {
        case schema, channel, receiver, substrate
        case chipSeed = "chip_seed"
        case seed, stream, training, stopping, revision, toolchain, points, crossings
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(channel, forKey: .channel)
        try container.encode(receiver, forKey: .receiver)
        try container.encode(substrate, forKey: .substrate)
        try container.encode(chipSeed, forKey: .chipSeed)
        try container.encode(seed, forKey: .seed)
        try container.encodeIfPresent(stream, forKey: .stream)
        try container.encode(training, forKey: .training)
        try container.encodeIfPresent(stopping, forKey: .stopping)
        try container.encode(revision, forKey: .revision)
        try container.encode(toolchain, forKey: .toolchain)
        try container.encode(points, forKey: .points)
        try container.encode(crossings, forKey: .crossings)
    }
}
