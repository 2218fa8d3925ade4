import NumericKernels
public import PhysicalQuantities
import RandomStreams

/// A placed network on one chip, ready to run trials.
///
/// Goals in order: exact rules and dynamics; results that depend only on the chip, the run's stream
/// and the number of the trial; speed, so nothing is allocated per trial. An instance belongs to
/// one thread; blocks of trials run in parallel on several instances.
///
/// Between events leaky neurons with current-based exponential synapses are solved exactly;
/// spikes are stamped on the next tick of 8 ns and routed back with a fixed latency.
/// Left out: queues and drops of the crossbar, arbitration of simultaneous spikes, short-term
/// plasticity, saturation of the synaptic inputs, analog reset and hold-off times.
public final class ChipEmulation {
    /// Ticks from the time stamp of a spike to its arrival at the synapses: 128 ns for the neuron
    /// backend, crossbar and driver (estimate; not public).
    public static let eventLatencyTicks = 16

    public let placed: PlacedNetwork
    public let chip: ChipInstance
    public let plan: TrialPlan
    /// Time stamps of the CADC samples of a trial, ticks.
    public let sampleTicks: [Int]
    /// Recorded neurons, in the order of the columns of `TrialResults.cadc`.
    public let recordedNeurons: [Int]
    /// Weights and labels as they are now, [hemisphere].
    public private(set) var arrays: [SynapseArray]

    let groups: [EmulatedGroup]
    let groupOfNeuron: [Int]
    let laneOfNeuron: [Int]
    /// Number of the neuron on each circuit, -1 for unused ones.
    let neuronOfCircuit: [Int]
    let recordedCircuits: [NeuronIndex]
    let durationTicks: Int
    let gapTicks: Int
    var random: [ColumnRandomGenerators]

    // Workspaces of a trial.
    let sampleTickBuffer: UnsafeMutablePointer<Int32>
    var eventBuffer: UnsafeMutablePointer<UInt64>
    var eventCapacity = 1024
    let words: UnsafeMutablePointer<UInt64>
    let normals: UnsafeMutablePointer<Float>
    let normalBlocks: Int
    let zeros: UnsafeMutablePointer<Float>
    var codes: [UInt8]
    var counts: [Int32]
    /// Where the noise of conversions begins among the normal numbers.
    var readoutNoiseStart = 0
    var dirtyRows: Set<Int> = []

