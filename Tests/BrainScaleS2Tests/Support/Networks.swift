import BrainScaleS2
import PhysicalQuantities
import RandomStreams

/// Networks and chips that several tests share.
enum Networks {
    static let ideal = ChipInstance.ideal

    static func cell(
        membrane: Double = 10, synapse: Double = 10, inhibitory: Double? = nil,
        strength: SynapticStrength = .peakResponse(16.5 / 63)
    ) -> NeuronTargets {
        NeuronTargets(
            leak: 80, membraneTimeConstant: .microseconds(membrane),
            excitatoryTimeConstant: .microseconds(synapse),
            inhibitoryTimeConstant: .microseconds(inhibitory ?? synapse), strength: strength)
    }

    /// 70 sources, 40 spiking neurons, 4 recorded integrators.
    static func classifier(
        inputWeights: [Int], outputWeights: [Int]
    ) throws -> (placed: PlacedNetwork, readout: ProjectionID) {
        var network = NetworkDescription()
        let input = network.addSource("input", count: 70)
        let hidden = network.addPopulation(
            "hidden", count: 40,
            cell: .leakyIntegrateAndFire(
                cell(membrane: 6, synapse: 6),
                SpikeTargets(threshold: 125, reset: 80, refractoryTime: .microseconds(1))))
        let output = network.addPopulation(
            "output", count: 4,
            cell: .leakyIntegrator(
                cell(membrane: 6, synapse: 6, strength: .peakResponse(0.25))))
        network.connect(input, to: hidden, weights: inputWeights)
        let readout = network.connect(hidden, to: output, weights: outputWeights)
        network.record(output)
        return (try PlacedNetwork(network), readout)
    }

    static func randomWeights(_ count: Int, spread: Double, seed: UInt64, mean: Double = 0)
        -> [Int]
    {
        var stream = RandomStream(seed: seed).substream("weights")
        return (0..<count).map { _ in
            SignedWeight(transforming: mean + spread * stream.gaussian(), scale: 1).value
        }
    }

    /// Random events: `count` per trial over the sources and the first `window` ticks.
    static func randomEvents(
        trials: Int, count: Int, sources: Int, window: Int, seed: UInt64
    ) -> TrialEvents {
        var stream = RandomStream(seed: seed).substream("events")
        var events = TrialEvents()
        for _ in 0..<trials {
            for _ in 0..<count {
                events.append(
                    tick: Int(stream.next() % UInt64(window)),
                    source: Int(stream.next() % UInt64(sources)))
            }
            events.endTrial()
        }
        return events
    }
}
