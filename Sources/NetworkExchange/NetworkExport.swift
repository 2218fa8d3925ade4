extension ExchangeNetwork {
    /// What a file for a tool is like.
    public struct ExportOptions: Hashable, Sendable {
        public var target: ExchangeTarget
        /// Unit of times; the target's own when nil.
        public var timeUnit: TimeUnit?
        /// The step the tool will take; times in the file are scaled to it. The target's usual one
        /// when nil, else the network's own.
        public var stepInMilliseconds: Double?
        public var readout: ReadoutForm

        public init(
            target: ExchangeTarget, timeUnit: TimeUnit? = nil, stepInMilliseconds: Double? = nil,
            readout: ReadoutForm = .integrators
        ) {
            self.target = target
            self.timeUnit = timeUnit
            self.stepInMilliseconds = stepInMilliseconds
            self.readout = readout
        }
    }

    /// The network as a graph that a tool reads as the same network.
    ///
    /// A spike raises a synaptic current by its weight when w_in = tau_syn / dt. Tools that take
    /// their own step get times scaled by that step over the network's: only the ratios dt / tau
    /// enter the dynamics. snnTorch wants r = tau_mem / dt, so that its potentials, thresholds
    /// included, are larger by that factor.
    ///
    /// - Throws: when the tool would silently drop or misread a part.
    public func graph(for options: ExportOptions) throws(ExchangeError) -> NIRGraph {
        try check()
        let target = options.target
        try target.check(self, readout: options.readout)
        let unit = options.timeUnit ?? target.timeUnit
        guard target == .standard || unit == target.timeUnit else {
            throw ExchangeError(
                "\(target.rawValue) would misread times in \(unit.rawValue); it takes "
                    + "--time-unit \(target.timeUnit.rawValue)")
        }
        let step =
            options.stepInMilliseconds ?? target.usualStepInMilliseconds ?? stepInMilliseconds
        guard step.isFinite, step > 0 else {
            throw ExchangeError("the step of the tool is \(step) ms, not positive")
        }
        if target.hasFixedStep, let usual = target.usualStepInMilliseconds, step != usual {
            throw ExchangeError(
                "\(target.rawValue) always takes steps of \(usual) ms; leave out --step-ms \(step)")
        }
        return GraphBuilder(
            network: self, target: target, readout: options.readout,
            stepInUnits: ExactDecimal.rounded(step / unit.inMilliseconds), unit: unit
        ).graph()
    }
}

private struct GraphBuilder {
    let network: ExchangeNetwork
    let target: ExchangeTarget
    let readout: ReadoutForm
    let stepInUnits: Double
    let unit: TimeUnit

    func graph() -> NIRGraph {
        var nodes = ["input": NIRNode(.input(shape: [network.inputCount]))]
        var chain = ["input"]
        func append(_ name: String, _ kind: NIRNode.Kind) {
            nodes[name] = NIRNode(kind)
            chain.append(name)
        }
        // Files are read in the order of names, and snnTorch cannot run a recurrent layer that
        // comes before its input: the names are in the order of signals.
        let digits = String(network.layers.count).count
        for (index, layer) in network.layers.enumerated() {
            let number = String(index + 1)
            let name = "layer_" + String(repeating: "0", count: digits - number.count) + number
            append(name + "_linear", linear(layer.weights))
            append(name + "_neurons", kind(of: layer))
        }
        append("readout_linear", linear(network.readout.weights))
        switch network.readout.kind {
        case .weightedSums: break
        case .spikingNeurons(let neurons): append("readout_neurons", kind(of: neurons))
        case .leakyIntegrators(let constants):
            append("readout_neurons", kind(of: constants, count: network.readout.weights.rows))
        }
        append("output", .output(shape: [network.readout.weights.rows]))
        return NIRGraph(
            nodes: nodes, edges: zip(chain, chain.dropFirst()).map { NIREdge($0, $1) },
            metadata: metadata())
    }

    // MARK: Nodes

    private func linear(_ matrix: ExchangeNetwork.Matrix) -> NIRNode.Kind {
        .linear(.init(weight: NIRTensor(matrix.values, shape: [matrix.rows, matrix.columns])))
    }

    /// tau in the file, so that dt / tau is the network's with the tool's step.
    private func scaled(_ timesInMilliseconds: [Double]) -> [Double] {
        if stepInUnits == network.stepInMilliseconds { return timesInMilliseconds }
        return timesInMilliseconds.map {
            ExactDecimal.rounded($0 / network.stepInMilliseconds * stepInUnits)
        }
    }

    /// Potentials in the file per potential of the network, one per neuron.
    private func resistance(_ constants: ExchangeNetwork.TimeConstants) -> [Double] {
        constants.membraneInMilliseconds.map {
            target == .snntorch ? ExactDecimal.rounded($0 / network.stepInMilliseconds) : 1
        }
    }

