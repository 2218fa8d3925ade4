import NumericKernels
import PhysicalQuantities
public import RandomStreams

/// An experiment on one chip in real time, event by event.
///
/// Every event passes the crossbar on its tick of 8 ns: external spikes, background generators, and
/// spikes of neurons a fixed latency after their time stamp. Between events neurons are solved exactly,
/// as on the trial path (`ChipEmulation`), which is the faster way where trials are independent and the
/// crossbar is never crowded; both give the same spikes there.
///
/// The step: look up the next tick at which anything enters or leaves the crossbar; advance all neurons
/// to it; if a neuron fires so early that its own event would come before, take the advance back and go
/// only that far. So nothing is ever delivered late, whatever the network.
///
/// - Determinism: results depend only on experiment, chip, input, kernels and stream.
public final class RealtimeEmulation {
    /// Time to write a configuration between snippets (estimate, order 10 to 100 us).
    public static let configurationTicks = 12_500

    public let experiment: RealtimeExperiment
    public let placed: PlacedNetwork
    public let chip: ChipInstance

    let routing: RoutingTable
    let hemispheres: [HemisphereNeurons]
    var arrays: [SynapseArray]
    var sensors: [CorrelationSensors] = []
    var random: [ColumnRandomGenerators]
    var counterBase: [Int]
    /// Drivers whose rows were written and are not in force, hemisphere * 128 + driver.
    var dirtyDrivers: Set<Int> = []
    /// Lane of each neuron in its hemisphere.
    let laneOfNeuron: [Int]
    let hemisphereOfNeuron: [Int]
    let neuronOfCircuit: [Int]
    let recordedNeurons: [Int]
    var now = 0

    private let latency = ChipEmulation.eventLatencyTicks
    private var crossbar: CrossbarQueues
    private var generators: [BackgroundGenerator]
    private var generatorEvents: [[BackgroundGenerator.Event]]
    private var nextGeneratorEvent: [Int]
    private var generatedUntil = 0
    private var deliveries: [CrossbarQueues.Delivery] = []
    private var firing: [Int] = []
    private var newSpikes: [UInt64] = []
    private var inputs: [InputSpike] = []
    private var nextInput = 0
    private var tally = ChipKernelTally()
    var results = RealtimeResults()
    private let hasRoutedNeurons: Bool
    /// Of drivers with short-term plasticity, [hemisphere][afferent].
    private var plasticity: [[Int: ShortTermPlasticity.State]]
    /// Neurons of the MADC's channels.
    private let madcNeurons: [Int]

