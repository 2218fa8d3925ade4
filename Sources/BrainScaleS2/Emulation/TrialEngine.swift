import NumericKernels
import RandomStreams

/// How trial noise is drawn.
enum TrialNoise {
    /// One sequence for all neurons of an emulation: the fast way.
    case sequence
    /// Of each neuron by its number in the network, whatever else is emulated beside it; then not even
    /// rounding depends on the neighbors.
    case byNeuron
}

/// Runs trials of groups of neurons, however these came about: the part of an emulation that knows no
/// places on a chip.
///
/// Goals in order: exact rules and dynamics; results that depend only on the chip, the run's stream
/// and the number of the trial; speed, so nothing is allocated per trial.
final class TrialEngine {
    let sourceCount: Int
    let neuronCount: Int
    /// Events may come from external sources and, replayed, from neurons run elsewhere: these have the
    /// numbers after the sources.
    let eventSourceCount: Int
    let fidelity: Fidelity
    let noise: TemporalNoise
    let plan: TrialPlan
    /// Time stamps of the CADC samples of a trial, ticks.
    let sampleTicks: [Int]
    /// Recorded neurons, in the order of the columns of `TrialResults.cadc`.
    let recordedNeurons: [Int]
    let groups: [EmulatedGroup]
    let durationTicks: Int
    let gapTicks: Int
    private let keying: TrialNoise

    // Workspaces of a trial.
    private let sampleTickBuffer: UnsafeMutablePointer<Int32>
    private var eventBuffer: UnsafeMutablePointer<UInt64>
    private var eventCapacity = 1024
    private let words: UnsafeMutablePointer<UInt64>
    private let normals: UnsafeMutablePointer<Float>
    private let normalBlocks: Int
    private let zeros: UnsafeMutablePointer<Float>
    var codes: [UInt8]
    var counts: [Int32]
    /// Where the noise of conversions begins among the normal numbers.
    private var readoutNoiseStart = 0

    /// - Parameters:
    ///   - groups: in an order in which none feeds an earlier one.
    ///   - longestTimeConstant: us, for the wait between settled trials.
    init(
        _ groups: [GroupPlan], sourceCount: Int, neuronCount: Int, recordedNeurons: [Int],
        longestTimeConstant: Double, chip: ChipInstance, plan: TrialPlan,
        keying: TrialNoise = .sequence
    ) {
        self.sourceCount = sourceCount
        self.neuronCount = neuronCount
        eventSourceCount = sourceCount + (keying == .byNeuron ? neuronCount : 0)
        fidelity = chip.fidelity
        noise = chip.noise
        self.plan = plan
        self.recordedNeurons = recordedNeurons
        self.keying = keying
        durationTicks = ChipTime.ticks(plan.duration)
        sampleTicks = plan.cadc.ticks(duration: durationTicks)
        let sampleTicks = sampleTicks
        let durationTicks = durationTicks
        let emulated = groups.map {
            EmulatedGroup(
                $0, sourceCount: sourceCount, neuronCount: neuronCount,
                sampleCount: sampleTicks.count, durationTicks: durationTicks,
                packing: keying == .byNeuron ? .independent : .fastest)
        }
        var groupOfNeuron = [Int](repeating: -1, count: neuronCount)
        for (number, group) in emulated.enumerated() {
            for neuron in group.neurons { groupOfNeuron[neuron] = number }
        }
        for (number, group) in emulated.enumerated() {
            let origins = group.afferents.filter { $0 >= sourceCount }
                .map { groupOfNeuron[$0 - sourceCount] }
            group.upstream = Set(origins).filter { $0 >= 0 && $0 != number }.sorted()
        }
        self.groups = emulated
        switch plan.separation {
        case .settled:
            gapTicks = Int((8 * longestTimeConstant).rounded(.up)) * ChipTime.ticksPerMicrosecond
        case .gap(let time): gapTicks = max(0, ChipTime.ticks(time))
        }
        let thresholdLanes = emulated.filter { $0.kernel.hasThresholds }
            .reduce(0) { $0 + 4 * $1.kernel.laneCount }
        let conversions = sampleTicks.count * recordedNeurons.count
        let needed = thresholdLanes + conversions
        normalBlocks = chip.fidelity == .full ? (needed + 15) / 16 : 0
        words = .allocate(capacity: max(normalBlocks * 8, 1))
        normals = .allocate(capacity: max(normalBlocks * 16, 1))
        zeros = .allocate(capacity: max(conversions, 1))
        zeros.initialize(repeating: 0, count: max(conversions, 1))
        sampleTickBuffer = .allocate(capacity: max(sampleTicks.count, 1))
        for (k, tick) in sampleTicks.enumerated() { sampleTickBuffer[k] = Int32(tick) }
        eventBuffer = .allocate(capacity: eventCapacity)
        codes = Array(repeating: 0, count: conversions)
        counts = Array(repeating: 0, count: neuronCount)
    }

