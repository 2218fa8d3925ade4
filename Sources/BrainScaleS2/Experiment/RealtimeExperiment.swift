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

/// Why an experiment cannot run, naming what is wrong and what would be right.
public enum ExperimentError: Error, Sendable, Hashable, CustomStringConvertible {
    case placement(PlacementError)
    case noSnippets
    case durationOutOfRange(seconds: Double)
    case writeOutOfRange(snippet: Int, reason: String)
    case timerOutOfRange(kernel: String, reason: String)
    case unknownKernel(name: String, known: [String])
    case converterBusy
    case recorderOutOfRange(reason: String)
    case inputCount(expected: Int, found: Int)

    public var description: String {
        switch self {
        case .placement(let error): "\(error)"
        case .noSnippets: "the experiment has no snippets; at least one is needed"
        case .durationOutOfRange(let seconds):
            "snippets take \(seconds) s in all; allowed are 8 ns each to 16 s in all"
        case .writeOutOfRange(let snippet, let reason): "snippet \(snippet): \(reason)"
        case .timerOutOfRange(let kernel, let reason): "timer of '\(kernel)': \(reason)"
        case .unknownKernel(let name, let known):
            "there is no plasticity kernel '\(name)'; given are "
                + (known.isEmpty ? "none" : known.sorted().joined(separator: ", "))
        case .converterBusy:
            "the CADC cannot record membranes while plasticity runs: one conversion engine serves both"
        case .recorderOutOfRange(let reason): "the MADC \(reason)"
        case .inputCount(let expected, let found):
            "input for \(found) snippets; the experiment has \(expected)"
        }
    }
}

extension RealtimeExperiment {
    /// Checks what does not depend on places.
    func validate() throws(ExperimentError) {
        guard !snippets.isEmpty else { throw .noSnippets }
        var total = 0.0
        for snippet in snippets {
            guard snippet.duration.seconds >= 8e-9 else {
                throw .durationOutOfRange(seconds: snippet.duration.seconds)
            }
            total += snippet.duration.seconds
        }
        guard total <= Self.longestDuration.seconds else {
            throw .durationOutOfRange(seconds: total)
        }
        for (number, snippet) in snippets.enumerated() {
            for write in snippet.writes { try validate(write, of: snippet, number) }
        }
        for timer in timers {
            guard timer.start.seconds >= 0, timer.start.seconds <= 16 else {
                throw .timerOutOfRange(
                    kernel: timer.kernel, reason: "starts at \(timer.start.seconds) s; 0 s to 16 s")
            }
            guard timer.period.seconds >= 4e-9, timer.period.seconds <= 16 else {
                throw .timerOutOfRange(
                    kernel: timer.kernel,
                    reason: "has a period of \(timer.period.seconds) s; 4 ns to 16 s")
            }
            guard timer.count >= 1, timer.count <= 1 << 31 else {
                throw .timerOutOfRange(
                    kernel: timer.kernel, reason: "runs \(timer.count) times; at least once")
            }
        }
        guard timers.isEmpty || cadc == nil else { throw .converterBusy }
        try validateMADC()
    }

    private func validateMADC() throws(ExperimentError) {
        guard let madc else { return }
        guard (1...2).contains(madc.channels.count) else {
            throw .recorderOutOfRange(
                reason: "has \(madc.channels.count) channels; one, or one even and one odd column")
        }
        for channel in madc.channels {
            guard network.populations.indices.contains(channel.population.index),
                (0..<network.populations[channel.population.index].count).contains(channel.member)
            else {
                throw .recorderOutOfRange(reason: "is to record a neuron that does not exist")
            }
        }
        guard (1...MADCRecorder.largestSampleCount).contains(madc.sampleCount) else {
            throw .recorderOutOfRange(
                reason: "takes 1 to \(MADCRecorder.largestSampleCount) samples, "
                    + "not \(madc.sampleCount)")
        }
        guard madc.start.seconds >= 0, madc.start.seconds <= 16 else {
            throw .recorderOutOfRange(reason: "starts at \(madc.start.seconds) s; 0 s to 16 s")
        }
    }

    private func validate(
        _ write: Snippet.WeightWrite, of snippet: Snippet, _ number: Int
    ) throws(ExperimentError) {
        guard write.time.seconds >= 0, write.time.seconds < snippet.duration.seconds else {
            throw .writeOutOfRange(
                snippet: number,
                reason: "weights are written at \(write.time.microseconds) us; "
                    + "0 us to \(snippet.duration.microseconds) us")
        }
        guard network.projections.indices.contains(write.projection.index) else {
            throw .writeOutOfRange(
                snippet: number, reason: "there is no projection \(write.projection.index)")
        }
        let projection = network.projections[write.projection.index]
        guard write.weights.count == projection.weights.count else {
            throw .writeOutOfRange(
                snippet: number,
                reason: "\(write.weights.count) weights for \(projection.weights.count) synapses "
                    + "of \(network.title(of: write.projection.index))")
        }
        if let weight = write.weights.first(where: { abs($0) > 63 }) {
            throw .writeOutOfRange(
                snippet: number, reason: "weight \(weight); synapses hold -63...63")
        }
    }
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
