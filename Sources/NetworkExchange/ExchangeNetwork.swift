/// A spiking network as weights and constants, in one convention, whatever file it came from.
///
/// Per step of every layer, with z the spikes of the layer below and z' its own of the step before:
/// j = i + W z + V z'; u = v + dt/tau_mem (j - v); a spike when u > threshold, then u = reset;
/// i = j - dt/tau_syn j. Without synaptic time constants j = W z + V z' and nothing is kept. Rest
/// potential zero, all states zero at the start; forward Euler, all quantities but times without
/// unit.
public struct ExchangeNetwork: Hashable, Sendable {
    /// Inputs of the first layer.
    public var inputCount: Int
    /// Spiking layers, from the input on; may be empty.
    public var layers: [Layer]
    /// What turns the spikes of the last layer into scores.
    public var readout: Readout
    /// dt, the time step the network was made for.
    public var stepInMilliseconds: Double
    /// Steps that one sample is simulated; nil when unknown.
    public var stepCount: Int?
    /// What stands before the network, in plain names and tables; empty when unknown.
    public var encoder: [String: NIRMetadata]
    /// The description the receiver was made from (`model.yaml`); nil when unknown.
    public var description: String?

    /// Collects the parts; `check` tells whether they fit together.
    public init(
        inputCount: Int, layers: [Layer], readout: Readout, stepInMilliseconds: Double,
        stepCount: Int? = nil, encoder: [String: NIRMetadata] = [:], description: String? = nil
    ) {
        self.inputCount = inputCount
        self.layers = layers
        self.readout = readout
        self.stepInMilliseconds = stepInMilliseconds
        self.stepCount = stepCount
        self.encoder = encoder
        self.description = description
    }

    /// Weights, shape [row, column], row-major.
    public struct Matrix: Hashable, Sendable {
        public let rows: Int
        public let columns: Int
        public let values: [Float]

        /// - Precondition: the number of values is rows times columns, both positive.
        public init(_ values: [Float], rows: Int, columns: Int) {
            precondition(rows > 0 && columns > 0 && values.count == rows * columns)
            self.rows = rows
            self.columns = columns
            self.values = values
        }
    }

    /// How fast states decay, one value per neuron.
    public struct TimeConstants: Hashable, Sendable {
        /// tau_mem.
        public var membraneInMilliseconds: [Double]
        /// tau_syn; nil where inputs act on the membrane without a synaptic current.
        public var synapticInMilliseconds: [Double]?

        public init(membraneInMilliseconds: [Double], synapticInMilliseconds: [Double]?) {
            self.membraneInMilliseconds = membraneInMilliseconds
            self.synapticInMilliseconds = synapticInMilliseconds
        }
    }

    /// Leaky integrate-and-fire neurons, one value per neuron.
    public struct Neurons: Hashable, Sendable {
        public var timeConstants: TimeConstants
        public var thresholds: [Double]
        /// Potential after a spike.
        public var resetPotentials: [Double]

        /// Makes neurons; without reset potentials they reset to rest.
        public init(
            timeConstants: TimeConstants, thresholds: [Double], resetPotentials: [Double]? = nil
        ) {
            self.timeConstants = timeConstants
            self.thresholds = thresholds
            self.resetPotentials =
                resetPotentials ?? [Double](repeating: 0, count: thresholds.count)
        }
    }

    /// A spiking layer with the weights before it.
    public struct Layer: Hashable, Sendable {
        /// W, shape [neuron, input].
        public var weights: Matrix
        /// V, shape [neuron, neuron], acting on the layer's own spikes of the step before.
        public var recurrentWeights: Matrix?
        public var neurons: Neurons

        public init(weights: Matrix, recurrentWeights: Matrix? = nil, neurons: Neurons) {
            self.weights = weights
            self.recurrentWeights = recurrentWeights
            self.neurons = neurons
        }
    }

    /// The last weights and what becomes of their sums.
    public struct Readout: Hashable, Sendable {
        /// Shape [class, input].
        public var weights: Matrix
        public var kind: Kind
        /// How a class's values over time become its score; the class with the highest score wins.
        public var score: Score

