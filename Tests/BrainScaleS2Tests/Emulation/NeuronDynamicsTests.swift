import BrainScaleS2
import Foundation
import PhysicalQuantities
import RandomStreams
import Testing

@Suite struct NeuronDynamicsTests {
    /// Potential above leak in LSB at every sample, from a strong readout: codes are integers, so
    /// the response is made large and compared within half a code.
    static func response(
        membrane: Double, synapse: Double, weight: Int, peak: Double, interval: Double,
        leak: Double = 80
    ) throws -> [Int] {
        var network = NetworkDescription()
        let source = network.addSource("input", count: 1)
        var targets = Networks.cell(
            membrane: membrane, synapse: synapse, strength: .peakResponse(peak))
        targets.leak = leak
        let cell = network.addPopulation("cell", count: 1, cell: .leakyIntegrator(targets))
        network.connect(source, to: cell, weights: [weight])
        network.record(cell)
        let emulation = ChipEmulation(
            try PlacedNetwork(network), on: Networks.ideal,
            plan: TrialPlan(
                duration: .microseconds(60), cadc: CADCSchedule(interval: .microseconds(interval))))
        var events = TrialEvents()
        events.append(tick: 0, source: 0)
        events.endTrial()
        var results = TrialResults()
        emulation.run(events, stream: RandomStream(seed: 1), into: &results)
        return results.cadc.map { Int($0) - Int(leak) }
    }

    /// Equal time constants of 10 us: Q/C t/tau exp(-t/tau) has its maximum 0.368 Q/C at 10 us and
    /// 2/e of it at 20 us.
    @Test func equalTimeConstantsPeakAtTheTimeConstant() throws {
        let v = try Self.response(
            membrane: 10, synapse: 10, weight: 50, peak: 2.5, interval: 2)
        #expect(v.firstIndex(of: v.max() ?? 0) == 5 && abs(v[5] - 125) <= 1)
        for (k, value) in v.enumerated() {
            let t = 0.2 * Double(k)
            #expect(abs(Double(value) - 125 * t * exp(1 - t)) <= 0.51, "sample \(k)")
        }
    }

    /// tau_m 20 us, tau_s 5 us: maximum at 9.24 us = 20 * 5 / 15 ln 4, the height as described.
    @Test func unequalTimeConstantsPeakWhereTheyShould() throws {
        let v = try Self.response(
            membrane: 20, synapse: 5, weight: 50, peak: 2.5, interval: 1.848)
        #expect(abs(v[5] - 125) <= 1 && v[5] >= v[4] && v[5] >= v[6])
        let height = pow(4.0, -4.0 / 3)
        for (k, value) in v.enumerated() {
            let t = 1.848 * Double(k)
            let shape = (exp(-t / 20) - exp(-t / 5)) / 3 / height
            #expect(abs(Double(value) - 125 * shape) <= 0.51, "sample \(k)")
        }
    }

    @Test func responseIsLinearInTheWeight() throws {
        for weight in stride(from: -63, through: 63, by: 9) {
            let v = try Self.response(
                membrane: 10, synapse: 10, weight: weight, peak: 1.0, interval: 2)
            #expect(v[5] == weight, "weight \(weight)")
        }
    }

    @Test func defaultsGiveThePublishedHeight() throws {
        let v = try Self.response(
            membrane: 10, synapse: 10, weight: 63, peak: 16.5 / 63, interval: 2)
        #expect(abs(v[5] - 16) <= 1)
    }

    @Test func codesClampAtBothEnds() throws {
        let high = try Self.response(
            membrane: 10, synapse: 10, weight: 63, peak: 6, interval: 2, leak: 160)
        #expect(high.max() == 255 - 160)
        let low = try Self.response(
            membrane: 10, synapse: 10, weight: -63, peak: 6, interval: 2, leak: 50)
        #expect(low.min() == -50)
    }

    /// Spike time of one large response with equal time constants: D t/tau exp(-t/tau) = threshold,
    /// solved here by bisection of the closed form.
    @Test(arguments: [12.0, 12.4, 30, 90]) func spikeFollowsTheClosedForm(_ drive: Double) throws {
        let placed = try Self.single(
            drive: drive, membrane: 10, synapse: 10, threshold: 125, refractory: 32)
        let spikes = Self.spikes(placed, ticks: [100])
        func v(_ t: Double) -> Double { 10 * drive * t / 10 * exp(-t / 10) }
        guard v(10) >= 45 else {
            #expect(spikes.isEmpty)
            return
        }
        var low = 0.0
        var high = 10.0
        for _ in 0..<60 {
            if v(0.5 * (low + high)) >= 45 { high = 0.5 * (low + high) } else {
                low = 0.5 * (low + high)
            }
        }
        #expect(abs((spikes.first ?? -1) - (100 + Int((high / 0.008).rounded(.up)))) <= 1)
    }

