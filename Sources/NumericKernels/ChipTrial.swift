/// Runs one group of neurons through one trial, event by event.
///
/// - Parameters:
///   - events: keys tick * 2^32 + input row in order of time, all before `duration`.
///   - sampleTicks: ticks of analog samples in order, all at most `duration`.
///   - samples: receives the potentials relative to leak in LSB, [sample, laneCount].
///   - spikes: receives keys tick * 2^32 + lane in order of time.
/// - Returns: how many spikes were written.
/// - Complexity: intervals between distinct event times, times lanes; allocates nothing.
/// - Determinism: draws nothing.
public func chipRunTrial(
    _ group: ChipNeuronGroup, events: UnsafePointer<UInt64>, eventCount: Int,
    sampleTicks: UnsafePointer<Int32>, sampleCount: Int, samples: UnsafeMutablePointer<Float>,
    duration: Int32, spikes: UnsafeMutablePointer<UInt64>, spikeCapacity: Int,
    tally: inout ChipKernelTally
) -> Int {
    var now: Int32 = 0
    var nextEvent = 0
    var nextSample = 0
    var nextOwn = 0
    var spikeTotal = 0
    while true {
        var target = duration
        if nextEvent < eventCount { target = min(target, Int32(events[nextEvent] >> 32)) }
        if nextSample < sampleCount { target = min(target, sampleTicks[nextSample]) }
        if group.isRecurrent {
            if nextOwn < spikeTotal {
                target = min(target, Int32(spikes[nextOwn] >> 32) + group.latencyTicks)
            }
            // A spike inside the interval comes back before its end: stop there.
            if target - now > group.latencyTicks,
                let earliest = group.earliestSpike(from: now, to: target)
            {
                target = min(target, earliest + group.latencyTicks)
            }
        }
        if target > now {
            group.advance(
                from: now, to: target, spikes: spikes, capacity: spikeCapacity,
                spikeTotal: &spikeTotal, tally: &tally)
            now = target
        }
        while nextSample < sampleCount && sampleTicks[nextSample] == now {
            (samples + nextSample * group.laneCount).update(
                from: group.potential, count: group.laneCount)
            nextSample += 1
        }
        if now >= duration { return spikeTotal }
        while nextEvent < eventCount && Int32(events[nextEvent] >> 32) == now {
            group.deliver(
                row: Int(UInt32(truncatingIfNeeded: events[nextEvent])), tally: &tally)
            nextEvent += 1
        }
        if group.isRecurrent {
            while nextOwn < spikeTotal
                && Int32(spikes[nextOwn] >> 32) + group.latencyTicks == now
            {
                let lane = Int(UInt32(truncatingIfNeeded: spikes[nextOwn]))
                if group.recurrentRow[lane] >= 0 {
                    group.deliver(row: Int(group.recurrentRow[lane]), tally: &tally)
                }
                nextOwn += 1
            }
        }
    }
}

extension ChipNeuronGroup {
    /// Adds the drive of one event on an input row to every lane.
    @inline(__always)
    func deliver(row: Int, tally: inout ChipKernelTally) {
        let base = row * laneCount
        var lane = 0
        while lane < laneCount {
            store(
                load(excitatory, lane) + load(excitatoryWeights + base, lane), excitatory, lane)
            store(
                load(inhibitory, lane) + load(inhibitoryWeights + base, lane), inhibitory, lane)
            lane += 8
        }
        tally.synapticEvents += Int(activeSynapses[row])
    }

    /// Lets membranes relax from reset and currents decay for `ticks`, comparators off.
    public func relaxFromReset(ticks: Int32) {
        for lane in 0..<neuronCount {
            let membrane = ChipMembrane(
                potential: Double(reset[lane]), excitatory: Double(excitatory[lane]),
                inhibitory: Double(inhibitory[lane]), rateMembrane: Double(rateMembrane[lane]),
                rateExcitatory: Double(rateExcitatory[lane]),
                rateInhibitory: Double(rateInhibitory[lane]))
            let later = membrane.after(Double(ticks))
            potential[lane] = Float(later.potential)
            excitatory[lane] = Float(later.excitatory)
            inhibitory[lane] = Float(later.inhibitory)
        }
    }
}

/// Converts sampled potentials to 8-bit codes: clamp(round(offset + gain v + noise), 0, 255).
///
/// - Parameters:
///   - potentials: relative to leak, [sample, laneCount], LSB.
///   - offset, gain: per neuron; the offset contains the leak potential.
///   - noise: standard normal numbers, [sample, count]; scaled by `noiseStandardDeviation`.
///   - codes: receives [sample, neuron] with `stride` codes from sample to sample.
public func chipConvertSamples(
    potentials: UnsafePointer<Float>, laneCount: Int, firstLane: Int, count: Int,
    sampleCount: Int, offset: UnsafePointer<Float>, gain: UnsafePointer<Float>,
    noise: UnsafePointer<Float>, noiseStandardDeviation: Float,
    into codes: UnsafeMutablePointer<UInt8>, stride: Int
) {
    for sample in 0..<sampleCount {
        let row = potentials + sample * laneCount + firstLane
        for i in 0..<count {
            let value =
                offset[i] + gain[i] * row[i] + noiseStandardDeviation * noise[sample * count + i]
            codes[sample * stride + i] = UInt8(min(max(value, 0), 255).rounded())
        }
    }
}

/// Sorts keys in place (Shell 1959, gaps of Knuth 1973); short lists nearly in order are its case.
public func chipSortKeys(_ keys: UnsafeMutablePointer<UInt64>, count: Int) {
    var gap = 1
    // Plain insertion where it is short.
    if count > 64 { while 3 * gap + 1 < count / 4 { gap = 3 * gap + 1 } }
    while gap > 0 {
        var i = gap
        while i < count {
            let key = keys[i]
            var j = i
            while j >= gap && keys[j - gap] > key {
                keys[j] = keys[j - gap]
                j -= gap
            }
            keys[j] = key
            i += 1
        }
        gap /= 3
    }
}
