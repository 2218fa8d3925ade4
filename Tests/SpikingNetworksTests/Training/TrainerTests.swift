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

    static let encoder = ReceptiveFieldEncoder(
        count: 5, from: 0, to: 3, stepsPerUnit: 8, stepCount: 12, lateSpikes: .dropped)

    static func trainer(
        updates: Int, state: TrainingState? = nil, executor: @escaping SliceExecutor
    ) -> Trainer {
        let network = FeedForwardNetwork(
            inputCount: 15, hiddenCount: 12, outputCount: 4, stepCount: 20,
            neuron: LeakyIntegrateAndFire(
                membraneTimeConstantInMilliseconds: 5, synapticTimeConstantInMilliseconds: 4,
                stepInMilliseconds: 0.5, threshold: 1),
            surrogate: .superSpike(slope: 1), spikesPerSample: 8, stream: RandomStream(seed: 1))
        let policy = TrainingPolicy(
            batchSize: 50, updateCount: updates, learningRate: 1e-2,
            finalLearningRateFactor: 0.1, warmupUpdates: 10, spikePenalty: 1e-5, weightDecay: 0)
        return Trainer(
            network: network, encoder: encoder, tapCount: 3, policy: policy, state: state,
            executor: executor)
    }

    /// A block of a channel with a little intersymbol interference.
    static func block(_ index: Int, length: Int = 500) -> (received: [Double], symbols: [UInt8]) {
        var stream = RandomStream(seed: 5).substream("block", index)
        let symbols = stream.symbols(count: length, order: 4)
        let received = (0..<length).map { k in
            Double(symbols[k]) + 0.15 * Double(symbols[(k + 1) % length]) + 0.05 * stream.gaussian()
        }
        return (received, symbols)
    }

    @Test func learnsToSeparateSymbols() {
        let trainer = Self.trainer(updates: 800, executor: Self.serial)
        var first: Trainer.Progress?
        var last: Trainer.Progress?
        for index in 0..<80 {
            let block = Self.block(index)
            last = trainer.train(received: block.received, symbols: block.symbols)
            first = first ?? last
        }
        #expect(trainer.isFinished)
        #expect((first?.loss ?? 0) > 0.5)
        #expect((last?.loss ?? 9) < 0.15)
        let test = Self.block(1000, length: 2000)
        let receiver = SpikingReceiver(
            tapCount: 3, encoder: Self.encoder, network: trainer.trainedNetwork)
        let detection = receiver.detect(test.received)
        let errors = zip(detection.symbols, test.symbols).count { $0 != $1 }
        #expect(errors < 60)
    }

    @Test func executorDoesNotChangeABit() {
        let results = [Self.serial, Self.backwards, Self.concurrent].map { executor in
            let trainer = Self.trainer(updates: 60, executor: executor)
            for index in 0..<6 {
                let block = Self.block(index)
                _ = trainer.train(received: block.received, symbols: block.symbols)
            }
            return trainer.state
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }

    @Test func continuedTrainingEqualsUninterruptedTraining() {
        let whole = Self.trainer(updates: 60, executor: Self.serial)
        for index in 0..<6 {
            let block = Self.block(index)
            _ = whole.train(received: block.received, symbols: block.symbols)
        }
        let first = Self.trainer(updates: 60, executor: Self.serial)
        for index in 0..<3 {
            let block = Self.block(index)
            _ = first.train(received: block.received, symbols: block.symbols)
        }
        let second = Self.trainer(updates: 60, state: first.state, executor: Self.serial)
        for index in 3..<6 {
            let block = Self.block(index)
            _ = second.train(received: block.received, symbols: block.symbols)
        }
        #expect(whole.state == second.state)
    }

    @Test func learningRateWarmsUpAndFallsToItsEnd() {
        let policy = TrainingPolicy(
            batchSize: 1, updateCount: 1000, learningRate: 1e-2, finalLearningRateFactor: 0.01,
            warmupUpdates: 100, spikePenalty: 0, weightDecay: 0)
        #expect(abs(policy.learningRate(update: 0) - 1e-4) < 1e-12)
        #expect(abs(policy.learningRate(update: 100) - 1e-2) < 1e-12)
        #expect(abs(policy.learningRate(update: 1000) - 1e-4) < 1e-12)
        for u in 100..<999 {
            #expect(policy.learningRate(update: u + 1) <= policy.learningRate(update: u))
        }
    }

    @Test func operationsAreCountedByTheReceiver() {
        let trainer = Self.trainer(updates: 1, executor: Self.serial)
        let receiver = SpikingReceiver(
            tapCount: 3, encoder: Self.encoder, network: trainer.trainedNetwork)
        // A sample far from every center sends no spike and none come out.
        let silent = receiver.detect([Double](repeating: 1000, count: 10))
        #expect(silent.operations.inputSpikes == 0)
        #expect(silent.operations.synapticEvents == 0)
        #expect(silent.operations.neuronUpdates == 10 * 20 * 16)
        let one = receiver.detect([0.0])
        let spikes = Self.encoder.encode([0.0]).count { $0 < 255 }
        // A block of one symbol shows the same sample to all three taps.
        #expect(one.operations.inputSpikes == 3 * spikes)
        #expect(
            one.operations.synapticEvents
                == 3 * spikes * 12 + one.operations.hiddenSpikes * 4)
    }
}
