import NumericKernels
import RandomStreams
import RealModule
import SpikeEncoding

/// A circular block to train on, as its windows: single precision, wrapped around both ends.
struct TrainingWindows: Sendable {
    let samples: [Float]
    let symbols: [UInt8]
}

/// What all slices of an update read.
struct UpdateView: Sendable {
    let shape: Shape
    let encoding: WindowEncoding
    let weights: KernelWeights
    /// The blocks of the update and where its symbols begin in the first of them.
    let blocks: [TrainingWindows]
    let start: Int
    let learnsSpikeTimes: Bool
    /// Derivative of the penalties by each hidden spike, [hidden vector]; empty for none.
    let spikeGradient: [Lanes]
    /// Decides who is differentiated, where not all are.
    let draws: RandomStream
    /// The network of the update, for a substrate that needs it.
    let network: SpikingNetwork?
    /// Which update this is.
    let number: Int

    /// What does not change between updates.
    struct Shape: Sendable {
        let kernel: LIFNetwork
        let hiddenCount: Int
        let outputCount: Int
        let inputCount: Int
        let learnableCount: Int
        let feedbackCount: Int
        let feedback: TrainingPolicy.Feedback
        /// Cost of a hidden spike.
        let spikeCost: Float
        /// Whether neurons differ in what a spike of theirs costs.
        let penalizesRates: Bool
        let isGraded: Bool
        let sampling: TrainingPolicy.GradientSampling
    }
}

/// The gradient of one slice of a batch.
///
/// Unchecked: within an update each slice is handed to exactly one call of the executor's body,
/// and read only after the executor has returned.
final class GradientSlice: @unchecked Sendable {
    private let shape: UpdateView.Shape
    private let workspace: SampleWorkspace
    private(set) var gradient: [Lanes]
    /// By the encoder's centers and scales, as `WindowEncoding.differentiate` adds to it.
    private(set) var encoderGradient: [Lanes] = []
    /// Derivative of the loss by the time of each input's event.
    private var inputTimes: [Float]
    private(set) var loss = 0.0
    private(set) var symbolErrors = 0
    private(set) var hiddenSpikes = 0
    private(set) var inputSpikes = 0
    /// Spikes of each hidden lane, counted where rates cost something.
    private(set) var spikeCounts: [Int]
    /// Own decisions in the present block, for feedback.
    private var decisions: [UInt8] = []
    /// Where the forward pass runs; nil for software.
    let substrate: (any ForwardSubstrate)?
    private var sampleEvents = SampleEvents()
    private var response = SubstrateResponse()
    /// Whose turn it is in `response`.
    private var sample = 0
    /// Spikes of the present sample, [step, hiddenVectors].
    private var imposed: [Lanes] = []

    init(_ shape: UpdateView.Shape, substrate: (any ForwardSubstrate)? = nil) {
        self.shape = shape
        self.substrate = substrate
        workspace = SampleWorkspace(kernel: shape.kernel, isGraded: shape.isGraded)
        gradient = [Lanes](repeating: .zero, count: shape.kernel.weightVectors)
        inputTimes = [Float](repeating: 0, count: shape.inputCount + Lanes.scalarCount)
        spikeCounts = [Int](repeating: 0, count: shape.kernel.hiddenLanes)
    }

    /// The gradient over some symbols of the update, numbered from its start.
    func accumulate(_ view: UpdateView, range: Range<Int>) {
        for i in 0..<gradient.count { gradient[i] = .zero }
        encoderGradient = [Lanes](repeating: .zero, count: view.encoding.gradientVectors)
        hiddenSpikes = 0
        inputSpikes = 0
        symbolErrors = 0
        loss = 0
        let eventSteps = view.encoding.encoder.stepCount
        let usesSpikeGradient = !view.spikeGradient.isEmpty
        // A stream for every slice: who is drawn must not depend on threads.
        var draws = view.draws.substream("slice", range.lowerBound)
        for i in spikeCounts.indices { spikeCounts[i] = 0 }
        runSubstrate(view, range: range)
        gradient.withUnsafeMutableBufferPointer { gradient in
            encoderGradient.withUnsafeMutableBufferPointer { encoderGradient in
                let gradients = LIFNetwork.Gradients(
                    weights: gradient.baseAddress!,
                    eventTimes: view.learnsSpikeTimes ? workspace.eventTimes : nil,
                    eventSteps: eventSteps)
                run(view, range: range) { weights, window, target in
                    let error = differentiateScores(target: target)
                    if shape.penalizesRates { countSpikes() }
                    let probability = shape.sampling.probability(error: error)
                    if probability < 1 && Float(draws.uniform()) >= probability { return }
                    weigh(view.spikeGradient, by: 1 / probability)
                    workspace.backward(
                        weights: weights, usesSpikeGradient: usesSpikeGradient, into: gradients)
                    if view.learnsSpikeTimes {
                        spreadTimes()
                        view.encoding.differentiate(
                            window, times: inputTimes, into: encoderGradient.baseAddress!)
                    }
                }
            }
        }
    }

    /// Lets the substrate answer all samples of a range, before they are differentiated.
    private func runSubstrate(_ view: UpdateView, range: Range<Int>) {
        guard let substrate, let network = view.network else { return }
        sampleEvents.removeAll()
        visit(view, range: range) { block, symbols in
            block.samples.withUnsafeBufferPointer { samples in
                for k in symbols {
                    view.encoding.encode(
                        samples.baseAddress! + k, into: &workspace.input.events)
                    let events = workspace.input.events
                    for e in 0..<events.count {
                        sampleEvents.append(
                            input: Int(events.inputs[e]), step: Int(events.steps[e]))
                    }
                    sampleEvents.endSample()
                }
            }
        }
        substrate.configure(network)
        substrate.run(
            sampleEvents, number: view.number,
            into: &response)
        sample = 0
    }

