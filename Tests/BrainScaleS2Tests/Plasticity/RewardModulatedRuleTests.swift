import BrainScaleS2
import PhysicalQuantities
import RandomStreams
import Testing

/// Spiking readouts that learn from whether their decision was right, on the trial path with its
/// correlation sensors.
@Suite struct RewardModulatedRuleTests {
    /// Two inputs, each through a neuron of its own, and two outputs that fire.
    private struct Task {
        let placed: PlacedNetwork
        let readout: ProjectionID
        let emulation: ChipEmulation

        init(readoutWeights: [Int], fidelity: Fidelity) throws {
            var network = NetworkDescription()
            let input = network.addSource("input", count: 2)
            func cell(_ drive: Double) -> CellModel {
                .leakyIntegrateAndFire(
                    NeuronTargets(
                        leak: 80, membraneTimeConstant: .microseconds(10),
                        excitatoryTimeConstant: .microseconds(5),
                        inhibitoryTimeConstant: .microseconds(5), strength: .peakResponse(drive)),
                    SpikeTargets(threshold: 110, reset: 80, refractoryTime: .microseconds(2)))
            }
            let hidden = network.addPopulation("hidden", count: 2, cell: cell(2))
            let output = network.addPopulation("output", count: 2, cell: cell(2))
            network.connect(input, to: hidden, weights: [40, 0, 0, 40])
            readout = network.connect(hidden, to: output, weights: readoutWeights)
            placed = try PlacedNetwork(network)
            emulation = ChipEmulation(
                placed, on: ChipInstance(seed: 3, fidelity: fidelity).calibrated(for: placed),
                plan: TrialPlan(duration: .microseconds(40)))
        }

        func run<R: PlasticityRule>(
            _ inputs: [Int?], host: [UInt8], rule: inout R, block: Int = 0
        ) -> TrialResults {
            var events = TrialEvents()
            for input in inputs {
                if let input { events.append(tick: 500, source: input) }
                events.endTrial()
            }
            var results = TrialResults(recordsSpikes: true)
            emulation.run(
                events, stream: RandomStream(seed: 5).substream("block", block), rule: &rule,
                hostBlock: host, into: &results)
            return results
        }
    }

    /// Keeps what a row's sensors show after each trial.
    private struct Reader: PlasticityRule {
        let hemisphere: Hemisphere
        let row: SynapseRow
        let column: SynapseColumn
        var correlationTargets: CorrelationTargets? { CorrelationTargets(amplitude: 2, timeConstant: 10) }
        var causal: [Int] = []
        var acausal: [Int] = []
        var cycles: [Int] = []

        mutating func sample(_ index: Int, on ppu: inout PPU) {}
        mutating func update(on ppu: inout PPU) {
            let lane = column.lane
            let a = ppu.correlation(.causal, row, column.parity)
            let b = ppu.correlation(.acausal, row, column.parity)
            causal.append(Int(UInt8(bitPattern: a[lane])))
            acausal.append(Int(UInt8(bitPattern: b[lane])))
            cycles.append(ppu.cycles)
        }
    }

    /// Nearest pairs add eta exp(-dt / tau), by the spikes the trial reports; what a trial leaves stays.
    @Test func sensorsOfTrialsAddUpPairs() throws {
        let task = try Task(readoutWeights: [40, 0, 0, 40], fidelity: .ideal)
        let hemisphere = task.placed.circuits[1][0].hemisphere
        // Sources come first among the afferents.
        let driver = try #require(task.placed.drivers[hemisphere.index][2])
        var reader = Reader(
            hemisphere: hemisphere, row: driver.excitatoryRow,
            column: task.placed.circuits[1][0].column)
        let results = task.run(
            Array(repeating: 0, count: 20), host: Array(repeating: 0, count: 20), rule: &reader)
        var expected = (causal: 200.0, acausal: 200.0)
        for trial in 0..<20 {
            let spikes = results.spikeOffsets[trial]..<results.spikeOffsets[trial + 1]
            func ticks(_ neuron: Int32, _ latency: Int) -> [Int] {
                spikes.filter { results.spikeNeurons[$0] == neuron }
                    .map { Int(results.spikeTicks[$0]) + latency }
            }
            let pre = ticks(0, ChipEmulation.eventLatencyTicks).filter { $0 < 5000 }
            let post = ticks(2, 0)
            #expect(!pre.isEmpty && !post.isEmpty)
            expected.causal -= Self.pairs(pre, then: post)
            expected.acausal -= Self.pairs(post, then: pre)
            #expect(abs(Double(reader.causal[trial]) - max(expected.causal, 20)) <= 0.51)
            #expect(abs(Double(reader.acausal[trial]) - max(expected.acausal, 20)) <= 0.51)
        }
        #expect(reader.causal[19] < 180)
        // A conversion of the row, and a read of what it left.
        let costs = PPUCycleCosts.documented
        #expect(reader.cycles.allSatisfy { $0 == costs.cadcConversion + costs.bufferedRead })
    }