    /// A maximum between two events that only just passes the threshold is a spike; one just below
    /// it is none.
    @Test func maximumBetweenEventsIsNotMissed() throws {
        let touching = 45 * exp(1.0) / 10
        let above = try Self.single(
            drive: touching * 1.0005, membrane: 10, synapse: 10, threshold: 125, refractory: 32)
        #expect(Self.spikes(above, ticks: [0]).count == 1)
        let below = try Self.single(
            drive: touching * 0.9995, membrane: 10, synapse: 10, threshold: 125, refractory: 32)
        #expect(Self.spikes(below, ticks: [0]).isEmpty)
    }

    /// Three simultaneous full weights reach the threshold of 45 LSB, two do not.
    @Test func threeFullWeightsFire() throws {
        let placed = try Self.single(
            drive: 63 * 16.5 / 63 * exp(1.0) / 10, membrane: 10, synapse: 10, threshold: 125,
            refractory: 32)
        #expect(Self.spikes(placed, ticks: [10, 10, 10]).count == 1)
        #expect(Self.spikes(placed, ticks: [10, 10]).isEmpty)
    }

    /// Leak over threshold: ISI = refractory + tau ln((E - V_r) / (E - V_th)).
    @Test func leakOverThresholdFiresRegularly() throws {
        var network = NetworkDescription()
        var targets = Networks.cell(membrane: 10, synapse: 5)
        targets.leak = 150
        let cell = network.addPopulation(
            "cell", count: 1,
            cell: .leakyIntegrateAndFire(
                targets,
                SpikeTargets(threshold: 125, reset: 70, refractoryTime: .microseconds(2))))
        network.record(cell)
        let spikes = Self.spikes(try PlacedNetwork(network), ticks: [], duration: 400)
        let refractory = RefractoryPeriod(target: .microseconds(2)).time.microseconds
        let interval = refractory + 10 * log((150.0 - 70) / (150 - 125))
        #expect(spikes.count == Int((400 / interval).rounded(.up)))
        for (a, b) in zip(spikes, spikes.dropFirst()) {
            #expect(abs(Double(b - a) - interval / 0.008) <= 1)
        }
    }

    @Test func spikeCounterOverflows() throws {
        var network = NetworkDescription()
        var targets = Networks.cell(membrane: 0.5, synapse: 5)
        targets.leak = 160
        _ = network.addPopulation(
            "cell", count: 1,
            cell: .leakyIntegrateAndFire(
                targets,
                SpikeTargets(threshold: 80, reset: 70, refractoryTime: .microseconds(0.1))))
        let emulation = ChipEmulation(
            try PlacedNetwork(network), on: Networks.ideal,
            plan: TrialPlan(duration: .microseconds(200)))
        var events = TrialEvents()
        events.endTrial()
        var results = TrialResults(recordsSpikes: true)
        emulation.run(events, stream: RandomStream(seed: 1), into: &results)
        #expect(results.spikeTicks.count > 300)
        #expect(results.spikeCounts[0] == 255 && results.counterOverflow[0])
        #expect(results.health.counterOverflows == 1)
    }

    /// One neuron whose weight 10 makes the given drive times ten.
    static func single(
        drive: Double, membrane: Double, synapse: Double, threshold: Double, refractory: Double
    ) throws -> PlacedNetwork {
        var network = NetworkDescription()
        let source = network.addSource("input", count: 1)
        let cell = network.addPopulation(
            "cell", count: 1,
            cell: .leakyIntegrateAndFire(
                Networks.cell(membrane: membrane, synapse: synapse, strength: .drive(drive / 6)),
                SpikeTargets(
                    threshold: threshold, reset: 80, refractoryTime: .microseconds(refractory))))
        // Sixty of the 63 weight steps carry ten times the drive.
        network.connect(source, to: cell, weights: [60])
        return try PlacedNetwork(network)
    }

    static func spikes(_ placed: PlacedNetwork, ticks: [Int], duration: Double = 30) -> [Int] {
        let emulation = ChipEmulation(
            placed, on: Networks.ideal, plan: TrialPlan(duration: .microseconds(duration)))
        var events = TrialEvents()
        for tick in ticks { events.append(tick: tick, source: 0) }
        events.endTrial()
        var results = TrialResults(recordsSpikes: true)
        emulation.run(events, stream: RandomStream(seed: 1), into: &results)
        return results.spikeTicks.map(Int.init)
    }
}
