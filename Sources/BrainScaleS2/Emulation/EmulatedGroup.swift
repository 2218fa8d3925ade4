import NumericKernels
import PhysicalQuantities

/// One group of neurons of an emulation: its kernel arrays, its input rows and its readout.
final class EmulatedGroup {
    let kernel: ChipNeuronGroup
    /// Circuits by lane.
    let circuits: [NeuronIndex]
    /// Number among all neurons by lane.
    let neurons: [Int]
    /// Afferent number by input row, and input row by afferent number (-1 for none).
    let afferents: [Int]
    let rows: [Int32]
    /// Drive per weight LSB, [row, lane].
    private let excitatoryGain: [Float]
    private let inhibitoryGain: [Float]
    /// Recorded lanes: first lane, count, first recorded neuron.
    let recordings: [(lane: Int, count: Int, channel: Int)]
    let readoutOffset: UnsafeMutablePointer<Float>
    let readoutGain: UnsafeMutablePointer<Float>
    /// Groups whose spikes arrive here.
    var upstream: [Int] = []
    var spikes: UnsafeMutablePointer<UInt64>
    let spikeCapacity: Int
    var spikeTotal = 0
    let samples: UnsafeMutablePointer<Float>

    init(
        populations: [Int], isRecurrent: Bool, placed: PlacedNetwork, chip: ChipInstance,
        configuration: ChipConfiguration, sampleCount: Int, durationTicks: Int, recordings: [(lane: Int, count: Int, channel: Int)]
    ) {
        let network = placed.network
        circuits = populations.flatMap { placed.circuits[$0] }
        neurons = populations.flatMap { population -> [Int] in
            let first = placed.firstNeuron(of: PopulationID(index: population))
            return Array(first..<(first + network.populations[population].count))
        }
        var present = Set<Int>()
        for projection in network.projections where populations.contains(projection.target.index) {
            present.formUnion(placed.afferents(of: projection.origin))
        }
        let afferents = present.sorted()
        var rows = [Int32](repeating: -1, count: placed.sourceCount + placed.neuronCount)
        for (row, afferent) in afferents.enumerated() { rows[afferent] = Int32(row) }
        self.afferents = afferents
        self.rows = rows
        let cells = populations.flatMap { population in
            Array(
                repeating: network.populations[population].cell,
                count: network.populations[population].count)
        }
        kernel = ChipNeuronGroup(
            neuronCount: circuits.count, rowCount: afferents.count,
            hasThresholds: cells.contains { $0.spiking != nil }, isRecurrent: isRecurrent,
            latencyTicks: Int32(ChipEmulation.eventLatencyTicks))
        let lanes = kernel.laneCount
        readoutOffset = .allocate(capacity: lanes)
        readoutGain = .allocate(capacity: lanes)
        readoutOffset.initialize(repeating: 0, count: lanes)
        readoutGain.initialize(repeating: 0, count: lanes)
        var excitatory = [Float](repeating: 0, count: afferents.count * lanes)
        var inhibitory = excitatory
        var shortestRefractory = Int.max
        for (lane, circuit) in circuits.enumerated() {
            let model = chip.model(of: cells[lane], on: circuit, configuration)
            kernel.rateMembrane[lane] = Float(model.rateMembrane)
            kernel.rateExcitatory[lane] = Float(model.rateExcitatory)
            kernel.rateInhibitory[lane] = Float(model.rateInhibitory)
            kernel.threshold[lane] = Float(model.threshold)
            kernel.reset[lane] = Float(model.reset)
            kernel.refractoryTicks[lane] = Int32(model.refractoryTicks)
            readoutOffset[lane] = Float(model.readoutOffset)
            readoutGain[lane] = Float(model.readoutGain)
            if cells[lane].spiking != nil {
                shortestRefractory = min(shortestRefractory, model.refractoryTicks)
            }
            if isRecurrent { kernel.recurrentRow[lane] = rows[placed.sourceCount + neurons[lane]] }
            for (row, afferent) in afferents.enumerated() {
                guard let driver = placed.drivers[circuit.hemisphere.index][afferent] else {
                    continue
                }
                func factor(_ row: SynapseRow) -> Double {
                    chip.factor(
                        of: SynapseCoordinate(
                            hemisphere: circuit.hemisphere, row: row, column: circuit.column))
                }
                excitatory[row * lanes + lane] = Float(
                    model.excitatoryDrive * factor(driver.excitatoryRow))
                inhibitory[row * lanes + lane] = Float(
                    model.inhibitoryDrive * factor(driver.inhibitoryRow))
            }
        }
        excitatoryGain = excitatory
        inhibitoryGain = inhibitory
        self.recordings = recordings
        let perNeuron =
            shortestRefractory == .max ? 0 : durationTicks / max(shortestRefractory, 1) + 2
        spikeCapacity = min(max(circuits.count * perNeuron, 1), 1 << 22)
        spikes = .allocate(capacity: spikeCapacity)
        samples = .allocate(capacity: max(sampleCount, 1) * lanes)
    }