    /// Each later event with the latest earlier one since the last event of its own kind.
    private static func pairs(_ first: [Int], then second: [Int]) -> Double {
        zip([Int.min] + second.dropLast(), second).reduce(0) { sum, next in
            guard let partner = first.last(where: { $0 <= next.1 && $0 > next.0 }) else { return sum }
            return sum + 2 * exponential(-Double(next.1 - partner) * 0.008 / 10)
        }
    }

    private static func exponential(_ x: Double) -> Double {
        // By its series, so that no other library is needed.
        var (sum, term) = (1.0, 1.0)
        for k in 1..<40 {
            term *= x / Double(k)
            sum += term
        }
        return sum
    }

    private static func rule(
        _ task: Task, rate: Double, widestLead: Int = 1
    ) throws -> RewardModulatedRule {
        try RewardModulatedRule(
            task.readout, of: task.placed,
            parameters: RewardModulatedRule.Parameters(
                learningRate: rate, widestLead: widestLead))
    }

    /// Both inputs are first taken for output 0; reward alone must tell them apart, whichever answer
    /// belongs to which.
    @Test(arguments: [false, true]) func rewardTellsInputsApart(isCrossed: Bool) throws {
        let task = try Task(readoutWeights: [42, 36, 42, 36], fidelity: .full)
        var rule = try Self.rule(task, rate: 0.5)
        _ = task.run(
            Array(repeating: nil, count: RewardModulatedRule.restTrials),
            host: Array(
                repeating: RewardModulatedRule.Instruction.rest,
                count: RewardModulatedRule.restTrials), rule: &rule)
        var draw = RandomStream(seed: 9)
        let inputs = draw.symbols(count: 3000, order: 2).map { Int($0) }
        let answers = inputs.map { UInt8(isCrossed ? 1 - $0 : $0) }
        let results = task.run(inputs, host: answers, rule: &rule, block: 1)
        func rightShare(_ trials: Range<Int>) -> Double {
            let right = trials.count { k in
                let counts = (0..<2).map { results.spikeCounts[4 * k + 2 + $0] }
                return (counts[1] > counts[0] ? 1 : 0) == Int(answers[k])
            }
            return Double(right) / Double(trials.count)
        }
        #expect(rightShare(0..<100) < 0.75)
        #expect(rightShare(2000..<3000) > 0.9)
        #expect(rule.pilotCount == 3000)
    }

