public import Modulation
import NumericKernels
public import SpikeEncoding

/// A spiking equalizer in software: encoder, network, and the decision for the readout with the
/// highest score.
public struct SpikingReceiver: SymbolDetector {
    public let tapCount: Int
    public let encoder: ReceptiveFieldEncoder
    public let network: FeedForwardNetwork

    /// - Precondition: the network has one input per encoding neuron of each tap.
    public init(tapCount: Int, encoder: ReceptiveFieldEncoder, network: FeedForwardNetwork) {
        precondition(network.inputCount == tapCount * encoder.neuronCount)
        precondition(encoder.stepCount <= network.stepCount)
        self.tapCount = tapCount
        self.encoder = encoder
        self.network = network
    }

    public func detect(_ received: [Double]) -> Detection {
        let outputs = network.outputCount
        let workspace = SampleWorkspace(kernel: network.kernel())
        let weights = network.packedWeights()
        let steps = encoder.encode(TapWindow(tapCount: tapCount).padded(received))
        var detection = Detection(
            symbols: [UInt8](repeating: 0, count: received.count),
            scores: [Float](repeating: 0, count: received.count * outputs),
            operations: OperationCounts())
        for k in 0..<received.count {
            let (inputSpikes, hiddenSpikes) = steps.withUnsafeBufferPointer { steps in
                weights.withUnsafeBufferPointer { weights in
                    let inputSpikes = workspace.sortEvents(
                        steps.baseAddress! + k * encoder.neuronCount)
                    return (inputSpikes, workspace.forward(weights: weights.baseAddress!))
                }
            }
            var best = 0
            for o in 0..<outputs {
                let score = workspace.score(o)
                detection.scores[k * outputs + o] = score
                if score > workspace.score(best) { best = o }
            }
            detection.symbols[k] = UInt8(best)
            detection.operations.inputSpikes += inputSpikes
            detection.operations.hiddenSpikes += hiddenSpikes
            detection.operations.synapticEvents +=
                inputSpikes * network.hiddenCount + hiddenSpikes * outputs
            detection.operations.neuronUpdates +=
                network.stepCount * (network.hiddenCount + outputs)
        }
        return detection
    }
}
