import BrainScaleS2
import Foundation
import PhysicalQuantities
import RandomStreams
import TestSupport
import Testing

@Suite struct ChipInstanceTests {
    static let chip = ChipInstance(seed: 7, fidelity: .fixedPattern)

    /// The same circuit behaves the same in another network and for another logical neuron.
    @Test func deviationsBelongToTheCircuit() throws {
        func codes(_ circuits: [Int], probe: Int) throws -> [UInt8] {
            var network = NetworkDescription()
            let source = network.addSource("input", count: 1)
            let cells = network.addPopulation(
                "cells", count: circuits.count, cell: .leakyIntegrator(.calibrationDefaults))
            network.connect(source, to: cells, weights: circuits.map { _ in 60 })
            network.record(cells)
            let placed = try PlacedNetwork(
                network, strategy: .explicit([circuits.map { NeuronIndex($0) }]))
            let emulation = ChipEmulation(
                placed, on: Self.chip, plan: TrialPlan(duration: .microseconds(30)))
            var events = TrialEvents()
            events.append(tick: 300, source: 0)
            events.endTrial()
            var results = TrialResults()
            emulation.run(events, stream: RandomStream(seed: 1), into: &results)
            return stride(from: probe, to: results.cadc.count, by: circuits.count)
                .map { results.cadc[$0] }
        }
        let alone = try codes([300], probe: 0)
        #expect(try codes([5, 77, 300, 2], probe: 2) == alone)
        #expect(try codes([5, 77, 301, 2], probe: 2) != alone)
    }

    /// Blocks of any size on new instances give the bits of one run, noise included.
    @Test func blocksDoNotMatter() throws {
        let net = try Networks.classifier(
            inputWeights: Networks.randomWeights(2800, spread: 20, seed: 3, mean: 3),
            outputWeights: Networks.randomWeights(160, spread: 20, seed: 4))
        let chip = ChipInstance(seed: 11, fidelity: .full).calibrated(for: net.placed)
        let plan = TrialPlan(duration: .microseconds(30))
        let stream = RandomStream(seed: 2).substream("run")
        let all = Networks.randomEvents(
            trials: 60, count: 33, sources: 70, window: 2000, seed: 5)
        var whole = TrialResults(recordsSpikes: true)
        ChipEmulation(net.placed, on: chip, plan: plan).run(all, stream: stream, into: &whole)
        var health = ChipHealth()
        var cadc: [UInt8] = []
        var ticks: [Int32] = []
        for block in [0..<7, 7..<8, 8..<45, 45..<60] {
            var events = TrialEvents()
            for trial in block {
                for k in all.offsets[trial]..<all.offsets[trial + 1] {
                    events.append(tick: Int(all.ticks[k]), source: Int(all.sources[k]))
                }
                events.endTrial()
            }
            var part = TrialResults(recordsSpikes: true)
            ChipEmulation(net.placed, on: chip, plan: plan).run(
                events, stream: stream, firstTrial: block.lowerBound, into: &part)
            cadc += part.cadc
            ticks += part.spikeTicks
            health.add(part.health)
        }
        #expect(cadc == whole.cadc && ticks == whole.spikeTicks && health == whole.health)
        #expect(ticks.count > 100)
    }

    /// A resting readout scatters by its noise, one to two codes, and only at full fidelity.
    @Test func readoutNoiseIsOneToTwoCodes() throws {
        var network = NetworkDescription()
        let cell = network.addPopulation(
            "cell", count: 1, cell: .leakyIntegrator(.calibrationDefaults))
        network.record(cell)
        let placed = try PlacedNetwork(network)
        func spread(_ fidelity: Fidelity) -> Double {
            let chip = ChipInstance(seed: 3, fidelity: fidelity)
            let emulation = ChipEmulation(
                placed, on: chip, plan: TrialPlan(duration: .microseconds(30)))
            var events = TrialEvents()
            for _ in 0..<200 { events.endTrial() }
            var results = TrialResults()
            emulation.run(events, stream: RandomStream(seed: 1), into: &results)
            return Statistics.variance(results.cadc.map(Double.init)).squareRoot()
        }
        #expect(spread(.fixedPattern) == 0)
        #expect((1...2).contains(spread(.full)))
    }

    @Test func healthCountsWhatHappened() throws {
        let net = try Networks.classifier(
            inputWeights: Array(repeating: 63, count: 2800),
            outputWeights: Array(repeating: 1, count: 160))
        let emulation = ChipEmulation(
            net.placed, on: Networks.ideal, plan: TrialPlan(duration: .microseconds(30)))
        var events = TrialEvents()
        for k in 0..<5 { events.append(tick: 100 * k, source: k) }
        events.append(tick: -1, source: 0)
        events.append(tick: 3750, source: 0)
        events.append(tick: 10, source: 70)
        events.endTrial()
        var results = TrialResults(recordsSpikes: true)
        emulation.run(events, stream: RandomStream(seed: 1), into: &results)
        let health = results.health
        #expect(health.eventsOffered == 8 && health.eventsDelivered == 5)
        #expect(health.eventsDropped == 3)
        let late = results.spikeTicks.count { Int($0) + ChipEmulation.eventLatencyTicks >= 3750 }
        #expect(health.neuronSpikes == results.spikeTicks.count && health.neuronSpikes > 0)
        #expect(health.synapticEvents == 5 * 40 + 4 * (health.neuronSpikes - late))
        #expect(health.conversions == 15 * 4)
        #expect(abs(health.hardwareNanoseconds - (30_000 + 48_000)) < 1e-6)
    }
}