    /// Places the experiment's network on a chip; a chip in calibrated operation must have been
    /// calibrated for it (`ChipInstance.calibrated(for:)`).
    public init(
        _ experiment: RealtimeExperiment, placed: PlacedNetwork? = nil, on chip: ChipInstance,
        stream: RandomStream
    ) throws(ExperimentError) {
        try experiment.validate()
        self.experiment = experiment
        let network: PlacedNetwork
        if let placed {
            network = placed
        } else {
            do throws(PlacementError) {
                network = try PlacedNetwork(
                    experiment.network, strategy: experiment.placement)
            } catch {
                throw .placement(error)
            }
        }
        self.placed = network
        self.chip = chip
        routing = RoutingTable(network, recordsSpikes: experiment.recordsSpikes)
        arrays = network.arrays
        let configuration = chip.configuration(for: network.cellsByCircuit)
        hemispheres = Hemisphere.all.map {
            HemisphereNeurons(
                $0, placed: network, chip: chip, configuration: configuration, stream: stream)
        }
        var lanes = [Int](repeating: 0, count: network.neuronCount)
        var homes = lanes
        for bank in hemispheres {
            for (lane, neuron) in bank.neurons.enumerated() {
                lanes[neuron] = lane
                homes[neuron] = bank.hemisphere.index
            }
            for afferent in bank.rowAfferents {
                bank.refresh(afferent, network, arrays[bank.hemisphere.index])
            }
        }
        laneOfNeuron = lanes
        hemisphereOfNeuron = homes
        var neuronOfCircuit = [Int](repeating: -1, count: NeuronIndex.count)
        for (neuron, circuit) in network.circuits.flatMap({ $0 }).enumerated() {
            neuronOfCircuit[circuit.index] = neuron
        }
        self.neuronOfCircuit = neuronOfCircuit
        var recorded: [Int] = []
        for (index, population) in network.network.populations.enumerated()
        where population.isRecorded {
            let first = network.firstNeuron(of: PopulationID(index: index))
            recorded += Array(first..<first + population.count)
        }
        recordedNeurons = recorded
        counterBase = Array(repeating: 0, count: network.neuronCount)
        crossbar = CrossbarQueues(nodes: routing.nodes)
        generators = network.generators.map(\.generator)
        generatorEvents = Array(repeating: [], count: generators.count)
        nextGeneratorEvent = Array(repeating: 0, count: generators.count)
        hasRoutedNeurons = routing.isRouted.contains(true)
        let seeds = RandomStream(seed: chip.seed).substream("PPU seeds")
        random = Hemisphere.all.map { hemisphere in
            var draw = seeds.substream("hemisphere", hemisphere.index)
            return ColumnRandomGenerators(seeds: draw.symbols(count: 256, order: 256))
        }
        var states: [Int: ShortTermPlasticity.State] = [:]
        for (origin, settings) in network.network.shortTermPlasticity {
            for afferent in network.afferents(of: origin) {
                states[afferent] = ShortTermPlasticity.State(settings)
            }
        }
        plasticity = [states, states]
        madcNeurons = (experiment.madc?.channels ?? []).map {
            network.firstNeuron(of: $0.population) + $0.member
        }
        let columns = madcNeurons.map { network.circuits.flatMap { $0 }[$0].column.parity }
        guard Set(columns).count == columns.count else {
            throw .recorderOutOfRange(
                reason: "records two neurons only of an even and an odd column")
        }
        if experiment.hasCorrelationSensors {
            sensors = Hemisphere.all.map {
                CorrelationSensors($0, arrays[$0.index], chip, stream)
            }
        }
    }

    /// Runs the experiment once, from rest.
    ///
    /// - Parameters:
    ///   - input: spikes of external sources by snippet, in any order.
    ///   - kernels: what the timers call, by name.
    public func run(
        input: [[InputSpike]], kernels: [String: any PlasticityKernel] = [:]
    ) throws(ExperimentError) -> RealtimeResults {
        guard input.count == experiment.snippets.count else {
            throw .inputCount(expected: experiment.snippets.count, found: input.count)
        }
        var processors = try PlasticityProcessors(experiment, kernels)
        results.recordedNeurons = recordedNeurons
        var start = 0
        for (number, snippet) in experiment.snippets.enumerated() {
            let end = start + ChipTime.ticks(snippet.duration)
            if number > 0 {
                // The clock stands still while the configuration is written.
                for bank in hemispheres { bank.relax(ticks: Self.configurationTicks) }
            }
            begin(input[number], from: start, to: end)
            var stops = SnippetStops(snippet, start, end, experiment.cadc, experiment.madc)
            while let stop = stops.next(processors.nextTick) {
                step(to: min(stop, end))
                guard stop < end else { break }
                for write in stops.writes(at: stop) { set(write.weights, of: write.projection) }
                if stops.converts(at: stop) { convert() }
                if let channel = stops.fastChannel(at: stop) {
                    let neuron = madcNeurons[channel]
                    results.madc.append(
                        .init(
                            tick: stop, channel: channel,
                            code: hemispheres[hemisphereOfNeuron[neuron]]
                                .fastCode(laneOfNeuron[neuron])))
                }
                processors.run(at: stop, self)
            }
            start = end
        }
        finish(&processors)
        return results
    }

