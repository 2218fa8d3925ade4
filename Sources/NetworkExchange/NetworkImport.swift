extension ExchangeNetwork {
    /// What a file does not say by itself.
    public struct ImportOptions: Hashable, Sendable {
        /// The tool whose habits the file follows; what its metadata say, else standard, when nil.
        public var source: ExchangeTarget?
        /// Unit of the times; what the metadata say when nil.
        public var timeUnit: TimeUnit?
        /// Step of the network; what the metadata say, else the tool's usual one, when nil.
        public var stepInMilliseconds: Double?
        /// How readouts become scores; what the metadata say when nil.
        public var score: Score?

        public init(
            source: ExchangeTarget? = nil, timeUnit: TimeUnit? = nil,
            stepInMilliseconds: Double? = nil, score: Score? = nil
        ) {
            self.source = source
            self.timeUnit = timeUnit
            self.stepInMilliseconds = stepInMilliseconds
            self.score = score
        }
    }

    /// The network that a graph describes.
    ///
    /// Understood: one input, a chain of Linear (or Affine with a bias of zero) and LIF or CubaLIF
    /// nodes, each perhaps with recurrent weights as a graph of four nodes or as a pair of edges,
    /// then an output, LI, or CubaLI. Factors w_in, r and v_leak are taken into weights and
    /// thresholds.
    ///
    /// - Throws: when something is missing or cannot be run, naming the node.
    public init(graph: NIRGraph, options: ImportOptions = ImportOptions()) throws(ExchangeError) {
        let reader = try GraphReader(graph: graph, options: options)
        self = try reader.network()
        try check()
    }
}

/// Times of a file and what they are in the network.
private struct TimeScale {
    let stepInUnits: Double
    let stepInMilliseconds: Double

    func milliseconds(_ units: [Double]) -> [Double] {
        if stepInUnits == stepInMilliseconds { return units }
        return units.map { ExactDecimal.rounded($0 / stepInUnits * stepInMilliseconds, digits: 12) }
    }

    /// w_in dt / tau_syn: what a spike of weight one adds to the synaptic current.
    func spikeGain(_ inputWeight: Double, _ synapticInUnits: Double) -> Double {
        let gain = inputWeight * stepInUnits / synapticInUnits
        return abs(gain - 1) < 1e-6 ? 1 : gain
    }
}

private struct GraphReader {
    let graph: NIRGraph
    let source: ExchangeTarget
    let options: ExchangeNetwork.ImportOptions
    let times: TimeScale
    /// Whether a spike raises the synaptic current by its weight whatever `w_in` says.
    let ignoresInputWeight: Bool

    init(graph: NIRGraph, options: ExchangeNetwork.ImportOptions) throws(ExchangeError) {
        self.graph = graph
        self.options = options
        let told = graph.metadata.text("target").flatMap(ExchangeTarget.init(rawValue:))
        source = options.source ?? told ?? .standard
        let isOurs = graph.metadata.text("generator") == "spikelink"
        let isNorsesOwn = source == .norse && !isOurs
        ignoresInputWeight = source == .brainscales || isNorsesOwn
        times = try isNorsesOwn ? Self.norseTimes(options) : Self.times(graph, options, source)
    }

    /// `norse.torch.to_nir` writes tau dt for tau, both in seconds (norse issue 411), and w_in = 1
    /// where a spike raises the current by its weight: dt / tau is dt^2 over what is written.
    private static func norseTimes(
        _ options: ExchangeNetwork.ImportOptions
    ) throws(ExchangeError) -> TimeScale {
        guard options.timeUnit != .milliseconds else {
            throw ExchangeError.request("norse writes times in s; --time-unit ms would misread them")
        }
        let step = try checked(options.stepInMilliseconds) ?? 1
        return TimeScale(stepInUnits: step / 1000 * (step / 1000), stepInMilliseconds: step)
    }

    private static func checked(_ step: Double?) throws(ExchangeError) -> Double? {
        if let step, !(step.isFinite && step > 0) {
            throw ExchangeError.request("--step-ms \(step) is not allowed; a positive number")
        }
        return step
    }

