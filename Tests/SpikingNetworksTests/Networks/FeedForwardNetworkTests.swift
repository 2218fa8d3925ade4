import NumericKernels
import RandomStreams
import SpikingNetworks
import TestSupport
import Testing

struct FeedForwardNetworkTests {
    static func randomNetwork(
        inputs: Int, hidden: Int, outputs: Int, steps: Int, seed: UInt64
    ) -> FeedForwardNetwork {
        FeedForwardNetwork(
            inputCount: inputs, hiddenCount: hidden, outputCount: outputs, stepCount: steps,
            neuron: LeakyIntegrateAndFire(
                membraneTimeConstantInMilliseconds: 5, synapticTimeConstantInMilliseconds: 3,
                stepInMilliseconds: 0.5, threshold: 1),
            surrogate: .superSpike(slope: 2), spikesPerSample: 4,
            stream: RandomStream(seed: seed))
    }

    static func randomRaster(_ network: FeedForwardNetwork, seed: UInt64) -> [Double] {
        var stream = RandomStream(seed: seed).substream("raster")
        return (0..<network.stepCount * network.inputCount).map { _ in
            stream.uniform() < 0.15 ? 1 : 0
        }
    }

    /// Sizes on both sides of a vector and of the packing of spike bits (32 vectors).
    @Test(arguments: [1, 7, 8, 9, 40, 255, 256, 257, 300])
    func kernelFollowsItsStrictTwin(hidden: Int) {
        let network = Self.randomNetwork(
            inputs: 9, hidden: hidden, outputs: hidden == 9 ? 11 : 4, steps: 25, seed: 3)
        let run = KernelRun(network, spikePenalty: 0.01)
        let raster = Self.randomRaster(network, seed: 4)
        run.forward(raster)
        let trace = run.twin.forward(
            input: raster, hiddenWeights: network.hiddenWeights.map(Double.init),
            readoutWeights: network.readoutWeights.map(Double.init))
        #expect(run.spikeRaster == trace.spikes)
        #expect(run.hiddenSpikes == Int(trace.spikes.reduce(0, +)))
        for (a, b) in zip(run.scores, trace.scores) { #expect(abs(a - b) < 1e-4 * (1 + abs(b))) }
        let (_, scoreGradient) = run.twin.loss(scores: trace.scores, target: 1)
        run.backward(scoreGradient)
        let expected = run.twin.backward(
            input: raster, readoutWeights: network.readoutWeights.map(Double.init), trace: trace,
            scoreGradient: scoreGradient)
        let scale = expected.hidden.map(abs).max() ?? 1
        for (a, b) in zip(run.gradientNetwork.hiddenWeights, expected.hidden) {
            #expect(abs(Double(a) - b) < 1e-4 * (1 + scale))
        }
        for (a, b) in zip(run.gradientNetwork.readoutWeights, expected.readout) {
            #expect(abs(Double(a) - b) < 1e-4)
        }
    }

    /// Readout weights do not move hidden spikes, so the chain from them to the scores is smooth and
    /// its gradient must be that of central differences.
    @Test func readoutGradientAgreesWithCentralDifferences() {
        let network = Self.randomNetwork(inputs: 6, hidden: 5, outputs: 4, steps: 30, seed: 8)
        let raster = Self.randomRaster(network, seed: 9)
        let run = KernelRun(network)
        let lif = run.twin
        let hidden = network.hiddenWeights.map(Double.init)
        let readout = network.readoutWeights.map(Double.init)
        let trace = lif.forward(input: raster, hiddenWeights: hidden, readoutWeights: readout)
        #expect(trace.spikes.reduce(0, +) > 3)
        let (_, scoreGradient) = lif.loss(scores: trace.scores, target: 2)
        run.forward(raster)
        run.backward(scoreGradient)
        for i in readout.indices {
            let step = 1e-5
            var losses: [Double] = []
            for sign in [1.0, -1.0] {
                var moved = readout
                moved[i] += sign * step
                let scores = lif.forward(
                    input: raster, hiddenWeights: hidden, readoutWeights: moved
                ).scores
                losses.append(lif.loss(scores: scores, target: 2).value)
            }
            let difference = (losses[0] - losses[1]) / (2 * step)
            #expect(abs(Double(run.gradientNetwork.readoutWeights[i]) - difference) < 1e-4)
        }
    }

    @Test func packingIsLossless() {
        let network = Self.randomNetwork(inputs: 3, hidden: 13, outputs: 5, steps: 4, seed: 1)
        var copy = network
        copy.hiddenWeights = copy.hiddenWeights.map { _ in 0 }
        copy.readoutWeights = copy.readoutWeights.map { _ in 0 }
        copy.unpack(network.packedWeights())
        #expect(copy == network)
        let lanes = network.laneMask().reduce(0) { $0 + $1.sum() }
        #expect(Int(lanes) == network.parameterCount)
    }
}
