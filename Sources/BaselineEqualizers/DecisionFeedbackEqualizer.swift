public import Modulation
import NumericKernels

/// A transversal filter beside a filter over the decisions already made.
///
/// z[k] = constant + sum over i of taps[i] y[k - tapCount/2 + i]
///        + sum over j of feedback[j] level(d[k - 1 - j]),
/// d being the decisions and level(q) = q - (M - 1) / 2. Fitted by least squares with the sent
/// symbols fed back; in use its own decisions are, errors included.
///
/// A block is circular, so the first symbol has a past too: the receiver runs over the last
/// symbols of the block once, starting without decisions, before it decides the first. That run
/// is real work, and counted: 8 x feedback symbols per block.
/// Work per symbol: tapCount + feedback.count multiply-accumulates.
public struct DecisionFeedbackEqualizer: SymbolDetector, Hashable, Codable {
    /// Weights on received samples, the earliest first; an odd number.
    public let taps: [Double]
    /// Weights on past decisions, the latest first.
    public let feedback: [Double]
    public let constant: Double
    public let decision: ClassGaussians

    /// - Precondition: an odd number of taps; all weights finite.
    public init(
        taps: [Double], feedback: [Double], constant: Double, decision: ClassGaussians
    ) {
        precondition(
            Self.isValid(taps, feedback, constant), "needs an odd number of finite taps")
        self.taps = taps
        self.feedback = feedback
        self.constant = constant
        self.decision = decision
    }

    private static func isValid(
        _ taps: [Double], _ feedback: [Double], _ constant: Double
    ) -> Bool {
        taps.count % 2 == 1 && taps.allSatisfy(\.isFinite) && feedback.allSatisfy(\.isFinite)
            && constant.isFinite
    }

    private enum CodingKeys: String, CodingKey { case taps, feedback, constant, decision }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        taps = try container.decode([Double].self, forKey: .taps)
        feedback = try container.decode([Double].self, forKey: .feedback)
        constant = try container.decode(Double.self, forKey: .constant)
        decision = try container.decode(ClassGaussians.self, forKey: .decision)
        guard Self.isValid(taps, feedback, constant) else {
            throw DecodingError.dataCorruptedError(
                forKey: .taps, in: container,
                debugDescription: "needs an odd number of finite taps")
        }
    }

    public var tapCount: Int { taps.count }
    /// Fitted weights, the constant included; the moments of the decision are not counted.
    public var parameterCount: Int { taps.count + feedback.count + 1 }

    public func detect(_ received: [Double]) -> Detection {
        let count = received.count
        let order = decision.order
        var operations = OperationCounts()
        guard count > 0 else { return Detection(symbols: [], scores: [], operations: operations) }

        let warmUp = min(count, 8 * feedback.count)
        var padded = TapWindow(tapCount: tapCount).padded(received)
        // The windows of the last symbols, put before those of the first.
        padded.insert(
            contentsOf: TapWindow(tapCount: tapCount).padded(received)[(count - warmUp)..<count],
            at: 0)
        let total = warmUp + count
        var forward = [Double](repeating: constant, count: total)
        operations.multiplyAccumulates += DenseWeightedRows.accumulate(
            rows: padded, rowStride: 1, weights: taps, rowCount: taps.count, into: &forward,
            columns: total)

        var symbols = [UInt8](repeating: 0, count: total)
        var scores = [Float](repeating: 0, count: total * order)
        var past = [Double](repeating: 0, count: max(1, feedback.count))
        let work = DenseGaussianScores.decideWithFeedback(
            feedforward: forward, count: total, feedback: feedback,
            feedbackCount: feedback.count, levels: RegressionPolicy.indexLevels(order: order),
            past: &past, means: decision.means, precisions: decision.precisions,
            offsets: decision.offsets, classes: order, symbols: &symbols, scores: &scores)
        operations.multiplyAccumulates += work.multiplyAccumulates
        operations.comparisons += work.comparisons
        symbols.removeFirst(warmUp)
        scores.removeFirst(warmUp * order)
        return Detection(symbols: symbols, scores: scores, operations: operations)
    }

    /// The least-squares filters of a stream, the sent symbols fed back.
    ///
    /// - Parameters:
    ///   - tapCount: length of the filter over received samples; odd.
    ///   - feedbackCount: number of past decisions fed back.
    ///   - order: number of symbols in the alphabet.
    ///   - stream: read three times: for the weights, for the moments and for the
    ///     thresholds of the decision.
    ///   - policy: targets, thresholds and ridge.
    /// - Throws: `EqualizerFitError`, or what the stream throws.
    public static func fit(
        tapCount: Int, feedbackCount: Int, order: Int, to stream: TrainingStream,
        policy: RegressionPolicy = .standard
    ) throws -> DecisionFeedbackEqualizer {
        precondition(feedbackCount >= 0)
        let window = TapWindow(tapCount: tapCount)
        let levels = RegressionPolicy.indexLevels(order: order)
        var padded: [Double] = []
        let weights = try RegressionFit.weights(
            of: stream, order: order, policy: policy, regressors: tapCount + 1 + feedbackCount
        ) { block, start, columns, result in
            if start == 0 { padded = window.padded(block.received) }
            padded.withUnsafeBufferPointer {
                _ = VolterraRegressors.fill(
                    padded: $0.baseAddress! + start, memory: tapCount, 0, 0, columns: columns,
                    into: result)
            }
            for j in 0..<feedbackCount {
                let row = result + (tapCount + 1 + j) * columns
                for n in 0..<columns {
                    row[n] = levels[Int(past(block.symbols, before: start + n, by: j + 1))]
                }
            }
        }
        let taps = Array(weights[1...tapCount])
        let feedback = Array(weights[(tapCount + 1)...])
        let decision = try RegressionFit.decision(
            over: stream, order: order, policy: policy
        ) { block in
            var outputs = [Double](repeating: weights[0], count: block.symbols.count)
            _ = DenseWeightedRows.accumulate(
                rows: window.padded(block.received), rowStride: 1, weights: taps,
                rowCount: tapCount, into: &outputs, columns: outputs.count)
            for n in outputs.indices {
                for j in 0..<feedbackCount {
                    outputs[n] +=
                        feedback[j] * levels[Int(past(block.symbols, before: n, by: j + 1))]
                }
            }
            return outputs
        }
        return DecisionFeedbackEqualizer(
            taps: taps, feedback: feedback, constant: weights[0], decision: decision)
    }

    /// The symbol `distance` before n of a circular block.
    private static func past(_ symbols: [UInt8], before n: Int, by distance: Int) -> UInt8 {
        let count = symbols.count
        return symbols[(n + count - distance % count) % count]
    }
}
