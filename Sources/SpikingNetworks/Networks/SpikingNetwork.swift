package import NumericKernels
public import RandomStreams
import RealModule

/// One hidden layer of leaky integrate-and-fire neurons, recurrent or not, and a linear readout,
/// fully connected, without biases.
public struct SpikingNetwork: Sendable, Hashable {
    public let inputCount: Int
    public let hiddenCount: Int
    public let outputCount: Int
    public let stepCount: Int
    public let neuron: LeakyIntegrateAndFire
    public let surrogate: SurrogateGradient
    public let readout: Readout
    /// Input to hidden, shape [hidden, input].
    public var hiddenWeights: [Float]
    /// Hidden to readout, shape [output, hidden].
    public var readoutWeights: [Float]
    /// Hidden to hidden, one step later, shape [hidden driven, hidden that fired]; empty in a
    /// feed-forward network.
    public var recurrentWeights: [Float]

    /// How hidden spikes become scores.
    public enum Readout: String, Sendable, Hashable, Codable, CaseIterable {
        /// Leaky integrators; the score is the maximum of the membrane over time.
        case maximum
        /// Leaky integrators; the score is the membrane at the end.
        case last
        /// The score is the sum of the readout weights of all hidden spikes.
        case sum
    }

    /// - Precondition: the weights have the shapes above; at most 65 535 inputs and hidden neurons,
    ///   at most 255 steps.
    public init(
        inputCount: Int, hiddenCount: Int, outputCount: Int, stepCount: Int,
        neuron: LeakyIntegrateAndFire, surrogate: SurrogateGradient, readout: Readout = .maximum,
        hiddenWeights: [Float], readoutWeights: [Float], recurrentWeights: [Float] = []
    ) {
        precondition(inputCount > 0 && hiddenCount > 0 && outputCount > 0)
        precondition(stepCount > 0 && stepCount < 256)
        precondition(inputCount < 65_536 && hiddenCount < 65_536)
        precondition(hiddenWeights.count == hiddenCount * inputCount)
        precondition(readoutWeights.count == outputCount * hiddenCount)
        precondition(
            recurrentWeights.isEmpty || recurrentWeights.count == hiddenCount * hiddenCount)
        self.inputCount = inputCount
        self.hiddenCount = hiddenCount
        self.outputCount = outputCount
        self.stepCount = stepCount
        self.neuron = neuron
        self.surrogate = surrogate
        self.readout = readout
        self.hiddenWeights = hiddenWeights
        self.readoutWeights = readoutWeights
        self.recurrentWeights = recurrentWeights
    }

    /// A network with normally distributed weights.
    ///
    /// - Parameters:
    ///   - spikesPerSample: Input spikes to expect, which sets the scale of the hidden weights:
    ///     their sum over the spikes of a sample drives a neuron to about one threshold.
    public init(
        inputCount: Int, hiddenCount: Int, outputCount: Int, stepCount: Int,
        neuron: LeakyIntegrateAndFire, surrogate: SurrogateGradient, readout: Readout = .maximum,
        isRecurrent: Bool = false, spikesPerSample: Double, stream: RandomStream
    ) {
        let hiddenScale = neuron.threshold / neuron.peak(within: stepCount)
            / spikesPerSample.squareRoot()
        let root = Double(hiddenCount).squareRoot()
        let readoutScale = readout == .sum ? 1 / root : 0.7 / (root * neuron.peak(within: stepCount))
        func normal(_ name: String, _ count: Int, _ scale: Double) -> [Float] {
            var stream = stream.substream(name)
            return (0..<count).map { _ in Float(scale * stream.gaussian()) }
        }
        self.init(
            inputCount: inputCount, hiddenCount: hiddenCount, outputCount: outputCount,
            stepCount: stepCount, neuron: neuron, surrogate: surrogate, readout: readout,
            hiddenWeights: normal("hidden weights", hiddenCount * inputCount, hiddenScale),
            readoutWeights: normal("readout weights", outputCount * hiddenCount, readoutScale),
            recurrentWeights: isRecurrent
                ? normal("recurrent weights", hiddenCount * hiddenCount, hiddenScale / 4) : [])
    }

    public var isRecurrent: Bool { !recurrentWeights.isEmpty }

    public var parameterCount: Int {
        hiddenWeights.count + readoutWeights.count + recurrentWeights.count
    }

    /// Synapses behind one hidden neuron: the synaptic events of one hidden spike.
    public var hiddenFanOut: Int { outputCount + (isRecurrent ? hiddenCount : 0) }

    /// The kernel that simulates this network.
    package var kernel: LIFNetwork {
        LIFNetwork(
            inputCount: inputCount, hiddenVectors: (hiddenCount + 7) / 8,
            outputVectors: (outputCount + 7) / 8, stepCount: stepCount, isRecurrent: isRecurrent,
            readout: readout.kernel, membraneRate: Float(neuron.membraneRate),
            synapticRate: Float(neuron.synapticRate), threshold: Float(neuron.threshold),
            surrogateSlope: Float(surrogate.slope))
    }
}

extension SpikingNetwork.Readout {
    var kernel: LIFNetwork.Readout {
        switch self {
        case .maximum: .maximum
        case .last: .last
        case .sum: .sum
        }
    }
}
