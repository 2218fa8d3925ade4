/// Plain counts of what a receiver did, incremented by the code that does it.
///
/// Counts are totals over the symbols processed. They price nothing: an energy model does.
public struct OperationCounts: Sendable, Hashable, Codable {
    /// Multiply-accumulates of filters, dense layers and the like.
    public var multiplyAccumulates = 0
    /// Products that only form regressors (the squares and cubes of a Volterra series).
    public var products = 0
    /// Evaluations of a nonlinear activation function.
    public var activations = 0
    /// Comparisons and additions of detectors that search (sequence detection, slicers).
    public var comparisons = 0
    /// Deliveries of one spike to one neuron through a synapse.
    public var synapticEvents = 0
    /// State updates of one neuron in one time step.
    public var neuronUpdates = 0
    /// Spikes sent into the network.
    public var inputSpikes = 0
    /// Spikes emitted by hidden neurons.
    public var hiddenSpikes = 0
    /// Conversions of a neuron's membrane by an analog-to-digital converter on a chip.
    public var membraneConversions = 0
    /// Cycles of a plasticity processor.
    public var plasticityCycles = 0
    /// Emulated time of analog hardware, in nanoseconds.
    public var hardwareNanoseconds = 0

    public init() {}

    public static func += (total: inout OperationCounts, part: OperationCounts) {
        total.multiplyAccumulates += part.multiplyAccumulates
        total.products += part.products
        total.activations += part.activations
        total.comparisons += part.comparisons
        total.synapticEvents += part.synapticEvents
        total.neuronUpdates += part.neuronUpdates
        total.inputSpikes += part.inputSpikes
        total.hiddenSpikes += part.hiddenSpikes
        total.membraneConversions += part.membraneConversions
        total.plasticityCycles += part.plasticityCycles
        total.hardwareNanoseconds += part.hardwareNanoseconds
    }
}
