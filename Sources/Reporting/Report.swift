public import EnergyModel

/// Everything a report shows. All figures come from here; the report computes only comparisons.
public struct Report: Sendable {
    /// Title of the page.
    public var title: String
    /// One or two sentences under the title; may be empty.
    public var summary: String
    /// Noise power, in dB, at which receivers are compared.
    public var referenceNoiseDB: Double
    public var receivers: [Receiver]
    /// Error-correction thresholds, the one that headlines speak of first.
    public var thresholds: [Threshold]
    /// Curves no receiver can beat, such as the genie bound; drawn, and checked against.
    public var bounds: [Curve]
    /// Published curves for comparison.
    public var publishedCurves: [Curve]
    /// Published receivers' work at the reference noise.
    public var publishedWork: [PublishedWork]
    public var chipStudies: [ChipStudy]
    public var learningCurves: [LearningCurve]
    /// Further plots, such as those of the link.
    public var figures: [Figure]
    /// The price lists used, for their sources.
    public var priceLists: [PriceList]
    /// The command that makes the whole report again.
    public var command: String

    public init(
        title: String, summary: String, referenceNoiseDB: Double, receivers: [Receiver],
        thresholds: [Threshold], command: String
    ) {
        self.title = title
        self.summary = summary
        self.referenceNoiseDB = referenceNoiseDB
        self.receivers = receivers
        self.thresholds = thresholds
        self.command = command
        bounds = []
        publishedCurves = []
        publishedWork = []
        chipStudies = []
        learningCurves = []
        figures = []
        priceLists = []
    }

    /// One receiver: its evaluation, what it costs, and how to get the figures again.
    public struct Receiver: Sendable {
        /// Short unique name for tables and legends.
        public var label: String
        public var record: EvaluationRecord
        /// At the reference noise, the estimate that stands for the receiver first.
        public var energies: [EnergyEstimate]
        /// The command line that reproduces the record.
        public var command: String
        /// At every measured noise level, as its work changes with the noise.
        public var pointEnergies: [PointEnergies] = []

        public struct PointEnergies: Sendable {
            public var noiseDB: Double
            public var energies: [EnergyEstimate]
            public init(noiseDB: Double, energies: [EnergyEstimate]) {
                self.noiseDB = noiseDB
                self.energies = energies
            }
        }

        public init(
            label: String, record: EvaluationRecord, energies: [EnergyEstimate], command: String
        ) {
            self.label = label
            self.record = record
            self.energies = energies
            self.command = command
        }

        /// The estimate under a price list.
        public func energy(under priceList: String) -> EnergyEstimate? {
            energies.first { $0.priceList == priceList }
        }
    }

    /// A bit error rate before error correction that some code can still handle.
    public struct Threshold: Sendable, Hashable {
        /// As in the crossings of the records, such as `kp4`.
        public var key: String
        /// For people, such as `KP4`.
        public var name: String
        public var ber: Double
        /// What it is, and what it is not.
        public var note: String
        public init(key: String, name: String, ber: Double, note: String) {
            self.key = key
            self.name = name
            self.ber = ber
            self.note = note
        }
    }

    /// Bit error rate over noise power, without counts.
    public struct Curve: Sendable, Hashable {
        public var name: String
        public var points: [Point]
        /// Where it comes from.
        public var source: String
        /// Of a bound: whether it also binds receivers of more than one sample a symbol.
        public var holdsForAllSamples = false
        public struct Point: Sendable, Hashable {
            public var noiseDB: Double
            public var ber: Double
            public init(noiseDB: Double, ber: Double) {
                self.noiseDB = noiseDB
                self.ber = ber
            }
        }
        public init(name: String, points: [Point], source: String) {
            self.name = name
            self.points = points
            self.source = source
        }
    }

    /// Chips of one kind, each before and after adaptation, at the reference noise.
    public struct ChipStudy: Sendable, Hashable {
        /// Kind of chip, such as `uncalibrated`.
        public var name: String
        /// What mismatch was drawn and what was adapted.
        public var note: String
        public var chips: [Chip]
        /// Bit error rate of the chip without mismatch, if measured.
        public var mismatchFree: Double?
        public struct Chip: Sendable, Hashable {
            public var seed: UInt64
            public var before: Double
            public var after: Double
            public init(seed: UInt64, before: Double, after: Double) {
                self.seed = seed
                self.before = before
                self.after = after
            }
        }
        public init(name: String, note: String, chips: [Chip], mismatchFree: Double?) {
            self.name = name
            self.note = note
            self.chips = chips
            self.mismatchFree = mismatchFree
        }
    }

    /// A quantity over the course of learning.
    public struct LearningCurve: Sendable, Hashable {
        public var name: String
        /// Label of the horizontal axis, such as `training symbols`.
        public var progressLabel: String
        /// Label of the vertical axis, such as `cross-entropy (nat)`.
        public var valueLabel: String
        public var progress: [Double]
        public var values: [Double]
        /// - Precondition: As many values as steps of progress.
        public init(
            name: String, progressLabel: String, valueLabel: String, progress: [Double],
            values: [Double]
        ) {
            precondition(progress.count == values.count, "one value per step of progress")
            self.name = name
            self.progressLabel = progressLabel
            self.valueLabel = valueLabel
            self.progress = progress
            self.values = values
        }
    }

    /// A plot with its file name (without extension).
    public struct Figure: Sendable {
        public var name: String
        public var plot: Plot
        public init(name: String, plot: Plot) {
            self.name = name
            self.plot = plot
        }
    }
}
