import LinearAlgebra
public import Modulation
import NumericKernels

/// How many samples around a symbol each order of a Volterra series sees.
public struct VolterraMemory: Sendable, Hashable, Codable {
    public let first: Int
    public let second: Int
    public let third: Int

    /// - Precondition: odd lengths that do not grow with the order; zero leaves an order out. Then
    ///   moving the origin of the samples moves nothing out of the series.
    public init(_ first: Int, _ second: Int = 0, _ third: Int = 0) {
        precondition(Self.isValid(first, second, third), "odd lengths, not growing with the order")
        self.first = first
        self.second = second
        self.third = third
    }

    /// Whether a series can have these memory lengths.
    public static func isValid(_ first: Int, _ second: Int, _ third: Int) -> Bool {
        first % 2 == 1 && (second % 2 == 1 || second == 0) && (third % 2 == 1 || third == 0)
            && first >= second && second >= third && third >= 0
    }

    /// As an array of the three lengths.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for length in [first, second, third] { try container.encode(length) }
    }

    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        first = try container.decode(Int.self)
        second = try container.decode(Int.self)
        third = try container.decode(Int.self)
        guard Self.isValid(first, second, third) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "needs odd lengths, not growing with the order")
        }
    }

    /// Weights of the series, the constant included; each product of samples occurs once.
    public var regressorCount: Int { VolterraRegressors.count(memory: first, second, third) }
}

/// A Volterra series of first to third order, fitted by least squares.
///
/// z[k] = h0 + sum h1[i] x_i + sum over i <= j of h2[i, j] x_i x_j
///        + sum over i <= j <= l of h3[i, j, l] x_i x_j x_l,
/// x being the received samples around symbol k less `origin`. `ClassGaussians` decides on z.
/// Work per symbol: one multiply-accumulate per weight but the constant, one product per weight
/// above the first order; a third-order weight needs a product of two samples as well, if no
/// second-order weight has it. Weights of zero, as pruning leaves them, cost nothing. The
/// subtraction of the origin is not counted: a receiver without a direct component has done it.
public struct VolterraEqualizer: SymbolDetector, Hashable, Codable {
    public let memory: VolterraMemory
    /// Subtracted from every sample: the mean in training, which keeps the powers apart.
    public let origin: Double
    /// h0, h1, h2, h3, the last index fastest; shape [regressor].
    public let weights: [Double]
    public let decision: ClassGaussians
    /// Regressors above the constant whose weight is not zero.
    private let terms: [Int]
    private let productsPerSymbol: Int

    /// - Precondition: as many finite weights as the memory has regressors.
    public init(
        memory: VolterraMemory, origin: Double, weights: [Double], decision: ClassGaussians
    ) {
        precondition(Self.isValid(memory, origin, weights), "needs a finite weight per regressor")
        self.memory = memory
        self.origin = origin
        self.weights = weights
        self.decision = decision
        terms = weights.indices.dropFirst().filter { weights[$0] != 0 }
        productsPerSymbol = VolterraRegressors.products(
            memory: memory.first, memory.second, memory.third, for: terms)
    }

    private static func isValid(
        _ memory: VolterraMemory, _ origin: Double, _ weights: [Double]
    ) -> Bool {
        weights.count == memory.regressorCount && weights.allSatisfy(\.isFinite)
            && origin.isFinite
    }

