public import PhysicalQuantities
public import RandomStreams

/// A placed network on one chip, ready to run trials.
///
/// Goals in order: exact rules and dynamics; results that depend only on the chip, the run's stream
/// and the number of the trial; speed, so nothing is allocated per trial. An instance belongs to
/// one thread; blocks of trials run in parallel on several instances.
///
/// Between events leaky neurons with current-based exponential synapses are solved exactly;
/// spikes are stamped on the next tick of 8 ns and routed back with a fixed latency.
/// Left out: queues and drops of the crossbar, arbitration of simultaneous spikes, short-term
/// plasticity, saturation of the synaptic inputs, hold-off times.
public final class ChipEmulation {
    /// Ticks from the time stamp of a spike to its arrival at the synapses: 128 ns for the neuron
    /// backend, crossbar and driver (estimate; not public).
    public static let eventLatencyTicks = 16

    public let placed: PlacedNetwork
    public let chip: ChipInstance
    public var plan: TrialPlan { engine.plan }
    /// Time stamps of the CADC samples of a trial, ticks.
    public var sampleTicks: [Int] { engine.sampleTicks }
    /// Recorded neurons, in the order of the columns of `TrialResults.cadc`.
    public var recordedNeurons: [Int] { engine.recordedNeurons }
    /// Weights and labels as they are now, [hemisphere].
    public private(set) var arrays: [SynapseArray]

    let engine: TrialEngine
    private let circuits: [NeuronIndex]
    /// Number of the neuron on each circuit, -1 for unused ones.
    let neuronOfCircuit: [Int]
    let recordedCircuits: [NeuronIndex]
    var random: [ColumnRandomGenerators]
    /// While a rule reads the correlation sensors.
    var sensing: TrialSensing?
    private var dirtyRows: Set<Int> = []

    /// - Precondition: all spike sources are off the chip, no neuron is bypassed or stepped and no
    ///   driver has short-term plasticity: these need `RealtimeEmulation`.
    public init(_ placed: PlacedNetwork, on chip: ChipInstance, plan: TrialPlan) {
        let network = placed.network
        precondition(
            network.sources.allSatisfy { !$0.kind.isOnChip }
                && network.populations.allSatisfy {
                    $0.cell.bypass == nil && $0.cell.stepped == nil
                }
                && network.shortTermPlasticity.isEmpty,
            "on-chip sources, bypassed or stepped neurons, short-term plasticity: in real time only")
        self.placed = placed
        self.chip = chip
        arrays = placed.arrays
        let circuits = placed.circuits.flatMap { $0 }
        self.circuits = circuits
        let layout = NeuronGrouping(network)
        let recording = layout.recording(network)
        let configuration = chip.configuration(for: placed.cellsByCircuit)
        let groups = layout.groups.enumerated().map { number, populations -> GroupPlan in
            let neurons = populations.flatMap { placed.neurons(of: $0) }
            var afferents = Set<Int>()
            for projection in network.projections
            where populations.contains(projection.target.index) {
                afferents.formUnion(placed.afferents(of: projection.origin))
            }
            return GroupPlan(
                neurons: neurons,
                models: populations.flatMap { population in
                    placed.circuits[population].map {
                        chip.model(of: network.populations[population].cell, on: $0, configuration)
                    }
                }, isRecurrent: layout.isRecurrent[number], afferents: afferents.sorted(),
                recordings: recording.groups[number],
                synapses: { afferent, lane in
                    let circuit = circuits[neurons[lane]]
                    guard let driver = placed.drivers[circuit.hemisphere.index][afferent] else {
                        return nil
                    }
                    func factor(_ row: SynapseRow) -> Double {
                        chip.factor(
                            of: SynapseCoordinate(
                                hemisphere: circuit.hemisphere, row: row, column: circuit.column))
                    }
                    return (factor(driver.excitatoryRow), factor(driver.inhibitoryRow))
                })
        }
        engine = TrialEngine(
            groups, sourceCount: placed.sourceCount, neuronCount: placed.neuronCount,
            recordedNeurons: recording.neurons, longestTimeConstant: network.longestTimeConstant,
            chip: chip, plan: plan)
        recordedCircuits = recording.neurons.map { circuits[$0] }
        var neuronOfCircuit = [Int](repeating: -1, count: NeuronIndex.count)
        for (neuron, circuit) in circuits.enumerated() { neuronOfCircuit[circuit.index] = neuron }
        self.neuronOfCircuit = neuronOfCircuit
        let root = RandomStream(seed: chip.seed).substream("PPU seeds")
        random = Hemisphere.all.map { hemisphere in
            var stream = root.substream("hemisphere", hemisphere.index)
            return ColumnRandomGenerators(seeds: stream.symbols(count: 256, order: 256))
        }
        for group in engine.groups {
            for row in group.afferents.indices { refresh(group, row: row) }
        }
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
    public func run(
        _ events: TrialEvents, stream: RandomStream, firstTrial: Int = 0,
        into results: inout TrialResults
    ) {
        engine.run(events, stream: stream, firstTrial: firstTrial, into: &results)
    }

    /// Time between the end of a trial and the start of the next.
    public var gap: TimeSpan { .seconds(Double(engine.gapTicks) * 8e-9) }

    /// Goes on where another emulation of the same network stopped, as after a change of the chip's
    /// conditions: with its weights, random registers and correlation sensors.
    public func continueFrom(_ other: ChipEmulation) {
        precondition(other.placed.neuronCount == placed.neuronCount, "of the same network")
        arrays = other.arrays
        random = other.random
        sensing = other.sensing
        for group in engine.groups {
            for row in group.afferents.indices { refresh(group, row: row) }
        }
    }

    /// The circuit on which a neuron of the network lies.
    func circuit(ofNeuron neuron: Int) -> NeuronIndex { circuits[neuron] }

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
            refresh(afferent)
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
            refresh(afferent)
        }
        dirtyRows.removeAll(keepingCapacity: true)
    }

    /// Brings the kernel rows of an afferent up to date with the synapse arrays.
    private func refresh(_ afferent: Int) {
        for group in engine.groups where group.rows[afferent] >= 0 {
            refresh(group, row: Int(group.rows[afferent]))
        }
    }

    private func refresh(_ group: EmulatedGroup, row: Int) {
        let afferent = group.afferents[row]
        let label = placed.labels[afferent]
        group.refresh(row: row) { lane in
            let circuit = circuits[group.neurons[lane]]
            let h = circuit.hemisphere.index
            guard let driver = placed.drivers[h][afferent] else { return nil }
            return (
                arrays[h].response(to: label, driver.excitatoryRow, circuit.column).index,
                arrays[h].response(to: label, driver.inhibitoryRow, circuit.column).index
            )
        }
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
