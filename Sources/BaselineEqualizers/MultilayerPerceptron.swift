public import Modulation

/// A feed-forward network over the received samples around a symbol, one score per symbol.
///
/// h_1 = f(W_1 y + b_1), ..., scores = W_L h_(L-1) + b_L, in single precision; the scores are
/// logits of the class probabilities, and the highest one decides.
/// Work per symbol: one multiply-accumulate per weight, one activation per hidden neuron.
public struct MultilayerPerceptron: SymbolDetector, Hashable, Codable {
    public let shape: PerceptronShape
    /// Weights and biases, laid out as `PerceptronShape` says.
    public let parameters: [Float]

    /// - Precondition: as many finite parameters as the shape has.
    public init(shape: PerceptronShape, parameters: [Float]) {
        precondition(Self.isValid(shape, parameters), "needs \(shape.parameterCount) parameters")
        self.shape = shape
        self.parameters = parameters
    }

    private static func isValid(_ shape: PerceptronShape, _ parameters: [Float]) -> Bool {
        parameters.count == shape.parameterCount && parameters.allSatisfy(\.isFinite)
    }

    private enum CodingKeys: String, CodingKey { case shape, parameters }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        shape = try container.decode(PerceptronShape.self, forKey: .shape)
        parameters = try container.decode([Float].self, forKey: .parameters)
        guard Self.isValid(shape, parameters) else {
            throw DecodingError.dataCorruptedError(
                forKey: .parameters, in: container,
                debugDescription: "needs \(shape.parameterCount) finite parameters")
        }
    }

    public var tapCount: Int { shape.tapCount }
    public var parameterCount: Int { parameters.count }

    public func detect(_ received: [Double]) -> Detection {
        let count = received.count
        let order = shape.order
        var operations = OperationCounts()
        var symbols = [UInt8](repeating: 0, count: count)
        var scores = [Float](repeating: 0, count: count * order)
        guard count > 0 else {
            return Detection(symbols: symbols, scores: scores, operations: operations)
        }
        let padded = TapWindow(tapCount: tapCount).padded(received.map { Float($0) })
        var pass = PerceptronPass(shape: shape, capacity: min(count, 512))
        padded.withUnsafeBufferPointer { padded in
            symbols.withUnsafeMutableBufferPointer { symbols in
                scores.withUnsafeMutableBufferPointer { scores in
                    for start in stride(from: 0, to: count, by: pass.capacity) {
                        pass.decide(
                            padded.baseAddress! + start,
                            columns: min(pass.capacity, count - start), parameters: parameters,
                            symbols: symbols.baseAddress! + start,
                            scores: scores.baseAddress! + start * order, counting: &operations)
                    }
                }
            }
        }
        return Detection(symbols: symbols, scores: scores, operations: operations)
    }
}
