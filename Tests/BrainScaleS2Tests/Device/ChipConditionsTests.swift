import BrainScaleS2
import PhysicalQuantities
import RandomStreams
import Testing

@Suite struct ChipConditionsTests {
    private static let cells = [CellModel?](
        repeating: .leakyIntegrateAndFire(.calibrationDefaults, .calibrationDefaults),
        count: NeuronIndex.count)

    private func behaviors(_ conditions: ChipConditions) -> [CircuitBehavior] {
        var chip = ChipInstance(seed: 4, fidelity: .full)
        chip.conditions = conditions
        return (0..<NeuronIndex.count).map {
            chip.behavior(of: NeuronIndex($0), with: Self.cells)
        }
    }

    private func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
        let n = Double(values.count)
        let mean = values.reduce(0, +) / n
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
        return (mean, variance.squareRoot())
    }

    /// A temperature moves all circuits by a mean, each by its own sensitivity.
    @Test func circuitsDifferInTheirSensitivity() {
        let before = behaviors(.nominal)
        var conditions = ChipConditions()
        conditions.temperature = 10
        let after = behaviors(conditions)
        // Expected 3 +- 0.9 LSB of 512 circuits: standard errors 0.04 and 0.03.
        let leak = moments(zip(before, after).map { $1.leak - $0.leak })
        #expect(abs(leak.mean - 3) < 0.2 && abs(leak.deviation - 0.9) < 0.15)
        let threshold = moments(zip(before, after).map { $1.threshold - $0.threshold })
        #expect(abs(threshold.mean - 2) < 0.15 && abs(threshold.deviation - 0.6) < 0.1)
        let membrane = moments(
            zip(before, after).map { $1.membraneTimeConstant / $0.membraneTimeConstant })
        #expect(abs(membrane.mean - 1.02) < 0.002 && abs(membrane.deviation - 0.006) < 0.001)
        // What drives a membrane against a weaker leak moves it further.
        for (a, b) in zip(before, after) {
            #expect(
                abs(
                    b.excitatoryDrive / a.excitatoryDrive
                        - b.membraneTimeConstant / a.membraneTimeConstant) < 1e-12)
            #expect(a.reset == b.reset && a.readoutGain == b.readoutGain)
        }
        #expect(behaviors(conditions) == after)
    }

    /// On a chip that meets its targets a readout rests where its leak has moved.
    @Test func anIdealReadoutMovesByTheMean() throws {
        var network = NetworkDescription()
        let source = network.addSource("input", count: 1)
        let readout = network.addPopulation(
            "readout", count: 1, cell: .leakyIntegrator(.calibrationDefaults))
        _ = network.connect(source, to: readout, weights: [10])
        network.record(readout)
        let placed = try PlacedNetwork(network)
        func code(_ leak: Double) -> Int {
            var chip = ChipInstance.ideal
            chip.conditions.leak = leak
            var events = TrialEvents()
            events.endTrial()
            var results = TrialResults()
            ChipEmulation(placed, on: chip, plan: TrialPlan(duration: .microseconds(10))).run(
                events, stream: RandomStream(seed: 1), into: &results)
            return Int(results.cadc[0])
        }
        #expect(code(7) == code(0) + 7)
    }

    /// An emulation that goes on has the weights the other one had.
    @Test func weightsOutliveAChangeOfConditions() throws {
        var network = NetworkDescription()
        let source = network.addSource("input", count: 2)
        let readout = network.addPopulation(
            "readout", count: 1, cell: .leakyIntegrator(.calibrationDefaults))
        let projection = network.connect(source, to: readout, weights: [10, -5])
        network.record(readout)
        let placed = try PlacedNetwork(network)
        let plan = TrialPlan(duration: .microseconds(40))
        let first = ChipEmulation(placed, on: .ideal, plan: plan)
        first.setWeights([33, -12], of: projection)
        var chip = ChipInstance.ideal
        chip.conditions.leak = 1
        let second = ChipEmulation(placed, on: chip, plan: plan)
        second.continueFrom(first)
        #expect(second.weights(of: projection) == [33, -12])
        func rise(_ emulation: ChipEmulation) -> Int {
            var events = TrialEvents()
            events.append(tick: 100, source: 0)
            events.endTrial()
            var results = TrialResults()
            emulation.run(events, stream: RandomStream(seed: 1), into: &results)
            return Int(results.cadc.max()!) - Int(results.cadc[0])
        }
        #expect(rise(second) == rise(first) && rise(first) > 5)
    }
}