    private enum CodingKeys: String, CodingKey { case memory, origin, weights, decision }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let memory = try container.decode(VolterraMemory.self, forKey: .memory)
        let origin = try container.decode(Double.self, forKey: .origin)
        let weights = try container.decode([Double].self, forKey: .weights)
        guard Self.isValid(memory, origin, weights) else {
            throw DecodingError.dataCorruptedError(
                forKey: .weights, in: container,
                debugDescription: "needs \(memory.regressorCount) finite weights")
        }
        self.init(
            memory: memory, origin: origin, weights: weights,
            decision: try container.decode(ClassGaussians.self, forKey: .decision))
    }

    public var tapCount: Int { memory.first }
    /// Fitted weights, the constant included; the moments of the decision are not counted.
    public var parameterCount: Int { terms.count + 1 }

    /// The series for every symbol of a circular block, shape [symbol].
    public func outputs(_ received: [Double], counting operations: inout OperationCounts)
        -> [Double]
    {
        let padded = Self.padded(received, memory: memory, origin: origin)
        var result = [Double](repeating: weights[0], count: received.count)
        let chunk = RegressionFit.chunk
        var regressors = [Double](repeating: 0, count: weights.count * chunk)
        for start in stride(from: 0, to: received.count, by: chunk) {
            let columns = min(chunk, received.count - start)
            _ = Self.fill(
                padded, memory: memory, start: start, columns: columns, into: &regressors)
            operations.products += productsPerSymbol * columns
            result.withUnsafeMutableBufferPointer { result in
                regressors.withUnsafeBufferPointer { rows in
                    weights.withUnsafeBufferPointer { weights in
                        for term in terms {
                            operations.multiplyAccumulates += DenseWeightedRows.accumulate(
                                rows: rows.baseAddress! + term * columns, rowStride: columns,
                                weights: weights.baseAddress! + term, rowCount: 1,
                                into: result.baseAddress! + start, columns: columns)
                        }
                    }
                }
            }
        }
        return result
    }

    /// Writes the regressors of symbols start ..< start + columns of a circular block, shape
    /// [regressor, symbol].
    func filler(_ received: [Double]) -> (
        _ start: Int, _ columns: Int, _ result: UnsafeMutablePointer<Double>
    ) -> Void {
        let padded = Self.padded(received, memory: memory, origin: origin)
        return { _ = Self.fill(padded, memory: memory, start: $0, columns: $1, into: $2) }
    }

    public func detect(_ received: [Double]) -> Detection {
        var operations = OperationCounts()
        let outputs = outputs(received, counting: &operations)
        return decision.detection(outputs: outputs, after: operations)
    }

    private static func padded(
        _ received: [Double], memory: VolterraMemory, origin: Double
    ) -> [Double] {
        TapWindow(tapCount: memory.first).padded(received.map { $0 - origin })
    }

    private static func fill(
        _ padded: [Double], memory: VolterraMemory, start: Int, columns: Int,
        into result: UnsafeMutablePointer<Double>
    ) -> Int {
        padded.withUnsafeBufferPointer {
            VolterraRegressors.fill(
                padded: $0.baseAddress! + start, memory: memory.first, memory.second,
                memory.third, columns: columns, into: result)
        }
    }

    /// The series of a stream.
    ///
    /// - Parameters:
    ///   - terms: weights to keep, the constant not among them; nil for all. Those are kept that
    ///     lower the squared error most, one after the other.
    ///   - order: number of symbols in the alphabet.
    ///   - stream: read three times: for the weights, for the moments and for the
    ///     thresholds of the decision; its first block also sets the origin.
    ///   - policy: targets, thresholds, ridge and method; pruning knows least squares only.
    /// - Throws: `EqualizerFitError`, or what the stream throws.
    /// - Complexity: O(regressors^2) per symbol.
    public static func fit(
        memory: VolterraMemory, terms: Int? = nil, order: Int, to stream: TrainingStream,
        policy: RegressionPolicy = .standard
    ) throws -> VolterraEqualizer {
        precondition(
            terms == nil || policy.method == .leastSquares, "pruning needs least squares")
        var origin: Double?
        var padded: [Double] = []
        let fillBlock: RegressionFit.Fill = { block, start, columns, result in
            if start == 0 {
                let mean = block.received.reduce(0, +) / Double(block.received.count)
                origin = origin ?? mean
                padded = Self.padded(block.received, memory: memory, origin: origin ?? mean)
            }
            _ = fill(padded, memory: memory, start: start, columns: columns, into: result)
        }
        let weights: [Double]
        if let terms {
            let equations = try RegressionFit.normalEquations(
                of: stream, order: order, policy: policy, regressors: memory.regressorCount,
                fill: fillBlock)
            let kept = equations.forwardSelection(terms + 1, always: [0])
            let found = try RegressionFit.weights(
                of: equations.restricted(to: kept), ridge: policy.ridge)
            var sparse = [Double](repeating: 0, count: memory.regressorCount)
            for (index, weight) in zip(kept, found) { sparse[index] = weight }
            weights = sparse
        } else {
            weights = try RegressionFit.weights(
                of: stream, order: order, policy: policy, regressors: memory.regressorCount,
                fill: fillBlock)
        }
        let series = VolterraEqualizer(
            memory: memory, origin: origin ?? 0, weights: weights,
            decision: RegressionFit.undecided)
        let decision = try RegressionFit.decision(
            over: stream, order: order, policy: policy
        ) { block in
            var ignored = OperationCounts()
            return series.outputs(block.received, counting: &ignored)
        }
        return VolterraEqualizer(
            memory: memory, origin: series.origin, weights: series.weights, decision: decision)
    }
}
