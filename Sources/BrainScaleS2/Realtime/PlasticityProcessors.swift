/// The two plasticity processors of a chip in real time, each with its scheduler; both run every kernel.
///
/// A kernel sees the chip at the tick at which it starts, and its weights take effect when it ends.
struct PlasticityProcessors {
    private let names: [String]
    private var kernels: [[any PlasticityKernel]]
    private var schedulers: [DeadlineScheduler]
    /// Services that wait for their start, by processor.
    private var upcoming: [DeadlineScheduler.Execution?]
    /// Ends of services whose weights are not in force, by processor.
    private var pending: [Int?] = [nil, nil]

    init(
        _ experiment: RealtimeExperiment, _ kernels: [String: any PlasticityKernel]
    ) throws(ExperimentError) {
        names = experiment.timers.map(\.kernel)
        var own: [any PlasticityKernel] = []
        for name in names {
            guard let kernel = kernels[name] else {
                throw .unknownKernel(name: name, known: Array(kernels.keys))
            }
            own.append(kernel)
        }
        self.kernels = [own, own]
        let timers = experiment.timers.map(\.schedule)
        schedulers = [DeadlineScheduler(timers), DeadlineScheduler(timers)]
        upcoming = []
        for p in 0..<2 { upcoming.append(schedulers[p].begin()) }
    }

    /// Periods missed by each timer on both processors.
    var missed: [Int] {
        zip(schedulers[0].missed, schedulers[1].missed).map { $0 + $1 }
    }

    /// The next tick at which a service starts or its weights take effect.
    var nextTick: Int? {
        var next: Int?
        for p in 0..<2 {
            // Two cycles of 4 ns are a tick.
            for tick in [pending[p], upcoming[p].map { ($0.start + 1) / 2 }] {
                if let tick, tick < next ?? .max { next = tick }
            }
        }
        return next
    }

    mutating func run(at tick: Int, _ chip: RealtimeEmulation) {
        for hemisphere in Hemisphere.all {
            let p = hemisphere.index
            if let end = pending[p], end <= tick {
                chip.flush(hemisphere)
                pending[p] = nil
            }
            while let service = upcoming[p], (service.start + 1) / 2 <= tick, pending[p] == nil {
                var ppu = PPU(chip, hemisphere: hemisphere, costs: .documented, hostBlock: [])
                kernels[p][service.timer].update(on: &ppu)
                if !ppu.recording.isEmpty {
                    chip.results.recordings.append(
                        .init(
                            kernel: names[service.timer], hemisphere: hemisphere, tick: tick,
                            values: ppu.recording))
                }
                chip.results.health.ppuCycles += ppu.cycles
                schedulers[p].finish(cycles: ppu.cycles)
                let end = (service.start + ppu.cycles + 1) / 2
                if end <= tick {
                    chip.flush(hemisphere)
                } else {
                    pending[p] = end
                }
                upcoming[p] = schedulers[p].begin()
            }
        }
    }
}

extension RealtimeEmulation: PPUEnvironment {
    /// Puts written rows in force.
    func flush(_ hemisphere: Hemisphere) {
        for afferent in hemispheres[hemisphere.index].rowAfferents {
            guard let driver = placed.drivers[hemisphere.index][afferent],
                dirtyDrivers.contains(hemisphere.index * 128 + driver.index)
            else { continue }
            hemispheres[hemisphere.index].refresh(afferent, placed, arrays[hemisphere.index])
        }
        dirtyDrivers = dirtyDrivers.filter { $0 / 128 != hemisphere.index }
    }

    func withRow(
        _ hemisphere: Hemisphere, _ row: SynapseRow, _ body: (UnsafePointer<UInt8>) -> Void
    ) {
        arrays[hemisphere.index].weights.withUnsafeBufferPointer { weights in
            if let base = weights.baseAddress { body(base + row.index * 256) }
        }
    }

    func writeRow(
        _ hemisphere: Hemisphere, _ row: SynapseRow, _ parity: ColumnParity, _ values: PPUVector8
    ) {
        arrays[hemisphere.index].write(values, row, parity)
        dirtyDrivers.insert(hemisphere.index * 128 + row.driver.index)
    }

    func counter(_ neuron: NeuronIndex) -> SpikeCounter {
        let number = neuronOfCircuit[neuron.index]
        return number < 0 ? SpikeCounter(counting: 0) : counter(of: number)
    }

    func clearCounter(_ neuron: NeuronIndex) {
        let number = neuronOfCircuit[neuron.index]
        if number >= 0 { clearCounter(of: number) }
    }

    func fillSamples(
        _ sample: Int, _ hemisphere: Hemisphere, _ parity: ColumnParity,
        _ vector: inout PPUVector8
    ) {
        let bank = hemispheres[hemisphere.index]
        for (lane, circuit) in bank.circuits.enumerated() where circuit.column.parity == parity {
            vector.lanes[circuit.column.lane] = Int8(bitPattern: bank.code(lane))
            results.health.conversions += 1
        }
    }

    func readRandom(
        _ hemisphere: Hemisphere, _ parity: ColumnParity, steps: Int
    ) -> PPUVector8 {
        for _ in 1..<max(steps, 1) { random[hemisphere.index].advance(parity) }
        return random[hemisphere.index].read(parity)
    }

    func correlation(
        _ branch: CorrelationBranch, _ hemisphere: Hemisphere, _ row: SynapseRow,
        _ parity: ColumnParity
    ) -> PPUVector8 {
        guard !sensors.isEmpty else { return PPUVector8(repeating: -1) }
        return sensors[hemisphere.index].codes(branch, row, parity, tick: now)
    }

    func resetCorrelation(_ hemisphere: Hemisphere, _ row: SynapseRow) {
        if !sensors.isEmpty { sensors[hemisphere.index].reset(row, tick: now) }
    }
}