    private func finish(_ processors: inout PlasticityProcessors) {
        results.missedPeriods = processors.missed
        results.health.missedTimers += processors.missed.reduce(0, +)
        results.weights = placed.network.projections.indices.map {
            weights(of: ProjectionID(index: $0))
        }
        results.health.saturatedWeights = results.weights.reduce(0) {
            $0 + $1.count { abs($0) == 63 }
        }
        results.health.synapticEvents += tally.synapticEvents
        results.health.neuronUpdates += tally.neuronUpdates
        results.health.spikesDropped += tally.spikesDropped
        results.health.crossbarDrops = crossbar.dropCounters.reduce(0) { $0 + Int($1) }
        for neuron in 0..<placed.neuronCount where counter(of: neuron).hasOverflowed {
            results.health.counterOverflows += 1
        }
        results.health.hardwareNanoseconds +=
            Double(now + (experiment.snippets.count - 1) * Self.configurationTicks) * 8
    }

    /// The spikes of a snippet, those out of its range or of unknown sources counted as dropped.
    private func begin(_ spikes: [InputSpike], from start: Int, to end: Int) {
        inputs.removeAll(keepingCapacity: true)
        nextInput = 0
        results.health.eventsOffered += spikes.count
        for spike in spikes {
            let tick = start + spike.tick
            guard spike.tick >= 0, tick < end, spike.source >= 0,
                spike.source < placed.sourceCount, !routing.sourceWords[spike.source].isEmpty
            else {
                results.health.eventsDropped += 1
                continue
            }
            results.health.eventsDelivered += 1
            inputs.append(InputSpike(tick: tick, source: spike.source))
        }
        inputs.sort { ($0.tick, $0.source) < ($1.tick, $1.source) }
    }

    // MARK: - Events

    /// Brings everything to a tick.
    private func step(to end: Int) {
        while now < end {
            generate(until: end)
            var target = end
            if nextInput < inputs.count { target = min(target, inputs[nextInput].tick) }
            if let tick = crossbar.nextActivity { target = min(target, tick) }
            for (k, events) in generatorEvents.enumerated()
            where nextGeneratorEvent[k] < events.count {
                target = min(target, events[nextGeneratorEvent[k]].tick)
            }
            if target > now { advance(to: target) }
            // What happens at the end belongs to the next step.
            if now < end { transfer() }
        }
    }

    /// Draws background events for a while ahead.
    private func generate(until end: Int) {
        guard !generators.isEmpty, generatedUntil < end else { return }
        for k in generators.indices where nextGeneratorEvent[k] < generatorEvents[k].count {
            // Some are left: the others wait.
            return
        }
        generatedUntil = min(end, max(generatedUntil, now) + (1 << 17))
        for k in generators.indices {
            generatorEvents[k] = generators[k].events(before: generatedUntil)
            nextGeneratorEvent[k] = 0
            results.health.backgroundEvents += generatorEvents[k].count
        }
    }

    /// Advances all neurons to a tick at most: less far if a spike comes back before.
    private func advance(to wanted: Int) {
        var target = wanted
        let mayReturn = hasRoutedNeurons && target - now > latency
        if mayReturn { for bank in hemispheres { bank.save() } }
        let before = tally
        for bank in hemispheres { bank.advance(from: now, to: target, &tally) }
        if mayReturn, let early = earliestRoutedSpike(), early + latency < target {
            target = early + latency
            tally = before
            for bank in hemispheres {
                bank.restore()
                bank.advance(from: now, to: target, &tally)
            }
        }
        now = target
        newSpikes.removeAll(keepingCapacity: true)
        for bank in hemispheres {
            for k in 0..<bank.spikeTotal {
                let lane = Int(UInt32(truncatingIfNeeded: bank.spikes[k]))
                newSpikes.append((bank.spikes[k] >> 32) << 32 | UInt64(bank.neurons[lane]))
            }
            bank.commit()
        }
        newSpikes.sort()
        for key in newSpikes {
            emit(Int(UInt32(truncatingIfNeeded: key)), tick: Int(key >> 32))
        }
    }

    private func earliestRoutedSpike() -> Int? {
        var earliest: Int?
        for bank in hemispheres {
            for k in 0..<bank.spikeTotal {
                let tick = Int(bank.spikes[k] >> 32)
                let neuron = bank.neurons[Int(UInt32(truncatingIfNeeded: bank.spikes[k]))]
                if routing.isRouted[neuron], tick < earliest ?? .max { earliest = tick }
            }
        }
        return earliest
    }

