/// How a network that is larger than the chip runs on it, one part after the other: execution instances
/// whose recorded spikes are replayed to later ones.
///
/// A neuron circuit has 128 signed afferents, so a logical neuron with n of them takes c = ceil(n / 128)
/// circuits with their membranes joined: afferent a belongs to circuit a / 128 and driver a mod 128,
/// where circuits tell the sources of a driver apart by label. Joined circuits may lie in both rows but
/// not across the middle between columns 127 and 128, so each half of 256 circuits holds
/// floor(256 / c) neurons. Populations are cut into parts of that many; those on a loop must stay
/// together.
/// Source: network partitioning of the public demonstrations and arXiv 2401.16840.
public struct PartitionPlan: Sendable, Hashable {
    /// Circuits per logical neuron.
    public enum CircuitsPerNeuron: Sendable, Hashable, Codable {
        /// As many as its afferents need.
        case needed
        /// Rounded up to a power of two, which is easier to place.
        case powerOfTwo
    }

    /// Some neurons of a population in an execution instance.
    public struct Part: Sendable, Hashable {
        public let population: PopulationID
        /// Members of the population.
        public let members: Range<Int>
        public let circuitsPerNeuron: Int
        /// Circuits of each neuron; the first one has the comparator.
        public let circuits: [[NeuronIndex]]
    }

    /// One run of the chip.
    public struct Instance: Sendable, Hashable {
        public let parts: [Part]
        /// Instances whose spikes are replayed here.
        public let replayed: [Int]

        public var neuronCount: Int { parts.reduce(0) { $0 + $1.members.count } }
        public var circuitCount: Int {
            parts.reduce(0) { $0 + $1.members.count * $1.circuitsPerNeuron }
        }
    }

    public let network: NetworkDescription
    public let instances: [Instance]

    /// Why a network cannot be partitioned, naming the constraint.
    public enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
        case placement(PlacementError)
        case onChipSource(name: String)
        case tooManyAfferents(population: String, needed: Int, available: Int)
        case loopTooLarge(populations: String, needed: Int, available: Int)

        public var description: String {
            switch self {
            case .placement(let error): "\(error)"
            case .onChipSource(let name):
                "source '\(name)' is on the chip; only external spikes can be replayed"
            case .tooManyAfferents(let population, let needed, let available):
                "population '\(population)': \(needed) signed afferents; joined circuits of one half "
                    + "of the chip have \(available), told apart by 63 labels of 128 drivers"
            case .loopTooLarge(let populations, let needed, let available):
                "\(populations) drive each other and need \(needed) circuits in one run; "
                    + "the chip has room for \(available)"
            }
        }
    }

    /// Afferents that labels can tell apart.
    public static let largestFanIn = 63 * SynapseDriver.count

    /// Plans the execution instances of a network.
    public init(
        _ network: NetworkDescription, circuits: CircuitsPerNeuron = .needed
    ) throws(Failure) {
        do throws(PlacementError) {
            try PlacedNetwork.validate(network)
        } catch {
            throw .placement(error)
        }
        for source in network.sources where source.kind.isOnChip {
            throw .onChipSource(name: source.name)
        }
        self.network = network
        var sizes: [Int] = []
        for (number, population) in network.populations.enumerated() {
            let fanIn = Self.afferentCount(network, number)
            guard fanIn <= Self.largestFanIn else {
                throw .tooManyAfferents(
                    population: population.name, needed: fanIn, available: Self.largestFanIn)
            }
            var size = max(1, (fanIn + SynapseDriver.count - 1) / SynapseDriver.count)
            if circuits == .powerOfTwo { while size & (size - 1) != 0 { size += 1 } }
            sizes.append(size)
        }
        let grouping = NeuronGrouping(network)
        var planner = Planner(network, sizes)
        // All in one run if it fits, with its drivers and buses where circuits stand alone.
        let isPlaceable = sizes.contains { $0 > 1 } || (try? PlacedNetwork(network)) != nil
        if !isPlaceable || !planner.fits(Array(network.populations.indices)) {
            for (number, group) in grouping.groups.enumerated() {
                if grouping.isRecurrent[number] {
                    try planner.addWhole(group)
                    try planner.checkBuses(group)
                } else {
                    planner.addParts(group[0])
                }
            }
        } else {
            try planner.addWhole(grouping.groups.flatMap { $0 })
        }
        instances = planner.finished()
    }

    private static func afferentCount(_ network: NetworkDescription, _ population: Int) -> Int {
        let origins = Set(
            network.projections.filter { $0.target.index == population }.map(\.origin))
        return origins.reduce(0) { $0 + network.count(of: $1) }
    }

    /// Neurons of c joined circuits that one run holds.
    public static func capacity(circuitsPerNeuron c: Int) -> Int { 2 * (256 / c) }
}

