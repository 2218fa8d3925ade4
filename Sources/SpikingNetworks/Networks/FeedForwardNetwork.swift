package import NumericKernels
public import RandomStreams
import RealModule

/// One hidden layer of leaky integrate-and-fire neurons and leaky integrators as readouts, fully
/// connected, without biases.
public struct FeedForwardNetwork: Sendable, Hashable {
    public let inputCount: Int
    public let hiddenCount: Int
    public let outputCount: Int
    public let stepCount: Int
    public let neuron: LeakyIntegrateAndFire
    public let surrogate: SurrogateGradient
    /// Input to hidden, shape [hidden, input].
    public var hiddenWeights: [Float]
    /// Hidden to readout, shape [output, hidden].
    public var readoutWeights: [Float]

    /// - Precondition: the weights have the shapes above; at most 65 535 inputs and hidden neurons.
    public init(
        inputCount: Int, hiddenCount: Int, outputCount: Int, stepCount: Int,
        neuron: LeakyIntegrateAndFire, surrogate: SurrogateGradient, hiddenWeights: [Float],
        readoutWeights: [Float]
    ) {
        precondition(inputCount > 0 && hiddenCount > 0 && outputCount > 0 && stepCount > 0)
        precondition(inputCount < 65_536 && hiddenCount < 65_536)
        precondition(hiddenWeights.count == hiddenCount * inputCount)
        precondition(readoutWeights.count == outputCount * hiddenCount)
        self.inputCount = inputCount
        self.hiddenCount = hiddenCount
        self.outputCount = outputCount
        self.stepCount = stepCount
        self.neuron = neuron
        self.surrogate = surrogate
        self.hiddenWeights = hiddenWeights
        self.readoutWeights = readoutWeights
    }

    /// A network with normally distributed weights.
    ///
    /// - Parameters:
    ///   - spikesPerSample: Input spikes to expect, which sets the scale of the hidden weights:
    ///     their sum over the spikes of a sample drives a neuron to `drive` thresholds.
    public init(
        inputCount: Int, hiddenCount: Int, outputCount: Int, stepCount: Int,
        neuron: LeakyIntegrateAndFire, surrogate: SurrogateGradient, spikesPerSample: Double,
        stream: RandomStream
    ) {
        // A unit weight moves the membrane by about 1/e at its peak.
        let hiddenScale = Double.exp(1) * neuron.threshold / spikesPerSample.squareRoot()
        let readoutScale = 2 / Double(hiddenCount).squareRoot()
        var hiddenStream = stream.substream("hidden weights")
        var readoutStream = stream.substream("readout weights")
        self.init(
            inputCount: inputCount, hiddenCount: hiddenCount, outputCount: outputCount,
            stepCount: stepCount, neuron: neuron, surrogate: surrogate,
            hiddenWeights: (0..<hiddenCount * inputCount).map { _ in
                Float(hiddenScale * hiddenStream.gaussian())
            },
            readoutWeights: (0..<outputCount * hiddenCount).map { _ in
                Float(readoutScale * readoutStream.gaussian())
            })
    }

    public var parameterCount: Int { hiddenWeights.count + readoutWeights.count }

    /// The kernel that simulates this network.
    package func kernel(spikePenalty: Double = 0) -> FeedForwardLIF {
        FeedForwardLIF(
            inputCount: inputCount, hiddenVectors: (hiddenCount + 7) / 8,
            outputVectors: (outputCount + 7) / 8, stepCount: stepCount,
            membraneRate: Float(neuron.membraneRate), synapticRate: Float(neuron.synapticRate),
            threshold: Float(neuron.threshold), surrogateSlope: Float(surrogate.slope),
            spikePenalty: Float(spikePenalty))
    }
}

// MARK: - Vector layout

extension FeedForwardNetwork {
    /// The weights as the kernel wants them, padded with zeros.
    package func packedWeights() -> [Lanes] {
        let kernel = kernel()
        var packed = [Lanes](repeating: .zero, count: kernel.weightVectors)
        forEachWeight { value, vector, lane in packed[vector][lane] = value }
        return packed
    }

    /// Takes over the weights of a packed array.
    package mutating func unpack(_ packed: [Lanes]) {
        let kernel = kernel()
        precondition(packed.count == kernel.weightVectors)
        for h in 0..<hiddenCount {
            for n in 0..<inputCount {
                hiddenWeights[h * inputCount + n] = packed[n * kernel.hiddenVectors + h / 8][h % 8]
            }
        }
        let base = inputCount * kernel.hiddenVectors
        for o in 0..<outputCount {
            for h in 0..<hiddenCount {
                readoutWeights[o * hiddenCount + h] =
                    packed[base + h * kernel.outputVectors + o / 8][o % 8]
            }
        }
    }

    /// One in every lane that holds a weight, zero in the padding.
    package func laneMask() -> [Lanes] {
        var mask = [Lanes](repeating: .zero, count: kernel().weightVectors)
        forEachWeight { _, vector, lane in mask[vector][lane] = 1 }
        return mask
    }

    /// Readout weights transposed to [output, hidden vector].
    package static func transposeReadout(
        _ packed: [Lanes], kernel: FeedForwardLIF, outputCount: Int, into transposed: inout [Lanes]
    ) {
        let base = kernel.inputCount * kernel.hiddenVectors
        for o in 0..<outputCount {
            for h in 0..<kernel.hiddenLanes {
                transposed[o * kernel.hiddenVectors + h / 8][h % 8] =
                    packed[base + h * kernel.outputVectors + o / 8][o % 8]
            }
        }
    }

    private func forEachWeight(_ body: (Float, _ vector: Int, _ lane: Int) -> Void) {
        let kernel = kernel()
        for h in 0..<hiddenCount {
            for n in 0..<inputCount {
                body(
                    hiddenWeights[h * inputCount + n], n * kernel.hiddenVectors + h / 8, h % 8)
            }
        }
        let base = inputCount * kernel.hiddenVectors
        for o in 0..<outputCount {
            for h in 0..<hiddenCount {
                body(
                    readoutWeights[o * hiddenCount + h],
                    base + h * kernel.outputVectors + o / 8, o % 8)
            }
        }
    }
}
