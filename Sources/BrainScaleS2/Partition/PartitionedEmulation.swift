public import RandomStreams
import RealModule

/// What the deviations of a logical neuron depend on.
public enum MismatchKey: Sendable, Hashable, Codable {
    /// The circuits it lies on, as on a real chip. Of joined circuits conductances and capacitances add
    /// up: rates of the membrane are the mean over them, the leak potential is the mean weighted with
    /// their leak conductances, each synapse acts with its own circuit's strength; threshold, reset and
    /// readout are those of the first circuit. Their synaptic time constants differ by what
    /// calibration leaves; here all share the mean (an approximation).
    case circuit
    /// The neuron itself, wherever it runs: then a partitioned network does what a chip large enough
    /// for all of it would.
    case logicalNeuron
}

/// A partitioned network on one chip: its execution instances run one after the other, and the spikes
/// recorded from one are replayed to those it feeds, at the ticks at which they would have arrived.
///
/// The result is that of one large chip up to deviations and to drops of the crossbar, which trials do not
/// have. Noise belongs to the neuron and the trial, so that it does not depend on the partition either.
public final class PartitionedEmulation {
    public let plan: PartitionPlan
    public let chip: ChipInstance
    /// Recorded neurons, in the order of the columns of `TrialResults.cadc`.
    public let recordedNeurons: [Int]
    private let engines: [TrialEngine]
    /// Columns of the recorded neurons of each instance among all.
    private let recordedColumns: [[Int]]
    private let network: PartitionedNetwork

    /// - Parameters:
    ///   - isMonolithic: all neurons in one instance without the limits of a chip, for comparison;
    ///     deviations must then belong to logical neurons.
    public init(
        _ plan: PartitionPlan, on chip: ChipInstance, key: MismatchKey, trials: TrialPlan,
        isMonolithic: Bool = false
    ) {
        precondition(
            !isMonolithic || key == .logicalNeuron, "a chip without limits has no circuits")
        self.plan = plan
        self.chip = chip
        let network = PartitionedNetwork(plan.network)
        self.network = network
        let parts =
            isMonolithic
            ? [plan.network.populations.enumerated().map { index, population in
                PartitionPlan.Part(
                    population: PopulationID(index: index), members: 0..<population.count,
                    circuitsPerNeuron: 1, circuits: [])
            }] : plan.instances.map(\.parts)
        let grouping = NeuronGrouping(plan.network)
        let all = grouping.recording(plan.network).neurons
        recordedNeurons = all
        var engines: [TrialEngine] = []
        var columns: [[Int]] = []
        for list in parts {
            let models = InstanceModels(list, plan.network, chip, key)
            var recorded: [Int] = []
            var groups: [GroupPlan] = []
            for (number, populations) in grouping.groups.enumerated() {
                let members = list.filter { populations.contains($0.population.index) }
                guard !members.isEmpty else { continue }
                groups.append(
                    network.group(
                        members, isRecurrent: grouping.isRecurrent[number], models,
                        recorded: &recorded))
            }
            engines.append(
                TrialEngine(
                    groups, sourceCount: network.sourceCount, neuronCount: network.neuronCount,
                    recordedNeurons: recorded,
                    longestTimeConstant: plan.network.longestTimeConstant, chip: chip, plan: trials,
                    keying: .byNeuron))
            network.writeWeights(to: engines[engines.count - 1])
            columns.append(recorded.map { neuron in all.firstIndex(of: neuron) ?? 0 })
        }
        self.engines = engines
        recordedColumns = columns
    }

