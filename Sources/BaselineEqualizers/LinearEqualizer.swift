public import Modulation
import NumericKernels

/// A transversal filter with a constant, fitted by least squares.
///
/// z[k] = constant + sum over i of taps[i] y[k - tapCount/2 + i], y being the received samples,
/// one per symbol, of a circular block. `ClassGaussians` decides on z.
/// Work per symbol: tapCount multiply-accumulates.
public struct LinearEqualizer: SymbolDetector, Hashable, Codable {
    /// Filter weights, the earliest sample's first; an odd number.
    public let taps: [Double]
    public let constant: Double
    public let decision: ClassGaussians

    /// - Precondition: an odd number of finite taps.
    public init(taps: [Double], constant: Double, decision: ClassGaussians) {
        precondition(Self.isValid(taps, constant), "needs an odd number of finite taps")
        self.taps = taps
        self.constant = constant
        self.decision = decision
    }

    private static func isValid(_ taps: [Double], _ constant: Double) -> Bool {
        taps.count % 2 == 1 && taps.allSatisfy(\.isFinite) && constant.isFinite
    }

    private enum CodingKeys: String, CodingKey { case taps, constant, decision }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        taps = try container.decode([Double].self, forKey: .taps)
        constant = try container.decode(Double.self, forKey: .constant)
        decision = try container.decode(ClassGaussians.self, forKey: .decision)
        guard Self.isValid(taps, constant) else {
            throw DecodingError.dataCorruptedError(
                forKey: .taps, in: container,
                debugDescription: "needs an odd number of finite taps")
        }
    }

    public var tapCount: Int { taps.count }
    /// Fitted weights, the constant included; the moments of the decision are not counted.
    public var parameterCount: Int { taps.count + 1 }

    /// The filter output for every symbol of a circular block, shape [symbol].
    public func outputs(_ received: [Double], counting operations: inout OperationCounts)
        -> [Double]
    {
        let padded = TapWindow(tapCount: tapCount).padded(received)
        var result = [Double](repeating: constant, count: received.count)
        guard !received.isEmpty else { return result }
        operations.multiplyAccumulates += DenseWeightedRows.accumulate(
            rows: padded, rowStride: 1, weights: taps, rowCount: taps.count, into: &result,
            columns: received.count)
        return result
    }

    public func detect(_ received: [Double]) -> Detection {
        var operations = OperationCounts()
        let outputs = outputs(received, counting: &operations)
        return decision.detection(outputs: outputs, after: operations)
    }

    /// The least-squares filter of a stream.
    ///
    /// - Parameters:
    ///   - tapCount: filter length; odd.
    ///   - order: number of symbols in the alphabet.
    ///   - stream: read three times: for the weights, for the moments and for the
    ///     thresholds of the decision.
    ///   - policy: targets, thresholds and ridge.
    /// - Throws: `EqualizerFitError`, or what the stream throws.
    public static func fit(
        tapCount: Int, order: Int, to stream: TrainingStream, policy: RegressionPolicy = .standard
    ) throws -> LinearEqualizer {
        let window = TapWindow(tapCount: tapCount)
        var padded: [Double] = []
        let equations = try RegressionFit.normalEquations(
            of: stream, order: order, policy: policy, regressors: tapCount + 1
        ) { block, start, columns, result in
            if start == 0 { padded = window.padded(block.received) }
            padded.withUnsafeBufferPointer {
                _ = VolterraRegressors.fill(
                    padded: $0.baseAddress! + start, memory: tapCount, 0, 0, columns: columns,
                    into: result)
            }
        }
        let weights = try RegressionFit.weights(of: equations, ridge: policy.ridge)
        let filter = LinearEqualizer(
            taps: Array(weights.dropFirst()), constant: weights[0],
            decision: RegressionFit.undecided)
        let decision = try RegressionFit.decision(
            over: stream, order: order, policy: policy
        ) { block in
            var ignored = OperationCounts()
            return filter.outputs(block.received, counting: &ignored)
        }
        return LinearEqualizer(taps: filter.taps, constant: filter.constant, decision: decision)
    }
}