/// Fills instances.
private struct Planner {
    let network: NetworkDescription
    let sizes: [Int]
    private var parts: [[PartitionPlan.Part]] = []

    init(_ network: NetworkDescription, _ sizes: [Int]) {
        self.network = network
        self.sizes = sizes
    }

    /// Circuits of the two halves: columns 0...127 and 128...255, both rows.
    private struct Room {
        private var next = [0, 0]

        /// Circuits for a neuron, column after column with both rows.
        mutating func take(_ count: Int) -> [NeuronIndex]? {
            for half in 0..<2 where next[half] + count <= 256 {
                let first = next[half]
                next[half] += count
                return (first..<first + count).map { k in
                    NeuronIndex(
                        hemisphere: Hemisphere(k % 2), column: SynapseColumn(128 * half + k / 2))
                }
            }
            return nil
        }
    }

    func fits(_ populations: [Int]) -> Bool {
        var room = Room()
        for population in populations {
            for _ in 0..<network.populations[population].count {
                if room.take(sizes[population]) == nil { return false }
            }
        }
        return true
    }

    mutating func addWhole(_ populations: [Int]) throws(PartitionPlan.Failure) {
        var room = Room()
        var list: [PartitionPlan.Part] = []
        for population in populations {
            var circuits: [[NeuronIndex]] = []
            for _ in 0..<network.populations[population].count {
                guard let taken = room.take(sizes[population]) else {
                    throw .loopTooLarge(
                        populations: populations.map { "'\(network.populations[$0].name)'" }
                            .joined(separator: ", "),
                        needed: populations.reduce(0) {
                            $0 + network.populations[$1].count * sizes[$1]
                        }, available: NeuronIndex.count)
                }
                circuits.append(taken)
            }
            list.append(part(population, 0, circuits))
        }
        parts.append(list)
    }

    /// Neurons of a loop come back over the bus of their event output, with a driver each.
    func checkBuses(_ populations: [Int]) throws(PartitionPlan.Failure) {
        guard let placed = parts.last else { return }
        var onBus = [0, 0, 0, 0]
        for neuron in placed.flatMap(\.circuits) {
            onBus[neuron[0].eventOutput.reachableBus.index] += 1
        }
        for bus in PADIBus.all where onBus[bus.index] > 32 {
            throw .placement(
                .busExhausted(
                    hemisphere: .top, bus: bus, needed: onBus[bus.index], available: 32))
        }
    }

    mutating func addParts(_ population: Int) {
        var first = 0
        while first < network.populations[population].count {
            var room = Room()
            var circuits: [[NeuronIndex]] = []
            while first + circuits.count < network.populations[population].count,
                let taken = room.take(sizes[population])
            {
                circuits.append(taken)
            }
            parts.append([part(population, first, circuits)])
            first += circuits.count
        }
    }

    private func part(
        _ population: Int, _ first: Int, _ circuits: [[NeuronIndex]]
    ) -> PartitionPlan.Part {
        PartitionPlan.Part(
            population: PopulationID(index: population), members: first..<first + circuits.count,
            circuitsPerNeuron: sizes[population], circuits: circuits)
    }

    func finished() -> [PartitionPlan.Instance] {
        parts.enumerated().map { number, list in
            let own = Set(list.map(\.population.index))
            let origins = network.projections.filter { own.contains($0.target.index) }
                .compactMap { projection -> Int? in
                    guard case .population(let id) = projection.origin else { return nil }
                    return id.index
                }
            let replayed = parts.indices.filter { other in
                other != number && parts[other].contains { origins.contains($0.population.index) }
            }
            return PartitionPlan.Instance(parts: list, replayed: replayed)
        }
    }
}

extension PartitionPlan: CustomStringConvertible {
    /// What runs where, a line to a part.
    public var description: String {
        var lines = [
            "\(instances.count) execution instance\(instances.count == 1 ? "" : "s"); each further one "
                + "takes 20 to 100 ms of configuration (estimate)"
        ]
        for (number, instance) in instances.enumerated() {
            for part in instance.parts {
                let population = network.populations[part.population.index]
                let whole = part.members.count == population.count
                lines.append(
                    "  \(number): '\(population.name)'"
                        + (whole ? "" : " \(part.members.lowerBound)-\(part.members.upperBound - 1)")
                        + ", \(part.members.count) neurons of \(part.circuitsPerNeuron) "
                        + "circuit\(part.circuitsPerNeuron == 1 ? "" : "s"), "
                        + "\(instance.circuitCount) of 512 in use"
                        + (instance.replayed.isEmpty
                            ? ""
                            : ", spikes replayed from "
                                + instance.replayed.map(String.init).joined(separator: ", ")))
            }
        }
        return lines.joined(separator: "\n")
    }
}
