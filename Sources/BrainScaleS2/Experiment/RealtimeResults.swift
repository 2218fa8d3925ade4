/// What an experiment in real time returned. Times are ticks of 8 ns of the experiment's clock, which
/// stands still between snippets.
public struct RealtimeResults: Sendable, Hashable, Codable {
    public struct Spike: Sendable, Hashable, Codable {
        public let tick: Int
        /// Number among all neurons.
        public let neuron: Int
    }

    /// Codes of recorded neurons at one conversion, in the order of `recordedNeurons`.
    public struct Sample: Sendable, Hashable, Codable {
        public let tick: Int
        public let codes: [UInt8]
    }

    /// One sample of the MADC.
    public struct FastSample: Sendable, Hashable, Codable {
        public let tick: Int
        /// Which of the recorder's channels.
        public let channel: Int
        public let code: UInt16
    }

    /// What a kernel recorded in one run.
    public struct Recording: Sendable, Hashable, Codable {
        public let kernel: String
        public let hemisphere: Hemisphere
        public let tick: Int
        public let values: [UInt8]
    }

    /// Spikes that left the chip, in order of time.
    public internal(set) var spikes: [Spike] = []
    public internal(set) var samples: [Sample] = []
    /// 10-bit codes of the MADC's channels in order of time.
    public internal(set) var madc: [FastSample] = []
    public internal(set) var recordedNeurons: [Int] = []
    public internal(set) var recordings: [Recording] = []
    /// Signed weights at the end, [projection][pre, post].
    public internal(set) var weights: [[Int]] = []
    /// Periods each timer missed, [timer], both processors together.
    public internal(set) var missedPeriods: [Int] = []
    public internal(set) var health = ChipHealth()

    /// Spikes of a neuron between two ticks.
    public func spikeCount(of neuron: Int, in ticks: Range<Int>) -> Int {
        spikes.reduce(0) { $0 + ($1.neuron == neuron && ticks.contains($1.tick) ? 1 : 0) }
    }
}
