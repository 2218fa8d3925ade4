/// The nonlinearity of a hidden layer.
public enum PerceptronActivation: String, Sendable, Hashable, Codable {
    /// Hyperbolic tangent.
    case tanh
    /// max(0, x).
    case rectifier
}

/// The layers of a perceptron, and where their parameters lie in one flat array.
///
/// For each layer in turn: weights, shape [output, input], then biases, shape [output].
public struct PerceptronShape: Sendable, Hashable, Codable {
    /// Received samples around a symbol; odd.
    public let tapCount: Int
    /// Neurons of each hidden layer.
    public let hidden: [Int]
    /// Number of symbols in the alphabet.
    public let order: Int
    public let activation: PerceptronActivation

    /// - Precondition: an odd tap count, at least one hidden layer, none of them empty, 2...256
    ///   symbols.
    public init(tapCount: Int, hidden: [Int], order: Int, activation: PerceptronActivation) {
        precondition(Self.isValid(tapCount, hidden, order), "not the shape of a perceptron")
        self.tapCount = tapCount
        self.hidden = hidden
        self.order = order
        self.activation = activation
    }

    private static func isValid(_ tapCount: Int, _ hidden: [Int], _ order: Int) -> Bool {
        tapCount > 0 && tapCount % 2 == 1 && !hidden.isEmpty && hidden.allSatisfy { $0 > 0 }
            && order >= 2 && order <= 256
    }

    private enum CodingKeys: String, CodingKey {
        case tapCount = "tap_count"
        case hidden, order, activation
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        tapCount = try container.decode(Int.self, forKey: .tapCount)
        hidden = try container.decode([Int].self, forKey: .hidden)
        order = try container.decode(Int.self, forKey: .order)
        activation = try container.decode(PerceptronActivation.self, forKey: .activation)
        guard Self.isValid(tapCount, hidden, order) else {
            throw DecodingError.dataCorruptedError(
                forKey: .hidden, in: container,
                debugDescription: "needs odd tap_count, positive hidden sizes, order 2...256")
        }
    }

    /// Inputs, hidden layers and outputs.
    var sizes: [Int] { [tapCount] + hidden + [order] }

    /// One dense layer: sizes, and the offsets of its parameters.
    struct Layer {
        let inputs: Int
        let outputs: Int
        let weights: Int
        let biases: Int
    }

    var layers: [Layer] {
        var offset = 0
        return zip(sizes, sizes.dropFirst()).map { inputs, outputs in
            let layer = Layer(
                inputs: inputs, outputs: outputs, weights: offset,
                biases: offset + inputs * outputs)
            offset += (inputs + 1) * outputs
            return layer
        }
    }

    /// Trainable weights and biases.
    public var parameterCount: Int {
        zip(sizes, sizes.dropFirst()).reduce(0) { $0 + ($1.0 + 1) * $1.1 }
    }
}
