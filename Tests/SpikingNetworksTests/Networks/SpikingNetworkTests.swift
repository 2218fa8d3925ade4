import NumericKernels
import RandomStreams
import SpikingNetworks
import TestSupport
import Testing

struct SpikingNetworkTests {
    static func randomNetwork(
        inputs: Int, hidden: Int, outputs: Int, steps: Int, seed: UInt64,
        readout: SpikingNetwork.Readout = .maximum, isRecurrent: Bool = false,
        resetIsDetached: Bool = false
    ) -> SpikingNetwork {
        SpikingNetwork(
            inputCount: inputs, hiddenCount: hidden, outputCount: outputs, stepCount: steps,
            neuron: LeakyIntegrateAndFire(
                membraneTimeConstantInMilliseconds: 5, synapticTimeConstantInMilliseconds: 3,
                stepInMilliseconds: 0.5, threshold: 1),
            surrogate: .superSpike(slope: 2, resetIsDetached: resetIsDetached), readout: readout,
            isRecurrent: isRecurrent, spikesPerSample: 4, stream: RandomStream(seed: seed))
    }

    static func randomRaster(_ network: SpikingNetwork, seed: UInt64) -> [Double] {
        var stream = RandomStream(seed: seed).substream("raster")
        return (0..<network.stepCount * network.inputCount).map { _ in
            stream.uniform() < 0.15 ? 1 : 0
        }
    }

