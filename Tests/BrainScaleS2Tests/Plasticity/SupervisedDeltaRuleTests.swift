import BrainScaleS2
import Foundation
import PhysicalQuantities
import RandomStreams
import TestSupport
import Testing

@Suite struct SupervisedDeltaRuleTests {
    /// Each source drives one hidden neuron; outputs read all of them.
    static func oneToOne(outputWeights: [Int]) throws -> (PlacedNetwork, ProjectionID) {
        var weights = [Int](repeating: 0, count: 70 * 40)
        for k in 0..<40 { weights[k * 40 + k] = 63 }
        let net = try Networks.classifier(inputWeights: weights, outputWeights: outputWeights)
        return (net.placed, net.readout)
    }

    static func bursts(_ trials: [[Int]], spikes: Int = 6) -> TrialEvents {
        var events = TrialEvents()
        for active in trials {
            for source in active {
                for k in 0..<spikes { events.append(tick: 100 + 10 * k, source: source) }
            }
            events.endTrial()
        }
        return events
    }

    static let plan = TrialPlan(duration: .microseconds(30))

    /// The margin rule at a high rate drives weights to both ends and no further; rows of silent
    /// neurons and columns without output stay as they were.
    @Test func weightsSaturateAndOnlyTheirRowsChange() throws {
        let (placed, readout) = try Self.oneToOne(outputWeights: Array(repeating: 5, count: 160))
        let emulation = ChipEmulation(placed, on: Networks.ideal, plan: Self.plan)
        let before = emulation.arrays
        var rule = try SupervisedDeltaRule(
            readout, of: placed,
            parameters: .init(error: .margin(200), learningRate: 20, arithmetic: .nearest))
        var results = TrialResults()
        let events = Self.bursts(Array(repeating: [0, 1, 2], count: 20))
        emulation.run(
            events, stream: RandomStream(seed: 1), rule: &rule,
            hostBlock: Array(repeating: 2, count: 20), into: &results)
        #expect((0..<3).allSatisfy { results.spikeCounts[$0] > 0 })
        let weights = emulation.weights(of: readout)
        for pre in 0..<3 {
            #expect(weights[pre * 4 + 2] == 63)
            #expect([0, 1, 3].contains { weights[pre * 4 + $0] == -63 })
        }
        let drivers = (0..<3).compactMap { placed.drivers[0][70 + $0] }
        let rows = Set(drivers.flatMap { [$0.excitatoryRow, $0.inhibitoryRow] })
        let columns = Set(placed.circuits[1].map(\.column))
        for row in SynapseRow.all {
            for column in SynapseColumn.all {
                if rows.contains(row) && columns.contains(column) { continue }
                let same = emulation.arrays[0][row, column] == before[0][row, column]
                if !same { Issue.record("row \(row.index), column \(column.index) changed") }
            }
        }
        #expect(emulation.arrays[1] == before[1])
    }

    /// Steps of a tenth of a weight LSB over many trials: with stochastic rounding the mean drift
    /// is the sum of the steps, with rounding to nearest nothing ever moves; with
    /// remainders every row is right by itself.
    @Test func stochasticRoundingKeepsSmallSteps() throws {
        func drift(_ rounding: WeightArithmetic, seed: UInt64) throws -> (Double, Double) {
            let (placed, readout) = try Self.oneToOne(
                outputWeights: Array(repeating: 0, count: 160))
            let chip = ChipInstance(seed: seed, fidelity: .ideal)
            let emulation = ChipEmulation(placed, on: chip, plan: Self.plan)
            var rule = try SupervisedDeltaRule(
                readout, of: placed,
                parameters: .init(error: .margin(255), learningRate: 0.1, arithmetic: rounding))
            var results = TrialResults()
            emulation.run(
                Self.bursts(Array(repeating: Array(0..<40), count: 100)),
                stream: RandomStream(seed: 1), rule: &rule,
                hostBlock: Array(repeating: 1, count: 100), into: &results)
            let spikes = (0..<4000).reduce(0) {
                $0 + Int(results.spikeCounts[$1 / 40 * 44 + $1 % 40])
            }
            let weights = emulation.weights(of: readout)
            let gained = (0..<40).map { Double(weights[$0 * 4 + 1]) }
            return (Statistics.mean(gained), 0.1 * Double(spikes) / 40)
        }
        let (mean, expected) = try drift(.stochastic, seed: 1)
        // 100 roundings of variance p (1 - p) <= 1/4 each, 40 neurons, four standard errors.
        #expect(expected > 9 && expected < 60)
        #expect(abs(mean - expected) < 4 * (100 * 0.25 / 40.0).squareRoot(), "\(mean), \(expected)")
        #expect(try drift(.nearest, seed: 1).0 == 0)
        // A remainder loses nothing but the rounding of a step to a 256th, and half a weight at last.
        for arithmetic in [WeightArithmetic.remainder, .float] {
            let (mean, expected) = try drift(arithmetic, seed: 1)
            #expect(abs(mean - expected) < 0.6, "\(arithmetic): \(mean), \(expected)")
        }
    }