    private func inputWeight(_ synapticInMilliseconds: [Double]) -> NIRTensor {
        NIRTensor(
            synapticInMilliseconds.map {
                target.ignoresInputWeight
                    ? 1 : ExactDecimal.rounded($0 / network.stepInMilliseconds)
            })
    }

    private func kind(of neurons: ExchangeNetwork.Neurons) -> NIRNode.Kind {
        kind(
            of: neurons.timeConstants, thresholds: neurons.thresholds,
            resets: neurons.resetPotentials)
    }

    private func kind(
        of constants: ExchangeNetwork.TimeConstants, thresholds: [Double], resets: [Double]
    ) -> NIRNode.Kind {
        let gain = resistance(constants)
        let membrane = NIRTensor(scaled(constants.membraneInMilliseconds))
        let zero = NIRTensor([Double](repeating: 0, count: gain.count))
        let threshold = NIRTensor(
            zip(thresholds, gain).map {
                $0 == ReadoutForm.silentThreshold ? $0 : ExactDecimal.rounded($0 * $1)
            })
        let reset = NIRTensor(zip(resets, gain).map { ExactDecimal.rounded($0 * $1) })
        guard let synaptic = constants.synapticInMilliseconds else {
            return .leakyIntegrateAndFire(
                .init(
                    timeConstant: membrane, resistance: NIRTensor(gain), leakPotential: zero,
                    threshold: threshold, resetPotential: reset))
        }
        return .currentBasedLeakyIntegrateAndFire(
            .init(
                synapticTimeConstant: NIRTensor(scaled(synaptic)), membraneTimeConstant: membrane,
                resistance: NIRTensor(gain), leakPotential: zero, threshold: threshold,
                resetPotential: reset, inputWeight: inputWeight(synaptic)))
    }

    private func kind(
        of constants: ExchangeNetwork.TimeConstants, count: Int
    ) -> NIRNode.Kind {
        if readout == .silentNeurons {
            return kind(
                of: constants,
                thresholds: [Double](repeating: ReadoutForm.silentThreshold, count: count),
                resets: [Double](repeating: 0, count: count))
        }
        let membrane = NIRTensor(scaled(constants.membraneInMilliseconds))
        let one = NIRTensor([Double](repeating: 1, count: count))
        let zero = NIRTensor([Double](repeating: 0, count: count))
        guard let synaptic = constants.synapticInMilliseconds else {
            return .leakyIntegrator(
                .init(timeConstant: membrane, resistance: one, leakPotential: zero))
        }
        return .currentBasedLeakyIntegrator(
            .init(
                synapticTimeConstant: NIRTensor(scaled(synaptic)), membraneTimeConstant: membrane,
                resistance: one, leakPotential: zero, inputWeight: inputWeight(synaptic)))
    }

    /// A recurrent layer is a graph of four nodes, which norse and snnTorch run with the spikes of
    /// the step before; the same edges in the outer graph are misread by both.
    private func kind(of layer: ExchangeNetwork.Layer) -> NIRNode.Kind {
        guard let recurrent = layer.recurrentWeights else { return kind(of: layer.neurons) }
        let count = layer.weights.rows
        return .graph(
            NIRGraph(
                nodes: [
                    "input": NIRNode(.input(shape: [count])),
                    "lif": NIRNode(kind(of: layer.neurons)),
                    "w_rec": NIRNode(linear(recurrent)),
                    "output": NIRNode(.output(shape: [count])),
                ],
                edges: [
                    NIREdge("input", "lif"), NIREdge("lif", "w_rec"), NIREdge("w_rec", "lif"),
                    NIREdge("lif", "output"),
                ]))
    }

    // MARK: Hints

    /// What the format cannot express, for people and for `ExchangeNetwork(graph:options:)`.
    private func metadata() -> [String: NIRMetadata] {
        let kind =
            switch network.readout.kind {
            case .weightedSums: "weighted sums of spikes"
            case .leakyIntegrators: "leaky integrators"
            case .spikingNeurons: "spiking neurons"
            }
        let values =
            switch network.readout.kind {
            case .weightedSums: "values of output"
            case .leakyIntegrators:
                target == .snntorch
                    ? "membrane of readout_neurons, over its r" : "membrane of readout_neurons"
            case .spikingNeurons: "spikes of readout_neurons"
            }
        var metadata: [String: NIRMetadata] = [
            "generator": .text("spikelink"), "target": .text(target.rawValue),
            "time_unit": .text(unit.rawValue), "dt": .real(stepInUnits),
            "model_step_ms": .real(network.stepInMilliseconds),
            "readout": .group([
                "kind": .text(kind), "values": .text(values),
                "score": .text(network.readout.score.rawValue),
                "decision": .text("the class with the highest score over all steps"),
            ]),
        ]
        if let count = network.stepCount { metadata["steps"] = .integer(Int64(count)) }
        if !network.encoder.isEmpty { metadata["encoder"] = .group(network.encoder) }
        if let text = network.description { metadata["model_yaml"] = .text(text) }
        return metadata
    }
}
