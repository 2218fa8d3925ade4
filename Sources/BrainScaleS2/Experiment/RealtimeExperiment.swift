public import PhysicalQuantities

/// A stretch of real time on the chip; stretches of one experiment follow each other with the
/// configuration written in between, membranes reset.
public struct Snippet: Sendable, Hashable, Codable {
    /// New weights of a projection at a time from the start of the snippet.
    public struct WeightWrite: Sendable, Hashable, Codable {
        public let time: TimeSpan
        public let projection: ProjectionID
        /// Signed weights -63...63, [pre, post].
        public let weights: [Int]

        public init(time: TimeSpan, projection: ProjectionID, weights: [Int]) {
            self.time = time
            self.projection = projection
            self.weights = weights
        }
    }

    public var duration: TimeSpan
    public var writes: [WeightWrite]

    public init(duration: TimeSpan, writes: [WeightWrite] = []) {
        self.duration = duration
        self.writes = writes
    }
}

/// When a plasticity kernel runs, by name; the kernels themselves come with a run.
public struct PlasticityTimer: Sendable, Hashable, Codable {
    public var kernel: String
    public var start: TimeSpan
    public var period: TimeSpan
    public var count: Int

    public init(kernel: String, start: TimeSpan, period: TimeSpan, count: Int) {
        self.kernel = kernel
        self.start = start
        self.period = period
        self.count = count
    }

    var schedule: DeadlineScheduler.Timer {
        DeadlineScheduler.Timer(
            start: Int((start.seconds * 250e6).rounded()),
            period: max(1, Int((period.seconds * 250e6).rounded())), count: count)
    }
}

/// An experiment in real time as its author thinks of it: a network, stretches of time, timers of
/// plasticity, recorders. Places on the chip, inputs and results are separate.
public struct RealtimeExperiment: Sendable, Hashable, Codable {
    public var network: NetworkDescription
    public var placement: PlacementStrategy
    public var snippets: [Snippet]
    public var timers: [PlasticityTimer]
    /// Whether spikes leave the chip and are recorded.
    public var recordsSpikes: Bool
    /// When the CADC converts the membranes of recorded populations, from the start; nil for never.
    public var cadc: CADCSchedule?
    public var madc: MADCRecorder?
    /// Whether the synapses' correlation sensors are emulated.
    public var hasCorrelationSensors: Bool

    public init(
        network: NetworkDescription, placement: PlacementStrategy = .automatic,
        snippets: [Snippet], timers: [PlasticityTimer] = [], recordsSpikes: Bool = true,
        cadc: CADCSchedule? = nil, madc: MADCRecorder? = nil, hasCorrelationSensors: Bool = false
    ) {
        self.network = network
        self.placement = placement
        self.snippets = snippets
        self.timers = timers
        self.recordsSpikes = recordsSpikes
        self.cadc = cadc
        self.madc = madc
        self.hasCorrelationSensors = hasCorrelationSensors
    }

    /// The longest experiment: times are 32-bit ticks of 8 ns with room to add.
    public static let longestDuration = TimeSpan.seconds(16)
}

/// Spikes of external sources.
public struct InputSpike: Sendable, Hashable, Codable {
    /// Arrival at the crossbar, ticks of 8 ns from the start of its snippet.
    public var tick: Int
    /// Number among all sources.
    public var source: Int
    public init(tick: Int, source: Int) {
        self.tick = tick
        self.source = source
    }
}