    public init(_ placed: PlacedNetwork, on chip: ChipInstance, plan: TrialPlan) {
        self.placed = placed
        self.chip = chip
        self.plan = plan
        arrays = placed.arrays
        durationTicks = ChipTime.ticks(plan.duration)
        sampleTicks = plan.cadc.ticks(duration: durationTicks)
        let network = placed.network
        let grouping = NeuronGrouping(network)
        let configuration = chip.configuration(for: placed.cellsByCircuit)
        var recorded: [Int] = []
        var groups: [EmulatedGroup] = []
        var groupOfNeuron = [Int](repeating: 0, count: placed.neuronCount)
        var laneOfNeuron = groupOfNeuron
        var longest = 0.0
        for population in network.populations {
            let targets = population.cell.targets
            longest = max(
                longest, targets.membraneTimeConstant.microseconds,
                targets.excitatoryTimeConstant.microseconds,
                targets.inhibitoryTimeConstant.microseconds)
        }
        for (number, populations) in grouping.groups.enumerated() {
            var recordings: [(lane: Int, count: Int, channel: Int)] = []
            var lane = 0
            for population in populations {
                let count = network.populations[population].count
                let first = placed.firstNeuron(of: PopulationID(index: population))
                if network.populations[population].isRecorded {
                    recordings.append((lane, count, recorded.count))
                    recorded += Array(first..<(first + count))
                }
                for k in 0..<count {
                    groupOfNeuron[first + k] = number
                    laneOfNeuron[first + k] = lane + k
                }
                lane += count
            }
            groups.append(
                EmulatedGroup(
                    populations: populations, isRecurrent: grouping.isRecurrent[number],
                    placed: placed, chip: chip, configuration: configuration,
                    sampleCount: sampleTicks.count,
                    durationTicks: durationTicks, recordings: recordings))
        }
        for group in groups {
            for row in group.afferents.indices {
                group.refresh(row: row, placed: placed, arrays: arrays)
            }
            let sources = group.afferents.filter { $0 >= placed.sourceCount }
            group.upstream = Set(sources.map { groupOfNeuron[$0 - placed.sourceCount] })
                .filter { groups[$0] !== group }.sorted()
        }
        self.groups = groups
        self.groupOfNeuron = groupOfNeuron
        self.laneOfNeuron = laneOfNeuron
        recordedNeurons = recorded
        let circuits = placed.circuits.flatMap { $0 }
        recordedCircuits = recorded.map { circuits[$0] }
        var neuronOfCircuit = [Int](repeating: -1, count: NeuronIndex.count)
        for (neuron, circuit) in circuits.enumerated() { neuronOfCircuit[circuit.index] = neuron }
        self.neuronOfCircuit = neuronOfCircuit
        switch plan.separation {
        case .settled: gapTicks = Int((8 * longest).rounded(.up)) * ChipTime.ticksPerMicrosecond
        case .gap(let time): gapTicks = max(0, ChipTime.ticks(time))
        }
        let root = RandomStream(seed: chip.seed).substream("PPU seeds")
        random = Hemisphere.all.map { hemisphere in
            var stream = root.substream("hemisphere", hemisphere.index)
            return ColumnRandomGenerators(seeds: stream.symbols(count: 256, order: 256))
        }
        let thresholdLanes = groups.filter { $0.kernel.hasThresholds }
            .reduce(0) { $0 + 4 * $1.kernel.laneCount }
        let needed = thresholdLanes + sampleTicks.count * recorded.count
        normalBlocks = chip.fidelity == .full ? (needed + 15) / 16 : 0
        words = .allocate(capacity: max(normalBlocks * 8, 1))
        normals = .allocate(capacity: max(normalBlocks * 16, 1))
        zeros = .allocate(capacity: max(sampleTicks.count * recorded.count, 1))
        zeros.initialize(repeating: 0, count: max(sampleTicks.count * recorded.count, 1))
        sampleTickBuffer = .allocate(capacity: max(sampleTicks.count, 1))
        for (k, tick) in sampleTicks.enumerated() { sampleTickBuffer[k] = Int32(tick) }
        eventBuffer = .allocate(capacity: eventCapacity)
        codes = Array(repeating: 0, count: sampleTicks.count * recorded.count)
        counts = Array(repeating: 0, count: placed.neuronCount)
    }

    deinit {
        sampleTickBuffer.deallocate()
        eventBuffer.deallocate()
        words.deallocate()
        normals.deallocate()
        zeros.deallocate()
    }

    /// Time between the end of a trial and the start of the next.
    public var gap: TimeSpan { .seconds(Double(gapTicks) * 8e-9) }

    // MARK: - Weights

    /// The signed weights of a projection as the synapses hold them, [pre, post].
    ///
    /// Projections with the same origin and target share their synapses.
    public func weights(of projection: ProjectionID) -> [Int] {
        placed.weights(of: projection, in: arrays)
    }

    /// Writes signed weights of a projection, [pre, post].
    ///
    /// - Precondition: the shape fits and every weight is in -63...63.
    public func setWeights(_ weights: [Int], of projection: ProjectionID) {
        let written = placed.setWeights(weights, of: projection, in: &arrays)
        for afferent in Set(written.map(\.afferent)) {
            for group in groups where group.rows[afferent] >= 0 {
                group.refresh(row: Int(group.rows[afferent]), placed: placed, arrays: arrays)
            }
        }
    }

    /// Writes every second weight of a row, as the PPU does; takes effect with `flushRows`.
    func writeRow(
        _ hemisphere: Hemisphere, _ row: SynapseRow, _ parity: ColumnParity, _ values: PPUVector8
    ) {
        arrays[hemisphere.index].write(values, row, parity)
        dirtyRows.insert(hemisphere.index * 128 + row.driver.index)
    }

    /// Brings the kernels' drives up to date with the rows written.
    func flushRows() {
        for key in dirtyRows {
            guard let afferent = afferentOfDriver[key] else { continue }
            for group in groups where group.rows[afferent] >= 0 {
                group.refresh(row: Int(group.rows[afferent]), placed: placed, arrays: arrays)
            }
        }
        dirtyRows.removeAll(keepingCapacity: true)
    }

    /// Afferent served by each driver, hemisphere * 128 + driver.
    private lazy var afferentOfDriver: [Int?] = {
        var table = [Int?](repeating: nil, count: 256)
        for hemisphere in 0..<2 {
            for (afferent, driver) in placed.drivers[hemisphere].enumerated() {
                if let driver { table[hemisphere * 128 + driver.index] = afferent }
            }
        }
        return table
    }()
}