    deinit {
        kernel.deallocate()
        readoutOffset.deallocate()
        readoutGain.deallocate()
        spikes.deallocate()
        samples.deallocate()
    }

    /// Recomputes the drives of one input row from the synapse arrays.
    func refresh(row: Int, placed: PlacedNetwork, arrays: [SynapseArray]) {
        let lanes = kernel.laneCount
        var active: Int32 = 0
        for (lane, circuit) in circuits.enumerated() {
            let h = circuit.hemisphere.index
            guard let driver = placed.drivers[h][afferents[row]] else { continue }
            let label = placed.labels[afferents[row]]
            let excitatory = arrays[h].response(
                to: label, driver.excitatoryRow, circuit.column
            ).index
            let inhibitory = arrays[h].response(
                to: label, driver.inhibitoryRow, circuit.column
            ).index
            let place = row * lanes + lane
            kernel.excitatoryWeights[place] = Float(excitatory) * excitatoryGain[place]
            kernel.inhibitoryWeights[place] = Float(inhibitory) * inhibitoryGain[place]
            active += (excitatory != 0 ? 1 : 0) + (inhibitory != 0 ? 1 : 0)
        }
        kernel.activeSynapses[row] = active
    }
}

/// One circuit in the units of the kernel.
struct CircuitModel {
    let rateMembrane: Double
    let rateExcitatory: Double
    let rateInhibitory: Double
    /// Relative to leak, LSB; infinite without comparator.
    let threshold: Double
    let reset: Double
    let refractoryTicks: Int
    /// Drive per weight LSB.
    let excitatoryDrive: Double
    let inhibitoryDrive: Double
    /// Strength of the excitatory input relative to its target.
    let relativeExcitatoryStrength: Double
    /// Code = offset + gain * (potential relative to leak).
    let readoutOffset: Double
    let readoutGain: Double

    /// A circuit that meets its targets.
    init(_ cell: CellModel) {
        let targets = cell.targets
        let membrane = targets.membraneTimeConstant.microseconds
        let excitatory = targets.excitatoryTimeConstant.microseconds
        let inhibitory = targets.inhibitoryTimeConstant.microseconds
        self.init(
            CircuitBehavior(
                leak: targets.leak, reset: cell.spiking?.reset ?? targets.leak,
                threshold: cell.spiking?.threshold ?? .infinity, membraneTimeConstant: membrane,
                excitatoryTimeConstant: excitatory, inhibitoryTimeConstant: inhibitory,
                excitatoryDrive: targets.excitatoryDrive,
                inhibitoryDrive: targets.inhibitoryDrive,
                readoutOffset: 0, readoutGain: 1),
            of: cell,
            refractoryPeriod: cell.spiking.map { RefractoryPeriod(target: $0.refractoryTime) })
    }

    init(_ behavior: CircuitBehavior, of cell: CellModel, refractoryPeriod: RefractoryPeriod?) {
        let tick = ChipTime.tickInMicroseconds
        rateMembrane = tick / behavior.membraneTimeConstant
        rateExcitatory = tick / behavior.excitatoryTimeConstant
        rateInhibitory = tick / behavior.inhibitoryTimeConstant
        excitatoryDrive = behavior.excitatoryDrive
        inhibitoryDrive = behavior.inhibitoryDrive
        relativeExcitatoryStrength =
            behavior.excitatoryDrive / max(cell.targets.excitatoryDrive, 1e-12)
        threshold = behavior.threshold - behavior.leak
        reset = behavior.threshold.isFinite ? behavior.reset - behavior.leak : 0
        refractoryTicks = max(1, refractoryPeriod?.ticks ?? 1)
        readoutGain = behavior.readoutGain
        readoutOffset = behavior.readoutOffset + behavior.readoutGain * behavior.leak
    }
}
