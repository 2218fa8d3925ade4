/// Which driver serves each afferent in each hemisphere, and which label its events carry.
///
/// Neurons reach only the bus of their event output (crossbar), and the upper bits of their events' row
/// select are fixed by position: their drivers ignore the row select, and the label, unique on the
/// bus, tells them apart. Background generators reach one bus each and need drivers side by side.
/// External sources take what is left, by row select and under one label.
struct DriverAssignment {
    /// [hemisphere][afferent].
    private(set) var drivers: [[SynapseDriver?]]
    /// By afferent.
    private(set) var labels: [SynapseLabel]
    private(set) var generators: [PlacedGenerator] = []
    private var taken = [[Bool]](
        repeating: Array(repeating: false, count: SynapseDriver.count), count: 2)

    /// Label of events of sources; neurons have those below.
    static let sourceLabel = SynapseLabel(63)

    /// - Parameter needed: whether an afferent has a target in a hemisphere, [hemisphere][afferent].
    init(
        _ network: NetworkDescription, needed: [[Bool]], circuits: [NeuronIndex]
    ) throws(PlacementError) {
        let sources = network.sources.reduce(0) { $0 + $1.count }
        drivers = needed.map { Array(repeating: nil, count: $0.count) }
        labels = Array(repeating: Self.sourceLabel, count: sources + circuits.count)
        for hemisphere in Hemisphere.all {
            let total = needed[hemisphere.index].count { $0 }
            guard total <= SynapseDriver.count else {
                throw .tooManyAfferents(
                    hemisphere: hemisphere, needed: total, available: SynapseDriver.count)
            }
        }
        try assignNeurons(circuits, after: sources, needed)
        var first = 0
        for source in network.sources {
            if source.kind.isOnChip { try assign(source, first, needed) }
            first += source.count
        }
        for hemisphere in Hemisphere.all {
            let h = hemisphere.index
            var free = SynapseDriver.all.filter { !taken[h][$0.index] }.makeIterator()
            for source in 0..<sources where needed[h][source] && drivers[h][source] == nil {
                guard let driver = free.next() else {
                    // Blocks of generators with a place to spare took drivers nothing uses.
                    throw .tooManyAfferents(
                        hemisphere: hemisphere, needed: SynapseDriver.count + 1,
                        available: SynapseDriver.count)
                }
                take(driver, source, h)
            }
        }
    }

    private mutating func take(_ driver: SynapseDriver, _ afferent: Int, _ hemisphere: Int) {
        drivers[hemisphere][afferent] = driver
        taken[hemisphere][driver.index] = true
    }

    private mutating func assignNeurons(
        _ circuits: [NeuronIndex], after sources: Int, _ needed: [[Bool]]
    ) throws(PlacementError) {
        var onBus = [0, 0, 0, 0]
        var used = [[0, 0, 0, 0], [0, 0, 0, 0]]
        for (neuron, circuit) in circuits.enumerated() {
            let afferent = sources + neuron
            guard needed.contains(where: { $0[afferent] }) else { continue }
            let bus = circuit.eventOutput.reachableBus
            func members(_ isMember: (Int) -> Bool) -> Int {
                circuits.indices.count {
                    circuits[$0].eventOutput.reachableBus == bus && isMember(sources + $0)
                }
            }
            onBus[bus.index] += 1
            guard onBus[bus.index] < Self.sourceLabel.index else {
                throw .busExhausted(
                    hemisphere: circuit.hemisphere, bus: bus,
                    needed: members { afferent in needed.contains { $0[afferent] } },
                    available: Self.sourceLabel.index - 1)
            }
            labels[afferent] = SynapseLabel(onBus[bus.index])
            for hemisphere in Hemisphere.all where needed[hemisphere.index][afferent] {
                let h = hemisphere.index
                guard used[h][bus.index] < 32 else {
                    throw .busExhausted(
                        hemisphere: hemisphere, bus: bus, needed: members { needed[h][$0] },
                        available: 32)
                }
                take(SynapseDriver(bus: bus, indexOnBus: used[h][bus.index]), afferent, h)
                used[h][bus.index] += 1
            }
        }
    }

    /// Gives a group of on-chip sources its generators: from the upper end of the buses.
    private mutating func assign(
        _ source: NetworkDescription.Source, _ first: Int, _ needed: [[Bool]]
    ) throws(PlacementError) {
        for hemisphere in Hemisphere.all where needed[hemisphere.index][first] {
            let h = hemisphere.index
            var position = 0
            for start in stride(from: 0, to: source.count, by: PlacedGenerator.capacity) {
                let count = min(PlacedGenerator.capacity, source.count - start)
                let spread = count > 2 ? 4 : count
                guard let (bus, rowSelect) = block(of: spread, h) else {
                    throw .generatorsExhausted(source: source.name, hemisphere: hemisphere)
                }
                let generator = PlacedGenerator(
                    index: 4 * h + bus.index, firstSource: first + start, count: count,
                    spread: spread, rowSelect: rowSelect, label: Self.sourceLabel,
                    kind: source.kind, position: position)
                generators.append(generator)
                for k in 0..<spread { taken[h][generator.driver(k).index] = true }
                for k in 0..<count { take(generator.driver(k), first + start + k, h) }
                position += 1
            }
        }
    }

    /// Free drivers side by side on a bus whose generator is free.
    private func block(of spread: Int, _ hemisphere: Int) -> (PADIBus, Int)? {
        for bus in PADIBus.all
        where !generators.contains(where: { $0.index == 4 * hemisphere + bus.index }) {
            for row in stride(from: 32 - spread, through: 0, by: -spread) {
                let isFree = (row..<row + spread).allSatisfy {
                    !taken[hemisphere][SynapseDriver(bus: bus, indexOnBus: $0).index]
                }
                if isFree { return (bus, row) }
            }
        }
        return nil
    }
}