    /// The forward pass of the sample whose events are in the workspace.
    private func forward(_ weights: LIFNetwork.Weights) -> Int {
        guard substrate != nil else { return workspace.forward(weights: weights) }
        let vectors = shape.kernel.hiddenVectors
        imposed.removeAll(keepingCapacity: true)
        imposed.append(contentsOf: repeatElement(.zero, count: shape.kernel.stepCount * vectors))
        for s in response.offsets[sample]..<response.offsets[sample + 1] {
            let (vector, lane) = Int(response.neurons[s])
                .quotientAndRemainder(dividingBy: Lanes.scalarCount)
            imposed[Int(response.steps[s]) * vectors + vector][lane] = 1
        }
        return imposed.withUnsafeBufferPointer {
            workspace.replay(spikes: $0.baseAddress!, weights: weights)
        }
    }

    /// What the loss is reckoned from: the substrate's score where there is one.
    private func score(_ output: Int) -> Float {
        substrate == nil
            ? workspace.score(output) : response.scores[sample * shape.outputCount + output]
    }

    /// The output with the highest score, the first of equals.
    private var decision: Int {
        var best = 0
        for o in 1..<shape.outputCount where score(o) > score(best) { best = o }
        return best
    }

    /// The summed cross-entropy over the same symbols, without a gradient.
    func measure(_ view: UpdateView, range: Range<Int>) -> Double {
        loss = 0
        run(view, range: range) { _, _, target in _ = differentiateScores(target: target) }
        return loss
    }

    /// Derivatives by events as ones by inputs; decisions fed back have no time to move.
    private func spreadTimes() {
        let events = workspace.input.events
        inputTimes.withUnsafeMutableBufferPointer { times in
            for e in 0..<events.count - shape.feedbackCount {
                times[Int(events.inputs[e])] = workspace.eventTimes[e]
            }
        }
    }

    private func run(
        _ view: UpdateView, range: Range<Int>,
        _ body: (LIFNetwork.Weights, _ window: UnsafePointer<Float>, _ target: Int) -> Void
    ) {
        view.weights.withKernelWeights { weights in
            visit(view, range: range) { block, symbols in
                run(block, symbols, view, weights, body)
            }
        }
    }

    /// The parts of blocks that a range of the update's symbols covers, in order.
    private func visit(
        _ view: UpdateView, range: Range<Int>, _ body: (TrainingWindows, Range<Int>) -> Void
    ) {
        let blockLength = view.blocks[0].symbols.count
        var position = view.start + range.lowerBound
        let end = view.start + range.upperBound
        while position < end {
            let (block, first) = position.quotientAndRemainder(dividingBy: blockLength)
            let last = min(blockLength, first + end - position)
            body(view.blocks[block], first..<last)
            position += last - first
        }
    }

    private func run(
        _ block: TrainingWindows, _ range: Range<Int>, _ view: UpdateView,
        _ weights: LIFNetwork.Weights,
        _ body: (LIFNetwork.Weights, _ window: UnsafePointer<Float>, _ target: Int) -> Void
    ) {
        let count = block.symbols.count
        if shape.feedbackCount > 0 { decisions = block.symbols }
        block.samples.withUnsafeBufferPointer { samples in
            for k in range {
                let window = samples.baseAddress! + k
                view.encoding.encode(window, into: &workspace.input.events)
                for d in 0..<shape.feedbackCount {
                    let past = (k + count - (d + 1) % count) % count
                    workspace.appendEvent(
                        input: shape.inputCount + d * shape.outputCount + Int(decisions[past]))
                }
                inputSpikes += workspace.input.events.count
                hiddenSpikes += forward(weights)
                let target = Int(block.symbols[k])
                let decision = self.decision
                if decision != target { symbolErrors += 1 }
                if shape.feedbackCount > 0 && shape.feedback == .decided {
                    decisions[k] = UInt8(decision)
                }
                body(weights, window, target)
                sample += 1
            }
        }
    }

    /// Softmax and cross-entropy: the gradient is the probability minus the target.
    ///
    /// - Returns: What the probability of the sent class is short of 1.
    private func differentiateScores(target: Int) -> Float {
        let outputs = shape.outputCount
        var highest = score(0)
        for o in 1..<outputs { highest = max(highest, score(o)) }
        var sum: Float = 0
        for o in 0..<outputs {
            let weight = Float.exp(score(o) - highest)
            workspace.scoreGradient[o >> 2][o & 3] = weight
            sum += weight
        }
        let targetProbability = workspace.scoreGradient[target >> 2][target & 3] / sum
        loss -= Double(Float.log(max(targetProbability, 1e-30)))
        for q in 0..<shape.kernel.outputQuads { workspace.scoreGradient[q] /= Quad(repeating: sum) }
        workspace.scoreGradient[target >> 2][target & 3] -= 1
        return -workspace.scoreGradient[target >> 2][target & 3]
    }

    /// Sets the gradients of a symbol that stands for others as well.
    private func weigh(_ spikeGradient: [Lanes], by weight: Float) {
        for h in spikeGradient.indices {
            workspace.spikeGradient[h] = Lanes(repeating: weight) * spikeGradient[h]
        }
        for q in 0..<shape.kernel.outputQuads {
            workspace.scoreGradient[q] *= Quad(repeating: weight)
        }
    }

    /// Adds the spikes of the sample just simulated to those of their neurons.
    private func countSpikes() {
        let scratch = workspace.scratch
        shape.kernel.listSpikes(scratch)
        for s in 0..<Int(scratch.spikeOffsets[shape.kernel.stepCount]) {
            spikeCounts[Int(scratch.spikes[s])] += 1
        }
    }
}
