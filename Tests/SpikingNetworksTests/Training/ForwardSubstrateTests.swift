import NumericKernels
import RandomStreams
import SpikeEncoding
import SpikingNetworks
import Testing

/// Trainings whose forward pass runs elsewhere.
@Suite struct ForwardSubstrateTests {
    /// The software network itself, sample by sample, its spikes lagging by some steps.
    private final class Twin: ForwardSubstrate, @unchecked Sendable {
        private var workspace: SampleWorkspace?
        private var weights: KernelWeights?
        private var outputs = 0
        let lag: Int
        private(set) var calls: [Int] = []

        init(lag: Int) { self.lag = lag }

        func configure(_ network: SpikingNetwork) {
            workspace = SampleWorkspace(kernel: network.kernel, isGraded: false)
            weights = KernelWeights(network)
            outputs = network.outputCount
        }

        func run(_ events: SampleEvents, number: Int, into response: inout SubstrateResponse) {
            guard let workspace, let weights else { return }
            calls.append(number)
            response = SubstrateResponse()
            let kernel = workspace.kernel
            weights.withKernelWeights { weights in
                for sample in 0..<events.sampleCount {
                    workspace.input.events.count = 0
                    for e in events.offsets[sample]..<events.offsets[sample + 1] {
                        let k = workspace.input.events.count
                        workspace.input.events.inputs[k] = UInt16(events.inputs[e])
                        workspace.input.events.steps[k] = UInt8(events.steps[e])
                        workspace.input.events.count = k + 1
                    }
                    _ = workspace.forward(weights: weights)
                    kernel.listSpikes(workspace.scratch)
                    for step in 0..<kernel.stepCount {
                        let first = Int(workspace.scratch.spikeOffsets[step])
                        for s in first..<Int(workspace.scratch.spikeOffsets[step + 1]) {
                            response.neurons.append(Int32(workspace.scratch.spikes[s]))
                            response.steps.append(
                                Int32(min(step + lag, kernel.stepCount - 1)))
                        }
                    }
                    response.offsets.append(response.neurons.count)
                    for o in 0..<outputs { response.scores.append(workspace.score(o)) }
                }
            }
        }
    }

    private static func trained(_ substrate: ((Int) -> any ForwardSubstrate)?) -> SpikingNetwork {
        let trainer = Trainer(
            TrainerTests.receiver(), policy: TrainerTests.policy(symbols: 5000),
            blockLength: TrainerTests.blockLength, stream: RandomStream(seed: 7), substrate: substrate,
            executor: TrainerTests.serial)
        TrainerTests.train(trainer)
        return trainer.trainedReceiver.network
    }

    /// Spikes and scores of the network itself change nothing, bit for bit.
    @Test func theNetworkItselfIsTheIdentity() {
        #expect(Self.trained { _ in Twin(lag: 0) } == Self.trained(nil))
    }

    @Test func otherSpikesGiveOtherGradients() {
        let late = Self.trained { _ in Twin(lag: 2) }
        #expect(late != Self.trained(nil))
        #expect(late.hiddenWeights.allSatisfy { $0.isFinite })
        // And the same ones again.
        #expect(late == Self.trained { _ in Twin(lag: 2) })
    }
}
