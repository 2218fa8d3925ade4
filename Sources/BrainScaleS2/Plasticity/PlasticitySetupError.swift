/// Why a rule cannot train a projection.
public enum PlasticitySetupError: Error, Sendable, Hashable, CustomStringConvertible {
    case originHasNoCounters
    case targetNotRecorded
    case targetDoesNotFire
    case targetOnBothHemispheres

    public var description: String {
        switch self {
        case .originHasNoCounters:
            "the rule needs spike counters: the projection must start at a population"
        case .targetNotRecorded:
            "the rule needs CADC samples of its neurons: record the target population"
        case .targetDoesNotFire: "the rule needs outputs that fire"
        case .targetOnBothHemispheres:
            "the neurons must lie on one hemisphere, in reach of one processor"
        }
    }
}

extension PlacedNetwork {
    /// The one hemisphere of the circuits of a population, whose processor reaches them.
    func hemisphere(of population: PopulationID) throws(PlasticitySetupError) -> Hemisphere {
        let circuits = circuits[population.index]
        let hemisphere = circuits[0].hemisphere
        guard circuits.allSatisfy({ $0.hemisphere == hemisphere }) else {
            throw .targetOnBothHemispheres
        }
        return hemisphere
    }

    /// The neurons behind a projection whose counters a hemisphere's processor reads, each with its
    /// driver there.
    func countedOrigins(
        of projection: ProjectionID, on hemisphere: Hemisphere
    ) throws(PlasticitySetupError) -> [(circuit: NeuronIndex, driver: SynapseDriver)] {
        guard case .population(let origin) = network.projections[projection.index].origin else {
            throw .originHasNoCounters
        }
        return zip(afferents(of: .population(origin)), circuits[origin.index]).compactMap {
            afferent, circuit in
            drivers[hemisphere.index][afferent].map { (circuit, $0) }
        }
    }
}
