/// A tool that files are written for; each reads the same format in its own way.
///
/// Sources: the importers of norse 1.1.0, snnTorch 1.0.0 and hxtorch, and the specification of the
/// Neuromorphic Intermediate Representation (Pedersen et al. 2024, Nat. Commun. 15).
public enum ExchangeTarget: String, Hashable, Sendable, CaseIterable {
    /// The format as specified, every node type, times of the model.
    case standard
    /// `norse.torch.from_nir`: seconds; the step is an argument whose default is 1 ms.
    case norse
    /// `snntorch.import_nir.import_from_nir`: seconds; the step is always 0.1 ms.
    case snntorch
    /// hxtorch and jaxsnn for BrainScaleS-2: milliseconds of the chip.
    case brainscales

    /// The unit that times are written in when nothing else is asked for.
    var timeUnit: TimeUnit {
        switch self {
        case .standard, .brainscales: .milliseconds
        case .norse, .snntorch: .seconds
        }
    }

    /// The step the tool takes unless it is told otherwise; nil where the file's author says.
    var usualStepInMilliseconds: Double? {
        switch self {
        case .standard, .brainscales: nil
        case .norse: 1
        case .snntorch: 0.1
        }
    }

    /// Whether the tool's step cannot be changed.
    var hasFixedStep: Bool { self == .snntorch }

    /// Whether a spike raises the synaptic current by its weight whatever `w_in` says.
    var ignoresInputWeight: Bool { self == .brainscales }
}

/// The unit of times in a file, which the format leaves open.
public enum TimeUnit: String, Hashable, Sendable, CaseIterable {
    case milliseconds = "ms"
    case seconds = "s"

    var inMilliseconds: Double { self == .milliseconds ? 1 : 1000 }
}

/// How readouts that never spike are written.
public enum ReadoutForm: String, Hashable, Sendable, CaseIterable {
    /// As what they are: LI or CubaLI nodes.
    case integrators
    /// As neurons with a threshold that is out of reach, for tools without LI nodes; their membrane
    /// is the value.
    case silentNeurons = "silent-neurons"

    /// The threshold out of reach.
    static let silentThreshold = 1e30
}

// MARK: - What a tool would drop or misread

extension ExchangeTarget {
    /// Refuses a network that the tool would run as another one.
    func check(_ network: ExchangeNetwork, readout form: ReadoutForm) throws(ExchangeError) {
        for (index, layer) in network.layers.enumerated() {
            let name = network.layerName(index)
            try check(layer.neurons, name)
            if layer.recurrentWeights != nil, self == .brainscales {
                throw ExchangeError(
                    "brainscales reads no recurrent connections (\(name) has some); "
                        + "train without them, or export to standard, norse or snntorch")
            }
        }
        switch network.readout.kind {
        case .spikingNeurons(let neurons): try check(neurons, "readout")
        case .weightedSums:
            if self == .brainscales {
                throw ExchangeError(
                    "brainscales reads no weighted sums (readout); the chip's readouts are leaky "
                        + "integrators: train with those, or export to standard, norse or snntorch")
            }
        case .leakyIntegrators(let constants):
            switch (self, form) {
            case (.norse, .integrators):
                throw ExchangeError(
                    "norse silently drops leaky integrators (readout); with --readout "
                        + "silent-neurons they become neurons that never spike, whose membrane "
                        + "is the value")
            case (.snntorch, .integrators):
                throw ExchangeError(
                    "snntorch knows no leaky integrators (readout); with --readout "
                        + "silent-neurons they become neurons that never spike, whose membrane "
                        + "is the value")
            case (.brainscales, .silentNeurons):
                throw ExchangeError(
                    "brainscales would look for spikes of silent neurons (readout); it reads "
                        + "leaky integrators: use --readout integrators")
            default: break
            }
            try checkHomogeneous(constants, "readout")
        }
    }

    private func check(
        _ neurons: ExchangeNetwork.Neurons, _ name: String
    ) throws(ExchangeError) {
        if self == .norse || self == .snntorch,
            let reset = neurons.resetPotentials.first(where: { $0 != 0 })
        {
            throw ExchangeError(
                "\(rawValue) silently resets to zero (\(name) resets to \(reset)); "
                    + "it would be right with a reset potential of zero")
        }
        if self == .snntorch || self == .brainscales, Set(neurons.thresholds).count > 1 {
            throw ExchangeError(
                "\(rawValue) has one threshold per layer (\(name) has several); it would be right "
                    + "with one, the weights scaled to it")
        }
        // Its potentials are tau_mem / dt times ours, thresholds included.
        if self == .snntorch, Set(neurons.timeConstants.membraneInMilliseconds).count > 1 {
            throw ExchangeError(
                "snntorch has one threshold per layer and scales it by the membrane time constant "
                    + "(\(name) has several); it would be right with one, or export to norse")
        }
        try checkHomogeneous(neurons.timeConstants, name)
    }

    private func checkHomogeneous(
        _ constants: ExchangeNetwork.TimeConstants, _ name: String
    ) throws(ExchangeError) {
        guard self == .brainscales else { return }
        guard let synaptic = constants.synapticInMilliseconds else {
            throw ExchangeError(
                "brainscales reads only neurons with a synaptic current (\(name) has none); "
                    + "export to standard, norse or snntorch")
        }
        guard Set(constants.membraneInMilliseconds).count == 1, Set(synaptic).count == 1 else {
            throw ExchangeError(
                "brainscales has one membrane and one synaptic time constant per layer "
                    + "(\(name) has several); train with one of each")
        }
    }
}