    /// Four groups of hidden neurons, the classes mixed up in the initial weights: on a mismatched
    /// noisy chip the rule turns chance into a working classifier.
    @Test(arguments: [DeltaRuleError.softmax(temperature: 4), .margin(20)])
    func learnsOnAMismatchedChip(_ error: DeltaRuleError) throws {
        let start = Networks.randomWeights(160, spread: 8, seed: 31)
        let (placed, readout) = try Self.oneToOne(outputWeights: start)
        let chip = ChipInstance(seed: 5, fidelity: .full)
        let emulation = ChipEmulation(placed, on: chip, plan: Self.plan)
        var stream = RandomStream(seed: 9).substream("task")
        func task(_ count: Int) -> (TrialEvents, [UInt8]) {
            var labels: [UInt8] = []
            var active: [[Int]] = []
            for _ in 0..<count {
                let label = Int(stream.next() % 4)
                labels.append(UInt8(label))
                let members = (0..<10).filter { _ in stream.uniform() < 0.7 }
                active.append(members.map { $0 * 4 + label })
            }
            return (Self.bursts(active), labels)
        }
        func accuracy() -> Double {
            let (events, labels) = task(300)
            var results = TrialResults()
            emulation.run(
                events, stream: RandomStream(seed: 3).substream("test"), into: &results)
            let decisions = results.decisions(
                outputs: 0..<4, baseline: .firstSample,
                samples: emulation.sampleTicks.count, recorded: emulation.recordedNeurons.count)
            return Double(zip(decisions, labels).count { $0 == Int($1) }) / 300
        }
        let before = accuracy()
        var rule = try SupervisedDeltaRule(
            readout, of: placed, parameters: .init(error: error, learningRate: 0.5))
        let (events, labels) = task(600)
        var results = TrialResults()
        emulation.run(
            events, stream: RandomStream(seed: 3).substream("train"), rule: &rule,
            hostBlock: labels, into: &results)
        let after = accuracy()
        #expect(before < 0.7 && after > 0.95, "from \(before) to \(after)")
    }

    /// A trial in which k neurons spike costs, besides a fixed part, k times two reads, the random
    /// bits, the arithmetic and two writes per parity of the outputs.
    @Test func cyclesFollowTheDocumentedCosts() throws {
        func cycles(_ active: Int) throws -> Int {
            let (placed, readout) = try Self.oneToOne(
                outputWeights: Array(repeating: 0, count: 160))
            let emulation = ChipEmulation(placed, on: Networks.ideal, plan: Self.plan)
            var rule = try SupervisedDeltaRule(
                readout, of: placed,
                parameters: .init(error: .margin(255), learningRate: 1, randomSteps: 8))
            var results = TrialResults()
            emulation.run(
                Self.bursts([Array(0..<active)]), stream: RandomStream(seed: 1), rule: &rule,
                hostBlock: [0], into: &results)
            return results.health.ppuCycles
        }
        let costs = PPUCycleCosts.documented
        let perPair =
            2 * costs.weightRead + 2 * costs.weightWrite + 8 * costs.randomRead
            + 13 * costs.vectorOperation
        let none = try cycles(0)
        #expect(try cycles(1) - none == 2 * perPair)
        #expect(try cycles(10) - none == 20 * perPair)
        // Fifteen conversions, forty counters, and scalar work below a thousand cycles.
        let fixed = 15 * costs.cadcConversion + 40 * costs.counterAccess
        #expect(none > fixed && none < fixed + 1000)
    }

    /// Learning from own decisions is learning from pilots where the decisions are right, and nothing
    /// is learned from a decision whose lead is too small, nor from a trial without target.
    @Test func ownDecisionsTeachWhereTheyLead() throws {
        func weights(_ target: UInt8, leastLead: Int = 0) throws -> [Int] {
            var start = [Int](repeating: 0, count: 160)
            for k in 0..<40 { start[4 * k + 2] = 6 }
            let (placed, readout) = try Self.oneToOne(outputWeights: start)
            let emulation = ChipEmulation(placed, on: Networks.ideal, plan: Self.plan)
            var rule = try SupervisedDeltaRule(
                readout, of: placed,
                parameters: .init(
                    error: .margin(255), learningRate: 1, arithmetic: .remainder,
                    leastLead: leastLead))
            var results = TrialResults()
            emulation.run(
                Self.bursts(Array(repeating: [0, 1, 2, 3], count: 3)),
                stream: RandomStream(seed: 1), rule: &rule,
                hostBlock: Array(repeating: target, count: 3), into: &results)
            return emulation.weights(of: readout)
        }
        let own = try weights(SupervisedDeltaRule.ownDecision)
        #expect(try weights(2) == own)
        let none = try weights(SupervisedDeltaRule.noTarget)
        #expect(none != own)
        #expect(try weights(SupervisedDeltaRule.ownDecision, leastLead: 255) == none)
    }

    @Test func setupMistakesAreNamed() throws {
        var network = NetworkDescription()
        let source = network.addSource("input", count: 2)
        let output = network.addPopulation(
            "output", count: 2, cell: .leakyIntegrator(.calibrationDefaults))
        let direct = network.connect(source, to: output, weights: [1, 2, 3, 4])
        let parameters = SupervisedDeltaRule.Parameters(error: .margin(5), learningRate: 1)
        #expect(throws: PlasticitySetupError.originHasNoCounters) {
            try SupervisedDeltaRule(
                direct, of: PlacedNetwork(network), parameters: parameters)
        }
        let last = network.addPopulation(
            "last", count: 2, cell: .leakyIntegrator(.calibrationDefaults))
        let projection = network.connect(output, to: last, weights: [1, 2, 3, 4])
        #expect(throws: PlasticitySetupError.targetNotRecorded) {
            try SupervisedDeltaRule(
                projection, of: PlacedNetwork(network), parameters: parameters)
        }
    }
}
