import Dispatch
import Modulation
import RandomStreams
import SpikeEncoding
import SpikingNetworks
import Testing

struct TrainerTests {
    static let serial: SliceExecutor = { count, body in for i in 0..<count { body(i) } }
    static let backwards: SliceExecutor = { count, body in
        for i in (0..<count).reversed() { body(i) }
    }
    static let concurrent: SliceExecutor = { count, body in
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
    static let blockLength = 500

    static func receiver(
        isRecurrent: Bool = false, feedback: Int = 0, spread: Double = 3, stepsPerUnit: Double = 8
    ) -> SpikingReceiver {
        let encoder = SpikeEncoder.receptiveField(
            ReceptiveFieldEncoder(
                tapCount: 3, count: 5, from: 0, to: spread, stepsPerUnit: stepsPerUnit,
                stepCount: 12, lateSpikes: .dropped))
        return SpikingReceiver(
            encoder: encoder,
            network: SpikingNetwork(
                inputCount: 15 + 4 * feedback, hiddenCount: 12, outputCount: 4, stepCount: 20,
                neuron: LeakyIntegrateAndFire(
                    membraneTimeConstantInMilliseconds: 5, synapticTimeConstantInMilliseconds: 4,
                    stepInMilliseconds: 0.5, threshold: 1),
                surrogate: .superSpike(slope: 1), isRecurrent: isRecurrent, spikesPerSample: 8,
                stream: RandomStream(seed: 1)), feedbackCount: feedback)
    }

    static func policy(symbols: Int) -> TrainingPolicy {
        var policy = TrainingPolicy(
            symbolCount: symbols, batch: BatchGrowth(first: 50, last: 50),
            learningRate: LearningRateSchedule(
                peak: 1e-2, warmupUpdates: 10, decay: .cosine(finalFactor: 0.1)))
        policy.regularization.eventPenalty = 2.5e-6
        return policy
    }

    static func trainer(
        _ policy: TrainingPolicy, of receiver: SpikingReceiver = receiver(),
        state: TrainingState? = nil, executor: @escaping SliceExecutor = serial
    ) -> Trainer {
        Trainer(
            receiver, policy: policy, blockLength: blockLength, stream: RandomStream(seed: 7),
            state: state, executor: executor)
    }

    /// A block of a channel with a little intersymbol interference.
    static func block(_ index: Int, length: Int = blockLength)
        -> (received: [Double], symbols: [UInt8])
    {
        var stream = RandomStream(seed: 5).substream("block", index)
        let symbols = stream.symbols(count: length, order: 4)
        let received = (0..<length).map { k in
            Double(symbols[k]) + 0.15 * Double(symbols[(k + 1) % length]) + 0.05 * stream.gaussian()
        }
        return (received, symbols)
    }

    /// Trains on consecutive blocks and returns the first and the last loss.
    @discardableResult
    static func train(_ trainer: Trainer, from first: Int = 0, calls: Int = .max)
        -> (first: Double, last: Double)
    {
        var next = first
        var losses: [Double] = []
        while !trainer.isFinished && losses.count < calls {
            let count = trainer.blocksWanted
            losses.append(trainer.train((0..<count).map { block(next + $0) }).loss)
            next += count
        }
        return (losses.first ?? 0, losses.last ?? 0)
    }

    static func errors(_ receiver: SpikingReceiver) -> Int {
        let test = block(1000, length: 2000)
        return zip(receiver.detect(test.received).symbols, test.symbols).count { $0 != $1 }
    }

    @Test func learnsToSeparateSymbols() {
        let trainer = Self.trainer(Self.policy(symbols: 40_000))
        let (first, last) = Self.train(trainer)
        #expect(first > 0.5 && last < 0.15)
        #expect(Self.errors(trainer.trainedReceiver) < 60)
    }

    @Test(arguments: TrainingPolicy.Feedback.allCases)
    func recurrentDecisionFeedbackLearnsToo(feedback: TrainingPolicy.Feedback) {
        var policy = Self.policy(symbols: 40_000)
        policy.feedback = feedback
        let trainer = Self.trainer(policy, of: Self.receiver(isRecurrent: true, feedback: 2))
        let (first, last) = Self.train(trainer)
        #expect(first > 0.5 && last < 0.15)
        #expect(Self.errors(trainer.trainedReceiver) < 60)
    }

    /// Steps of one unit from a center at 0 change just where symbols lie: the encoder must move.
    @Test(arguments: [false, true])
    func encoderLearnsThroughSpikeTimes(isShared: Bool) throws {
        var losses: [Double] = []
        for learning in [
            TrainingPolicy.EncoderLearning.none, .spikeTimes(rateFactor: 1, isShared: isShared),
        ] {
            var policy = Self.policy(symbols: 40_000)
            policy.encoder = learning
            let start = Self.receiver(spread: 0, stepsPerUnit: 1)
            let trainer = Self.trainer(policy, of: start)
            losses.append(Self.train(trainer).last)
            guard case .receptiveField(let before) = start.encoder,
                case .receptiveField(let after) = trainer.trainedReceiver.encoder
            else { continue }
            let moved = zip(before.centers, after.centers).contains { abs($0 - $1) > 1e-3 }
            #expect(moved == (learning != .none))
            if isShared && learning != .none {
                #expect(Array(after.centers[0..<5]) == Array(after.centers[5..<10]))
            }
        }
        #expect(losses[1] < 0.8 * losses[0])
    }

    @Test func encoderLearnsByPolicyGradient() {
        var losses: [Double] = []
        for learning in [
            TrainingPolicy.EncoderLearning.none,
            .policyGradient(copies: 20, deviation: 0.05, stepSize: 5, symbols: 40_000),
        ] {
            var policy = Self.policy(symbols: 40_000)
            policy.encoder = learning
            let trainer = Self.trainer(policy, of: Self.receiver(spread: 0, stepsPerUnit: 1))
            losses.append(Self.train(trainer).last)
        }
        #expect(losses[1] < 0.97 * losses[0])
    }

    @Test func executorDoesNotChangeABit() {
        let results = [Self.serial, Self.backwards, Self.concurrent].map { executor in
            var policy = Self.policy(symbols: 3000)
            policy.encoder = .spikeTimes(rateFactor: 1, isShared: false)
            policy.feedback = .decided
            let trainer = Self.trainer(
                policy, of: Self.receiver(isRecurrent: true, feedback: 1), executor: executor)
            Self.train(trainer)
            return trainer.state
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }

    @Test func continuedTrainingEqualsUninterruptedTraining() {
        var policy = Self.policy(symbols: 3000)
        policy.encoder = .policyGradient(copies: 2, deviation: 0.01, stepSize: 0.5, symbols: 2000)
        let whole = Self.trainer(policy)
        Self.train(whole)
        let first = Self.trainer(policy)
        Self.train(first, calls: 3)
        let second = Self.trainer(policy, state: first.state)
        Self.train(second, from: 3)
        #expect(whole.state == second.state)
    }

    /// A batch of two blocks moves the weights by the mean of the gradients of both.
    @Test func batchesMaySpanBlocks() {
        var policy = Self.policy(symbols: 4000)
        policy.batch = BatchGrowth(first: 1000, last: 1000)
        let trainer = Self.trainer(policy)
        #expect(trainer.blocksWanted == 2)
        let progress = trainer.train([Self.block(0), Self.block(1)])
        #expect(progress.symbols == 1000 && trainer.state.updates == 1)
    }

    @Test func penaltiesMakeNetworksQuieter() {
        func spikes(_ change: (inout TrainingPolicy.Regularization) -> Void) -> Int {
            var policy = Self.policy(symbols: 20_000)
            policy.regularization = TrainingPolicy.Regularization()
            change(&policy.regularization)
            let trainer = Self.trainer(policy)
            Self.train(trainer)
            return trainer.trainedReceiver.detect(Self.block(2).received).operations.hiddenSpikes
        }
        let free = spikes { _ in }
        #expect(spikes { $0.eventPenalty = 2e-3 } < free / 2)
        #expect(spikes { $0.ratePenalty = 0.1 } < free * 3 / 4)
    }

    @Test func weightsRoundedToSixBitsStayOnTheirGrid() {
        var policy = Self.policy(symbols: 20_000)
        policy.weights.largestHidden = 10
        policy.weights.largestReadout = 6
        policy.weights.isSixBit = true
        let trainer = Self.trainer(policy)
        Self.train(trainer)
        let network = trainer.trainedReceiver.network
        for (weights, largest) in [(network.hiddenWeights, 10.0), (network.readoutWeights, 6.0)] {
            for weight in weights {
                let steps = Double(weight) * 63 / largest
                #expect(abs(steps - steps.rounded()) < 1e-3 && abs(steps) < 63.01)
            }
        }
        #expect(Self.errors(trainer.trainedReceiver) < 200)
    }

    @Test func learningRateWarmsUpAndFallsToItsEnd() {
        let schedule = LearningRateSchedule(
            peak: 1e-2, warmupUpdates: 100, decay: .cosine(finalFactor: 0.01))
        func rate(_ update: Int) -> Double {
            schedule.rate(update: update, symbols: update, symbolCount: 1000)
        }
        #expect(abs(rate(0) - 1e-4) < 1e-6)
        #expect(abs(rate(1000) - 1e-4) < 1e-12)
        for u in 100..<999 { #expect(rate(u + 1) <= rate(u)) }
        let steps = LearningRateSchedule(
            peak: 1, warmupUpdates: 0, decay: .steps(factor: 0.9, everySymbols: 100))
        #expect(steps.rate(update: 0, symbols: 99, symbolCount: 1) == 1)
        #expect(abs(steps.rate(update: 0, symbols: 250, symbolCount: 1) - 0.81) < 1e-12)
    }

    @Test func batchesGrowThroughDivisorsAndMultiplesOfABlock() {
        let growth = BatchGrowth(first: 100, last: 40_000)
        let sizes = (0...100).map { growth.size(progress: Double($0) / 100, blockLength: 10_000) }
        #expect(sizes.first == 100 && sizes.last == 40_000)
        #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(sizes.allSatisfy { 10_000 % $0 == 0 || $0 % 10_000 == 0 })
    }

    @Test func operationsAreCountedByTheReceiver() {
        let receiver = Self.receiver()
        // A sample far from every center sends no spike and none come out.
        let silent = receiver.detect([Double](repeating: 1000, count: 10))
        #expect(silent.operations.inputSpikes == 0)
        #expect(silent.operations.synapticEvents == 0)
        #expect(silent.operations.neuronUpdates == 10 * 20 * 16)
        let one = receiver.detect([0.0])
        let spikes = receiver.encoder.encode([0, 0, 0]).count
        // A block of one symbol shows the same sample to all three taps.
        #expect(one.operations.inputSpikes == spikes)
        #expect(one.operations.synapticEvents == spikes * 12 + one.operations.hiddenSpikes * 4)
        // Fed back decisions are spikes, and recurrent ones reach every hidden neuron.
        let feedback = Self.receiver(isRecurrent: true, feedback: 2)
        let block = Self.block(0)
        let sent = feedback.detect(block.received, sentBefore: block.symbols)
        let own = sent.operations
        #expect(
            own.synapticEvents == own.inputSpikes * 12 + own.hiddenSpikes * 16)
    }
}
