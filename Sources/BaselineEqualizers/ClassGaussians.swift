import Modulation
import NumericKernels
import RealModule

/// What an equalizer's scalar output z says of the sent symbol.
///
/// A symbol's score is a log likelihood, up to a constant common to all:
/// score[c] = offset[c] - (z - mean[c])^2 / (2 variance[c]).
/// The highest score decides, so decision and scores never contradict each other. The offsets are
/// such that the scores of neighbors cross at the threshold between them: were the outputs
/// normal, that would be near offset = -log(standard deviation); as they are not, the thresholds
/// are taken where the errors counted in training are fewest. A nonlinear equalizer needs this:
/// it bends even Gaussian noise.
public struct ClassGaussians: Sendable, Hashable, Codable {
    /// Mean output for each symbol index.
    public let means: [Double]
    /// Standard deviation of the output for each symbol index; positive.
    public let standardDeviations: [Double]
    /// Output at which the decision changes from each symbol to the next; one less than symbols.
    public let thresholds: [Double]

    /// - Precondition: 2...256 means, as many deviations, thresholds between them, all finite,
    ///   deviations positive.
    public init(means: [Double], standardDeviations: [Double], thresholds: [Double]) {
        precondition(
            Self.isValid(means, standardDeviations, thresholds), "needs a deviation for each mean")
        self.means = means
        self.standardDeviations = standardDeviations
        self.thresholds = thresholds
    }

    private static func isValid(
        _ means: [Double], _ deviations: [Double], _ thresholds: [Double]
    ) -> Bool {
        means.count >= 2 && means.count <= 256 && means.count == deviations.count
            && thresholds.count == means.count - 1 && thresholds.allSatisfy(\.isFinite)
            && means.allSatisfy(\.isFinite) && deviations.allSatisfy { $0 > 0 && $0.isFinite }
    }

    private enum CodingKeys: String, CodingKey {
        case means
        case standardDeviations = "standard_deviations"
        case thresholds
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        means = try container.decode([Double].self, forKey: .means)
        standardDeviations = try container.decode([Double].self, forKey: .standardDeviations)
        thresholds = try container.decode([Double].self, forKey: .thresholds)
        guard Self.isValid(means, standardDeviations, thresholds) else {
            throw DecodingError.dataCorruptedError(
                forKey: .standardDeviations, in: container,
                debugDescription: "needs a positive deviation for each of at least two means, "
                    + "and a threshold between neighbors")
        }
    }

    /// Number of symbols in the alphabet.
    public var order: Int { means.count }

    var precisions: [Double] { standardDeviations.map { 0.5 / ($0 * $0) } }

    var offsets: [Double] {
        let precisions = precisions
        var result = [-Double.log(standardDeviations[0])]
        for (c, threshold) in thresholds.enumerated() {
            let lower = threshold - means[c]
            let upper = threshold - means[c + 1]
            result.append(
                result[c] - lower * lower * precisions[c] + upper * upper * precisions[c + 1])
        }
        return result
    }

    /// Decides every symbol from its output.
    ///
    /// - Parameters:
    ///   - outputs: shape [symbol].
    ///   - operations: what was done to compute the outputs; the comparisons are added.
    func detection(outputs: [Double], after operations: OperationCounts) -> Detection {
        var result = Detection(
            symbols: [UInt8](repeating: 0, count: outputs.count),
            scores: [Float](repeating: 0, count: outputs.count * order), operations: operations)
        let comparisons = DenseGaussianScores.decide(
            outputs: outputs, count: outputs.count, means: means, precisions: precisions,
            offsets: offsets, classes: order, symbols: &result.symbols, scores: &result.scores)
        result.operations.comparisons += comparisons
        return result
    }
}
