import BrainScaleS2
import PhysicalQuantities
import RandomStreams
import Testing

@Suite struct FeedbackAlignmentRuleTests {
    private struct Setup {
        let placed: PlacedNetwork
        let input, readout: ProjectionID
    }

    /// 70 sources, 40 hidden neurons and 4 outputs on even columns, all recorded.
    private func setup() throws -> Setup {
        var network = NetworkDescription()
        let input = network.addSource("input", count: 70)
        let hidden = network.addPopulation(
            "hidden", count: 40,
            cell: .leakyIntegrateAndFire(
                Networks.cell(membrane: 6, synapse: 6),
                SpikeTargets(threshold: 125, reset: 80, refractoryTime: .microseconds(1))))
        let output = network.addPopulation(
            "output", count: 4,
            cell: .leakyIntegrator(
                Networks.cell(membrane: 6, synapse: 6, strength: .peakResponse(0.25))))
        var weights = [Int](repeating: 0, count: 70 * 40)
        for k in 0..<40 { weights[k * 40 + k] = 30 }
        let first = network.connect(input, to: hidden, weights: weights)
        let readout = network.connect(
            hidden, to: output, weights: Array(repeating: 0, count: 160))
        network.record(hidden)
        network.record(output)
        let columns = stride(from: 0, to: 88, by: 2).map { NeuronIndex($0) }
        let placed = try PlacedNetwork(
            network, strategy: .explicit([Array(columns[..<40]), Array(columns[40...])]))
        return Setup(placed: placed, input: first, readout: readout)
    }

    private static let plan = TrialPlan(duration: .microseconds(30))
    private static let response = [10, 22, 29, 31, 30, 26, 22, 18, 14, 11, 8, 6, 4, 3, 2]

    private func rule(
        _ setup: Setup, feedback: [Int], arithmetic: WeightArithmetic = .remainder, samples: Int
    ) throws -> FeedbackAlignmentRule {
        let readout = try SupervisedDeltaRule(
            setup.readout, of: setup.placed,
            parameters: .init(error: .margin(255), learningRate: 0, arithmetic: .nearest))
        return try FeedbackAlignmentRule(
            hidden: setup.input, readout: readout, of: setup.placed, sampleCount: samples,
            parameters: .init(
                shift: 0, arithmetic: arithmetic, threshold: 125, width: 45, feedback: feedback,
                response: Self.response))
    }

    /// Sources 0..<active spike eight times each from tick 100 on; one trial after the other.
    private func block(_ active: Int, trials: Int) -> (TrialEvents, [UInt8]) {
        var events = TrialEvents()
        var host: [UInt8] = []
        for _ in 0..<trials {
            for source in 0..<active {
                for k in 0..<8 { events.append(tick: 100 + 10 * k, source: source) }
            }
            events.endTrial()
            host += FeedbackAlignmentRule.hostBlock(
                target: 1, spikes: (0..<active).map { ($0, 1) }, length: 2 + 2 * 70)
        }
        return (events, host)
    }

    /// The target is never reached, and output 0 is the strongest other one: errors are +1 at output
    /// 1 and -1 at output 0. Hidden weights rise where the feedback of 1 exceeds that of 0, fall where
    /// it is less, and stay where both are equal; sources that are silent keep theirs.
    @Test func hiddenWeightsFollowTheFeedback() throws {
        let setup = try setup()
        var feedback = [Int](repeating: 0, count: 160)
        for j in 0..<40 {
            // One third up, one third down, one third alike.
            feedback[4 * j + 1] = j % 3 == 0 ? 20 : (j % 3 == 1 ? -20 : 15)
            feedback[4 * j] = j % 3 == 2 ? 15 : 0
        }
        let emulation = ChipEmulation(setup.placed, on: Networks.ideal, plan: Self.plan)
        let before = emulation.weights(of: setup.input)
        var rule = try rule(setup, feedback: feedback, samples: emulation.sampleTicks.count)
        let (events, host) = block(10, trials: 20)
        var results = TrialResults()
        emulation.run(
            events, stream: RandomStream(seed: 1), rule: &rule, hostBlock: host, into: &results)
        let after = emulation.weights(of: setup.input)
        for source in 0..<70 {
            for j in 0..<40 {
                let change = after[source * 40 + j] - before[source * 40 + j]
                // Only neurons that are driven come near their thresholds.
                let isDriven = source < 10 && j < 10
                let expected = !isDriven || j % 3 == 2 ? 0 : (j % 3 == 0 ? 1 : -1)
                let isRight = change.signum() == expected
                #expect(isRight, "source \(source), neuron \(j): \(change)")
            }
        }
    }

    /// A further input spike costs its row, and nothing more: two bytes, random bits, two reads and two
    /// writes, a load and a store of remainders, and vector instructions.
    @Test func cyclesFollowTheDocumentedCosts() throws {
        let setup = try setup()
        func cycles(_ active: Int) throws -> Int {
            let emulation = ChipEmulation(setup.placed, on: Networks.ideal, plan: Self.plan)
            var rule = try rule(
                setup, feedback: Array(repeating: 0, count: 160),
                samples: emulation.sampleTicks.count)
            let (_, host) = block(active, trials: 1)
            var events = TrialEvents()
            events.endTrial()
            var results = TrialResults()
            emulation.run(
                events, stream: RandomStream(seed: 1), rule: &rule, hostBlock: host,
                into: &results)
            return results.health.ppuCycles
        }
        let costs = PPUCycleCosts.documented
        let row =
            2 * costs.scalarLoad + costs.randomRead + 2 * costs.weightRead + 2 * costs.weightWrite
            + costs.memoryLoad + costs.memoryStore + (3 + 6 + 12) * costs.vectorOperation
        let one = try cycles(1)
        #expect(try cycles(2) - one == row)
        #expect(try cycles(33) - one == 32 * row)
        // The hidden layer's part fits the wait of 48 us after a trial; conversions run during it.
        let conversions = 15 * costs.cadcConversion
        let emulation = ChipEmulation(setup.placed, on: Networks.ideal, plan: Self.plan)
        let update = try cycles(33) - conversions
        #expect(Double(update) * PPUCycleCosts.cycleInNanoseconds < 1e3 * emulation.gap.microseconds)
    }

    /// Feedback, nearness and remainders fit the 16 KiB of a processor beside its program.
    @Test func memoryIsCounted() throws {
        let setup = try setup()
        let rule = try rule(setup, feedback: Array(repeating: 0, count: 160), samples: 15)
        #expect(rule.memoryBytes == 128 * (4 + 15) + 128 * 70)
        #expect(rule.memoryBytes < 16_384)
        // The readout's remainders lie in lanes that the 70 rows of the hidden layer leave free.
        let keeping = try SupervisedDeltaRule(
            setup.readout, of: setup.placed,
            parameters: .init(error: .margin(255), learningRate: 0, arithmetic: .remainder))
        let both = try FeedbackAlignmentRule(
            hidden: setup.input, readout: keeping, of: setup.placed, sampleCount: 15,
            parameters: rule.parameters)
        #expect(both.memoryBytes == rule.memoryBytes)
    }

    @Test func hostBlockListsSpikes() {
        let block = FeedbackAlignmentRule.hostBlock(
            target: 3, spikes: [(7, 1), (9, 4)], length: 8)
        #expect(block == [3, 2, 7, 1, 9, 4, 0, 0])
        #expect(FeedbackAlignmentRule.hostBlock(target: 3, spikes: [(7, 1), (9, 4)], length: 4)
            == [3, 1, 7, 1])
    }
}