    deinit {
        sampleTickBuffer.deallocate()
        eventBuffer.deallocate()
        words.deallocate()
        normals.deallocate()
        zeros.deallocate()
    }

    /// Runs a block of trials.
    ///
    /// - Parameters:
    ///   - events: input spikes of the block.
    ///   - stream: the run's noise; trial n draws from its substream ("trial", n).
    ///   - firstTrial: number of the block's first trial in the run.
    ///   - results: receives the results of this block; its memory is used again.
    /// - Determinism: with `.settled` separation, results depend only on chip, stream, events and
    ///   trial numbers, however a run is cut into blocks.
    func run(
        _ events: TrialEvents, stream: RandomStream, firstTrial: Int = 0,
        into results: inout TrialResults
    ) {
        prepare(&results, trials: events.trialCount)
        for trial in 0..<events.trialCount {
            runTrial(
                events, trial, stream.substream("trial", firstTrial + trial), into: &results)
            results.health.hardwareNanoseconds += Double(durationTicks + gapTicks) * 8
        }
    }

    func prepare(_ results: inout TrialResults, trials: Int) {
        results.trialCount = trials
        results.health = ChipHealth()
        let perTrial = sampleTicks.count * recordedNeurons.count
        Self.resize(&results.cadc, to: trials * perTrial, 0)
        Self.resize(&results.spikeCounts, to: trials * neuronCount, 0)
        Self.resize(&results.counterOverflow, to: trials * neuronCount, false)
        results.spikeTicks.removeAll(keepingCapacity: true)
        results.spikeNeurons.removeAll(keepingCapacity: true)
        results.spikeOffsets.removeAll(keepingCapacity: true)
        results.spikeOffsets.append(0)
        for group in groups { group.kernel.rest() }
    }

    private static func resize<T>(_ array: inout [T], to count: Int, _ value: T) {
        if array.count > count { array.removeLast(array.count - count) }
        if array.count < count {
            array.append(contentsOf: repeatElement(value, count: count - array.count))
        }
    }

    func runTrial(
        _ events: TrialEvents, _ trial: Int, _ stream: RandomStream,
        into results: inout TrialResults
    ) {
        drawNoise(stream)
        let offered = events.offsets[trial]..<events.offsets[trial + 1]
        results.health.eventsOffered += offered.count
        reserveEvents(offered.count)
        var tally = ChipKernelTally()
        for (number, group) in groups.enumerated() {
            switch plan.separation {
            case .settled: group.kernel.rest()
            case .gap: group.kernel.beginTrial()
            }
            let count = gather(events, offered, for: group)
            group.spikeTotal = chipRunTrial(
                group.kernel, events: eventBuffer, eventCount: count,
                sampleTicks: sampleTickBuffer,
                sampleCount: group.recordings.isEmpty ? 0 : sampleTicks.count,
                samples: group.samples, duration: Int32(durationTicks), spikes: group.spikes,
                spikeCapacity: group.spikeCapacity, tally: &tally)
            results.health.neuronSpikes += group.spikeTotal
            for (lane, neuron) in group.neurons.enumerated() {
                counts[neuron] = group.kernel.spikeCount[lane]
            }
            convert(group, number)
            if case .gap = plan.separation { group.kernel.relaxFromReset(ticks: Int32(gapTicks)) }
        }
        countDelivered(events, offered, &results.health)
        results.health.synapticEvents += tally.synapticEvents
        results.health.neuronUpdates += tally.neuronUpdates
        results.health.spikesDropped += tally.spikesDropped
        results.health.conversions += codes.count
        store(trial, into: &results)
    }

    /// Noise of a trial: comparators first, then conversions.
    private func drawNoise(_ stream: RandomStream) {
        guard fidelity == .full else { return }
        if keying == .byNeuron { return drawNoiseByNeuron(stream) }
        var stream = stream
        for i in 0..<(normalBlocks * 8) { words[i] = stream.next() }
        chipNormals(from: words, blockCount: normalBlocks, into: normals)
        var position = 0
        let scale = Float(noise.membrane)
        for group in groups where group.kernel.hasThresholds {
            let count = 4 * group.kernel.laneCount
            for i in 0..<count { group.kernel.thresholdNoise[i] = scale * normals[position + i] }
            position += count
        }
        readoutNoiseStart = position
    }

    /// The same numbers for a neuron whatever is emulated beside it.
    private func drawNoiseByNeuron(_ stream: RandomStream) {
        for group in groups {
            let lanes = group.kernel.laneCount
            for (lane, neuron) in group.neurons.enumerated() {
                var own = stream.substream("comparator", neuron)
                for row in 0..<4 where group.kernel.hasThresholds {
                    group.kernel.thresholdNoise[row * lanes + lane] =
                        Float(noise.membrane * own.gaussian())
                }
            }
            for recording in group.recordings {
                let block = sampleTicks.count * recording.channel
                for k in 0..<recording.count {
                    var own = stream.substream(
                        "readout", group.neurons[recording.lane + k])
                    for sample in sampleTicks.indices {
                        normals[block + sample * recording.count + k] = Float(own.gaussian())
                    }
                }
            }
        }
        readoutNoiseStart = 0
    }