    /// A spike of a neuron goes to its synapses' sensors and, later, to the crossbar.
    private func emit(_ neuron: Int, tick: Int) {
        results.health.neuronSpikes += 1
        let home = hemisphereOfNeuron[neuron]
        let bank = hemispheres[home]
        let circuit = bank.circuits[laneOfNeuron[neuron]]
        if !sensors.isEmpty { sensors[home].post(circuit.column, tick: tick) }
        if routing.isRouted[neuron] || experiment.recordsSpikes {
            crossbar.offer(
                CrossbarInput(circuit.eventOutput), tick: tick + latency,
                label: routing.neuronLabels[neuron])
        }
    }

    /// What enters the crossbar now, and what leaves it.
    private func transfer() {
        while nextInput < inputs.count, inputs[nextInput].tick == now {
            for (input, label) in routing.sourceWords[inputs[nextInput].source] {
                crossbar.offer(input, tick: now, label: label)
            }
            nextInput += 1
        }
        for k in generatorEvents.indices {
            while nextGeneratorEvent[k] < generatorEvents[k].count,
                generatorEvents[k][nextGeneratorEvent[k]].tick == now
            {
                crossbar.offer(
                    .background(placed.generators[k].index), tick: now,
                    label: generatorEvents[k][nextGeneratorEvent[k]].label)
                nextGeneratorEvent[k] += 1
            }
        }
        deliveries.removeAll(keepingCapacity: true)
        crossbar.run(until: now + 1, into: &deliveries)
        for delivery in deliveries { deliver(delivery) }
    }

    private func deliver(_ delivery: CrossbarQueues.Delivery) {
        guard delivery.output.index < 8 else {
            if let neuron = routing.neuron(delivery.label) {
                results.spikes.append(.init(tick: delivery.tick - latency, neuron: neuron))
            }
            return
        }
        let home = delivery.output.index / 4
        let bank = hemispheres[home]
        guard let afferent = routing.afferent(delivery.output, delivery.label),
            bank.rows[afferent] >= 0
        else { return }
        firing.removeAll(keepingCapacity: true)
        if !sensors.isEmpty, let driver = placed.drivers[home][afferent] {
            let label = placed.labels[afferent]
            sensors[home].pre(driver.excitatoryRow, label, tick: now)
            sensors[home].pre(driver.inhibitoryRow, label, tick: now)
        }
        let pulse = plasticity[home][afferent]?.pulse(at: now) ?? 1
        bank.deliver(
            row: Int(bank.rows[afferent]), tick: now, factor: Float(pulse), firing: &firing, &tally)
        for lane in firing { emit(bank.neurons[lane], tick: now) }
    }

    private func convert() {
        var codes: [UInt8] = []
        for neuron in recordedNeurons {
            codes.append(hemispheres[hemisphereOfNeuron[neuron]].code(laneOfNeuron[neuron]))
        }
        results.health.conversions += codes.count
        results.samples.append(.init(tick: now, codes: codes))
    }

    // MARK: - Weights and counters

    func counter(of neuron: Int) -> SpikeCounter {
        let total = hemispheres[hemisphereOfNeuron[neuron]].spikeCount(laneOfNeuron[neuron])
        return SpikeCounter(counting: total - counterBase[neuron])
    }

    func clearCounter(of neuron: Int) {
        counterBase[neuron] =
            hemispheres[hemisphereOfNeuron[neuron]].spikeCount(laneOfNeuron[neuron])
    }

    /// Signed weights of a projection as the synapses hold them, [pre, post].
    public func weights(of projection: ProjectionID) -> [Int] {
        placed.weights(of: projection, in: arrays)
    }

    private func set(_ weights: [Int], of projection: ProjectionID) {
        for (afferent, hemisphere) in placed.setWeights(weights, of: projection, in: &arrays) {
            hemispheres[hemisphere].refresh(afferent, placed, arrays[hemisphere])
        }
    }
}
