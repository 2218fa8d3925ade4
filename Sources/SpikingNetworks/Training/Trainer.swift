import Modulation
import NumericKernels
public import RandomStreams
import SpikeEncoding

/// Runs the bodies 0..<count, in any order, on any threads, and returns when all are done.
public typealias SliceExecutor = @Sendable (
    _ count: Int, _ body: @escaping @Sendable (Int) -> Void
) -> Void

/// Trains a spiking receiver by backpropagation through time, surrogate gradients and Adam.
///
/// The symbols of a batch are divided among a fixed number of slices, each with its own gradient;
/// the slices are added in order. The result therefore does not depend on how many threads the
/// executor uses, bit for bit.
public final class Trainer {
    /// Slices of a batch; threads beyond this number stay idle.
    public static let sliceCount = 4

    public let policy: TrainingPolicy
    public let blockLength: Int
    public private(set) var state: TrainingState
    private let initial: SpikingReceiver
    private let shape: UpdateView.Shape
    private let encoderParameters: EncoderParameters
    private let quantizer: WeightQuantizer
    private let mask: [Lanes]
    private var weights: KernelWeights
    private let slices: [GradientSlice]
    private let executor: SliceExecutor
    private let stream: RandomStream

    /// - Parameters:
    ///   - receiver: Shape and initial weights.
    ///   - blockLength: Symbols in each block handed to `train`.
    ///   - stream: For perturbations, where the policy wants any.
    ///   - state: Where an earlier training stopped; nil to begin.
    ///   - substrate: Makes the substrate of each slice; nil to stay in software.
    public init(
        _ receiver: SpikingReceiver, policy: TrainingPolicy, blockLength: Int,
        stream: RandomStream, state: TrainingState? = nil,
        substrate: ((_ slice: Int) -> any ForwardSubstrate)? = nil,
        executor: @escaping SliceExecutor
    ) {
        let network = receiver.network
        let kernel = network.kernel
        initial = receiver
        self.policy = policy
        self.blockLength = blockLength
        self.stream = stream
        self.state = state ?? TrainingState(receiver)
        precondition(self.state.weights.values.count == kernel.weightVectors)
        shape = UpdateView.Shape(
            kernel: kernel, hiddenCount: network.hiddenCount, outputCount: network.outputCount,
            inputCount: receiver.encoder.inputCount,
            learnableCount: receiver.encoder.learnableCount,
            feedbackCount: receiver.feedbackCount, feedback: policy.feedback,
            spikeCost: Float(
                policy.regularization.eventPenalty * Double(network.hiddenFanOut)),
            penalizesRates: policy.regularization.ratePenalty != 0,
            isGraded: receiver.encoder.isGraded, sampling: policy.sampling)
        encoderParameters = EncoderParameters(receiver.encoder)
        quantizer = WeightQuantizer(policy.weights, kernel: kernel)
        mask = network.laneMask()
        weights = KernelWeights(network)
        let shape = shape
        if substrate != nil {
            precondition(
                !network.isRecurrent && receiver.feedbackCount == 0 && !shape.isGraded
                    && policy.encoder == .none,
                "a substrate runs a feed-forward network with spikes of weight one")
        }
        slices = (0..<Self.sliceCount).map { GradientSlice(shape, substrate: substrate?($0)) }
        self.executor = executor
    }

    /// The receiver as trained so far, its weights rounded if the policy says so.
    public var trainedReceiver: SpikingReceiver {
        SpikingReceiver(
            encoder: encoderParameters.encoder(state.encoder.values), network: effectiveNetwork,
            feedbackCount: initial.feedbackCount)
    }

    public var isFinished: Bool { state.symbols >= policy.symbolCount }

    /// What some training cost and showed.
    public struct Progress: Sendable, Hashable {
        /// Mean cross-entropy per symbol in nats.
        public var loss = 0.0
        public var symbols = 0
        public var symbolErrors = 0
        public var inputSpikes = 0
        public var hiddenSpikes = 0
    }

    /// Symbols of the next update.
    public var batchSize: Int {
        policy.batch.size(
            progress: Double(state.symbols) / Double(policy.symbolCount), blockLength: blockLength)
    }

    /// Blocks that the next call of `train` takes: one, or as many as an update spans.
    public var blocksWanted: Int { max(1, batchSize / blockLength) }

