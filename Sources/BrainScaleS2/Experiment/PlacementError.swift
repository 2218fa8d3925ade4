/// Why a network does not fit the chip, naming the constraint.
public enum PlacementError: Error, Sendable, Hashable, CustomStringConvertible {
    case emptyPopulation(name: String)
    case weightShape(projection: String, expected: Int, found: Int)
    case weightOutOfRange(projection: String, pre: Int, post: Int, value: Int)
    case targetOutOfRange(population: String, parameter: String, value: Double, allowed: String)
    case tooManyNeurons(population: String, needed: Int, available: Int)
    case tooManyAfferents(hemisphere: Hemisphere, needed: Int, available: Int)
    case busExhausted(hemisphere: Hemisphere, bus: PADIBus, needed: Int, available: Int)
    case generatorsExhausted(source: String, hemisphere: Hemisphere)
    case rateOutOfRange(source: String, rate: Double, allowed: String)
    case circuitTaken(population: String, neuron: NeuronIndex)
    case circuitCount(population: String, expected: Int, found: Int)
    case unknownReference(projection: String)
    case couplingOutOfRange(population: String, reason: String)

    public var description: String {
        switch self {
        case .emptyPopulation(let name):
            "'\(name)' has no members; sizes are at least 1"
        case .weightShape(let projection, let expected, let found):
            "projection \(projection): \(expected) weights expected [pre, post], \(found) given"
        case .weightOutOfRange(let projection, let pre, let post, let value):
            "projection \(projection): weight \(value) of [\(pre), \(post)]; synapses hold -63...63"
        case .targetOutOfRange(let population, let parameter, let value, let allowed):
            "population '\(population)': \(parameter) \(value); allowed are \(allowed)"
        case .tooManyNeurons(let population, let needed, let available):
            "population '\(population)' needs \(needed) neuron circuits; "
                + "\(available) of 512 are free"
        case .tooManyAfferents(let hemisphere, let needed, let available):
            "synapse array \(hemisphere.index): \(needed) signed afferents; "
                + "its \(available) drivers serve one each"
        case .busExhausted(let hemisphere, let bus, let needed, let available):
            "synapse array \(hemisphere.index): \(needed) neurons reach it only over PADI bus "
                + "\(bus.index), which has \(available) drivers"
        case .generatorsExhausted(let source, let hemisphere):
            "source '\(source)': synapse array \(hemisphere.index) has four background generators "
                + "of up to four sources, each with drivers side by side on a bus of its own; "
                + "none is left"
        case .rateOutOfRange(let source, let rate, let allowed):
            "source '\(source)': \(rate) events a second; allowed are \(allowed)"
        case .circuitTaken(let population, let neuron):
            "population '\(population)': neuron circuit \(neuron.index) is already taken"
        case .circuitCount(let population, let expected, let found):
            "population '\(population)': \(expected) circuits expected, \(found) given"
        case .couplingOutOfRange(let population, let reason):
            "coupling of compartments of '\(population)': \(reason)"
        case .unknownReference(let projection):
            "projection \(projection) refers to a member of another network"
        }
    }
}
