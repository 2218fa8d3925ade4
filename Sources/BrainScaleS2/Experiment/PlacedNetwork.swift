/// How neurons get their circuits.
public enum PlacementStrategy: Sendable, Hashable, Codable {
    /// Populations in order, each to the next columns of the first hemisphere that still has the
    /// columns and drivers for it; a population too wide for one is split over both.
    case automatic
    /// Circuit after circuit from this one on; shifting a network moves it to other devices.
    case starting(at: NeuronIndex)
    /// Circuits of every population, in the order of the description.
    case explicit([[NeuronIndex]])
}

/// A network on the chip: circuits, drivers, labels and synapse arrays.
public struct PlacedNetwork: Sendable {
    public let network: NetworkDescription
    /// Circuits, [population][neuron].
    public let circuits: [[NeuronIndex]]
    /// Drivers of each afferent in each hemisphere, [hemisphere][afferent]; afferents are all
    /// external sources in order, then all neurons in order.
    public let drivers: [[SynapseDriver?]]
    /// The label of each afferent's events, by afferent. Label 0 stays with synapses that nothing
    /// uses, so they are silent whatever their weight.
    public let labels: [SynapseLabel]
    /// Background generators in use.
    public let generators: [PlacedGenerator]
    /// Synapse arrays, [hemisphere].
    public let arrays: [SynapseArray]
    /// The number of external sources; source groups are numbered through in order.
    public let sourceCount: Int
    public let neuronCount: Int

    /// Number of the first member of a group of sources among all sources.
    public func firstSource(of id: SourceID) -> Int {
        network.sources[..<id.index].reduce(0) { $0 + $1.count }
    }

    /// Number of the first neuron of a population among all neurons.
    public func firstNeuron(of id: PopulationID) -> Int {
        network.populations[..<id.index].reduce(0) { $0 + $1.count }
    }

    /// Numbers among all neurons.
    func neurons(of population: Int) -> Range<Int> {
        let first = firstNeuron(of: PopulationID(index: population))
        return first..<first + network.populations[population].count
    }

    /// The cell on each circuit, nil on unused ones.
    public var cellsByCircuit: [CellModel?] {
        var cells = [CellModel?](repeating: nil, count: NeuronIndex.count)
        for (population, list) in zip(network.populations, circuits) {
            for circuit in list { cells[circuit.index] = population.cell }
        }
        return cells
    }

    /// The afferent numbers of the origin of a projection.
    func afferents(of origin: ProjectionOrigin) -> Range<Int> {
        let first: Int
        switch origin {
        case .source(let id): first = firstSource(of: id)
        case .population(let id): first = sourceCount + firstNeuron(of: id)
        }
        return first..<(first + network.count(of: origin))
    }

    /// The signed weights of a projection as synapse arrays hold them, [pre, post].
    ///
    /// Projections with the same origin and target share their synapses.
    func weights(of projection: ProjectionID, in arrays: [SynapseArray]) -> [Int] {
        let p = network.projections[projection.index]
        return afferents(of: p.origin).flatMap { afferent in
            circuits[p.target.index].map { circuit in
                let h = circuit.hemisphere.index
                guard let driver = drivers[h][afferent] else { return 0 }
                return arrays[h].signedWeight(driver, circuit.column).value
            }
        }
    }

    /// Writes signed weights of a projection, [pre, post], into synapse arrays.
    ///
    /// - Returns: the rows written: afferent and hemisphere of each.
    /// - Precondition: the shape fits and every weight is in -63...63.
    func setWeights(
        _ weights: [Int], of projection: ProjectionID, in arrays: inout [SynapseArray]
    ) -> [(afferent: Int, hemisphere: Int)] {
        let p = network.projections[projection.index]
        let targets = circuits[p.target.index]
        let afferents = afferents(of: p.origin)
        precondition(weights.count == afferents.count * targets.count, "weights are [pre, post]")
        var written: [(afferent: Int, hemisphere: Int)] = []
        for (pre, afferent) in afferents.enumerated() {
            for (post, circuit) in targets.enumerated() {
                let h = circuit.hemisphere.index
                guard let driver = drivers[h][afferent] else { continue }
                arrays[h].setSignedWeight(
                    SignedWeight(weights[pre * targets.count + post]), driver, circuit.column)
            }
            for h in 0..<2 where drivers[h][afferent] != nil { written.append((afferent, h)) }
        }
        return written
    }

    /// Places a network.
    ///
    /// Every afferent of a hemisphere takes one driver there, its two rows being the excitatory and
    /// the inhibitory half of its signed synapses.
    ///
    /// - Throws: `PlacementError` naming the constraint that broke.
    public init(
        _ network: NetworkDescription, strategy: PlacementStrategy = .automatic
    ) throws(PlacementError) {
        try Self.validate(network)
        self.network = network
        sourceCount = network.sources.reduce(0) { $0 + $1.count }
        neuronCount = network.populations.reduce(0) { $0 + $1.count }
        let circuits = try Self.placeNeurons(network, strategy)
        self.circuits = circuits
        let flat = circuits.flatMap { $0 }
        let members = network.sources.map(\.count)
        func firstAfferent(_ origin: ProjectionOrigin) -> Int {
            switch origin {
            case .source(let id): members[..<id.index].reduce(0, +)
            case .population(let id):
                members.reduce(0, +) + circuits[..<id.index].reduce(0) { $0 + $1.count }
            }
        }
        var needed = [[Bool]](
            repeating: Array(repeating: false, count: sourceCount + neuronCount), count: 2)
        for projection in network.projections {
            for circuit in circuits[projection.target.index] {
                let first = firstAfferent(projection.origin)
                for k in 0..<network.count(of: projection.origin) {
                    needed[circuit.hemisphere.index][first + k] = true
                }
            }
        }
        try Self.validateCouplings(network, circuits)
        let assignment = try DriverAssignment(network, needed: needed, circuits: flat)
        let drivers = assignment.drivers
        self.drivers = drivers
        labels = assignment.labels
        generators = assignment.generators
        var arrays = [SynapseArray(), SynapseArray()]
        for hemisphere in 0..<2 {
            for case let driver? in drivers[hemisphere] {
                arrays[hemisphere].setMode(.excitatory, driver.excitatoryRow)
                arrays[hemisphere].setMode(.inhibitory, driver.inhibitoryRow)
            }
        }
        for (number, projection) in network.projections.enumerated() {
            let first = firstAfferent(projection.origin)
            let targets = circuits[projection.target.index]
            for pre in 0..<network.count(of: projection.origin) {
                for (post, circuit) in targets.enumerated() {
                    let h = circuit.hemisphere.index
                    guard let driver = drivers[h][first + pre] else { continue }
                    let sum =
                        projection.weights[pre * targets.count + post]
                        + arrays[h].signedWeight(driver, circuit.column).value
                    guard abs(sum) <= 63 else {
                        throw .weightOutOfRange(
                            projection: network.title(of: number), pre: pre, post: post, value: sum)
                    }
                    arrays[h].setSignedWeight(SignedWeight(sum), driver, circuit.column)
                    let label = assignment.labels[first + pre]
                    arrays[h].setLabel(label, driver.excitatoryRow, circuit.column)
                    arrays[h].setLabel(label, driver.inhibitoryRow, circuit.column)
                }
            }
        }
        self.arrays = arrays
    }
}
