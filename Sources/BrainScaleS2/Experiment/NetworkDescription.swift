import PhysicalQuantities

/// Names a group of external spike sources of a network description.
public struct SourceID: Sendable, Hashable, Codable {
    public let index: Int
}

/// Names a population of a network description.
public struct PopulationID: Sendable, Hashable, Codable {
    public let index: Int
}

/// Names a projection of a network description.
public struct ProjectionID: Sendable, Hashable, Codable {
    public let index: Int
}

/// Where the spikes of a group of sources come from.
public enum SourceKind: Sendable, Hashable, Codable {
    /// From off the chip, as the input of a run lists them.
    case external
    /// From the chip's own generators: independent Poisson sources of this many events a second
    /// each. Sources of one group in both hemispheres get the same seeds and so the same trains.
    case poisson(rate: Double, seed: UInt32)
    /// One regular source of this many events a second.
    case regular(rate: Double)

    var isOnChip: Bool { self != .external }
}

/// Where a projection starts.
public enum ProjectionOrigin: Sendable, Hashable, Codable {
    case source(SourceID)
    case population(PopulationID)
}

/// A network as its author thinks of it: populations, external sources, signed projections,
/// recorders. It says nothing about places on the chip, inputs or results.
public struct NetworkDescription: Sendable, Hashable, Codable {
    public struct Source: Sendable, Hashable, Codable {
        public let name: String
        public let count: Int
        public let kind: SourceKind
    }

    public struct Population: Sendable, Hashable, Codable {
        public let name: String
        public let count: Int
        public let cell: CellModel
        /// Whether the CADC reads its membranes.
        public var isRecorded = false
    }

    public struct Projection: Sendable, Hashable, Codable {
        public let origin: ProjectionOrigin
        public let target: PopulationID
        /// Signed weights -63...63, [pre, post].
        public let weights: [Int]
    }

    public private(set) var sources: [Source] = []
    public private(set) var populations: [Population] = []
    public private(set) var projections: [Projection] = []
    /// Conductances between members of populations of stepped cells.
    public private(set) var couplings: [CompartmentCoupling] = []
    /// Origins whose synapse drivers have short-term plasticity.
    public private(set) var shortTermPlasticity: [ProjectionOrigin: ShortTermPlasticity] = [:]

    public init() {}

    /// Adds external spike sources.
    public mutating func addSource(_ name: String, count: Int) -> SourceID {
        addSource(name, count: count, kind: .external)
    }

    /// Adds on-chip spike sources.
    ///
    /// A generator serves up to four sources that may reach the same neurons, and a synapse array
    /// has four generators.
    public mutating func addSource(_ name: String, count: Int, kind: SourceKind) -> SourceID {
        sources.append(Source(name: name, count: count, kind: kind))
        return SourceID(index: sources.count - 1)
    }

    /// Adds neurons that share their targets.
    public mutating func addPopulation(_ name: String, count: Int, cell: CellModel)
        -> PopulationID
    {
        populations.append(Population(name: name, count: count, cell: cell))
        return PopulationID(index: populations.count - 1)
    }

    /// Connects external sources to a population.
    ///
    /// - Parameter weights: signed, -63...63, [pre, post]; 0 is no influence, yet the synapse
    ///   exists and plasticity can change it.
    @discardableResult
    public mutating func connect(
        _ source: SourceID, to target: PopulationID, weights: [Int]
    ) -> ProjectionID {
        connect(.source(source), to: target, weights: weights)
    }

    /// Connects a population to another one or to itself.
    @discardableResult
    public mutating func connect(
        _ origin: PopulationID, to target: PopulationID, weights: [Int]
    ) -> ProjectionID {
        connect(.population(origin), to: target, weights: weights)
    }

    private mutating func connect(
        _ origin: ProjectionOrigin, to target: PopulationID, weights: [Int]
    ) -> ProjectionID {
        projections.append(Projection(origin: origin, target: target, weights: weights))
        return ProjectionID(index: projections.count - 1)
    }

    /// Joins two compartments.
    public mutating func couple(_ coupling: CompartmentCoupling) { couplings.append(coupling) }

    /// Gives the drivers of an origin's synapses short-term plasticity, in real time only.
    public mutating func setShortTermPlasticity(
        _ plasticity: ShortTermPlasticity, of origin: ProjectionOrigin
    ) {
        shortTermPlasticity[origin] = plasticity
    }

    /// Lets the CADC record the membranes of a population.
    public mutating func record(_ population: PopulationID) {
        populations[population.index].isRecorded = true
    }

    /// Names of all projections, in order.
    public var projectionIDs: [ProjectionID] {
        projections.indices.map { ProjectionID(index: $0) }
    }

    /// The first population with a name.
    public func population(named name: String) -> PopulationID? {
        populations.firstIndex { $0.name == name }.map { PopulationID(index: $0) }
    }

    /// us.
    var longestTimeConstant: Double {
        populations.reduce(0) { longest, population in
            let targets = population.cell.targets
            return max(
                longest, targets.membraneTimeConstant.microseconds,
                targets.excitatoryTimeConstant.microseconds,
                targets.inhibitoryTimeConstant.microseconds)
        }
    }

    func count(of origin: ProjectionOrigin) -> Int {
        switch origin {
        case .source(let id): sources[id.index].count
        case .population(let id): populations[id.index].count
        }
    }

    func name(of origin: ProjectionOrigin) -> String {
        switch origin {
        case .source(let id): sources[id.index].name
        case .population(let id): populations[id.index].name
        }
    }
}