    private func close(_ a: [Float], _ b: [Double]) {
        #expect(a.count == b.count)
        let scale = b.map(abs).max() ?? 0
        for (a, b) in zip(a, b) { #expect(abs(Double(a) - b) < 1e-4 * (1 + scale)) }
    }

    private func compare(_ network: SpikingNetwork, raster: [Double], isGraded: Bool = false) {
        let spikeGradient = (0..<network.hiddenCount).map { 0.01 * Double($0 % 3) }
        let run = KernelRun(network, spikeGradient: spikeGradient, isGraded: isGraded)
        run.forward(raster)
        let trace = run.twin.forward(
            input: raster, hiddenWeights: network.hiddenWeights.map(Double.init),
            readoutWeights: network.readoutWeights.map(Double.init))
        #expect(run.spikeRaster == trace.spikes)
        #expect(run.hiddenSpikes == Int(trace.spikes.reduce(0, +)))
        for (a, b) in zip(run.scores, trace.scores) { #expect(abs(a - b) < 1e-4 * (1 + abs(b))) }
        let (_, scoreGradient) = run.twin.loss(scores: trace.scores, target: 1)
        let eventSteps = network.stepCount - 3
        run.backward(scoreGradient, eventSteps: eventSteps)
        let expected = run.twin.backward(
            input: raster, readoutWeights: network.readoutWeights.map(Double.init), trace: trace,
            scoreGradient: scoreGradient)
        let found = run.gradientNetwork
        close(found.hiddenWeights, expected.hidden)
        close(found.readoutWeights, expected.readout)
        close(found.recurrentWeights, expected.recurrent)
        // A later or earlier event drives the same neurons in the step after or before.
        for event in run.eventTimes {
            var derivative = 0.0
            for h in 0..<network.hiddenCount {
                func adjoint(_ step: Int) -> Double {
                    step < 0 ? 0 : expected.current[step * network.hiddenCount + h]
                }
                let later = event.step + 1 < eventSteps ? adjoint(event.step + 1) : 0
                derivative +=
                    Double(network.hiddenWeights[h * network.inputCount + event.input])
                    * (event.step == 0
                        ? later - adjoint(0) : (later - adjoint(event.step - 1)) / 2)
            }
            #expect(abs(event.gradient - event.value * derivative) < 1e-3)
        }
    }

    /// Every width of a chunk, sizes on both sides of a vector and of a chunk, several chunks.
    @Test(arguments: [1, 9, 15, 16, 17, 40, 60, 79, 80, 81, 300])
    func kernelFollowsItsStrictTwin(hidden: Int) {
        let network = Self.randomNetwork(
            inputs: 9, hidden: hidden, outputs: hidden == 9 ? 11 : 4, steps: 25, seed: 3)
        compare(network, raster: Self.randomRaster(network, seed: 4))
    }

    @Test(arguments: [false, true])
    func aDetachedResetFollowsItsTwin(isRecurrent: Bool) {
        let network = Self.randomNetwork(
            inputs: 9, hidden: 21, outputs: 4, steps: 25, seed: 5, isRecurrent: isRecurrent,
            resetIsDetached: true)
        compare(network, raster: Self.randomRaster(network, seed: 6))
    }

    @Test(arguments: SpikingNetwork.Readout.allCases, [false, true])
    func everyReadoutFollowsItsTwin(readout: SpikingNetwork.Readout, isRecurrent: Bool) {
        let network = Self.randomNetwork(
            inputs: 9, hidden: 21, outputs: 4, steps: 25, seed: 5, readout: readout,
            isRecurrent: isRecurrent)
        compare(network, raster: Self.randomRaster(network, seed: 6))
    }

    /// Spikes still come after the last input in most of these samples, and none in the end.
    @Test(arguments: [3, 40, 60, 80, 90], SpikingNetwork.Readout.allCases)
    func inferenceGivesTheSameBitsForLess(hidden: Int, readout: SpikingNetwork.Readout) {
        for isRecurrent in [false, true] {
            let network = Self.randomNetwork(
                inputs: 9, hidden: hidden, outputs: hidden == 60 ? 6 : 4, steps: 70, seed: 10,
                readout: readout, isRecurrent: isRecurrent)
            let full = KernelRun(network)
            let lean = KernelRun(network)
            for seed in 0..<20 as Range<UInt64> {
                var raster = Self.randomRaster(network, seed: 11 + seed)
                let end = Int(3 * seed) * network.inputCount
                for i in end..<raster.count { raster[i] = 0 }
                full.forward(raster)
                lean.infer(raster)
                #expect(full.scores.map(\.bitPattern) == lean.scores.map(\.bitPattern))
                #expect(full.hiddenSpikes == lean.hiddenSpikes)
            }
        }
    }

    @Test func gradedEventsScaleTheirWeights() {
        let network = Self.randomNetwork(
            inputs: 9, hidden: 12, outputs: 4, steps: 20, seed: 7, readout: .sum, isRecurrent: true)
        var stream = RandomStream(seed: 8)
        let raster = Self.randomRaster(network, seed: 9).map { $0 * stream.gaussian() }
        compare(network, raster: raster, isGraded: true)
    }

    /// With a smooth spike function the surrogate gradient is the true one.
    @Test(arguments: SpikingNetwork.Readout.allCases)
    func twinGradientAgreesWithCentralDifferences(readout: SpikingNetwork.Readout) {
        let network = Self.randomNetwork(
            inputs: 4, hidden: 5, outputs: 3, steps: 12, seed: 8, readout: readout,
            isRecurrent: true)
        let raster = Self.randomRaster(network, seed: 9)
        var lif = KernelRun(network).twin
        lif.isSmooth = true
        let weights = [
            network.hiddenWeights, network.readoutWeights, network.recurrentWeights,
        ].map { $0.map(Double.init) }
        func loss(_ weights: [[Double]]) -> Double {
            var moved = lif
            moved.recurrentWeights = weights[2]
            let scores = moved.forward(
                input: raster, hiddenWeights: weights[0], readoutWeights: weights[1]
            ).scores
            return moved.loss(scores: scores, target: 2).value
        }
        let trace = lif.forward(
            input: raster, hiddenWeights: weights[0], readoutWeights: weights[1])
        let found = lif.backward(
            input: raster, readoutWeights: weights[1], trace: trace,
            scoreGradient: lif.loss(scores: trace.scores, target: 2).gradient)
        for (layer, gradient) in [found.hidden, found.readout, found.recurrent].enumerated() {
            for i in gradient.indices {
                var up = weights
                var down = weights
                up[layer][i] += 1e-5
                down[layer][i] -= 1e-5
                let difference = (loss(up) - loss(down)) / 2e-5
                #expect(abs(gradient[i] - difference) < 1e-6 * (1 + abs(difference)))
            }
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

    @Test(arguments: [false, true]) func packingIsLossless(isRecurrent: Bool) {
        let network = Self.randomNetwork(
            inputs: 3, hidden: 13, outputs: 5, steps: 4, seed: 1, isRecurrent: isRecurrent)
        var copy = network
        copy.hiddenWeights = copy.hiddenWeights.map { _ in 0 }
        copy.readoutWeights = copy.readoutWeights.map { _ in 0 }
        copy.recurrentWeights = copy.recurrentWeights.map { _ in 0 }
        copy.unpack(network.packedWeights())
        #expect(copy == network)
        let lanes = network.laneMask().reduce(0) { $0 + $1.sum() }
        #expect(Int(lanes) == network.parameterCount)
    }
}
