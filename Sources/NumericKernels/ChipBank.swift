/// A group of exact neurons as a discrete-event engine drives it: advance, deliver, and take an
/// advance back when a spike comes to matter inside it.
public struct ChipBank {
    public let group: ChipNeuronGroup
    /// Copies of the state before the last `save`.
    private let saved: UnsafeMutablePointer<Float>
    private let savedTicks: UnsafeMutablePointer<Int32>

    /// The bank uses the group's memory; its own is freed by `deallocate`.
    public init(_ group: ChipNeuronGroup) {
        self.group = group
        saved = .allocate(capacity: 4 * group.laneCount)
        savedTicks = .allocate(capacity: 2 * group.laneCount)
    }

    public func deallocate() {
        saved.deallocate()
        savedTicks.deallocate()
    }

    /// Advances all lanes from tick `start` to tick `end`; spikes are appended as tick * 2^32 + lane.
    public func advance(
        from start: Int32, to end: Int32, spikes: UnsafeMutablePointer<UInt64>, capacity: Int,
        spikeTotal: inout Int, tally: inout ChipKernelTally
    ) {
        group.advance(
            from: start, to: end, spikes: spikes, capacity: capacity, spikeTotal: &spikeTotal,
            tally: &tally)
    }

    /// Adds `factor` times the drive of one event on an input row.
    public func deliver(row: Int, factor: Float, tally: inout ChipKernelTally) {
        let lanes = group.laneCount
        let excitatory = group.excitatoryWeights + row * lanes
        let inhibitory = group.inhibitoryWeights + row * lanes
        let scale = ChipLanes(repeating: factor)
        var lane = 0
        while lane < lanes {
            store(
                load(group.excitatory, lane).addingProduct(scale, load(excitatory, lane)),
                group.excitatory, lane)
            store(
                load(group.inhibitory, lane).addingProduct(scale, load(inhibitory, lane)),
                group.inhibitory, lane)
            lane += 8
        }
        tally.synapticEvents += Int(group.activeSynapses[row])
    }

    /// Remembers the state.
    public func save() {
        let n = group.laneCount
        saved.update(from: group.potential, count: n)
        (saved + n).update(from: group.excitatory, count: n)
        (saved + 2 * n).update(from: group.inhibitory, count: n)
        (saved + 3 * n).update(from: group.presentThreshold, count: n)
        savedTicks.update(from: group.refractoryUntil, count: n)
        (savedTicks + n).update(from: group.spikeCount, count: n)
    }

    /// Returns to the state remembered last.
    public func restore() {
        let n = group.laneCount
        group.potential.update(from: saved, count: n)
        group.excitatory.update(from: saved + n, count: n)
        group.inhibitory.update(from: saved + 2 * n, count: n)
        group.presentThreshold.update(from: saved + 3 * n, count: n)
        group.refractoryUntil.update(from: savedTicks, count: n)
        group.spikeCount.update(from: savedTicks + n, count: n)
    }
}
