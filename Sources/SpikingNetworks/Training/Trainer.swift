import Modulation
import NumericKernels
import RealModule
public import SpikeEncoding

/// Runs the bodies 0..<count, in any order, on any threads, and returns when all are done.
public typealias SliceExecutor = @Sendable (
    _ count: Int, _ body: @escaping @Sendable (Int) -> Void
) -> Void

/// Trains a feed-forward network by backpropagation through time, surrogate gradients and Adam.
///
/// The samples of a batch are divided among a fixed number of slices, each with its own gradient;
/// the slices are added in order. The result therefore does not depend on how many threads the
/// executor uses, bit for bit.
public final class Trainer {
    /// Slices of a batch; threads beyond this number stay idle.
    public static let sliceCount = 4

    public let encoder: ReceptiveFieldEncoder
    public let tapCount: Int
    public let policy: TrainingPolicy
    public private(set) var state: TrainingState
    private var network: FeedForwardNetwork
    private let kernel: FeedForwardLIF
    private let mask: [Lanes]
    private var readoutTransposed: [Lanes]
    private var gradient: [Lanes]
    private let slices: [GradientSlice]
    private let executor: SliceExecutor

    /// - Parameters:
    ///   - network: Shape and initial weights.
    ///   - state: Where an earlier training stopped; nil to begin.
    public init(
        network: FeedForwardNetwork, encoder: ReceptiveFieldEncoder, tapCount: Int,
        policy: TrainingPolicy, state: TrainingState? = nil, executor: @escaping SliceExecutor
    ) {
        precondition(network.inputCount == tapCount * encoder.neuronCount)
        let kernel = network.kernel(spikePenalty: policy.spikePenalty)
        self.network = network
        self.encoder = encoder
        self.tapCount = tapCount
        self.policy = policy
        self.kernel = kernel
        self.state = state ?? TrainingState(network: network)
        precondition(self.state.weights.count == kernel.weightVectors)
        mask = network.laneMask()
        readoutTransposed = [Lanes](
            repeating: .zero, count: network.outputCount * kernel.hiddenVectors)
        gradient = [Lanes](repeating: .zero, count: kernel.weightVectors)
        slices = (0..<Self.sliceCount).map { _ in
            GradientSlice(kernel: kernel, outputCount: network.outputCount)
        }
        self.executor = executor
    }

    /// The network with the weights reached so far.
    public var trainedNetwork: FeedForwardNetwork {
        var result = network
        result.unpack(state.weights)
        return result
    }

    public var isFinished: Bool { state.updates >= policy.updateCount }

    /// What one block of training cost and showed.
    public struct Progress: Sendable, Hashable {
        /// Mean cross-entropy per symbol in nats.
        public var loss: Double
        public var symbols: Int
        public var symbolErrors: Int
        public var hiddenSpikes: Int
    }

    /// Trains on one block, batch after batch, until the block or the policy ends.
    ///
    /// - Parameters:
    ///   - received: Samples of a circular block, shape [symbol]; its length is a multiple of the
    ///     batch size.
    ///   - symbols: What was sent, shape [symbol].
    public func train(received: [Double], symbols: [UInt8]) -> Progress {
        precondition(received.count == symbols.count)
        precondition(received.count % policy.batchSize == 0)
        let steps = encoder.encode(TapWindow(tapCount: tapCount).padded(received))
        var progress = Progress(loss: 0, symbols: 0, symbolErrors: 0, hiddenSpikes: 0)
        for start in stride(from: 0, to: received.count, by: policy.batchSize) {
            if isFinished { break }
            update(steps: steps, symbols: symbols, start: start, into: &progress)
        }
        progress.loss /= Double(max(1, progress.symbols))
        return progress
    }