    /// Input spikes and spikes of earlier groups for one group, in order of time.
    private func gather(
        _ events: TrialEvents, _ offered: Range<Int>, for group: EmulatedGroup
    ) -> Int {
        var count = 0
        let rows = group.rows
        events.ticks.withUnsafeBufferPointer { ticks in
            events.sources.withUnsafeBufferPointer { sources in
                for k in offered {
                    let tick = ticks[k]
                    let source = Int(sources[k])
                    guard tick >= 0, tick < durationTicks, source >= 0,
                        source < eventSourceCount
                    else { continue }
                    let row = rows[source]
                    guard row >= 0 else { continue }
                    eventBuffer[count] = UInt64(UInt32(tick)) << 32 | UInt64(UInt32(row))
                    count += 1
                }
            }
        }
        for upstream in group.upstream {
            let other = groups[upstream]
            reserveEvents(count + other.spikeTotal)
            for k in 0..<other.spikeTotal {
                let key = other.spikes[k]
                let tick = (key >> 32) + UInt64(ChipEmulation.eventLatencyTicks)
                let row = rows[
                    sourceCount + other.neurons[Int(UInt32(truncatingIfNeeded: key))]]
                guard row >= 0, tick < UInt64(durationTicks) else { continue }
                eventBuffer[count] = tick << 32 | UInt64(UInt32(row))
                count += 1
            }
        }
        chipSortKeys(eventBuffer, count: count)
        return count
    }

    private func reserveEvents(_ count: Int) {
        guard count > eventCapacity else { return }
        let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * count)
        larger.update(from: eventBuffer, count: eventCapacity)
        eventBuffer.deallocate()
        eventBuffer = larger
        eventCapacity = 2 * count
    }

    private func countDelivered(
        _ events: TrialEvents, _ offered: Range<Int>, _ health: inout ChipHealth
    ) {
        for k in offered {
            let tick = events.ticks[k]
            let source = Int(events.sources[k])
            let isValid =
                tick >= 0 && tick < durationTicks && source >= 0 && source < eventSourceCount
            if isValid && groups.contains(where: { $0.rows[source] >= 0 }) {
                health.eventsDelivered += 1
            } else {
                health.eventsDropped += 1
            }
        }
    }

    private func convert(_ group: EmulatedGroup, _ number: Int) {
        guard !group.recordings.isEmpty else { return }
        let isNoisy = fidelity == .full
        let m = noise.membrane
        let c = noise.conversion
        let sigma = isNoisy ? Float((m * m + c * c).squareRoot()) : 0
        for recording in group.recordings {
            let block = sampleTicks.count * recording.channel
            codes.withUnsafeMutableBufferPointer { codes in
                guard let base = codes.baseAddress else { return }
                chipConvertSamples(
                    potentials: group.samples, laneCount: group.kernel.laneCount,
                    firstLane: recording.lane, count: recording.count,
                    sampleCount: sampleTicks.count,
                    offset: group.readoutOffset + recording.lane,
                    gain: group.readoutGain + recording.lane,
                    noise: isNoisy ? normals + readoutNoiseStart + block : zeros + block,
                    noiseStandardDeviation: sigma, into: base + recording.channel,
                    stride: recordedNeurons.count)
            }
        }
    }

    private func store(_ trial: Int, into results: inout TrialResults) {
        let first = trial * codes.count
        for k in codes.indices { results.cadc[first + k] = codes[k] }
        let neurons = neuronCount
        for neuron in 0..<neurons {
            let counter = SpikeCounter(counting: Int(counts[neuron]))
            results.spikeCounts[trial * neurons + neuron] = counter.value
            results.counterOverflow[trial * neurons + neuron] = counter.hasOverflowed
            if counter.hasOverflowed { results.health.counterOverflows += 1 }
        }
        if results.recordsSpikes { keepSpikes(&results) }
    }

    private func keepSpikes(_ results: inout TrialResults) {
        let first = results.spikeTicks.count
        var keys: [UInt64] = []
        for group in groups {
            for k in 0..<group.spikeTotal {
                let key = group.spikes[k]
                let neuron = group.neurons[Int(UInt32(truncatingIfNeeded: key))]
                keys.append((key >> 32) << 32 | UInt64(neuron))
            }
        }
        keys.sort()
        results.spikeTicks.reserveCapacity(first + keys.count)
        for key in keys {
            results.spikeTicks.append(Int32(key >> 32))
            results.spikeNeurons.append(Int32(UInt32(truncatingIfNeeded: key)))
        }
        results.spikeOffsets.append(results.spikeTicks.count)
    }
}