    private static func times(
        _ graph: NIRGraph, _ options: ExchangeNetwork.ImportOptions, _ source: ExchangeTarget
    ) throws(ExchangeError) -> TimeScale {
        let told = graph.metadata.text("time_unit").flatMap(TimeUnit.init(rawValue:))
        if let told, let asked = options.timeUnit, told != asked {
            throw ExchangeError.request(
                "its times are in \(told.rawValue), as it says itself; leave out --time-unit "
                    + asked.rawValue)
        }
        guard let unit = options.timeUnit ?? told else {
            throw ExchangeError.request(
                "does not say the unit of its times; add --time-unit s (norse, snnTorch) or "
                    + "--time-unit ms (hxtorch, jaxsnn, the format's own documents)")
        }
        let asked = try checked(options.stepInMilliseconds)
        let toldStep = graph.metadata.real("dt")
        let toldModelStep = graph.metadata.real("model_step_ms")
        if let toldModelStep, let asked, asked != toldModelStep {
            throw ExchangeError.request(
                "its network has steps of \(toldModelStep) ms, as it says itself; leave out "
                    + "--step-ms \(asked)")
        }
        let fileStep =
            toldStep ?? (source.usualStepInMilliseconds ?? asked).map { $0 / unit.inMilliseconds }
        guard let fileStep, fileStep.isFinite, fileStep > 0 else {
            throw ExchangeError.request(
                "does not say the time step of the network; add --step-ms and its length")
        }
        return TimeScale(
            stepInUnits: fileStep,
            stepInMilliseconds: toldModelStep ?? asked
                ?? ExactDecimal.rounded(fileStep * unit.inMilliseconds, digits: 12))
    }

    func network() throws(ExchangeError) -> ExchangeNetwork {
        let chain = try GraphChain(graph)
        var layers: [ExchangeNetwork.Layer] = []
        var pending: (name: String, weights: ExchangeNetwork.Matrix)?
        var end: ExchangeNetwork.Readout.Kind?
        for element in chain.elements {
            let name = element.name
            if end != nil {
                throw ExchangeError(
                    "node '\(name)': stands after the readout; only a chain of spiking layers "
                        + "with one readout can be run")
            }
            if let weights = try Self.weights(element.kind, name) {
                if let pending {
                    throw ExchangeError(
                        "node '\(name)': follows the weights '\(pending.name)'; neurons must "
                            + "stand between, or one Linear node with the product")
                }
                pending = (name, weights)
                continue
            }
            guard let given = pending else {
                throw ExchangeError(
                    "node '\(name)': has no weights before it; a Linear node is needed there")
            }
            pending = nil
            switch try population(element.kind, name) {
            case .spiking(let neurons, let gains):
                var recurrent: ExchangeNetwork.Matrix?
                if let (node, kind) = element.recurrent {
                    guard let matrix = try Self.weights(kind, node) else {
                        throw ExchangeError("node '\(node)': recurrent weights must be Linear")
                    }
                    recurrent = Self.scaled(matrix, gains)
                }
                layers.append(
                    .init(
                        weights: Self.scaled(given.weights, gains), recurrentWeights: recurrent,
                        neurons: neurons))
            case .silent(let constants, let gains):
                guard element.recurrent == nil else {
                    throw ExchangeError("node '\(name)': readouts with recurrence cannot be run")
                }
                end = .leakyIntegrators(constants)
                pending = (given.name, Self.scaled(given.weights, gains))
            }
        }
        let readout = try readout(pending?.weights, end, &layers, score: try score(for: end))
        return ExchangeNetwork(
            inputCount: chain.inputCount, layers: layers, readout: readout,
            stepInMilliseconds: times.stepInMilliseconds,
            stepCount: graph.metadata.integer("steps"), encoder: graph.metadata.group("encoder"),
            description: graph.metadata.text("model_yaml"))
    }

