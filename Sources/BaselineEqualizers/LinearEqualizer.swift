public import Modulation
import NumericKernels

/// A transversal filter with a constant, fitted by least squares or adaptively.
///
/// z[k] = constant + sum over i of taps[i] y[r k - tapCount/2 + i], y being the received samples of
/// a circular block, r of each symbol: one, or two half a symbol apart. Half-symbol spacing sees all
/// that the receive filter passes, whatever the phase of sampling; one sample a symbol folds the
/// edges of the band onto each other (Proakis, "Digital Communications", section on fractionally
/// spaced equalizers). `ClassGaussians` decides on z.
/// Work per symbol: tapCount multiply-accumulates.
public struct LinearEqualizer: SymbolDetector, Hashable, Codable {
    /// Filter weights, the earliest sample's first; an odd number.
    public let taps: [Double]
    public let constant: Double
    public let decision: ClassGaussians
    public let samplesPerSymbol: Int

    /// - Precondition: an odd number of finite taps; at least one sample per symbol.
    public init(
        taps: [Double], constant: Double, decision: ClassGaussians, samplesPerSymbol: Int = 1
    ) {
        precondition(Self.isValid(taps, constant), "needs an odd number of finite taps")
        precondition(samplesPerSymbol >= 1, "needs samples")
        self.taps = taps
        self.constant = constant
        self.decision = decision
        self.samplesPerSymbol = samplesPerSymbol
    }

    private static func isValid(_ taps: [Double], _ constant: Double) -> Bool {
        taps.count % 2 == 1 && taps.allSatisfy(\.isFinite) && constant.isFinite
    }

    private enum CodingKeys: String, CodingKey {
        case taps, constant, decision
        case samplesPerSymbol = "samples_per_symbol"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        taps = try container.decode([Double].self, forKey: .taps)
        constant = try container.decode(Double.self, forKey: .constant)
        decision = try container.decode(ClassGaussians.self, forKey: .decision)
        samplesPerSymbol =
            try container.decodeIfPresent(Int.self, forKey: .samplesPerSymbol) ?? 1
        guard Self.isValid(taps, constant), samplesPerSymbol >= 1 else {
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
        let phases = SamplePhases(received, tapCount: tapCount, samplesPerSymbol: samplesPerSymbol)
        let count = received.count / samplesPerSymbol
        var result = [Double](repeating: constant, count: count)
        guard count > 0 else { return result }
        for (phase, samples) in phases.samples.enumerated() {
            let weights = stride(from: phase, to: taps.count, by: samplesPerSymbol).map { taps[$0] }
            operations.multiplyAccumulates += DenseWeightedRows.accumulate(
                rows: samples, rowStride: 1, weights: weights, rowCount: weights.count,
                into: &result, columns: count)
        }
        return result
    }

    /// Writes the regressors, one and the samples, of symbols start ..< start + columns of a circular
    /// block, shape [regressor, symbol].
    func filler(_ received: [Double]) -> (
        _ start: Int, _ columns: Int, _ result: UnsafeMutablePointer<Double>
    ) -> Void {
        let phases = SamplePhases(received, tapCount: tapCount, samplesPerSymbol: samplesPerSymbol)
        return { phases.fill(tapCount, $0, $1, into: $2) }
    }

    public func detect(_ received: [Double]) -> Detection {
        var operations = OperationCounts()
        let outputs = outputs(received, counting: &operations)
        return decision.detection(outputs: outputs, after: operations)
    }

    /// The filter of a stream.
    ///
    /// - Parameters:
    ///   - tapCount: filter length; odd.
    ///   - order: number of symbols in the alphabet.
    ///   - samplesPerSymbol: samples of each symbol in the stream.
    ///   - stream: read three times: for the weights, for the moments and for the
    ///     thresholds of the decision.
    ///   - policy: targets, thresholds, ridge and method.
    /// - Throws: `EqualizerFitError`, or what the stream throws.
    public static func fit(
        tapCount: Int, order: Int, samplesPerSymbol: Int = 1, to stream: TrainingStream,
        policy: RegressionPolicy = .standard
    ) throws -> LinearEqualizer {
        var phases: SamplePhases?
        let weights = try RegressionFit.weights(
            of: stream, order: order, samplesPerSymbol: samplesPerSymbol, policy: policy,
            regressors: tapCount + 1
        ) { block, start, columns, result in
            if start == 0 {
                phases = SamplePhases(
                    block.received, tapCount: tapCount, samplesPerSymbol: samplesPerSymbol)
            }
            phases!.fill(tapCount, start, columns, into: result)
        }
        let filter = LinearEqualizer(
            taps: Array(weights.dropFirst()), constant: weights[0],
            decision: RegressionFit.undecided, samplesPerSymbol: samplesPerSymbol)
        let decision = try RegressionFit.decision(
            over: stream, order: order, samplesPerSymbol: samplesPerSymbol, policy: policy
        ) { block in
            var ignored = OperationCounts()
            return filter.outputs(block.received, counting: &ignored)
        }
        return LinearEqualizer(
            taps: filter.taps, constant: filter.constant, decision: decision,
            samplesPerSymbol: samplesPerSymbol)
    }
}

/// The samples of a circular block by their phase within a symbol, so that each tap of a filter
/// over all symbols is one run of memory.
private struct SamplePhases {
    /// Tap i of symbol k is samples[i mod r][i / r + k].
    let samples: [[Double]]

    init(_ received: [Double], tapCount: Int, samplesPerSymbol rate: Int) {
        let padded = TapWindow(tapCount: tapCount).padded(received)
        samples =
            rate == 1
            ? [padded]
            : (0..<rate).map { phase in
                stride(from: phase, to: padded.count, by: rate).map { padded[$0] }
            }
    }

    /// One and the samples under the taps, shape [1 + tap, symbol].
    func fill(
        _ tapCount: Int, _ start: Int, _ columns: Int, into result: UnsafeMutablePointer<Double>
    ) {
        for n in 0..<columns { result[n] = 1 }
        for tap in 0..<tapCount {
            let phase = samples[tap % samples.count]
            let first = tap / samples.count + start
            let row = result + (tap + 1) * columns
            for n in 0..<columns { row[n] = phase[first + n] }
        }
    }
}
