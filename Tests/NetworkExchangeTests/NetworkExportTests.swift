import ArrayFiles
import NetworkExchange
import TestSupport
import Testing

private typealias Samples = SampleExchangeNetworks

@Suite struct NetworkExportTests {
    private func written(
        _ network: ExchangeNetwork, _ options: ExchangeNetwork.ExportOptions
    ) throws -> ExchangeNetwork {
        let folder = try TemporaryFolder()
        try NIRFile.write(try network.graph(for: options), to: folder.file("a.nir"))
        return try ExchangeNetwork(graph: try NIRFile.read(folder.file("a.nir")))
    }

    @Test(arguments: ExchangeTarget.allCases)
    func `what a target expresses comes back bit for bit`(target: ExchangeTarget) throws {
        let integrators: ReadoutForm =
            target == .norse || target == .snntorch ? .silentNeurons : .integrators
        let plain = Samples.plain()
        #expect(try written(plain, .init(target: target, readout: integrators)) == plain)
        let spiking = Samples.plain(.spikingNeurons(Samples.neurons(2)), score: .sum)
        #expect(try written(spiking, .init(target: target)) == spiking)
        if target != .brainscales {
            let recurrent = Samples.plain(.weightedSums, score: .last, recurrent: true)
            #expect(try written(recurrent, .init(target: target)) == recurrent)
        }
    }

    /// Where times are converted, twelve digits are kept; where they are not, all.
    @Test func `several layers with a value per neuron come back bit for bit`() throws {
        var deep = Samples.deep()
        #expect(try written(deep, .init(target: .standard)) == deep)
        deep.layers[0].neurons.timeConstants.membraneInMilliseconds[1] = 6.66666666667
        for unit in TimeUnit.allCases {
            #expect(try written(deep, .init(target: .standard, timeUnit: unit)) == deep)
        }
        #expect(try written(deep, .init(target: .norse)) == deep)
        #expect(
            try written(deep, .init(target: .norse, stepInMilliseconds: 0.25)) == deep)
    }

    @Test func `a spike raises the current by its weight and times are in steps of the tool`() throws {
        // (target, its step in the unit of the file, potentials per potential of the network)
        let cases: [(ExchangeTarget, Double, Double)] = [
            (.standard, 0.5, 1), (.norse, 1e-3, 1), (.snntorch, 1e-4, 12),
        ]
        for (target, step, gain) in cases {
            let graph = try Samples.plain(.weightedSums, score: .sum).graph(
                for: .init(target: target))
            guard
                case .currentBasedLeakyIntegrateAndFire(let node)? =
                    graph.nodes["layer_1_neurons"]?.kind
            else {
                Issue.record("hidden neurons have another type")
                return
            }
            let synaptic = node.synapticTimeConstant.values[0]
            let membrane = node.membraneTimeConstant.values[0]
            #expect(abs(step / synaptic - 0.5 / 4) < 1e-12)
            #expect(abs(step / membrane - 0.5 / 6) < 1e-12)
            #expect(abs(node.inputWeight.values[0] * step / synaptic - 1) < 1e-12)
            #expect(abs(node.resistance.values[0] - gain) < 1e-9)
            #expect(abs(node.threshold.values[0] - 0.9 * gain) < 1e-9)
            #expect(graph.metadata["time_unit"] == .text(target == .standard ? "ms" : "s"))
        }
    }

    @Test func `what a target would drop or misread is refused with what would be right`() throws {
        func refusal(
            _ network: ExchangeNetwork, _ options: ExchangeNetwork.ExportOptions
        ) throws -> String {
            try #require(throws: ExchangeError.self) { _ = try network.graph(for: options) }
                .description
        }
        let plain = Samples.plain()
        #expect(try refusal(plain, .init(target: .norse)).contains("drops leaky integrators"))
        #expect(try refusal(plain, .init(target: .snntorch)).contains("--readout silent-neurons"))
        #expect(
            try refusal(plain, .init(target: .brainscales, readout: .silentNeurons))
                .contains("--readout integrators"))
        #expect(
            try refusal(plain, .init(target: .brainscales, timeUnit: .seconds))
                .contains("--time-unit ms"))
        #expect(
            try refusal(
                plain, .init(target: .snntorch, stepInMilliseconds: 0.5, readout: .silentNeurons)
            ).contains("always takes steps of 0.1 ms"))
        #expect(
            try refusal(plain, .init(target: .standard, stepInMilliseconds: 0))
                .contains("not positive"))
        let sums = Samples.plain(.weightedSums, score: .sum)
        #expect(try refusal(sums, .init(target: .brainscales)).contains("weighted sums"))
        let recurrent = Samples.plain(recurrent: true)
        #expect(
            try refusal(recurrent, .init(target: .brainscales)).contains("no recurrent connections"))

        var reset = sums
        reset.layers[0].neurons.resetPotentials[1] = -0.5
        for target in [ExchangeTarget.norse, .snntorch] {
            #expect(try refusal(reset, .init(target: target)).contains("hidden resets to -0.5"))
        }
        #expect(throws: Never.self) { _ = try reset.graph(for: .init(target: .standard)) }
        var thresholds = sums
        thresholds.layers[0].neurons.thresholds[2] = 1.5
        #expect(try refusal(thresholds, .init(target: .snntorch)).contains("one threshold"))
        var spread = sums
        spread.layers[0].neurons.timeConstants.membraneInMilliseconds[0] = 7
        #expect(try refusal(spread, .init(target: .snntorch)).contains("or export to norse"))
        var times = plain
        times.layers[0].neurons.timeConstants.membraneInMilliseconds[0] = 7
        #expect(try refusal(times, .init(target: .brainscales)).contains("train with one of each"))
        #expect(throws: Never.self) { _ = try times.graph(for: .init(target: .standard)) }
    }

    @Test func `parts that do not fit are named`() throws {
        func problem(_ change: (inout ExchangeNetwork) -> Void) throws -> String {
            var network = Samples.plain()
            change(&network)
            return try #require(throws: ExchangeError.self) { try network.check() }.description
        }
        #expect(try problem { $0.inputCount = 4 } == "hidden weights have 5 columns for 4 inputs")
        #expect(try problem { $0.stepInMilliseconds = 0 }.contains("time step"))
        #expect(try problem { $0.stepInMilliseconds = 5 }.contains("above the time step"))
        #expect(try problem { $0.layers[0].neurons.thresholds = [1] }.contains("thresholds"))
        #expect(
            try problem { $0.layers[0].recurrentWeights = Samples.matrix(2, 3) }.contains("rows"))
        #expect(
            try problem { $0.readout.weights = .init([0, .nan, 0, 0, 0, 0], rows: 2, columns: 3) }
                == "readout weights: value 1 is nan")
    }
}