    /// Runs a block of trials through all instances; every spike is recorded.
    ///
    /// - Parameters:
    ///   - events: input spikes of the external sources.
    ///   - stream: the run's noise; trial n of neuron m draws from its own substream.
    public func run(_ events: TrialEvents, stream: RandomStream, firstTrial: Int = 0) -> TrialResults {
        let trials = events.trialCount
        var total = TrialResults(recordsSpikes: true)
        total.trialCount = trials
        total.spikeCounts = Array(repeating: 0, count: trials * network.neuronCount)
        total.counterOverflow = Array(repeating: false, count: trials * network.neuronCount)
        let samples = engines.first?.sampleTicks.count ?? 0
        total.cadc = Array(repeating: 0, count: trials * samples * recordedNeurons.count)
        var spikes = [[UInt64]](repeating: [], count: trials)
        for (number, engine) in engines.enumerated() {
            var input = TrialEvents()
            for trial in 0..<trials {
                for k in events.offsets[trial]..<events.offsets[trial + 1] {
                    input.append(tick: Int(events.ticks[k]), source: Int(events.sources[k]))
                }
                // Spikes of neurons run before, where this instance has rows for them.
                for key in spikes[trial] {
                    let afferent = network.sourceCount + Int(UInt32(truncatingIfNeeded: key))
                    guard engine.groups.contains(where: { $0.rows[afferent] >= 0 }) else { continue }
                    input.append(
                        tick: Int(key >> 32) + ChipEmulation.eventLatencyTicks, source: afferent)
                }
                input.endTrial()
            }
            var part = TrialResults(recordsSpikes: true)
            engine.run(input, stream: stream, firstTrial: firstTrial, into: &part)
            total.health.add(part.health)
            for trial in 0..<trials {
                for s in part.spikeOffsets[trial]..<part.spikeOffsets[trial + 1] {
                    spikes[trial].append(
                        UInt64(part.spikeTicks[s]) << 32 | UInt64(part.spikeNeurons[s]))
                }
                for group in engine.groups {
                    for neuron in group.neurons {
                        let place = trial * network.neuronCount + neuron
                        total.spikeCounts[place] = part.spikeCounts[place]
                        total.counterOverflow[place] = part.counterOverflow[place]
                    }
                }
                for sample in 0..<samples {
                    let from = (trial * samples + sample) * recordedColumns[number].count
                    let to = (trial * samples + sample) * recordedNeurons.count
                    for (k, column) in recordedColumns[number].enumerated() {
                        total.cadc[to + column] = part.cadc[from + k]
                    }
                }
            }
        }
        for trial in 0..<trials {
            for key in spikes[trial].sorted() {
                total.spikeTicks.append(Int32(key >> 32))
                total.spikeNeurons.append(Int32(UInt32(truncatingIfNeeded: key)))
            }
            total.spikeOffsets.append(total.spikeTicks.count)
        }
        return total
    }
}

/// Numbers of sources and neurons of a network, and its weights by afferent and neuron.
private struct PartitionedNetwork {
    let network: NetworkDescription
    let sourceCount: Int
    let neuronCount: Int
    private let firstNeuron: [Int]
    /// Projections onto each population: first afferent, count, projection.
    private let inputs: [[(first: Int, count: Int, projection: Int)]]
    private let populationOfNeuron: [Int]

    init(_ network: NetworkDescription) {
        self.network = network
        let sources = network.sources.reduce(0) { $0 + $1.count }
        sourceCount = sources
        var firsts: [Int] = []
        var owners: [Int] = []
        for (number, population) in network.populations.enumerated() {
            firsts.append(owners.count)
            owners += Array(repeating: number, count: population.count)
        }
        neuronCount = owners.count
        firstNeuron = firsts
        populationOfNeuron = owners
        inputs = network.populations.indices.map { population in
            network.projections.enumerated().filter { $0.element.target.index == population }
                .map { number, projection in
                    let first: Int
                    switch projection.origin {
                    case .source(let id):
                        first = network.sources[..<id.index].reduce(0) { $0 + $1.count }
                    case .population(let id): first = sources + firsts[id.index]
                    }
                    return (first, network.count(of: projection.origin), number)
                }
        }
    }

    func afferents(of population: Int) -> [Int] {
        Set(inputs[population].flatMap { Array($0.first..<$0.first + $0.count) }).sorted()
    }

    func group(
        _ parts: [PartitionPlan.Part], isRecurrent: Bool, _ models: InstanceModels,
        recorded: inout [Int]
    ) -> GroupPlan {
        var neurons: [Int] = []
        var cells: [CircuitModel] = []
        var recordings: [(lane: Int, count: Int, channel: Int)] = []
        var places: [(part: PartitionPlan.Part, member: Int)] = []
        for part in parts {
            let population = part.population.index
            if network.populations[population].isRecorded {
                recordings.append((neurons.count, part.members.count, recorded.count))
                recorded += part.members.map { firstNeuron[population] + $0 }
            }
            for member in part.members {
                neurons.append(firstNeuron[population] + member)
                cells.append(models.model(part, member, number: neurons[neurons.count - 1]))
                places.append((part, member))
            }
        }
        let populations = Set(parts.map(\.population.index))
        let afferents = Set(populations.flatMap { self.afferents(of: $0) }).sorted()
        // Position of an afferent among those of a population: which of the joined circuits it is on.
        var positions: [Int: [Int: Int]] = [:]
        for population in populations {
            positions[population] = Dictionary(
                uniqueKeysWithValues: self.afferents(of: population).enumerated().map { ($1, $0) })
        }
        return GroupPlan(
            neurons: neurons, models: cells, isRecurrent: isRecurrent, afferents: afferents,
            recordings: recordings,
            synapses: { afferent, lane in
                let (part, member) = places[lane]
                guard let position = positions[part.population.index]?[afferent] else { return nil }
                return models.synapse(
                    part, member, number: neurons[lane], afferent: afferent, position: position)
            })
    }

