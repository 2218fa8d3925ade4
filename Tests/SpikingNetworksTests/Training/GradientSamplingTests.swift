import NumericKernels
import RandomStreams
import SpikingNetworks
import Testing

struct GradientSamplingTests {
    /// A network that is sure of most symbols.
    private static let begun: TrainingState = {
        let trainer = TrainerTests.trainer(TrainerTests.policy(symbols: 20_000))
        TrainerTests.train(trainer)
        return trainer.state
    }()

    private static func policy(_ sampling: TrainingPolicy.GradientSampling) -> TrainingPolicy {
        var policy = TrainerTests.policy(symbols: 21_000)
        policy.batch = BatchGrowth(first: 500, last: 500)
        policy.encoder = .spikeTimes(rateFactor: 1, isShared: false)
        policy.sampling = sampling
        return policy
    }

    /// Adam's first moment moves by a tenth of the gradient: the gradient of one more update.
    private static func gradient(_ sampling: TrainingPolicy.GradientSampling, seed: UInt64)
        -> [Float]
    {
        let trainer = Trainer(
            TrainerTests.receiver(), policy: policy(sampling),
            blockLength: TrainerTests.blockLength, stream: RandomStream(seed: seed), state: begun,
            executor: TrainerTests.serial)
        _ = trainer.train([TrainerTests.block(500)])
        return [\TrainingState.weights, \TrainingState.encoder].flatMap { part in
            zip(trainer.state[keyPath: part].firstMoment, begun[keyPath: part].firstMoment)
                .flatMap { after, before in (0..<Lanes.scalarCount).map { 10 * (after[$0] - 0.9 * before[$0]) } }
        }
    }

    private static func squaredDistance(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    }

    @Test func aFloorOfOneDifferentiatesEverySymbol() {
        let all = Self.gradient(.all, seed: 1)
        #expect(Self.gradient(.byError(threshold: 0.5, floor: 1), seed: 1) == all)
        #expect(Self.gradient(.byError(threshold: 0.5, floor: 0.1), seed: 1) != all)
    }

    /// A mean of n lies within four standard errors of what is expected, but for one run in 10^4
    /// where a single direction holds all the variance, and for fewer where several do.
    @Test(arguments: [0.3, 1])
    func theExpectedGradientIsThatOfTheWholeBatch(threshold: Double) {
        let all = Self.gradient(.all, seed: 1)
        let count = 200
        let sampled = (0..<count).map {
            Self.gradient(.byError(threshold: threshold, floor: 0.1), seed: UInt64($0))
        }
        let mean = all.indices.map { i in
            Float(sampled.reduce(0.0) { $0 + Double($1[i]) } / Double(count))
        }
        let variance = sampled.reduce(0) { $0 + Self.squaredDistance($1, mean) }
            / Double(count - 1)
        #expect(variance > 0)
        #expect(Self.squaredDistance(mean, all) < 16 * variance / Double(count))
    }
}