    /// Trains on blocks, update after update, until they or the policy end.
    ///
    /// The batch size is that at the beginning of the call.
    ///
    /// - Parameter blocks: Received samples of circular blocks with what was sent, shape [symbol];
    ///   `blocksWanted` of them.
    public func train(_ blocks: [(received: [Double], symbols: [UInt8])]) -> Progress {
        let size = batchSize
        precondition(blocks.count == blocksWanted)
        precondition(blocks.allSatisfy { $0.symbols.count == blockLength })
        let window = TapWindow(tapCount: initial.tapCount)
        let windows = blocks.map {
            TrainingWindows(
                samples: window.padded($0.received.map(Float.init)), symbols: $0.symbols)
        }
        var progress = Progress()
        for start in stride(from: 0, to: blocks.count * blockLength, by: size) {
            if isFinished { break }
            update(windows, start: start, size: size, into: &progress)
        }
        progress.loss /= Double(max(1, progress.symbols))
        return progress
    }

    private func update(
        _ blocks: [TrainingWindows], start: Int, size: Int, into progress: inout Progress
    ) {
        var view = view(of: state.encoder.values, blocks: blocks, start: start)
        let slices = slices
        let current = view
        executor(Self.sliceCount) { slices[$0].accumulate(current, range: Self.part($0, of: size)) }
        for slice in slices {
            progress.loss += slice.loss
            progress.symbolErrors += slice.symbolErrors
            progress.inputSpikes += slice.inputSpikes
            progress.hiddenSpikes += slice.hiddenSpikes
        }
        progress.symbols += size
        let batchLoss = slices.reduce(0) { $0 + $1.loss }
        // Allocated anew each time: a copy would be made anyway while a view still holds it.
        let weightGradient = meanGradient(size)
        let encoderGradient = meanEncoderGradient(current.encoding, size)
        let rate = policy.learningRate.rate(
            update: state.updates, symbols: state.symbols, symbolCount: policy.symbolCount)
        let displacement = policyGradient(&view, size: size, loss: batchLoss)
        if shape.penalizesRates { state.rates = meanRates(size) }
        state.updates += 1
        state.symbols += size
        apply(weightGradient, rate: rate)
        applyEncoder(encoderGradient, rate: rate, displacement: displacement)
    }

    private static func part(_ slice: Int, of size: Int) -> Range<Int> {
        slice * size / sliceCount..<(slice + 1) * size / sliceCount
    }

    private func view(of encoder: [Lanes], blocks: [TrainingWindows], start: Int) -> UpdateView {
        weights.update(quantizer.effective(state.weights.values))
        var learnsSpikeTimes = false
        if case .spikeTimes = policy.encoder { learnsSpikeTimes = shape.learnableCount > 0 }
        return UpdateView(
            shape: shape, encoding: WindowEncoding(encoderParameters.encoder(encoder)),
            weights: weights, blocks: blocks, start: start,
            learnsSpikeTimes: learnsSpikeTimes, spikeGradient: spikeGradient,
            draws: stream.substream("gradient sampling", state.updates),
            network: hasSubstrate ? effectiveNetwork : nil, number: state.updates)
    }

    private var hasSubstrate: Bool { slices[0].substrate != nil }

    /// The network with the weights it computes with.
    private var effectiveNetwork: SpikingNetwork {
        var network = initial.network
        network.unpack(quantizer.effective(state.weights.values))
        return network
    }

    /// What the penalties say of a spike of each hidden neuron.
    private var spikeGradient: [Lanes] {
        let cost = Lanes(repeating: shape.spikeCost)
        guard shape.penalizesRates else {
            return shape.spikeCost == 0
                ? [] : [Lanes](repeating: cost, count: shape.kernel.hiddenVectors)
        }
        let regularization = policy.regularization
        let strength = Lanes(
            repeating: Float(2 * regularization.ratePenalty / Double(shape.hiddenCount)))
        let target = Lanes(repeating: Float(regularization.rateTarget))
        return state.rates.map { cost + strength * ($0 - target) }
    }

    private func meanRates(_ size: Int) -> [Lanes] {
        (0..<shape.kernel.hiddenVectors).map { vector in
            Lanes(
                (0..<Lanes.scalarCount).map { lane in
                    let neuron = vector * Lanes.scalarCount + lane
                    let spikes = slices.reduce(0) { $0 + $1.spikeCounts[neuron] }
                    return Float(spikes) / Float(size)
                })
        }
    }

    // MARK: Gradients