    /// The description's weights into an engine's rows.
    func writeWeights(to engine: TrialEngine) {
        for group in engine.groups {
            for (row, afferent) in group.afferents.enumerated() {
                group.refresh(row: row) { lane in
                    let neuron = group.neurons[lane]
                    let population = populationOfNeuron[neuron]
                    let count = network.populations[population].count
                    var weight: Int?
                    for input in inputs[population]
                    where (input.first..<input.first + input.count).contains(afferent) {
                        let place =
                            (afferent - input.first) * count + neuron - firstNeuron[population]
                        weight =
                            (weight ?? 0) + network.projections[input.projection].weights[place]
                    }
                    return weight.map { (max($0, 0), max(-$0, 0)) }
                }
            }
        }
    }
}

/// The models of an instance's neurons and the factors of their synapses.
private struct InstanceModels {
    private let network: NetworkDescription
    private let chip: ChipInstance
    private let key: MismatchKey
    private let configuration: ChipConfiguration
    /// By circuit, where deviations are those of circuits.
    private let models: [CircuitModel?]

    init(
        _ parts: [PartitionPlan.Part], _ network: NetworkDescription, _ chip: ChipInstance,
        _ key: MismatchKey
    ) {
        self.network = network
        self.chip = chip
        self.key = key
        var cells = [CellModel?](repeating: nil, count: NeuronIndex.count)
        if key == .circuit {
            for part in parts {
                for circuit in part.circuits.joined() {
                    cells[circuit.index] = network.populations[part.population.index].cell
                }
            }
        }
        // An instance is a configuration of its own, calibrated anew if the chip is to be.
        configuration =
            chip.fidelity == .ideal || key == .logicalNeuron
            ? ChipConfiguration(common: cells)
            : {
                if case .calibrated = chip.operation {
                    return Calibration(of: chip, for: cells).configuration
                }
                return ChipConfiguration(common: cells)
            }()
        let configuration = configuration
        models = cells.enumerated().map { index, cell in
            cell.map { chip.model(of: $0, on: NeuronIndex(index), configuration) }
        }
    }

    func model(_ part: PartitionPlan.Part, _ member: Int, number: Int) -> CircuitModel {
        let cell = network.populations[part.population.index].cell
        guard chip.fidelity != .ideal else { return CircuitModel(cell) }
        switch key {
        case .logicalNeuron:
            var cells = [CellModel?](repeating: nil, count: NeuronIndex.count)
            cells[0] = cell
            let plan = ChipConfiguration(common: cells)
            guard let codes = plan.circuits[0] else { return CircuitModel(cell) }
            var random = logicalStream.substream("cell scatter", number)
            let behavior = CircuitDevice(
                CircuitDevice.Draw(root: logicalStream), number, quadrant: 0, chip.mismatch
            ).behavior(
                codes, plan.quadrants[0], digitalOffset: 0,
                scatter: CellScatter(chip.mismatch.cellScatter, from: &random))
            return CircuitModel(
                behavior, of: cell,
                refractoryPeriod: cell.spiking == nil ? nil : codes.refractoryPeriod)
        case .circuit:
            return CircuitModel(
                joining: part.circuits[member - part.members.lowerBound].compactMap {
                    models[$0.index]
                })
        }
    }

    func synapse(
        _ part: PartitionPlan.Part, _ member: Int, number: Int, afferent: Int, position: Int
    ) -> (excitatory: Double, inhibitory: Double) {
        guard chip.fidelity != .ideal else { return (1, 1) }
        switch key {
        case .logicalNeuron:
            var random = logicalStream.substream("synapse of neuron", number)
                .substream("afferent", afferent)
            let (a, b) = random.gaussianPair()
            let sigma = chip.mismatch.synapse
            return (Double.exp(sigma * a), Double.exp(sigma * b))
        case .circuit:
            let circuits = part.circuits[member - part.members.lowerBound]
            let circuit = circuits[position / SynapseDriver.count]
            let driver = SynapseDriver(position % SynapseDriver.count)
            // The strength of its own circuit relative to the mean of the joined ones.
            func relative(_ drive: (CircuitModel) -> Double) -> Double {
                let drives = circuits.compactMap { models[$0.index].map(drive) }
                let mean = drives.reduce(0, +) / Double(drives.count)
                return drives[position / SynapseDriver.count] / mean
            }
            func factor(_ row: SynapseRow) -> Double {
                chip.factor(
                    of: SynapseCoordinate(
                        hemisphere: circuit.hemisphere, row: row, column: circuit.column))
            }
            return (
                factor(driver.excitatoryRow) * relative(\.excitatoryDrive),
                factor(driver.inhibitoryRow) * relative(\.inhibitoryDrive)
            )
        }
    }

    private var logicalStream: RandomStream {
        RandomStream(seed: chip.seed).substream("logical neurons")
    }
}
