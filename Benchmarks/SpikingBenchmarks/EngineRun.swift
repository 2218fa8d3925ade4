import LinkExperiments
import Modulation
import SpikingNetworks

/// What can be timed of an engine, ours or another one: training and inference on its problem.
///
/// A further network, such as a recurrent one, is one more type of this kind.
protocol EngineRun {
    /// Trains on the problem's symbols once and returns their number.
    func train() -> Int
    /// Decides the problem's symbols once and returns their number.
    func infer() -> Int
}

/// The engine of this package on a feed-forward network.
///
/// Training includes encoding the samples, forward, backward, the reduction over slices and
/// Adam; inference includes encoding and the decision.
final class FeedForwardRun: EngineRun {
    let problem: EqualizerProblem
    let trainer: Trainer
    let receiver: SpikingReceiver
    let parallel: Parallel
    private(set) var lastLoss = 0.0
    private(set) var lastOperations = OperationCounts()

    /// - Parameter learningRate: Tiny where the activity shall stay what it is.
    init(
        _ problem: EqualizerProblem, batch: Int, threads: Int = 1, learningRate: Double = 1e-6
    ) {
        self.problem = problem
        let parallel = Parallel(threads: threads)
        self.parallel = parallel
        trainer = Trainer(
            network: problem.network, encoder: problem.encoder, tapCount: problem.tapCount,
            policy: TrainingPolicy(
                batchSize: batch, updateCount: 1 << 40, learningRate: learningRate,
                finalLearningRateFactor: 1, warmupUpdates: 0, spikePenalty: 0, weightDecay: 0),
            executor: { count, body in parallel.run(count, body) })
        receiver = SpikingReceiver(
            tapCount: problem.tapCount, encoder: problem.encoder, network: problem.network)
    }

    func train() -> Int {
        let progress = trainer.train(received: problem.received, symbols: problem.symbols)
        lastLoss = progress.loss
        return progress.symbols
    }

    func infer() -> Int {
        let count = problem.received.count
        if parallel.threads == 1 {
            lastOperations = receiver.detect(problem.received).operations
            return count
        }
        let slices = parallel.threads * 4
        let receiver = receiver
        let received = problem.received
        parallel.run(slices) { slice in
            let range = slice * count / slices..<(slice + 1) * count / slices
            _ = receiver.detect(Array(received[range]))
        }
        return count
    }

    /// Synaptic events per symbol of an inference.
    func synapticEvents() -> Double {
        let operations = receiver.detect(problem.received).operations
        return Double(operations.synapticEvents) / Double(problem.received.count)
    }
}
