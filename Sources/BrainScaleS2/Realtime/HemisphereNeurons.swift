import NumericKernels
import RandomStreams

/// The neurons of one hemisphere in real time: exact ones in a kernel bank, bypass ones beside it, and
/// the readout of both.
final class HemisphereNeurons {
    let hemisphere: Hemisphere
    /// Number among all neurons by lane.
    let neurons: [Int]
    let circuits: [NeuronIndex]
    let bank: ChipBank
    /// Row of the kernel by afferent, -1 for none.
    let rows: [Int32]
    let rowAfferents: [Int]
    /// Spikes of the present step, tick * 2^32 + lane.
    let spikes: UnsafeMutablePointer<UInt64>
    let spikeCapacity = 1 << 14
    var spikeTotal = 0

    private var kernel: ChipNeuronGroup { bank.group }
    private let excitatoryGain: [Float]
    private let inhibitoryGain: [Float]
    private let readoutOffset: [Float]
    private let readoutGain: [Float]
    /// Lanes that bypass integration, with the least weight that fires them.
    private let bypassLanes: [(lane: Int, limit: Float)]
    private let isNoisy: Bool
    private let noise: TemporalNoise
    private var comparatorNoise: [RandomStream]
    private var readoutNoise: RandomStream
    private var bypassNoise: RandomStream

    init(
        _ hemisphere: Hemisphere, placed: PlacedNetwork, chip: ChipInstance,
        configuration: ChipConfiguration, stream: RandomStream
    ) {
        self.hemisphere = hemisphere
        let all = placed.circuits.flatMap { $0 }
        let cells = zip(placed.network.populations, placed.circuits).flatMap { population, list in
            Array(repeating: population.cell, count: list.count)
        }
        neurons = all.indices.filter { all[$0].hemisphere == hemisphere }
        circuits = neurons.map { all[$0] }
        let drivers = placed.drivers[hemisphere.index]
        rowAfferents = drivers.indices.filter { drivers[$0] != nil }
        var rows = [Int32](repeating: -1, count: drivers.count)
        for (row, afferent) in rowAfferents.enumerated() { rows[afferent] = Int32(row) }
        self.rows = rows
        let kernel = ChipNeuronGroup(
            neuronCount: max(neurons.count, 1), rowCount: rowAfferents.count, hasThresholds: true,
            isRecurrent: false, latencyTicks: Int32(ChipEmulation.eventLatencyTicks))
        bank = ChipBank(kernel)
        spikes = .allocate(capacity: spikeCapacity)
        let lanes = kernel.laneCount
        var excitatory = [Float](repeating: 0, count: rowAfferents.count * lanes)
        var inhibitory = excitatory
        var offset = [Float](repeating: 0, count: lanes)
        var gain = offset
        var bypass: [(lane: Int, limit: Float)] = []
        for (lane, circuit) in circuits.enumerated() {
            let cell = cells[neurons[lane]]
            let model = chip.model(of: cell, on: circuit, configuration)
            let isBypass = cell.bypass != nil
            kernel.rateMembrane[lane] = Float(model.rateMembrane)
            kernel.rateExcitatory[lane] = Float(model.rateExcitatory)
            kernel.rateInhibitory[lane] = Float(model.rateInhibitory)
            kernel.threshold[lane] = isBypass ? .infinity : Float(model.threshold)
            kernel.reset[lane] = Float(model.reset)
            kernel.refractoryTicks[lane] = Int32(model.refractoryTicks)
            offset[lane] = Float(model.readoutOffset)
            gain[lane] = Float(model.readoutGain)
            if let targets = cell.bypass { bypass.append((lane, Float(targets.leastWeight))) }
            for (row, afferent) in rowAfferents.enumerated() {
                guard let driver = drivers[afferent] else { continue }
                func factor(_ row: SynapseRow) -> Double {
                    chip.factor(
                        of: SynapseCoordinate(
                            hemisphere: hemisphere, row: row, column: circuit.column))
                }
                // A bypassed circuit counts weights, with the deviation of its input.
                let place = row * lanes + lane
                excitatory[place] = Float(
                    (isBypass ? model.relativeExcitatoryStrength : model.excitatoryDrive)
                        * factor(driver.excitatoryRow))
                inhibitory[place] = Float(
                    (isBypass ? 0 : model.inhibitoryDrive) * factor(driver.inhibitoryRow))
            }
        }
        excitatoryGain = excitatory
        inhibitoryGain = inhibitory
        readoutOffset = offset
        readoutGain = gain
        bypassLanes = bypass
        isNoisy = chip.fidelity == .full
        noise = chip.noise
        comparatorNoise = neurons.map { stream.substream("comparator", $0) }
        readoutNoise = stream.substream("readout", hemisphere.index)
        bypassNoise = stream.substream("bypass", hemisphere.index)
        rest()
    }

