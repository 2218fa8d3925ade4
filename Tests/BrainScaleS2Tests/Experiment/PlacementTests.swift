import BrainScaleS2
import PhysicalQuantities
import Testing

@Suite struct PlacementTests {
    static let spiking = CellModel.leakyIntegrateAndFire(
        .calibrationDefaults, .calibrationDefaults)

    static func network(
        sources: Int, neurons: Int, recurrent: Bool = false, weight: Int = 1
    ) -> NetworkDescription {
        var network = NetworkDescription()
        let input = network.addSource("input", count: sources)
        let cells = network.addPopulation("cells", count: neurons, cell: spiking)
        network.connect(
            input, to: cells, weights: Array(repeating: weight, count: sources * neurons))
        if recurrent {
            network.connect(
                cells, to: cells, weights: Array(repeating: 1, count: neurons * neurons))
        }
        return network
    }

    static func failure(_ network: NetworkDescription, _ strategy: PlacementStrategy = .automatic)
        -> PlacementError?
    {
        do {
            _ = try PlacedNetwork(network, strategy: strategy)
            return nil
        } catch { return error }
    }

    @Test func everyAfferentHasItsOwnDriverOnAReachableBus() throws {
        let placed = try PlacedNetwork(Self.network(sources: 60, neurons: 64, recurrent: true))
        let drivers = placed.drivers[0].compactMap(\.self)
        #expect(drivers.count == 124 && Set(drivers).count == 124)
        #expect(placed.drivers[1].allSatisfy { $0 == nil })
        for neuron in 0..<64 {
            let driver = placed.drivers[0][60 + neuron]
            #expect(driver?.bus == placed.circuits[0][neuron].eventOutput.reachableBus)
        }
        let array = placed.arrays[0]
        for driver in drivers {
            #expect(array.rowModes[driver.excitatoryRow.index] == .excitatory)
            #expect(array.rowModes[driver.inhibitoryRow.index] == .inhibitory)
        }
    }

    @Test func weightsComeBackAsWritten() throws {
        let input = Networks.randomWeights(2800, spread: 30, seed: 1)
        let output = Networks.randomWeights(160, spread: 30, seed: 2)
        let net = try Networks.classifier(inputWeights: input, outputWeights: output)
        let emulation = ChipEmulation(
            net.placed, on: Networks.ideal, plan: TrialPlan(duration: .microseconds(30)))
        #expect(emulation.weights(of: net.readout) == output)
        emulation.setWeights(output.map { -$0 }, of: net.readout)
        #expect(emulation.weights(of: net.readout) == output.map { -$0 })
    }

    @Test func fullArrayFitsAndOneMoreDoesNot() {
        #expect(Self.failure(Self.network(sources: 128, neurons: 512)) == nil)
        let afferents = Self.failure(Self.network(sources: 129, neurons: 4))
        #expect(afferents == .tooManyAfferents(hemisphere: .top, needed: 129, available: 128))
        let neurons = Self.failure(Self.network(sources: 1, neurons: 513))
        #expect(neurons == .tooManyNeurons(population: "cells", needed: 513, available: 512))
    }

    /// 100 sources and 100 neurons exceed one array: the second population moves to the other one.
    @Test func crowdedArrayPushesAPopulationOver() throws {
        var network = Self.network(sources: 100, neurons: 100)
        let readout = network.addPopulation("readout", count: 4, cell: Self.spiking)
        network.connect(
            try #require(network.population(named: "cells")), to: readout,
            weights: Array(repeating: 1, count: 400))
        let placed = try PlacedNetwork(network)
        #expect(placed.circuits[0].allSatisfy { $0.hemisphere == .top })
        #expect(placed.circuits[1].allSatisfy { $0.hemisphere == .bottom })
    }

    /// Columns 0..31 and 128..159 share bus 0: 64 afferents, 32 drivers.
    @Test func busOfNeuronsRunsOut() {
        let network = Self.network(sources: 1, neurons: 64, recurrent: true)
        let circuits = (Array(0..<32) + Array(128..<160)).map { NeuronIndex($0) }
        #expect(
            Self.failure(network, .explicit([circuits]))
                == .busExhausted(hemisphere: .top, bus: PADIBus(0), needed: 64, available: 32))
    }

    @Test func mistakesAreNamed() throws {
        #expect(
            Self.failure(Self.network(sources: 2, neurons: 3, weight: 64))
                == .weightOutOfRange(projection: "'input' -> 'cells'", pre: 0, post: 0, value: 64))
        var network = Self.network(sources: 2, neurons: 3)
        network.connect(
            try #require(network.population(named: "cells")),
            to: try #require(network.population(named: "cells")), weights: [1])
        #expect(
            Self.failure(network)
                == .weightShape(projection: "'cells' -> 'cells'", expected: 9, found: 1))
        var slow = NetworkDescription()
        var targets = NeuronTargets.calibrationDefaults
        targets.membraneTimeConstant = .microseconds(100)
        _ = slow.addPopulation("slow", count: 1, cell: .leakyIntegrator(targets))
        #expect(
            Self.failure(slow)?.description
                == "population 'slow': membrane time constant 100.0; allowed are 0.5...60 us")
        let twice = Self.failure(
            Self.network(sources: 1, neurons: 2), .explicit([[NeuronIndex(4), NeuronIndex(4)]]))
        #expect(twice == .circuitTaken(population: "cells", neuron: NeuronIndex(4)))
        #expect(
            Self.failure(Self.network(sources: 1, neurons: 2), .explicit([[NeuronIndex(4)]]))
                == .circuitCount(population: "cells", expected: 2, found: 1))
        #expect(
            Self.failure(Self.network(sources: 0, neurons: 2)) == .emptyPopulation(name: "input"))
    }
}
