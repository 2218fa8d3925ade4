import BrainScaleS2
import Foundation
import PhysicalQuantities
import RandomStreams
import Testing

/// Neurons beyond leaky integration of currents, in real time.
@Suite struct SteppedNeuronTests {
    private struct Outcome {
        let spikes: [RealtimeResults.Spike]
        /// Potentials above leak by neuron in LSB, one sample each 2 us.
        let traces: [[Double]]
    }

    private static func run(
        _ cells: [(CellModel, Int)], weights: [[Int]] = [], events: [Double] = [],
        duration: Double = 200, couple: (inout NetworkDescription, [PopulationID]) -> Void = { _, _ in }
    ) throws -> Outcome {
        var network = NetworkDescription()
        let input = network.addSource("input", count: 1)
        var populations: [PopulationID] = []
        for (number, (cell, count)) in cells.enumerated() {
            let id = network.addPopulation("cells \(number)", count: count, cell: cell)
            network.connect(
                input, to: id, weights: weights.isEmpty ? Array(repeating: 0, count: count) : weights[number])
            network.record(id)
            populations.append(id)
        }
        couple(&network, populations)
        let experiment = RealtimeExperiment(
            network: network, snippets: [Snippet(duration: .microseconds(duration))],
            cadc: CADCSchedule(interval: .microseconds(2)))
        let results = try RealtimeEmulation(
            experiment, on: .ideal, stream: RandomStream(seed: 1)
        ).run(input: [events.map { InputSpike(tick: Int($0 * 125), source: 0) }])
        let count = results.recordedNeurons.count
        return Outcome(
            spikes: results.spikes,
            traces: (0..<count).map { n in results.samples.map { Double($0.codes[n]) - 80 } })
    }

    private static func cell(
        membrane: Double = 10, synapse: Double = 10, spiking: SpikeTargets? = nil,
        _ change: (inout SteppedCell) -> Void = { _ in }
    ) -> CellModel {
        var cell = SteppedCell(
            targets: Networks.cell(membrane: membrane, synapse: synapse), spiking: spiking)
        change(&cell)
        return .stepped(cell)
    }

    private static let spiking = SpikeTargets(
        threshold: 125, reset: 80, refractoryTime: .microseconds(2))