    deinit {
        bank.deallocate()
        kernel.deallocate()
        spikes.deallocate()
    }

    /// Membranes at leak, no currents, new noise.
    func rest() {
        if isNoisy {
            for lane in neurons.indices { for row in 0..<4 { redraw(lane, row) } }
        }
        kernel.rest()
    }

    /// Membranes reset, currents decayed for a while.
    func relax(ticks: Int) { kernel.relaxFromReset(ticks: Int32(ticks)) }

    private func redraw(_ lane: Int, _ row: Int) {
        kernel.thresholdNoise[row * kernel.laneCount + lane] =
            Float(noise.membrane * comparatorNoise[lane].gaussian())
    }

    /// Brings a kernel row up to date with the synapses of an afferent.
    func refresh(_ afferent: Int, _ placed: PlacedNetwork, _ array: SynapseArray) {
        let row = Int(rows[afferent])
        guard row >= 0, let driver = placed.drivers[hemisphere.index][afferent] else { return }
        let label = placed.labels[afferent]
        var active: Int32 = 0
        for (lane, circuit) in circuits.enumerated() {
            let place = row * kernel.laneCount + lane
            let plus = array.response(to: label, driver.excitatoryRow, circuit.column).index
            let minus = array.response(to: label, driver.inhibitoryRow, circuit.column).index
            kernel.excitatoryWeights[place] = Float(plus) * excitatoryGain[place]
            kernel.inhibitoryWeights[place] = Float(minus) * inhibitoryGain[place]
            active += (plus != 0 ? 1 : 0) + (minus != 0 ? 1 : 0)
        }
        kernel.activeSynapses[row] = active
    }

    func advance(from start: Int, to end: Int, _ tally: inout ChipKernelTally) {
        spikeTotal = 0
        bank.advance(
            from: Int32(start), to: Int32(end), spikes: spikes, capacity: spikeCapacity,
            spikeTotal: &spikeTotal, tally: &tally)
    }

    /// Redraws the noise of comparators that the spikes of the present step used up.
    func commit() {
        guard isNoisy else { return }
        for k in 0..<spikeTotal {
            let lane = Int(UInt32(truncatingIfNeeded: spikes[k]))
            redraw(lane, Int(kernel.spikeCount[lane] &- 1) & 3)
        }
    }

    /// Delivers an event and appends the lanes that a bypass lets fire.
    func deliver(
        row: Int, tick: Int, factor: Float, firing: inout [Int], _ tally: inout ChipKernelTally
    ) {
        bank.deliver(row: row, factor: factor, tally: &tally)
        for (lane, limit) in bypassLanes {
            let weight = kernel.excitatoryWeights[row * kernel.laneCount + lane]
            // Their currents drive nothing.
            kernel.excitatory[lane] = 0
            guard weight > 0, Int(kernel.refractoryUntil[lane]) <= tick else { continue }
            let jitter = isNoisy ? BypassTargets.noise * Float(bypassNoise.gaussian()) : 0
            guard weight * factor + jitter >= limit else { continue }
            kernel.refractoryUntil[lane] = Int32(tick) + kernel.refractoryTicks[lane]
            kernel.spikeCount[lane] += 1
            firing.append(lane)
        }
    }

    /// The present code of a lane.
    func code(_ lane: Int) -> UInt8 {
        var value = readoutOffset[lane] + readoutGain[lane] * kernel.potential[lane]
        if isNoisy {
            let sigma = (noise.membrane * noise.membrane + noise.conversion * noise.conversion)
                .squareRoot()
            value += Float(sigma * readoutNoise.gaussian())
        }
        return UInt8(min(max(value, 0), 255).rounded())
    }

    func spikeCount(_ lane: Int) -> Int { Int(kernel.spikeCount[lane]) }
}