    private func readout(
        _ weights: ExchangeNetwork.Matrix?, _ end: ExchangeNetwork.Readout.Kind?,
        _ layers: inout [ExchangeNetwork.Layer], score: ExchangeNetwork.Score
    ) throws(ExchangeError) -> ExchangeNetwork.Readout {
        if let weights {
            return .init(weights: weights, kind: end ?? .weightedSums, score: score)
        }
        guard let last = layers.popLast() else { throw ExchangeError("holds no weights") }
        guard last.recurrentWeights == nil else {
            throw ExchangeError("readouts with recurrence cannot be run")
        }
        return .init(weights: last.weights, kind: .spikingNeurons(last.neurons), score: score)
    }

    /// Sums are what readouts without a membrane of their own can only mean.
    private func score(
        for end: ExchangeNetwork.Readout.Kind?
    ) throws(ExchangeError) -> ExchangeNetwork.Score {
        // Earlier files of ours say it beside the readout.
        let word = graph.metadata.group("readout").text("score") ?? graph.metadata.text("score")
        let told = word.flatMap(ExchangeNetwork.Score.init(rawValue:))
        if let told, let asked = options.score, told != asked {
            throw ExchangeError.request(
                "its score is the \(told.rawValue), as it says itself; leave out --score "
                    + asked.rawValue)
        }
        if let score = options.score ?? told { return score }
        guard end == nil else {
            throw ExchangeError.request(
                "does not say how its leaky integrators become scores; add --score maximum, last "
                    + "or sum")
        }
        return .sum
    }

    // MARK: Nodes

    private static func weights(
        _ kind: NIRNode.Kind, _ name: String
    ) throws(ExchangeError) -> ExchangeNetwork.Matrix? {
        switch kind {
        case .linear(let node): return matrix(node.weight)
        case .affine(let node):
            guard node.bias.values.allSatisfy({ $0 == 0 }) else {
                throw ExchangeError(
                    "node '\(name)': has a bias, which cannot be run; train without (bias=False)")
            }
            return matrix(node.weight)
        default: return nil
        }
    }

    private static func matrix(_ tensor: NIRTensor) -> ExchangeNetwork.Matrix {
        .init(tensor.floats, rows: tensor.shape[0], columns: tensor.shape[1])
    }

    private static func scaled(
        _ matrix: ExchangeNetwork.Matrix, _ gains: [Double]
    ) -> ExchangeNetwork.Matrix {
        if gains.allSatisfy({ $0 == 1 }) { return matrix }
        return .init(
            matrix.values.enumerated().map { Float(Double($1) * gains[$0 / matrix.columns]) },
            rows: matrix.rows, columns: matrix.columns)
    }

    private enum Population {
        case spiking(ExchangeNetwork.Neurons, gains: [Double])
        case silent(ExchangeNetwork.TimeConstants, gains: [Double])
    }

    /// Constants of neurons, and the factors by which the weights before them grow.
    private func population(
        _ kind: NIRNode.Kind, _ name: String
    ) throws(ExchangeError) -> Population {
        switch kind {
        case .leakyIntegrateAndFire(let node):
            let constants = ExchangeNetwork.TimeConstants(
                membraneInMilliseconds: times.milliseconds(node.timeConstant.decimals),
                synapticInMilliseconds: nil)
            let gains = [Double](repeating: 1, count: node.threshold.values.count)
            return try spiking(
                constants, gains, r: node.resistance, leak: node.leakPotential,
                threshold: node.threshold, reset: node.resetPotential, name)
        case .currentBasedLeakyIntegrateAndFire(let node):
            return try spiking(
                constants(node.membraneTimeConstant, node.synapticTimeConstant),
                gains(node.inputWeight, node.synapticTimeConstant), r: node.resistance,
                leak: node.leakPotential, threshold: node.threshold, reset: node.resetPotential,
                name)
        case .leakyIntegrator(let node):
            return .silent(
                .init(
                    membraneInMilliseconds: times.milliseconds(node.timeConstant.decimals),
                    synapticInMilliseconds: nil),
                gains: try readoutGains(node.resistance, node.leakPotential, name))
        case .currentBasedLeakyIntegrator(let node):
            let input = gains(node.inputWeight, node.synapticTimeConstant)
            let output = try readoutGains(node.resistance, node.leakPotential, name)
            return .silent(
                constants(node.membraneTimeConstant, node.synapticTimeConstant),
                gains: zip(input, output).map { $0 * $1 })
        case .input, .output, .linear, .affine, .graph:
            throw ExchangeError(
                "node '\(name)': cannot stand here; a chain of weights and neurons can be run")
        }
    }

