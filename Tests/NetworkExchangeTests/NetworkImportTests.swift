import NetworkExchange
import TestSupport
import Testing

private typealias Samples = SampleExchangeNetworks

/// Files of other tools: no hints, other conventions, other shapes.
@Suite struct NetworkImportTests {
    private func chain(
        _ nodes: [(String, NIRNode.Kind)], extra: [(String, NIRNode.Kind)] = [],
        edges: [NIREdge] = [], metadata: [String: NIRMetadata] = [:]
    ) -> NIRGraph {
        let names = nodes.map(\.0)
        return NIRGraph(
            nodes: Dictionary(
                uniqueKeysWithValues: (nodes + extra).map { ($0.0, NIRNode($0.1)) }),
            edges: zip(names, names.dropFirst()).map { NIREdge($0, $1) } + edges,
            metadata: metadata)
    }

    private func linear(_ rows: Int, _ columns: Int) -> NIRNode.Kind {
        .linear(
            .init(
                weight: NIRTensor(Samples.matrix(rows, columns).values, shape: [rows, columns])))
    }

    private func cuba(
        _ count: Int, tauSyn: Float = 0.004, tauMem: Float = 0.006, r: Float = 1,
        leak: Float = 0, threshold: Float = 1, reset: Float = 0, inputWeight: Float = 8
    ) -> NIRNode.Kind {
        func all(_ value: Float) -> NIRTensor { NIRTensor(repeating: value, count: count) }
        return .currentBasedLeakyIntegrateAndFire(
            .init(
                synapticTimeConstant: all(tauSyn), membraneTimeConstant: all(tauMem),
                resistance: all(r), leakPotential: all(leak), threshold: all(threshold),
                resetPotential: all(reset), inputWeight: all(inputWeight)))
    }

    private func foreign(_ hidden: NIRNode.Kind) -> NIRGraph {
        chain([
            ("input", .input(shape: [3])), ("fc", linear(2, 3)), ("lif", hidden),
            ("out", linear(2, 2)), ("output", .output(shape: [2])),
        ])
    }