    /// Without a pilot nothing is changed, and a reset of the two rows is all that is charged.
    @Test func onlyPilotsChangeWeights() throws {
        let task = try Task(readoutWeights: [40, 20, 20, 40], fidelity: .full)
        var rule = try Self.rule(task, rate: 0.5)
        let costs = PPUCycleCosts.documented
        let none = task.run(
            [0, 1], host: [RewardModulatedRule.Instruction.none, RewardModulatedRule.Instruction.none],
            rule: &rule)
        #expect(none.health.ppuCycles == 2 * costs.scalarLoad)
        let prepared = task.run([0], host: [RewardModulatedRule.Instruction.prepare], rule: &rule)
        #expect(
            prepared.health.ppuCycles
                == costs.scalarLoad + 2 * (2 * costs.weightWrite + costs.correlationReset))
        #expect(task.emulation.weights(of: task.readout) == [40, 20, 20, 40])
    }

    /// A decision that was wrong after right ones: what it costs, access by access.
    @Test func wrongDecisionsPayForEveryAccess() throws {
        let task = try Task(readoutWeights: [60, 36, 60, 36], fidelity: .ideal)
        var rule = try Self.rule(task, rate: 0.5, widestLead: 255)
        let silent = RewardModulatedRule.restTrials
        let right = RewardModulatedRule.firstDecisions
        _ = task.run(
            Array(repeating: nil, count: silent) + Array(repeating: 0, count: right),
            host: Array(repeating: RewardModulatedRule.Instruction.rest, count: silent)
                + Array(repeating: 0, count: right), rule: &rule)
        #expect(task.emulation.weights(of: task.readout) == [60, 36, 60, 36])
        let wrong = task.run([0], host: [1], rule: &rule, block: 1)
        #expect(wrong.spikeCounts[1] == 0 && wrong.spikeCounts[0] > 0)
        #expect(wrong.spikeCounts[2] > wrong.spikeCounts[3] && wrong.spikeCounts[3] > 0)
        let weights = task.emulation.weights(of: task.readout)
        #expect(weights[0] < 60 && weights[1] > 36)
        #expect(weights[2...] == [60, 36])

        let c = PPUCycleCosts.documented
        // Decision, runner-up and lead of two outputs; two hidden neurons.
        var expected = 4 * c.counterAccess + (4 + 6 + 4) * c.scalarOperation
        // Host's byte, mean reward and factor.
        expected += 4 * c.scalarLoad + c.scalarMultiplication + (12 + 8) * c.scalarOperation
        // One active row, with a column of each parity or both of one.
        let parities = Set(task.placed.circuits[1].map(\.column.parity)).count
        expected += c.cadcConversion + (parities - 1) * c.bufferedRead
        expected += parities * (
            c.memoryLoad + 4 * c.vectorOperation + 2 * c.weightRead + 2 * c.weightWrite
                + c.memoryLoad + c.memoryStore + (6 + 12) * c.vectorOperation)
        expected += 2 * c.weightWrite + c.correlationReset
        #expect(wrong.health.ppuCycles == expected)
    }

    /// A decision with a wide lead costs its sensors' reset and changes nothing, right or wrong.
    @Test func wideLeadsTeachNothing() throws {
        let task = try Task(readoutWeights: [60, 36, 60, 36], fidelity: .ideal)
        var rule = try Self.rule(task, rate: 0.5, widestLead: 0)
        let silent = RewardModulatedRule.restTrials
        _ = task.run(
            Array(repeating: nil, count: silent) + Array(repeating: 0, count: 600),
            host: Array(repeating: RewardModulatedRule.Instruction.rest, count: silent)
                + Array(repeating: 1, count: 600), rule: &rule)
        #expect(rule.pilotCount == 600)
        #expect(task.emulation.weights(of: task.readout) == [60, 36, 60, 36])
    }

    /// Forty rows of the receiver on columns of one parity fit the processor's memory.
    @Test func fortyNeuronsFitTheMemory() throws {
        var network = NetworkDescription()
        let input = network.addSource("input", count: 1)
        let cell = CellModel.leakyIntegrateAndFire(
            Networks.cell(membrane: 10, synapse: 5, strength: .peakResponse(1)),
            .calibrationDefaults)
        let hidden = network.addPopulation("hidden", count: 40, cell: cell)
        let output = network.addPopulation("output", count: 4, cell: cell)
        network.connect(input, to: hidden, weights: Array(repeating: 10, count: 40))
        let readout = network.connect(hidden, to: output, weights: Array(repeating: 10, count: 160))
        let columns = stride(from: 0, to: 88, by: 2).map { NeuronIndex($0) }
        let placed = try PlacedNetwork(
            network, strategy: .explicit([Array(columns[..<40]), Array(columns[40...])]))
        let rule = try RewardModulatedRule(
            readout, of: placed, parameters: RewardModulatedRule.Parameters(learningRate: 0.1))
        // Codes at rest and remainders, a vector each.
        #expect(rule.memoryBytes == 40 * 2 * 128)
        #expect(rule.memoryBytes <= 16_384)
    }

    /// Outputs without a threshold never decide by spikes.
    @Test func outputsMustFire() throws {
        var network = NetworkDescription()
        let input = network.addSource("input", count: 1)
        let hidden = network.addPopulation(
            "hidden", count: 1,
            cell: .leakyIntegrateAndFire(
                Networks.cell(membrane: 10, synapse: 5, strength: .peakResponse(1)),
                .calibrationDefaults))
        let output = network.addPopulation(
            "output", count: 1,
            cell: .leakyIntegrator(
                Networks.cell(membrane: 10, synapse: 5, strength: .peakResponse(1))))
        network.connect(input, to: hidden, weights: [10])
        let readout = network.connect(hidden, to: output, weights: [10])
        let placed = try PlacedNetwork(network)
        #expect(throws: PlasticitySetupError.targetDoesNotFire) {
            _ = try RewardModulatedRule(
                readout, of: placed,
                parameters: RewardModulatedRule.Parameters(learningRate: 1))
        }
    }
}
