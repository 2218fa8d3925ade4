extension PlacedNetwork {
    /// Chooses the circuits of every population, [population][neuron].
    static func placeNeurons(
        _ network: NetworkDescription, _ strategy: PlacementStrategy
    ) throws(PlacementError) -> [[NeuronIndex]] {
        switch strategy {
        case .automatic: return try placeGreedily(network)
        case .starting(let first): return try placeInOrder(network, from: first)
        case .explicit(let circuits):
            try check(circuits, network)
            return circuits
        }
    }

    private static func placeInOrder(
        _ network: NetworkDescription, from first: NeuronIndex
    ) throws(PlacementError) -> [[NeuronIndex]] {
        var next = first.index
        var result: [[NeuronIndex]] = []
        for population in network.populations {
            guard next + population.count <= NeuronIndex.count else {
                throw .tooManyNeurons(
                    population: population.name, needed: population.count,
                    available: NeuronIndex.count - next)
            }
            result.append((next..<(next + population.count)).map { NeuronIndex($0) })
            next += population.count
        }
        return result
    }

    private static func placeGreedily(
        _ network: NetworkDescription
    ) throws(PlacementError) -> [[NeuronIndex]] {
        var nextColumn = [0, 0]
        var afferents: [Set<ProjectionOrigin>] = [[], []]
        var result: [[NeuronIndex]] = []
        func load(_ hemisphere: Int, adding origins: Set<ProjectionOrigin>) -> Int {
            afferents[hemisphere].union(origins).reduce(0) { $0 + network.count(of: $1) }
        }
        for (number, population) in network.populations.enumerated() {
            let origins = Set(
                network.projections.filter { $0.target.index == number }.map(\.origin))
            let room = nextColumn.map { SynapseColumn.count - $0 }
            guard population.count <= room[0] + room[1] else {
                throw .tooManyNeurons(
                    population: population.name, needed: population.count,
                    available: room[0] + room[1])
            }
            let fitting = (0..<2).filter { load($0, adding: origins) <= SynapseDriver.count }
            let whole = fitting.first { room[$0] >= population.count }
            guard whole != nil || fitting.count == 2 else {
                let hemisphere = room[0] >= population.count ? 0 : 1
                throw .tooManyAfferents(
                    hemisphere: Hemisphere(hemisphere), needed: load(hemisphere, adding: origins),
                    available: SynapseDriver.count)
            }
            var circuits: [NeuronIndex] = []
            for hemisphere in whole.map({ [$0] }) ?? [0, 1] {
                let count = min(population.count - circuits.count, room[hemisphere])
                guard count > 0 else { continue }
                for k in 0..<count {
                    circuits.append(
                        NeuronIndex(
                            hemisphere: Hemisphere(hemisphere),
                            column: SynapseColumn(nextColumn[hemisphere] + k)))
                }
                nextColumn[hemisphere] += count
                afferents[hemisphere].formUnion(origins)
            }
            result.append(circuits)
        }
        return result
    }

    private static func check(
        _ circuits: [[NeuronIndex]], _ network: NetworkDescription
    ) throws(PlacementError) {
        guard circuits.count == network.populations.count else {
            throw .circuitCount(
                population: "all", expected: network.populations.count, found: circuits.count)
        }
        var taken = Set<NeuronIndex>()
        for (population, list) in zip(network.populations, circuits) {
            guard list.count == population.count else {
                throw .circuitCount(
                    population: population.name, expected: population.count, found: list.count)
            }
            for circuit in list where !taken.insert(circuit).inserted {
                throw .circuitTaken(population: population.name, neuron: circuit)
            }
        }
    }
}