    private func update(
        steps: [UInt8], symbols: [UInt8], start: Int, into progress: inout Progress
    ) {
        FeedForwardNetwork.transposeReadout(
            state.weights, kernel: kernel, outputCount: network.outputCount,
            into: &readoutTransposed)
        let batch = BatchView(
            weights: state.weights, readoutTransposed: readoutTransposed, steps: steps,
            symbols: symbols, encoderNeurons: encoder.neuronCount)
        let size = policy.batchSize
        let slices = slices
        executor(Self.sliceCount) { slice in
            let first = start + slice * size / Self.sliceCount
            let last = start + (slice + 1) * size / Self.sliceCount
            slices[slice].accumulate(batch, range: first..<last)
        }
        reduceGradient()
        for slice in slices {
            progress.loss += slice.loss
            progress.symbolErrors += slice.symbolErrors
            progress.hiddenSpikes += slice.hiddenSpikes
        }
        progress.symbols += size
        var adam = AdamStep(
            learningRate: Float(policy.learningRate(update: state.updates)))
        adam.weightDecay = Float(policy.weightDecay)
        var readoutAdam = adam
        adam.weightLimit = Float(policy.largestHiddenWeight)
        readoutAdam.weightLimit = Float(policy.largestReadoutWeight)
        state.apply(
            hidden: adam, readout: readoutAdam,
            hiddenVectors: kernel.inputCount * kernel.hiddenVectors, gradient: gradient)
    }

    /// The mean over the batch: slices in order, padding cleared.
    private func reduceGradient() {
        let scale = Lanes(repeating: 1 / Float(policy.batchSize))
        for i in 0..<gradient.count {
            var sum = slices[0].gradient[i]
            for s in 1..<Self.sliceCount { sum += slices[s].gradient[i] }
            gradient[i] = sum * scale * mask[i]
        }
    }
}

/// What all slices of a batch read.
struct BatchView: Sendable {
    let weights: [Lanes]
    let readoutTransposed: [Lanes]
    let steps: [UInt8]
    let symbols: [UInt8]
    let encoderNeurons: Int
}

/// The gradient of one slice of a batch.
///
/// Unchecked: within an update each slice is handed to exactly one call of the executor's body,
/// and read only after the executor has returned.
final class GradientSlice: @unchecked Sendable {
    private let workspace: SampleWorkspace
    private let outputCount: Int
    private(set) var gradient: [Lanes]
    private(set) var loss = 0.0
    private(set) var symbolErrors = 0
    private(set) var hiddenSpikes = 0

    init(kernel: FeedForwardLIF, outputCount: Int) {
        workspace = SampleWorkspace(kernel: kernel)
        self.outputCount = outputCount
        gradient = [Lanes](repeating: .zero, count: kernel.weightVectors)
    }

    func accumulate(_ batch: BatchView, range: Range<Int>) {
        for i in 0..<gradient.count { gradient[i] = .zero }
        loss = 0
        symbolErrors = 0
        hiddenSpikes = 0
        gradient.withUnsafeMutableBufferPointer { gradient in
            batch.weights.withUnsafeBufferPointer { weights in
                batch.readoutTransposed.withUnsafeBufferPointer { transposed in
                    batch.steps.withUnsafeBufferPointer { steps in
                        for k in range {
                            _ = workspace.sortEvents(
                                steps.baseAddress! + k * batch.encoderNeurons)
                            hiddenSpikes += workspace.forward(weights: weights.baseAddress!)
                            differentiateScores(target: Int(batch.symbols[k]))
                            workspace.backward(
                                readoutTransposed: transposed.baseAddress!,
                                outputCount: outputCount, gradient: gradient.baseAddress!)
                        }
                    }
                }
            }
        }
    }

    /// Softmax and cross-entropy: the gradient is the probability minus the target.
    private func differentiateScores(target: Int) {
        var highest = workspace.score(0)
        var best = 0
        for o in 1..<outputCount where workspace.score(o) > highest {
            highest = workspace.score(o)
            best = o
        }
        var sum: Float = 0
        for o in 0..<outputCount {
            let weight = Float.exp(workspace.score(o) - highest)
            workspace.scoreGradient[o >> 3][o & 7] = weight
            sum += weight
        }
        let targetProbability = workspace.scoreGradient[target >> 3][target & 7] / sum
        loss -= Double(Float.log(max(targetProbability, 1e-30)))
        if best != target { symbolErrors += 1 }
        for v in 0..<(outputCount + 7) / 8 {
            workspace.scoreGradient[v] /= Lanes(repeating: sum)
        }
        workspace.scoreGradient[target >> 3][target & 7] -= 1
    }
}
