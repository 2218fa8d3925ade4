import LinkExperiments
import Modulation
import RandomStreams
import SpikingNetworks

/// What can be timed of an engine, ours or another one: training and inference on its problem.
protocol EngineRun {
    /// Trains on the problem's symbols once and returns their number.
    func train() -> Int
    /// Decides the problem's symbols once and returns their number.
    func infer() -> Int
}

/// The engine of this package.
///
/// Training includes encoding the samples, forward, backward, the reduction over slices and
/// Adam; inference includes encoding and the decision.
final class NetworkRun: EngineRun {
    let problem: EqualizerProblem
    let trainer: Trainer
    let parallel: Parallel
    private(set) var lastLoss = 0.0

    /// - Parameters:
    ///   - learningRate: Tiny where the activity shall stay what it is.
    ///   - learnsEncoder: Whether spike times are differentiated and the encoder moves.
    init(
        _ problem: EqualizerProblem, batch: Int, threads: Int = 1, learningRate: Double = 1e-6,
        learnsEncoder: Bool = false
    ) {
        self.problem = problem
        let parallel = Parallel(threads: threads)
        self.parallel = parallel
        var policy = TrainingPolicy(
            symbolCount: 1 << 50, batch: BatchGrowth(first: batch, last: batch),
            learningRate: LearningRateSchedule(
                peak: learningRate, warmupUpdates: 0, decay: .cosine(finalFactor: 1)))
        if learnsEncoder { policy.encoder = .spikeTimes(rateFactor: 1, isShared: false) }
        trainer = Trainer(
            problem.receiver, policy: policy,
            blockLength: problem.received.count, stream: RandomStream(seed: 1),
            executor: { count, body in parallel.run(count, body) })
    }

    func train() -> Int {
        let progress = trainer.train([(problem.received, problem.symbols)])
        lastLoss = progress.loss
        return progress.symbols
    }

    func infer() -> Int {
        let count = problem.received.count
        if parallel.threads == 1 {
            _ = problem.receiver.detect(problem.received)
            return count
        }
        let slices = parallel.threads * 4
        let receiver = problem.receiver
        let received = problem.received
        parallel.run(slices) { slice in
            let range = slice * count / slices..<(slice + 1) * count / slices
            _ = receiver.detect(Array(received[range]))
        }
        return count
    }

    /// Synaptic events per symbol of an inference.
    func synapticEvents() -> Double {
        let operations = problem.receiver.detect(problem.received).operations
        return Double(operations.synapticEvents) / Double(problem.received.count)
    }
}
