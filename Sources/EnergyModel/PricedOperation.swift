/// What can carry a price: the activities that receivers count, by the names of the result files.
public enum PricedOperation: String, Sendable, Hashable, Codable, CaseIterable,
    CodingKeyRepresentable
{
    /// Multiply-accumulates of filters and dense layers.
    case multiplyAccumulates = "multiply_accumulates"
    /// Products that only form regressors.
    case products
    /// Evaluations of a nonlinear activation function.
    case activations
    /// Comparisons and additions of searching detectors, encoders and slicers.
    case comparisons
    /// Deliveries of one spike to one neuron.
    case synapticEvents = "synaptic_events"
    /// State updates of one neuron in one time step.
    case neuronUpdates = "neuron_updates"
    /// Spikes sent into the network.
    case inputSpikes = "input_spikes"
    /// Spikes emitted by hidden neurons.
    case hiddenSpikes = "hidden_spikes"
    /// Conversions of a membrane by an analog-to-digital converter on a chip.
    case membraneConversions = "membrane_conversions"
    /// Cycles of a plasticity processor.
    case plasticityCycles = "plasticity_cycles"
    /// Emulated time of analog hardware; a price of 1 pJ per ns is a power of 1 mW.
    case hardwareNanoseconds = "hardware_nanoseconds"
    /// Conversions of the received signal by the receiver's analog-to-digital converter.
    case receivedSamples = "received_samples"

    /// The operation in words, plural, for tables and reports.
    public var title: String {
        switch self {
        case .multiplyAccumulates: "multiply-accumulates"
        case .products: "products"
        case .activations: "activations"
        case .comparisons: "comparisons"
        case .synapticEvents: "synaptic events"
        case .neuronUpdates: "neuron updates"
        case .inputSpikes: "input spikes"
        case .hiddenSpikes: "hidden spikes"
        case .membraneConversions: "membrane conversions"
        case .plasticityCycles: "plasticity processor cycles"
        case .hardwareNanoseconds: "hardware nanoseconds"
        case .receivedSamples: "received samples"
        }
    }
}
