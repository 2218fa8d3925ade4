/// Input spikes of a block of trials; the buffers can be used again.
public struct TrialEvents: Sendable {
    /// Arrival at the synapse drivers, ticks of 8 ns from the start of the trial.
    public private(set) var ticks: [Int32] = []
    /// Number among all external sources of the network.
    public private(set) var sources: [Int32] = []
    /// Where each trial begins; one more than trials.
    public private(set) var offsets: [Int] = [0]

    public init() {}

    public var trialCount: Int { offsets.count - 1 }

    /// Adds a spike to the trial under construction; order does not matter.
    @inlinable
    public mutating func append(tick: Int, source: Int) {
        appendChecked(Int32(clamping: tick), Int32(clamping: source))
    }

    @usableFromInline
    mutating func appendChecked(_ tick: Int32, _ source: Int32) {
        ticks.append(tick)
        sources.append(source)
    }

    /// Ends the trial under construction.
    public mutating func endTrial() { offsets.append(ticks.count) }

    /// Empties the block and keeps its memory.
    public mutating func removeAll() {
        ticks.removeAll(keepingCapacity: true)
        sources.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        offsets.append(0)
    }
}
