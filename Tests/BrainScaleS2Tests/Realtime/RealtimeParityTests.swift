import BrainScaleS2
import PhysicalQuantities
import RandomStreams
import Testing

/// The event-by-event engine and the trial path are two ways through the same chip.
@Suite struct RealtimeParityTests {
    /// Random layers with a recurrent one in the middle, on both hemispheres.
    private static func network(seed: UInt64) -> NetworkDescription {
        var network = NetworkDescription()
        let input = network.addSource("input", count: 30)
        let cell = CellModel.leakyIntegrateAndFire(
            Networks.cell(membrane: 8, synapse: 5), .calibrationDefaults)
        let first = network.addPopulation("first", count: 20, cell: cell)
        let second = network.addPopulation("second", count: 15, cell: cell)
        let output = network.addPopulation(
            "output", count: 3, cell: .leakyIntegrator(Networks.cell(membrane: 15, synapse: 5)))
        func weights(_ count: Int, _ k: UInt64, _ mean: Double) -> [Int] {
            Networks.randomWeights(count, spread: 30, seed: seed + k, mean: mean)
        }
        network.connect(input, to: first, weights: weights(600, 1, 35))
        network.connect(first, to: second, weights: weights(300, 2, 35))
        network.connect(second, to: second, weights: weights(225, 3, 10))
        network.connect(second, to: output, weights: weights(45, 4, 0))
        network.record(output)
        return network
    }

    private static let halves = PlacementStrategy.explicit([
        (0..<20).map { NeuronIndex(250 + $0) }, (0..<15).map { NeuronIndex(3 * $0) },
        [NeuronIndex(500), NeuronIndex(501), NeuronIndex(100)],
    ])

    private struct Both {
        let trial: TrialResults
        let realtime: RealtimeResults
    }

    private static func run(
        _ network: NetworkDescription, _ placement: PlacementStrategy, _ chip: ChipInstance,
        sources: Int, seed: UInt64
    ) throws -> Both {
        let placed = try PlacedNetwork(network, strategy: placement)
        let chip = chip.calibrated(for: placed)
        // One event a tick at most: nothing waits in the crossbar on its way in.
        var stream = RandomStream(seed: seed).substream("events")
        var events = TrialEvents()
        var spikes: [InputSpike] = []
        for k in 0..<120 {
            let tick = 20 * k + Int(stream.next() % 20)
            let source = Int(stream.next() % UInt64(sources))
            events.append(tick: tick, source: source)
            spikes.append(InputSpike(tick: tick, source: source))
        }
        events.endTrial()
        let cadc = CADCSchedule(first: .microseconds(1), interval: .microseconds(2))
        let emulation = ChipEmulation(
            placed, on: chip, plan: TrialPlan(duration: .microseconds(40), cadc: cadc))
        var trial = TrialResults(recordsSpikes: true)
        emulation.run(events, stream: RandomStream(seed: 1), into: &trial)
        let realtime = try RealtimeEmulation(
            RealtimeExperiment(
                network: network, snippets: [Snippet(duration: .microseconds(45))], cadc: cadc),
            placed: placed, on: chip, stream: RandomStream(seed: 1))
        return Both(trial: trial, realtime: try realtime.run(input: [spikes]))
    }

    /// Five neurons on event outputs of their own, recurrence included: the same spikes and codes,
    /// except where an event meets another one on its bus and comes a tick later.
    @Test(arguments: [Fidelity.ideal, .fixedPattern], 1...6)
    func bothWaysGiveTheSameSpikes(fidelity: Fidelity, seed: Int) throws {
        var network = NetworkDescription()
        let input = network.addSource("input", count: 12)
        let cells = network.addPopulation(
            "cells", count: 4,
            cell: .leakyIntegrateAndFire(
                Networks.cell(membrane: 8, synapse: 5), .calibrationDefaults))
        let output = network.addPopulation(
            "output", count: 1, cell: .leakyIntegrator(Networks.cell(membrane: 15, synapse: 5)))
        let weights = { (count: Int, k: Int) in
            Networks.randomWeights(count, spread: 20, seed: UInt64(10 * seed + k), mean: 25)
        }
        network.connect(input, to: cells, weights: weights(48, 1))
        network.connect(cells, to: cells, weights: weights(16, 2).map { $0 / 2 })
        network.connect(cells, to: output, weights: weights(4, 3))
        network.record(output)
        let both = try Self.run(
            network,
            .explicit([[5, 300, 70, 490].map { NeuronIndex($0) }, [NeuronIndex(140)]]),
            ChipInstance(seed: UInt64(seed), fidelity: fidelity), sources: 12, seed: UInt64(seed))
        let kept = both.realtime.spikes.filter { $0.tick < 5000 }
        #expect(both.trial.spikeTicks.count > 10)
        #expect(kept.map { $0.neuron } == both.trial.spikeNeurons.map(Int.init))
        let lags = zip(kept, both.trial.spikeTicks).map { abs($0.tick - Int($1)) }
        #expect(lags.allSatisfy { $0 <= 1 })
        #expect(Double(lags.count { $0 == 0 }) > 0.8 * Double(lags.count))
        let codes = both.realtime.samples.filter { $0.tick < 5000 }.flatMap(\.codes)
        #expect(zip(codes, both.trial.cadc).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
        #expect(codes.count == both.trial.cadc.count)
        #expect(both.realtime.health.crossbarDrops == 0)
    }

    /// Thirty-five neurons that share event outputs: where two fire in the same tick, one event waits
    /// a tick, and what follows from it comes a few ticks later; never more.
    @Test(arguments: 1...6) func sharedOutputsDelayByTicks(seed: Int) throws {
        let both = try Self.run(
            Self.network(seed: UInt64(seed)), seed % 2 == 0 ? .automatic : Self.halves,
            ChipInstance(seed: UInt64(seed), fidelity: .fixedPattern), sources: 30,
            seed: UInt64(seed))
        var exact = 0
        for neuron in 0..<38 {
            let a = both.realtime.spikes.filter { $0.neuron == neuron && $0.tick < 4900 }
                .map { $0.tick }
            let b = zip(both.trial.spikeTicks, both.trial.spikeNeurons)
                .filter { $1 == neuron && $0 < 4900 }.map { Int($0.0) }
            #expect(abs(a.count - b.count) <= 1)
            #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 25 })
            exact += zip(a, b).count { $0 == $1 }
        }
        #expect(Double(exact) > 0.5 * Double(both.trial.spikeTicks.count))
        #expect(both.trial.spikeTicks.count > 50)
    }
}
