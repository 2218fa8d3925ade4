import BrainScaleS2
import Foundation
import PhysicalQuantities
import RandomStreams
import Testing

/// The kernels against the slow twin on random recurrent networks.
@Suite struct StrictTwinTests {
    static let drive = 1.5

    @Test(arguments: 0..<8) func recurrentNetworksAgree(_ number: Int) throws {
        let taus = [(10.0, 10.0, 10.0), (20, 5, 5), (6, 6, 9), (3, 12, 0.5)][number % 4]
        let (inputs, count) = (12, 13)
        let input = Networks.randomWeights(
            inputs * count, spread: 25, seed: UInt64(number), mean: 8)
        let recurrent = Networks.randomWeights(count * count, spread: 12, seed: 99 + UInt64(number))
        let targets = Networks.cell(
            membrane: taus.0, synapse: taus.1, inhibitory: taus.2, strength: .drive(Self.drive))
        let spiking = SpikeTargets(threshold: 125, reset: 72, refractoryTime: .microseconds(1))
        var network = NetworkDescription()
        let source = network.addSource("input", count: inputs)
        let cells = network.addPopulation(
            "cells", count: count, cell: .leakyIntegrateAndFire(targets, spiking))
        network.connect(source, to: cells, weights: input)
        network.connect(cells, to: cells, weights: recurrent)
        network.record(cells)
        let emulation = ChipEmulation(
            try PlacedNetwork(network), on: Networks.ideal,
            plan: TrialPlan(duration: .microseconds(30)))
        let events = Networks.randomEvents(
            trials: 1, count: 40, sources: inputs, window: 3000, seed: UInt64(number))
        var results = TrialResults(recordsSpikes: true)
        emulation.run(events, stream: RandomStream(seed: 1), into: &results)

        func parts(_ weights: ArraySlice<Int>) -> ([Double], [Double]) {
            (
                weights.map { Self.drive * Double(max($0, 0)) },
                weights.map { Self.drive * Double(max(-$0, 0)) }
            )
        }
        let neuron = StrictNeuronTwin.Neuron(
            membrane: taus.0, excitatory: taus.1, inhibitory: taus.2, threshold: 45, reset: -8,
            refractoryTicks: RefractoryPeriod(target: spiking.refractoryTime).ticks)
        let ordered = zip(events.ticks, events.sources).sorted { $0.0 < $1.0 }
        let twin = StrictNeuronTwin.run(
            Array(repeating: neuron, count: count),
            events: ordered.map { tick, s in
                let drives = parts(input[Int(s) * count..<(Int(s) + 1) * count])
                return (Int(tick), drives.0, drives.1)
            },
            recurrent: (0..<count).map { parts(recurrent[$0 * count..<($0 + 1) * count]) },
            latency: ChipEmulation.eventLatencyTicks, duration: 3750,
            sampleTicks: Set(emulation.sampleTicks))

        #expect(twin.spikes.count > 10)
        for k in 0..<count {
            let fast = zip(results.spikeTicks, results.spikeNeurons).filter { Int($0.1) == k }
                .map { Int($0.0) }
            let slow = twin.spikes.filter { $0.neuron == k }.map(\.tick)
            #expect(fast.count == slow.count, "neuron \(k): \(fast) against \(slow)")
            for (a, b) in zip(fast, slow) { #expect(abs(a - b) <= 1, "neuron \(k)") }
        }
        for (sample, potentials) in twin.samples.enumerated() {
            for (k, v) in potentials.enumerated() {
                let code = Double(results.cadc[sample * count + k])
                let expected = min(max(80 + v, 0), 255)
                // Half a code and what one tick of spike time can move.
                #expect(abs(code - expected) < 1.0, "sample \(sample), neuron \(k)")
            }
        }
    }
}
