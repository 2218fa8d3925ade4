import BrainScaleS2
import PhysicalQuantities
import RandomStreams
import Testing

@Suite struct PartitionTests {
    private static func digits(hidden: Int = 256) -> NetworkDescription {
        var network = NetworkDescription()
        let input = network.addSource("input", count: 784)
        let cell = CellModel.leakyIntegrateAndFire(
            Networks.cell(membrane: 6, synapse: 6, strength: .peakResponse(0.2)),
            .calibrationDefaults)
        let layer = network.addPopulation("hidden", count: hidden, cell: cell)
        let output = network.addPopulation(
            "output", count: 10, cell: .leakyIntegrateAndFire(
                Networks.cell(membrane: 6, synapse: 6, strength: .peakResponse(0.2)),
                .calibrationDefaults))
        network.connect(
            input, to: layer,
            weights: Networks.randomWeights(784 * hidden, spread: 15, seed: 1, mean: 4))
        network.connect(
            layer, to: output,
            weights: Networks.randomWeights(hidden * 10, spread: 20, seed: 2, mean: 8))
        network.record(output)
        return network
    }

    private static func run(
        _ plan: PartitionPlan, _ chip: ChipInstance, _ key: MismatchKey, monolithic: Bool = false
    ) -> TrialResults {
        let emulation = PartitionedEmulation(
            plan, on: chip, key: key, trials: TrialPlan(duration: .microseconds(30)),
            isMonolithic: monolithic)
        let events = Networks.randomEvents(
            trials: 4, count: 200, sources: 784, window: 2000, seed: 3)
        return emulation.run(events, stream: RandomStream(seed: 4).substream("run"))
    }

    /// Seven circuits for 784 afferents, eight to be placed easily: four runs for the hidden layer, one
    /// for the output.
    @Test func digitsTakeFiveInstances() throws {
        let seven = try PartitionPlan(Self.digits())
        let eight = try PartitionPlan(Self.digits(), circuits: .powerOfTwo)
        #expect(seven.instances.count == 5 && eight.instances.count == 5)
        #expect(seven.instances[0].parts[0].circuitsPerNeuron == 7)
        #expect(eight.instances.map(\.neuronCount) == [64, 64, 64, 64, 10])
        #expect(eight.instances[0].circuitCount == 512)
        #expect(eight.instances[4].replayed == [0, 1, 2, 3])
        #expect(eight.instances[4].parts[0].circuitsPerNeuron == 2)
        for instance in seven.instances + eight.instances {
            let circuits = instance.parts.flatMap { $0.circuits.joined() }
            #expect(Set(circuits).count == circuits.count)
            for neuron in instance.parts.flatMap(\.circuits) {
                // Joined circuits do not cross the middle.
                #expect(Set(neuron.map { $0.column.index / 128 }).count == 1)
            }
        }
        #expect(eight.description.contains("0: 'hidden' 0-63, 64 neurons of 8 circuits, 512 of 512"))
        #expect(eight.description.contains("spikes replayed from 0, 1, 2, 3"))
    }

    @Test(arguments: Fidelity.allCases) func partsDoWhatOneLargeChipDoes(fidelity: Fidelity) throws {
        let plan = try PartitionPlan(Self.digits(), circuits: .powerOfTwo)
        let chip = ChipInstance(seed: 5, fidelity: fidelity)
        let parts = Self.run(plan, chip, .logicalNeuron)
        let whole = Self.run(plan, chip, .logicalNeuron, monolithic: true)
        #expect(parts.spikeTicks == whole.spikeTicks)
        #expect(parts.spikeNeurons == whole.spikeNeurons)
        #expect(parts.spikeOffsets == whole.spikeOffsets)
        #expect(parts.cadc == whole.cadc && parts.spikeCounts == whole.spikeCounts)
        #expect(parts.spikeTicks.count > 500)
        #expect(parts.spikeNeurons.contains { $0 >= 256 })
        guard fidelity != .ideal else { return }
        // Deviations of circuits make another network.
        let circuits = Self.run(plan, chip, .circuit)
        #expect(circuits.spikeTicks != whole.spikeTicks)
        #expect(circuits.spikeTicks.count > 500)
    }

    /// What fits the chip runs at once, as on the ordinary path.
    @Test func smallNetworksStayWhole() throws {
        let net = try Networks.classifier(
            inputWeights: Networks.randomWeights(2800, spread: 20, seed: 3, mean: 3),
            outputWeights: Networks.randomWeights(160, spread: 20, seed: 4))
        let plan = try PartitionPlan(net.placed.network)
        #expect(plan.instances.count == 1 && plan.instances[0].replayed.isEmpty)
        let events = Networks.randomEvents(
            trials: 20, count: 33, sources: 70, window: 2000, seed: 5)
        let trials = TrialPlan(duration: .microseconds(30))
        let parts = PartitionedEmulation(
            plan, on: .ideal, key: .circuit, trials: trials
        ).run(events, stream: RandomStream(seed: 1))
        var usual = TrialResults(recordsSpikes: true)
        ChipEmulation(net.placed, on: .ideal, plan: trials).run(
            events, stream: RandomStream(seed: 1), into: &usual)
        #expect(parts.spikeTicks == usual.spikeTicks && parts.cadc == usual.cadc)
        #expect(parts.spikeTicks.count > 30)
    }

    @Test func constraintsAreNamed() {
        func message(_ network: NetworkDescription) -> String {
            do {
                _ = try PartitionPlan(network)
                return ""
            } catch { return "\(error)" }
        }
        let cell = CellModel.leakyIntegrator(.calibrationDefaults)
        var wide = NetworkDescription()
        let many = wide.addSource("many", count: 8065)
        let one = wide.addPopulation("one", count: 1, cell: cell)
        wide.connect(many, to: one, weights: Array(repeating: 1, count: 8065))
        #expect(message(wide).contains("8065 signed afferents"))
        var loop = NetworkDescription()
        let input = loop.addSource("input", count: 1)
        let ring = loop.addPopulation("ring", count: 300, cell: cell)
        loop.connect(input, to: ring, weights: Array(repeating: 1, count: 300))
        loop.connect(ring, to: ring, weights: Array(repeating: 0, count: 90_000))
        #expect(message(loop).contains("'ring' drive each other and need 900 circuits"))
        var noisy = NetworkDescription()
        let noise = noisy.addSource("noise", count: 1, kind: .poisson(rate: 1000, seed: 1))
        let target = noisy.addPopulation("target", count: 1, cell: cell)
        noisy.connect(noise, to: target, weights: [1])
        #expect(message(noisy).contains("'noise' is on the chip"))
    }
}
