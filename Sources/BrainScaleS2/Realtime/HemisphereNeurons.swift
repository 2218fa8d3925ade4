import NumericKernels
import RandomStreams

/// The neurons of one hemisphere in real time: exact ones in a kernel bank, bypass ones among them, then
/// those that need fixed steps, and the readout of all.
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
    /// Stepped neurons, whose lanes follow those of the exact ones.
    private let stepped: SteppedNeurons?
    private let exactCount: Int
    var spikeTotal = 0

    private var kernel: ChipNeuronGroup { bank.group }
    private let excitatoryGain: [Float]
    private let inhibitoryGain: [Float]
    private let readoutOffset: [Float]
    private let readoutGain: [Float]
    /// LSB.
    private let leak: [Double]
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
        let here = all.indices.filter { all[$0].hemisphere == hemisphere }
        let exact = here.filter { cells[$0].stepped == nil }
        let others = here.filter { cells[$0].stepped != nil }
        neurons = exact + others
        exactCount = exact.count
        circuits = neurons.map { all[$0] }
        let drivers = placed.drivers[hemisphere.index]
        rowAfferents = drivers.indices.filter { drivers[$0] != nil }
        var rows = [Int32](repeating: -1, count: drivers.count)
        for (row, afferent) in rowAfferents.enumerated() { rows[afferent] = Int32(row) }
        self.rows = rows
        var kernel = ChipNeuronGroup(
            neuronCount: max(exact.count, 1), rowCount: rowAfferents.count, hasThresholds: true,
            isRecurrent: false, latencyTicks: Int32(ChipEmulation.eventLatencyTicks))
        spikes = .allocate(capacity: spikeCapacity)
        let lanes = kernel.laneCount
        var excitatory = [Float](repeating: 0, count: rowAfferents.count * lanes)
        var inhibitory = excitatory
        var offset = [Float](repeating: 0, count: lanes)
        var gain = offset
        var leak = [Double](repeating: 0, count: lanes)
        var bypass: [(lane: Int, limit: Float)] = []
        for (lane, circuit) in circuits.prefix(exact.count).enumerated() {
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
            leak[lane] = model.leak
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
        kernel.findCommonRate()
        bank = ChipBank(kernel)
        excitatoryGain = excitatory
        inhibitoryGain = inhibitory
        readoutOffset = offset
        readoutGain = gain
        self.leak = leak
        bypassLanes = bypass
        isNoisy = chip.fidelity == .full
        noise = chip.noise
        comparatorNoise = neurons.map { stream.substream("comparator", $0) }
        readoutNoise = stream.substream("readout", hemisphere.index)
        bypassNoise = stream.substream("bypass", hemisphere.index)
        stepped =
            others.isEmpty
            ? nil
            : SteppedNeurons(
                others, hemisphere, placed: placed, chip: chip, configuration: configuration,
                rowAfferents: rowAfferents)
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
            for lane in 0..<exactCount { for row in 0..<4 { redraw(lane, row) } }
        }
        kernel.rest()
        stepped?.group.rest()
        for lane in exactCount..<neurons.count { redrawStepped(lane) }
    }

    private func redrawStepped(_ lane: Int) {
        guard let stepped else { return }
        stepped.perturb(
            lane - exactCount,
            by: isNoisy ? noise.membrane * comparatorNoise[lane].gaussian() : 0)
    }

    func save() {
        bank.save()
        stepped?.group.save()
    }

    func restore() {
        bank.restore()
        stepped?.group.restore()
    }

    /// Membranes reset, currents decayed for a while.
    func relax(ticks: Int) {
        kernel.relaxFromReset(ticks: Int32(ticks))
        // Stepped ones have settled by then.
        stepped?.group.rest()
    }

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
            let plus = array.response(to: label, driver.excitatoryRow, circuit.column).index
            let minus = array.response(to: label, driver.inhibitoryRow, circuit.column).index
            if lane < exactCount {
                let place = row * kernel.laneCount + lane
                kernel.excitatoryWeights[place] = Float(plus) * excitatoryGain[place]
                kernel.inhibitoryWeights[place] = Float(minus) * inhibitoryGain[place]
            } else {
                stepped?.setWeights(row: row, lane: lane - exactCount, plus, minus)
            }
            active += (plus != 0 ? 1 : 0) + (minus != 0 ? 1 : 0)
        }
        kernel.activeSynapses[row] = active
    }

    func advance(from start: Int, to end: Int, _ tally: inout ChipKernelTally) {
        spikeTotal = 0
        bank.advance(
            from: Int32(start), to: Int32(end), spikes: spikes, capacity: spikeCapacity,
            spikeTotal: &spikeTotal, tally: &tally)
        guard let stepped else { return }
        let first = spikeTotal
        stepped.group.advance(
            from: Int32(start), to: Int32(end), spikes: spikes, capacity: spikeCapacity,
            spikeTotal: &spikeTotal, tally: &tally)
        // Keys carry the lane in their low half.
        for k in first..<spikeTotal { spikes[k] += UInt64(exactCount) }
    }

    /// Redraws the noise of comparators that the spikes of the present step used up.
    func commit() {
        guard isNoisy else { return }
        for k in 0..<spikeTotal {
            let lane = Int(UInt32(truncatingIfNeeded: spikes[k]))
            if lane < exactCount {
                redraw(lane, Int(kernel.spikeCount[lane] &- 1) & 3)
            } else {
                redrawStepped(lane)
            }
        }
    }

    /// Delivers an event and appends the lanes that a bypass lets fire.
    func deliver(
        row: Int, tick: Int, factor: Float, firing: inout [Int], _ tally: inout ChipKernelTally
    ) {
        bank.deliver(row: row, factor: factor, tally: &tally)
        stepped?.deliver(row: row, factor: factor)
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
        var value = readout(lane)
        if isNoisy {
            let sigma = (noise.membrane * noise.membrane + noise.conversion * noise.conversion)
                .squareRoot()
            value += Float(sigma * readoutNoise.gaussian())
        }
        return UInt8(min(max(value, 0), 255).rounded())
    }

    private func readout(_ lane: Int) -> Float {
        if lane >= exactCount, let stepped { return stepped.readout(lane - exactCount) }
        return readoutOffset[lane] + readoutGain[lane] * kernel.potential[lane]
    }

    /// LSB.
    private func potential(_ lane: Int) -> Double {
        if lane >= exactCount, let stepped { return stepped.potential(lane - exactCount) }
        return leak[lane] + Double(kernel.potential[lane])
    }

    /// The present code of a lane in the MADC.
    func fastCode(_ lane: Int) -> UInt16 {
        MADCRecorder.code(
            potential(lane),
            noise: isNoisy ? MADCRecorder.noise * readoutNoise.gaussian() : 0)
    }

    func spikeCount(_ lane: Int) -> Int {
        if lane >= exactCount, let stepped {
            return Int(stepped.group.spikeCount[lane - exactCount])
        }
        return Int(kernel.spikeCount[lane])
    }
}