    /// The mean over the batch: slices in order, padding cleared, penalties of weights added.
    private func meanGradient(_ size: Int) -> [Lanes] {
        let scale = Lanes(repeating: 1 / Float(size))
        var gradient = [Lanes](repeating: .zero, count: mask.count)
        for slice in slices {
            slice.gradient.withUnsafeBufferPointer { part in
                gradient.withUnsafeMutableBufferPointer { gradient in
                    for i in 0..<gradient.count { gradient[i] += part[i] }
                }
            }
        }
        for i in 0..<gradient.count { gradient[i] *= scale * mask[i] }
        let penalty = policy.regularization.weightPenalty
        guard penalty != 0 else { return gradient }
        for layer in layers {
            let strength = Lanes(repeating: Float(2 * penalty / Double(layer.weights)))
            for i in layer.range { gradient[i].addProduct(strength, state.weights.values[i]) }
        }
        return gradient
    }

    private func meanEncoderGradient(_ encoding: WindowEncoding, _ size: Int) -> [Lanes]? {
        guard case .spikeTimes(_, let isShared) = policy.encoder else { return nil }
        var sum = [Float](repeating: 0, count: shape.learnableCount)
        for slice in slices {
            let part = encoding.unpackGradient(slice.encoderGradient)
            for i in sum.indices { sum[i] += part[i] }
        }
        for i in sum.indices { sum[i] /= Float(size) }
        return encoderParameters.packedGradient(sum, isShared: isShared)
    }

    /// Where perturbed copies of the encoder say it should move: each copy's displacement in units
    /// of the deviation, times the relative change of the loss it causes, averaged.
    private func policyGradient(_ view: inout UpdateView, size: Int, loss: Double) -> [Lanes]? {
        guard case .policyGradient(let copies, let deviation, let stepSize, let symbols) =
            policy.encoder, state.symbols < symbols, shape.learnableCount > 0
        else { return nil }
        var stream = stream.substream("encoder perturbation", state.updates)
        var move = [Lanes](repeating: .zero, count: state.encoder.values.count)
        let slices = slices
        for _ in 0..<copies {
            let noise = encoderParameters.perturbation(deviation: deviation) { stream.gaussian() }
            let moved = zip(state.encoder.values, noise).map { $0 + $1 }
            view = UpdateView(
                shape: shape, encoding: WindowEncoding(encoderParameters.encoder(moved)),
                weights: view.weights, blocks: view.blocks, start: view.start,
                learnsSpikeTimes: false, spikeGradient: [], draws: view.draws, network: nil,
                number: view.number)
            let perturbed = view
            executor(Self.sliceCount) {
                _ = slices[$0].measure(perturbed, range: Self.part($0, of: size))
            }
            let change = (slices.reduce(0) { $0 + $1.loss } - loss) / loss
            let factor = Lanes(repeating: Float(-stepSize * change / (deviation * Double(copies))))
            for i in move.indices { move[i].addProduct(factor, noise[i]) }
        }
        return move
    }

    // MARK: Moving

    private struct Layer {
        let range: Range<Int>
        let weights: Int
        let limit: Double
    }

    private var layers: [Layer] {
        let kernel = shape.kernel
        let network = initial.network
        return [
            Layer(
                range: 0..<kernel.readoutStart, weights: network.hiddenWeights.count,
                limit: policy.weights.largestHidden),
            Layer(
                range: kernel.readoutStart..<kernel.recurrentStart,
                weights: network.readoutWeights.count, limit: policy.weights.largestReadout),
            Layer(
                range: kernel.recurrentStart..<kernel.weightVectors,
                weights: max(1, network.recurrentWeights.count),
                limit: policy.weights.largestHidden),
        ]
    }

    private func apply(_ gradient: [Lanes], rate: Double) {
        var adam = AdamStep(learningRate: Float(rate))
        adam.weightDecay = Float(policy.regularization.weightDecay)
        for layer in layers {
            adam.weightLimit = Float(layer.limit)
            state.weights.apply(adam, step: state.updates, gradient: gradient, range: layer.range)
        }
    }

    private func applyEncoder(_ gradient: [Lanes]?, rate: Double, displacement: [Lanes]?) {
        if let gradient, case .spikeTimes(let rateFactor, _) = policy.encoder {
            state.encoder.apply(
                AdamStep(learningRate: Float(rate * rateFactor)), step: state.updates,
                gradient: gradient, range: 0..<gradient.count)
        }
        if let displacement {
            for i in displacement.indices { state.encoder.values[i] += displacement[i] }
        }
    }
}