        public enum Kind: Hashable, Sendable {
            /// The weighted spikes themselves.
            case weightedSums
            /// Membranes that do not spike.
            case leakyIntegrators(TimeConstants)
            /// Neurons whose spikes are the values.
            case spikingNeurons(Neurons)
        }

        public init(weights: Matrix, kind: Kind, score: Score) {
            self.weights = weights
            self.kind = kind
            self.score = score
        }
    }

    /// How values over time become one number.
    public enum Score: String, Hashable, Sendable, CaseIterable {
        case maximum, last, sum
    }

    /// Neurons and readouts, such as 70-40-4.
    public var shapeText: String {
        ([inputCount] + layers.map(\.weights.rows) + [readout.weights.rows])
            .map(String.init).joined(separator: "-")
    }
}

// MARK: - Consistency

extension ExchangeNetwork {
    /// Checks that shapes agree and that every number is finite and in its range.
    public func check() throws(ExchangeError) {
        guard stepInMilliseconds.isFinite, stepInMilliseconds > 0 else {
            throw ExchangeError("the time step is \(stepInMilliseconds) ms, not positive")
        }
        var width = inputCount
        for (index, layer) in layers.enumerated() {
            let name = layerName(index)
            try Self.check(layer.weights, "\(name) weights", columns: width)
            width = layer.weights.rows
            if let recurrent = layer.recurrentWeights {
                try Self.check(recurrent, "\(name) recurrent weights", columns: width)
                guard recurrent.rows == width else {
                    throw ExchangeError(
                        "\(name) recurrent weights have \(recurrent.rows) rows, not \(width)")
                }
            }
            try check(layer.neurons, name, count: width)
        }
        try Self.check(readout.weights, "readout weights", columns: width)
        switch readout.kind {
        case .weightedSums: break
        case .leakyIntegrators(let constants):
            try check(constants, "readout", count: readout.weights.rows)
        case .spikingNeurons(let neurons):
            try check(neurons, "readout", count: readout.weights.rows)
        }
    }

    /// `hidden`, or `hidden_1` and so on when there are several.
    func layerName(_ index: Int) -> String { layers.count == 1 ? "hidden" : "hidden_\(index + 1)" }

    private static func check(
        _ matrix: Matrix, _ name: String, columns: Int
    ) throws(ExchangeError) {
        guard matrix.columns == columns else {
            throw ExchangeError(
                "\(name) have \(matrix.columns) columns for \(columns) inputs")
        }
        if let index = matrix.values.firstIndex(where: { !$0.isFinite }) {
            throw ExchangeError("\(name): value \(index) is \(matrix.values[index])")
        }
    }

    private func check(
        _ neurons: Neurons, _ name: String, count: Int
    ) throws(ExchangeError) {
        try check(neurons.timeConstants, name, count: count)
        for (quantity, values) in [
            ("thresholds", neurons.thresholds), ("reset potentials", neurons.resetPotentials),
        ] {
            guard values.count == count, values.allSatisfy(\.isFinite) else {
                throw ExchangeError("\(name) \(quantity): not \(count) finite numbers")
            }
        }
    }

    private func check(
        _ constants: TimeConstants, _ name: String, count: Int
    ) throws(ExchangeError) {
        let all = [
            ("membrane", constants.membraneInMilliseconds),
            ("synaptic", constants.synapticInMilliseconds ?? constants.membraneInMilliseconds),
        ]
        for (kind, values) in all {
            guard values.count == count else {
                throw ExchangeError(
                    "\(name) has \(values.count) \(kind) time constants for \(count) neurons")
            }
            if let wrong = values.first(where: { !($0.isFinite && $0 > stepInMilliseconds) }) {
                throw ExchangeError(
                    "\(name): \(kind) time constant \(wrong) ms is not above the time step of "
                        + "\(stepInMilliseconds) ms; one of them may be in another unit")
            }
        }
    }
}

/// Why a network cannot be expressed or understood, in one line that says what would be right.
public struct ExchangeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What would have to change.
    public enum Cause: Hashable, Sendable {
        /// The network itself.
        case network
        /// What the caller asked for or left unsaid.
        case request
    }

    public let description: String
    public let cause: Cause

    public init(_ description: String, cause: Cause = .network) {
        self.description = description
        self.cause = cause
    }

    static func request(_ description: String) -> ExchangeError {
        ExchangeError(description, cause: .request)
    }
}