    private func reason(
        _ graph: NIRGraph,
        _ options: ExchangeNetwork.ImportOptions = .init(
            timeUnit: .seconds, stepInMilliseconds: 0.5)
    ) throws -> String {
        try #require(throws: ExchangeError.self) {
            _ = try ExchangeNetwork(graph: graph, options: options)
        }.description
    }

    @Test func `unit and step are demanded where the file does not say them`() throws {
        let graph = foreign(cuba(2))
        #expect(try reason(graph, .init()).contains("--time-unit"))
        #expect(try reason(graph, .init(timeUnit: .seconds)).contains("--step-ms"))
        let network = try ExchangeNetwork(
            graph: graph, options: .init(timeUnit: .seconds, stepInMilliseconds: 0.5))
        #expect(network.stepInMilliseconds == 0.5)
        #expect(network.layers[0].neurons.timeConstants == Samples.constants(2))
        #expect(network.readout.kind == .weightedSums && network.readout.score == .sum)
        // snnTorch's step is known.
        let fast = try ExchangeNetwork(
            graph: graph, options: .init(source: .snntorch, timeUnit: .seconds))
        #expect(fast.stepInMilliseconds == 0.1)
    }

    @Test func `what the file says cannot be contradicted`() throws {
        var graph = foreign(cuba(2))
        graph.metadata = [
            "time_unit": .text("s"), "dt": .real(5e-4), "model_step_ms": .real(0.5),
            "readout": .group(["score": .text("last")]),
        ]
        #expect(try ExchangeNetwork(graph: graph).readout.score == .last)
        #expect(try reason(graph, .init(timeUnit: .milliseconds)).contains("in s, as it says"))
        #expect(try reason(graph, .init(stepInMilliseconds: 1)).contains("steps of 0.5 ms"))
        #expect(try reason(graph, .init(score: .maximum)).contains("the last"))
    }

    @Test func `gains, resistance and rest potential become weights and thresholds`() throws {
        let options = ExchangeNetwork.ImportOptions(timeUnit: .seconds, stepInMilliseconds: 0.5)
        // A spike adds w_in dt / tau_syn = 2 to the current.
        let graph = foreign(
            cuba(2, r: 4, leak: -2, threshold: 6, reset: -4, inputWeight: 16))
        let network = try ExchangeNetwork(graph: graph, options: options)
        #expect(network.layers[0].weights.values == Samples.matrix(2, 3).values.map { 2 * $0 })
        #expect(network.layers[0].neurons.thresholds == [2, 2])
        #expect(network.layers[0].neurons.resetPotentials == [-0.5, -0.5])
        // hxtorch adds the weight whatever w_in says.
        var chip = options
        chip.source = .brainscales
        #expect(
            try ExchangeNetwork(graph: graph, options: chip).layers[0].weights
                == Samples.matrix(2, 3))
    }

    @Test func `norse's own exporter is read with its slip`() throws {
        // tau_syn 5 ms and tau_mem 10 ms as norse.torch.to_nir writes them at its step of 1 ms.
        let graph = foreign(cuba(2, tauSyn: 5e-6, tauMem: 1e-5, inputWeight: 1))
        let network = try ExchangeNetwork(graph: graph, options: .init(source: .norse))
        #expect(network.stepInMilliseconds == 1)
        #expect(
            network.layers[0].neurons.timeConstants
                == Samples.constants(2, membrane: 10, synaptic: 5))
        #expect(network.layers[0].weights == Samples.matrix(2, 3))
        #expect(
            try reason(graph, .init(source: .norse, timeUnit: .milliseconds))
                .contains("norse writes times in s"))
    }

    @Test func `both forms of recurrence are understood`() throws {
        let options = ExchangeNetwork.ImportOptions(timeUnit: .seconds, stepInMilliseconds: 0.5)
        let flat = chain(
            [
                ("input", .input(shape: [3])), ("fc", linear(2, 3)), ("lif", cuba(2)),
                ("out", linear(2, 2)), ("output", .output(shape: [2])),
            ], extra: [("rec", linear(2, 2))],
            edges: [NIREdge("lif", "rec"), NIREdge("rec", "lif")])
        let nested = foreign(
            .graph(
                chain(
                    [("input", .input(shape: [2])), ("n", cuba(2)), ("output", .output(shape: [2]))],
                    extra: [("w", linear(2, 2))], edges: [NIREdge("n", "w"), NIREdge("w", "n")])))
        let network = try ExchangeNetwork(graph: flat, options: options)
        #expect(network.layers[0].recurrentWeights == Samples.matrix(2, 2))
        #expect(try ExchangeNetwork(graph: nested, options: options) == network)
    }

    @Test func `an affine layer with a bias of zero is linear`() throws {
        func graph(_ bias: Float) -> NIRGraph {
            chain([
                ("input", .input(shape: [3])),
                (
                    "fc",
                    .affine(
                        .init(
                            weight: NIRTensor(Samples.matrix(2, 3).values, shape: [2, 3]),
                            bias: NIRTensor(repeating: bias, count: 2)))
                ), ("lif", cuba(2)), ("output", .output(shape: [2])),
            ])
        }
        let options = ExchangeNetwork.ImportOptions(timeUnit: .seconds, stepInMilliseconds: 0.5)
        let network = try ExchangeNetwork(graph: graph(0), options: options)
        #expect(network.layers.isEmpty && network.readout.weights == Samples.matrix(2, 3))
        guard case .spikingNeurons = network.readout.kind else {
            Issue.record("the last neurons are not the readout")
            return
        }
        #expect(try reason(graph(0.5)).contains("node 'fc': has a bias"))
    }

    @Test func `what cannot be run is named`() throws {
        let input = ("input", NIRNode.Kind.input(shape: [3]))
        let output = ("output", NIRNode.Kind.output(shape: [2]))
        #expect(
            try reason(chain([input, ("lif", cuba(3)), ("fc", linear(2, 3)), output]))
                .contains("node 'lif': has no weights before it"))
        #expect(
            try reason(chain([input, ("a", linear(2, 3)), ("b", linear(2, 2)), output]))
                .contains("node 'b': follows the weights 'a'"))
        #expect(
            try reason(
                chain(
                    [input, ("a", linear(2, 3)), ("lif", cuba(2)), output],
                    extra: [("b", linear(2, 3))],
                    edges: [NIREdge("input", "b"), NIREdge("b", "lif")])
            ).contains("node 'input': leads to several nodes"))
        #expect(
            try reason(
                chain(
                    [input, ("a", linear(2, 3)), ("lif", cuba(2)), ("b", linear(2, 2)), output],
                    edges: [NIREdge("b", "lif")])
            ).contains("node 'b': leads to several nodes"))
        #expect(
            try reason(
                chain(
                    [input, ("a", linear(2, 3)), ("lif", cuba(2)), output],
                    extra: [("stray", cuba(2))])
            ).contains("node 'stray'"))
        #expect(try reason(foreign(cuba(2, r: -1))).contains("node 'lif': r must be positive"))
        #expect(
            try reason(foreign(cuba(2, leak: 1, threshold: 1))).contains("v_threshold is not above"))
        #expect(try reason(foreign(cuba(2, tauMem: 1e-4))).contains("above the time step"))
        #expect(try reason(chain([input, ("output", .output(shape: [3]))])) == "holds no weights")
        let plane = NIRNode.Kind.input(shape: [1 << 40, 1 << 40])
        #expect(
            try reason(chain([("input", plane), ("output", .output(shape: [1 << 40, 1 << 40]))]))
                .contains("inputs along one axis"))
    }

    @Test func `integrators without a rule for their score are asked for it`() throws {
        func all(_ value: Float) -> NIRTensor { NIRTensor(repeating: value, count: 2) }
        let graph = chain([
            ("input", .input(shape: [3])), ("fc", linear(2, 3)),
            (
                "li",
                .leakyIntegrator(
                    .init(timeConstant: all(0.006), resistance: all(2), leakPotential: all(0)))
            ), ("output", .output(shape: [2])),
        ])
        #expect(try reason(graph).contains("--score"))
        let network = try ExchangeNetwork(
            graph: graph,
            options: .init(timeUnit: .seconds, stepInMilliseconds: 0.5, score: .last))
        #expect(network.readout.kind == .leakyIntegrators(Samples.constants(2, synaptic: nil)))
        #expect(network.readout.weights.values == Samples.matrix(2, 3).values.map { 2 * $0 })
    }
}
