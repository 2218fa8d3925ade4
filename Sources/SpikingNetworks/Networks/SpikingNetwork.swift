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

    /// Where a training begins.
    public enum Initialization: String, Sendable, Hashable, Codable, CaseIterable {
        /// Normally distributed; the hidden weights' sum over the spikes of a sample drives a neuron
        /// to about one threshold.
        case thresholdScaled = "threshold-scaled"
        /// Uniform within 1 / sqrt(fan-in), as PyTorch's linear layers begin.
        case uniform
    }

    /// A network with random weights.
    ///
    /// - Parameters:
    ///   - spikesPerSample: Input spikes to expect, which sets the scale of the hidden weights.
    public init(
        inputCount: Int, hiddenCount: Int, outputCount: Int, stepCount: Int,
        neuron: LeakyIntegrateAndFire, surrogate: SurrogateGradient, readout: Readout = .maximum,
        isRecurrent: Bool = false, initialization: Initialization = .thresholdScaled,
        spikesPerSample: Double, stream: RandomStream
    ) {
        let hiddenScale = neuron.threshold / neuron.peak(within: stepCount)
            / spikesPerSample.squareRoot()
        let root = Double(hiddenCount).squareRoot()
        let readoutScale = readout == .sum ? 1 / root : 0.7 / (root * neuron.peak(within: stepCount))
        func random(_ name: String, _ count: Int, fanIn: Int, _ scale: Double) -> [Float] {
            var stream = stream.substream(name)
            let bound = 1 / Double(fanIn).squareRoot()
            return (0..<count).map { _ in
                switch initialization {
                case .thresholdScaled: Float(scale * stream.gaussian())
                case .uniform: Float(bound * (2 * stream.uniform() - 1))
                }
            }
        }
        self.init(
            inputCount: inputCount, hiddenCount: hiddenCount, outputCount: outputCount,
            stepCount: stepCount, neuron: neuron, surrogate: surrogate, readout: readout,
            hiddenWeights: random(
                "hidden weights", hiddenCount * inputCount, fanIn: inputCount, hiddenScale),
            readoutWeights: random(
                "readout weights", outputCount * hiddenCount, fanIn: hiddenCount, readoutScale),
            recurrentWeights: isRecurrent
                ? random(
                    "recurrent weights", hiddenCount * hiddenCount, fanIn: hiddenCount,
                    hiddenScale / 4) : [])
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
            inputCount: inputCount, hiddenVectors: LIFNetwork.vectors(neurons: hiddenCount),
            outputCount: outputCount, stepCount: stepCount, isRecurrent: isRecurrent,
            readout: readout.kernel, membraneRate: Float(neuron.membraneRate),
            synapticRate: Float(neuron.synapticRate), threshold: Float(neuron.threshold),
            surrogateSlope: Float(surrogate.slope), resetIsDetached: surrogate.resetIsDetached)
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
