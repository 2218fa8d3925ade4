import BrainScaleS2
import RandomStreams
import SpikingNetworks

/// An emulated chip as the forward pass of a training: weights are written to it for every update, its
/// hidden spikes and the scores of its readouts, as the CADC samples them, go into the gradient.
///
/// A spike at time t belongs to the step k in which the software network fires for it: an Euler step
/// takes what arrives at k dt to the end of the step, so k dt < t <= (k + 1) dt.
///
/// Unchecked: each slice of a training owns one, and uses it from one thread at a time.
final class ChipInTheLoop: ForwardSubstrate, @unchecked Sendable {
    private let receiver: ChipReceiver
    private let emulation: ChipEmulation
    private let stream: RandomStream
    private var results = TrialResults(recordsSpikes: true)
    private var events = TrialEvents()
    private var scores: [Int] = []

    /// - Parameter stream: the chip's noise.
    init(_ receiver: ChipReceiver, conditions: ChipConditions, stream: RandomStream) {
        self.receiver = receiver
        emulation = receiver.makeEmulation(conditions)
        self.stream = stream
    }

    func configure(_ network: SpikingNetwork) {
        receiver.write(network, to: emulation)
    }

    func run(_ samples: SampleEvents, number: Int, into response: inout SubstrateResponse) {
        events.removeAll()
        for sample in 0..<samples.sampleCount {
            for e in samples.offsets[sample]..<samples.offsets[sample + 1] {
                events.append(
                    tick: receiver.tick(ofStep: Int(samples.steps[e])),
                    source: Int(samples.inputs[e]))
            }
            events.endTrial()
        }
        emulation.run(events, stream: stream.substream("in the loop", number), into: &results)
        receiver.scores(of: results, emulation, into: &scores)
        response.scores.removeAll(keepingCapacity: true)
        response.neurons.removeAll(keepingCapacity: true)
        response.steps.removeAll(keepingCapacity: true)
        response.offsets.removeAll(keepingCapacity: true)
        response.offsets.append(0)
        for score in scores { response.scores.append(Float(score) * receiver.scoreScale) }
        for trial in 0..<results.trialCount {
            for s in results.spikeOffsets[trial]..<results.spikeOffsets[trial + 1] {
                response.neurons.append(results.spikeNeurons[s])
                response.steps.append(Int32(receiver.step(ofTick: Int(results.spikeTicks[s]))))
            }
            response.offsets.append(response.neurons.count)
        }
    }
}