    /// Without any of the extra terms a stepped neuron is a leaky integrator: the same codes and the same
    /// spikes as exactly solved, to a tick or two.
    @Test func plainCellsAreLeakyIntegrators() throws {
        let targets = Networks.cell(membrane: 8, synapse: 5)
        let outcome = try Self.run(
            [
                (.leakyIntegrateAndFire(targets, Self.spiking), 1),
                (.stepped(SteppedCell(targets: targets, spiking: Self.spiking)), 1),
            ], weights: [[63], [63]], events: stride(from: 5.0, to: 150, by: 1.7).map { $0 })
        let exact = outcome.spikes.filter { $0.neuron == 0 }.map { $0.tick }
        let stepped = outcome.spikes.filter { $0.neuron == 1 }.map { $0.tick }
        #expect(exact.count == stepped.count && exact.count > 5)
        #expect(zip(exact, stepped).allSatisfy { abs($0 - $1) <= 10 })
        #expect(
            zip(outcome.traces[0], outcome.traces[1]).count { abs($0 - $1) <= 1 } > 95)
    }

    /// A6: a summed inhibitory weight of -288 moves less than 0.8 of what -63 extrapolates to.
    @Test func inhibitionSaturates() throws {
        func depth(_ events: Int, _ weight: Int) throws -> Double {
            let outcome = try Self.run(
                [(Self.cell { $0.inhibitoryInput = .saturatingInhibition }, 1)],
                weights: [[weight]], events: (0..<events).map { 10 + 0.008 * Double($0) },
                duration: 60)
            return -(outcome.traces[0].min() ?? 0)
        }
        let small = try depth(1, -63)
        let large = try depth(8, -36)
        #expect(large < 0.8 * small * 288 / 63)
        // Published: 43 LSB.
        #expect(abs(large - 43) < 6)
    }

    /// A7: leak over threshold. ISI = t_ref + tau ln((E - V_r) / (E - V_th)).
    @Test func constantDriveFiresRegularly() throws {
        for drive in [60.0, 100, 200] {
            let outcome = try Self.run(
                [(Self.cell(spiking: Self.spiking) { $0.constantDrive = drive }, 1)], duration: 400)
            let ticks = outcome.spikes.map { Double($0.tick) * 0.008 }
            let intervals = zip(ticks, ticks.dropFirst()).map { $1 - $0 }.dropFirst()
            let refractory = RefractoryPeriod(target: .microseconds(2)).time.microseconds
            let expected = refractory + 10 * log(drive / (drive - 45))
            for interval in intervals { #expect(abs(interval / expected - 1) < 0.02) }
            #expect(intervals.count > 10)
        }
    }

    /// A8: the rate grows with the drive and ends below 1 / t_ref.
    @Test func ratesSaturate() throws {
        let rates = try [40.0, 50, 80, 150, 400, 1000].map { drive in
            Double(
                try Self.run(
                    [(Self.cell(spiking: Self.spiking) { $0.constantDrive = drive }, 1)],
                    duration: 400
                ).spikes.count) / 400
        }
        #expect(rates[0] == 0)
        for (a, b) in zip(rates.dropFirst(), rates.dropFirst(2)) { #expect(b > a) }
        #expect(rates[5] < 1 / 2.0 && rates[5] > 0.35)
    }

    /// A9: spike-triggered adaptation stretches intervals; the exponential term makes an upstroke.
    @Test func adaptationAndExponential() throws {
        let adapting = try Self.run(
            [(Self.cell(spiking: Self.spiking) {
                $0.constantDrive = 120
                $0.adaptation = Adaptation(timeConstant: .microseconds(100), a: 0, b: 10)
            }, 1)], duration: 400)
        let ticks = adapting.spikes.map { $0.tick }
        let intervals = zip(ticks, ticks.dropFirst()).map { $1 - $0 }
        #expect(intervals.count > 5)
        #expect(intervals[1] > intervals[0] && intervals[2] > intervals[1])
        #expect(Double(intervals[intervals.count - 1]) > 1.5 * Double(intervals[0]))
        // Just over the onset, far below the comparator: without the term it never fires.
        let slow = SpikeTargets(threshold: 200, reset: 80, refractoryTime: .microseconds(2))
        func spikes(_ slope: Double?) throws -> Int {
            try Self.run(
                [(Self.cell(spiking: slow) {
                    $0.constantDrive = 45
                    $0.exponential = slope.map { ExponentialTerm(slope: $0, onset: 115) }
                }, 1)], duration: 400
            ).spikes.count
        }
        #expect(try spikes(nil) == 0)
        #expect(try spikes(5) > 3)
    }

    /// A10: four compartments in a chain. Heights fall and rises lengthen with the distance.
    @Test func chainsAttenuate() throws {
        let outcome = try Self.run(
            [(Self.cell(membrane: 20, synapse: 3), 4)], weights: [[63 , 0, 0, 0]],
            events: [10, 10.1, 10.2, 10.3, 10.4, 10.5], duration: 120
        ) { network, populations in
            for k in 0..<3 {
                network.couple(
                    CompartmentCoupling(
                        population: populations[0], first: k, second: k + 1,
                        timeConstant: .microseconds(8)))
            }
        }
        let heights = outcome.traces.map { $0.max() ?? 0 }
        let peaks = outcome.traces.map { trace in trace.firstIndex(of: trace.max() ?? 0) ?? 0 }
        for k in 0..<3 {
            #expect(heights[k] > heights[k + 1])
            #expect(peaks[k] <= peaks[k + 1])
        }
        #expect(peaks[3] > peaks[0] && heights[3] > 1)
        // What flows between compartments is not lost: the sum behaves as one uncoupled membrane.
        let alone = try Self.run(
            [(Self.cell(membrane: 20, synapse: 3), 1)], weights: [[63]],
            events: [10, 10.1, 10.2, 10.3, 10.4, 10.5], duration: 120)
        for k in alone.traces[0].indices where alone.traces[0][k] > 20 {
            let sum = outcome.traces.reduce(0) { $0 + $1[k] }
            #expect(abs(sum - alone.traces[0][k]) <= 2.5)
        }
    }

    /// A11: two membranes joined by a large conductance are one of twice the capacitance: half the height,
    /// and inputs to either add up.
    @Test func joinedMembranesShareCharge() throws {
        func height(_ weights: [Int]) throws -> Double {
            let outcome = try Self.run(
                [(Self.cell(), 2)], weights: [weights], events: [10, 10.1, 10.2], duration: 80
            ) { network, populations in
                network.couple(
                    CompartmentCoupling(
                        population: populations[0], first: 0, second: 1,
                        timeConstant: .microseconds(0.1)))
            }
            return outcome.traces[1].max() ?? 0
        }
        let single = try Self.run(
            [(Self.cell(), 1)], weights: [[60]], events: [10, 10.1, 10.2], duration: 80
        ).traces[0].max() ?? 0
        let one = try height([60, 0])
        #expect(abs(one - single / 2) <= 1)
        #expect(abs(try height([60, 60]) - single) <= 1)
    }

    /// Conductance inputs drive less the nearer the membrane is to their reversal potential.
    @Test func conductancesLoseDrivingForce() throws {
        func height(_ weight: Int, _ input: SynapticInputModel) throws -> Double {
            try Self.run(
                [(Self.cell { $0.excitatoryInput = input }, 1)], weights: [[weight]],
                events: (0..<8).map { 10 + 0.1 * Double($0) }, duration: 60
            ).traces[0].max() ?? 0
        }
        let reversal = SynapticInputModel.conductance(reversal: 140)
        let (small, large) = (try height(6, reversal), try height(60, reversal))
        let (linear, linearLarge) = (
            try height(6, .current(limit: nil)), try height(60, .current(limit: nil))
        )
        #expect(abs(small / linear - 1) < 0.25)
        #expect(large < 60 && large < 0.5 * linearLarge)
    }

    @Test func wrongCellsAreRefused() {
        func message(_ cell: CellModel, couple: CompartmentCoupling? = nil) -> String {
            do {
                _ = try Self.run([(cell, 2)]) { network, _ in
                    if let couple { network.couple(couple) }
                }
                return ""
            } catch { return "\(error)" }
        }
        #expect(
            message(Self.cell { $0.exponential = ExponentialTerm(slope: 0, onset: 100) })
                .contains("exponential slope"))
        #expect(
            message(Self.cell { $0.excitatoryInput = .conductance(reversal: 81) })
                .contains("5...400"))
    }
}
