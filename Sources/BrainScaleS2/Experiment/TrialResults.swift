/// Counters of a run; every run returns them.
public struct ChipHealth: Sendable, Hashable, Codable {
    /// Input spikes handed over.
    public var eventsOffered = 0
    /// Input spikes that reached a synapse row.
    public var eventsDelivered = 0
    /// Input spikes outside the trial, from unknown sources or without a route.
    public var eventsDropped = 0
    /// Spikes of neurons.
    public var neuronSpikes = 0
    /// Spikes that did not fit the recording.
    public var spikesDropped = 0
    /// Spikes times synapses with a weight that is not zero, counted by the kernel.
    public var synapticEvents = 0
    /// Exact propagations of a neuron from one event to the next, counted by the kernel.
    public var neuronUpdates = 0
    /// CADC conversions of recorded channels.
    public var conversions = 0
    /// Neurons whose 8-bit spike counter stopped at 255, summed over trials.
    public var counterOverflows = 0
    /// Cycles of the plasticity processors.
    public var ppuCycles = 0
    /// Plasticity updates that took longer than the wait between trials.
    public var ppuOverruns = 0
    /// Events of on-chip generators.
    public var backgroundEvents = 0
    /// Events that found the queue of their crossbar input full.
    public var crossbarDrops = 0
    /// Periods of plasticity timers that were skipped because a processor was busy.
    public var missedTimers = 0
    /// Synapses at the largest weight at the end of a run in real time.
    public var saturatedWeights = 0
    /// Time the chip would have taken, ns: trials, waits, and plasticity beyond the waits.
    public var hardwareNanoseconds = 0.0

    public init() {}

    /// Adds the counters of another block.
    public mutating func add(_ other: ChipHealth) {
        eventsOffered += other.eventsOffered
        eventsDelivered += other.eventsDelivered
        eventsDropped += other.eventsDropped
        neuronSpikes += other.neuronSpikes
        spikesDropped += other.spikesDropped
        synapticEvents += other.synapticEvents
        neuronUpdates += other.neuronUpdates
        conversions += other.conversions
        counterOverflows += other.counterOverflows
        ppuCycles += other.ppuCycles
        ppuOverruns += other.ppuOverruns
        backgroundEvents += other.backgroundEvents
        crossbarDrops += other.crossbarDrops
        missedTimers += other.missedTimers
        saturatedWeights += other.saturatedWeights
        hardwareNanoseconds += other.hardwareNanoseconds
    }
}

/// What a block of trials returned; the buffers can be used again.
public struct TrialResults: Sendable {
    /// Whether single spikes are kept.
    public var recordsSpikes: Bool
    public internal(set) var trialCount = 0
    /// 8-bit CADC codes, [trial, sample, recorded neuron].
    public internal(set) var cadc: [UInt8] = []
    /// 8-bit spike counters, [trial, neuron].
    public internal(set) var spikeCounts: [UInt8] = []
    /// Whether a counter stopped at 255, [trial, neuron].
    public internal(set) var counterOverflow: [Bool] = []
    /// Time stamps and neurons of single spikes in order of time, where kept.
    public internal(set) var spikeTicks: [Int32] = []
    public internal(set) var spikeNeurons: [Int32] = []
    /// Where the spikes of each trial begin; one more than trials.
    public internal(set) var spikeOffsets: [Int] = [0]
    public internal(set) var health = ChipHealth()

    public init(recordsSpikes: Bool = false) { self.recordsSpikes = recordsSpikes }
}