    private func constants(
        _ membrane: NIRTensor, _ synaptic: NIRTensor
    ) -> ExchangeNetwork.TimeConstants {
        .init(
            membraneInMilliseconds: times.milliseconds(membrane.decimals),
            synapticInMilliseconds: times.milliseconds(synaptic.decimals))
    }

    private func gains(_ inputWeight: NIRTensor, _ synaptic: NIRTensor) -> [Double] {
        if ignoresInputWeight {
            return [Double](repeating: 1, count: inputWeight.values.count)
        }
        return zip(inputWeight.decimals, synaptic.decimals).map { times.spikeGain($0, $1) }
    }

    /// Membranes that do not spike are compared with each other: r goes into the weights, and a
    /// rest potential must be the same for all.
    private func readoutGains(
        _ r: NIRTensor, _ leak: NIRTensor, _ name: String
    ) throws(ExchangeError) -> [Double] {
        guard leak.values.allSatisfy({ $0 == 0 }) else {
            throw ExchangeError(
                "node '\(name)': v_leak is not zero; readouts must rest at zero")
        }
        guard r.values.allSatisfy({ $0 > 0 }) else {
            throw ExchangeError("node '\(name)': r must be positive")
        }
        return r.decimals
    }

    private func spiking(
        _ constants: ExchangeNetwork.TimeConstants, _ gains: [Double], r: NIRTensor,
        leak: NIRTensor, threshold: NIRTensor, reset: NIRTensor, _ name: String
    ) throws(ExchangeError) -> Population {
        if threshold.values.allSatisfy({ $0 >= 0.99 * ReadoutForm.silentThreshold }) {
            // A common factor of the scores does not matter; snnTorch's r = tau_mem / dt is one.
            let isOurs = graph.metadata.text("generator") == "spikelink"
            let steps = zip(constants.membraneInMilliseconds, r.decimals).allSatisfy {
                abs($0 / times.stepInMilliseconds / $1 - 1) < 1e-6
            }
            let output =
                steps && (isOurs || Set(r.values).count == 1)
                ? r.decimals.map { _ in 1.0 } : try readoutGains(r, leak, name)
            return .silent(constants, gains: zip(gains, output).map { $0 * $1 })
        }
        guard r.values.allSatisfy({ $0 > 0 }) else {
            throw ExchangeError("node '\(name)': r must be positive")
        }
        // Potentials relative to rest, in units of r.
        func relative(_ values: NIRTensor) -> [Double] {
            zip(zip(values.decimals, leak.decimals), r.decimals).map { pair, r in
                r == 1 ? pair.0 - pair.1 : ExactDecimal.rounded((pair.0 - pair.1) / r, digits: 12)
            }
        }
        let thresholds = relative(threshold)
        guard thresholds.allSatisfy({ $0 > 0 }) else {
            throw ExchangeError("node '\(name)': v_threshold is not above v_leak")
        }
        return .spiking(
            .init(
                timeConstants: constants, thresholds: thresholds,
                resetPotentials: relative(reset)),
            gains: gains)
    }
}

extension [String: NIRMetadata] {
    package func text(_ key: String) -> String? {
        if case .text(let text) = self[key] { text } else { nil }
    }
    package func real(_ key: String) -> Double? {
        switch self[key] {
        case .real(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }
    package func integer(_ key: String) -> Int? {
        if case .integer(let value) = self[key] { Int(exactly: value) } else { nil }
    }
    package func group(_ key: String) -> [String: NIRMetadata] {
        if case .group(let group) = self[key] { group } else { [:] }
    }
}
