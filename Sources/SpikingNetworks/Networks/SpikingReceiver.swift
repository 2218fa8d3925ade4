public import Modulation
import NumericKernels
public import SpikeEncoding

/// A spiking equalizer in software: encoder, network, and the decision for the readout with the
/// highest score.
///
/// With decision feedback the network also sees the last decisions, each as one spike in the first
/// step from one of M further inputs (one-hot), the latest decision first. A block is circular: the
/// receiver then runs over its last symbols once before it decides the first; that run is real
/// work, and counted.
public struct SpikingReceiver: DecisionFeedback {
    public let encoder: SpikeEncoder
    public let network: SpikingNetwork
    /// Past decisions that the network sees.
    public let feedbackCount: Int

    /// - Precondition: the network has one input per encoding neuron, and one per class and past
    ///   decision; an odd number of taps.
    public init(encoder: SpikeEncoder, network: SpikingNetwork, feedbackCount: Int = 0) {
        precondition(feedbackCount >= 0 && encoder.tapCount % 2 == 1)
        precondition(
            network.inputCount == encoder.inputCount + feedbackCount * network.outputCount)
        precondition(encoder.stepCount <= network.stepCount)
        self.encoder = encoder
        self.network = network
        self.feedbackCount = feedbackCount
    }

    public var tapCount: Int { encoder.tapCount }

    /// Numbers that a training moves: weights, and those of the encoder that can learn.
    public var parameterCount: Int { network.parameterCount }

    /// Decisions of the run-in per past decision fed back.
    private static let runInPerDecision = 8

    public func detect(_ received: [Double]) -> Detection {
        detect(received, fedBack: nil)
    }

    public func detect(_ received: [Double], sentBefore sent: [UInt8]) -> Detection {
        precondition(sent.count == received.count)
        return detect(received, fedBack: sent)
    }

    private func detect(_ received: [Double], fedBack: [UInt8]?) -> Detection {
        let outputs = network.outputCount
        let count = received.count
        let workspace = SampleWorkspace(kernel: network.kernel, isGraded: encoder.isGraded)
        let weights = KernelWeights(network)
        let encoding = WindowEncoding(encoder)
        let samples = TapWindow(tapCount: tapCount).padded(received.map(Float.init))
        var detection = Detection(
            symbols: fedBack ?? [UInt8](repeating: 0, count: count),
            scores: [Float](repeating: 0, count: count * outputs), operations: OperationCounts())
        let runIn = fedBack == nil ? min(count, Self.runInPerDecision * feedbackCount) : 0
        var decisions = detection.symbols
        samples.withUnsafeBufferPointer { samples in
            weights.withKernelWeights { weights in
                for position in -runIn..<count {
                    let k = position < 0 ? position + count : position
                    encoding.encode(samples.baseAddress! + k, into: &workspace.input.events)
                    for d in 0..<feedbackCount {
                        let past = (k + count - (d + 1) % count) % count
                        workspace.appendEvent(
                            input: encoder.inputCount + d * outputs + Int(decisions[past]))
                    }
                    let inputSpikes = workspace.input.events.count
                    let hiddenSpikes = workspace.infer(weights: weights)
                    let best = UInt8(workspace.decision(outputCount: outputs))
                    if fedBack == nil { decisions[k] = best }
                    detection.symbols[k] = best
                    for o in 0..<outputs {
                        detection.scores[k * outputs + o] = workspace.score(o)
                    }
                    detection.operations.inputSpikes += inputSpikes
                    detection.operations.hiddenSpikes += hiddenSpikes
                    detection.operations.synapticEvents +=
                        inputSpikes * network.hiddenCount + hiddenSpikes * network.hiddenFanOut
                }
            }
        }
        let integrators = network.readout == .sum ? 0 : outputs
        detection.operations.neuronUpdates =
            (runIn + count) * network.stepCount * (network.hiddenCount + integrators)
        return detection
    }
}
