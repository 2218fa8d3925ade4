public import Modulation
package import NumericKernels

/// How a sequence detector searches its trellis.
public enum SequenceSearch: String, Sendable, Hashable, Codable, CaseIterable {
    /// The likeliest sequence; scores say only which symbol it has.
    case viterbi
    /// For each symbol and value the likeliest sequence that has it: the max-log form of the
    /// algorithm of Bahl, Cocke, Jelinek and Raviv (1974). Decisions are those of `viterbi`.
    case maxLog = "max-log"
}

/// A sequence detector whose branches are the contents of a window of symbols.
///
/// It takes a received sample for the mean of its window (`WindowMeans`) plus white Gaussian noise
/// and looks for the likeliest sequences of symbols, over all of their samples; what symbols
/// beyond the window do is part of the noise. The window has the sample's symbol in its middle.
/// State: window - 1 symbols. Work per symbol, one pass: M^window branches, each a subtraction, a
/// multiply-accumulate and a comparison. `maxLog` takes a pass forward and one backward.
///
/// Scores are log likelihoods: -min over sequences of sum (sample - mean)^2 / (2 variance), up to a
/// constant for each symbol. Those of `viterbi` are 0 for the decision and -1 for the others.
///
/// A block is circular: the search runs over 4 x window symbols before it without decisions, and
/// looks as far ahead of each stretch of symbols that it decides; that is work, and counted.
public struct WindowSequenceDetector: SymbolDetector, Hashable, Codable {
    public let means: WindowMeans
    public let search: SequenceSearch

    public init(means: WindowMeans, search: SequenceSearch) {
        self.means = means
        self.search = search
    }

    public var window: Int { means.window }
    /// Samples that a symbol enters. Through its neighbors, further ones take part.
    public var tapCount: Int { means.window }
    /// Means and variance.
    public var parameterCount: Int { means.means.count + 1 }

    public func detect(_ received: [Double]) -> Detection {
        detect(received, arithmetic: .vector)
    }

    /// The same decisions and scores, to be timed.
    package func detect(
        _ received: [Double], arithmetic: SequenceTrellis.Arithmetic
    ) -> Detection {
        let passes = TrellisPasses(
            order: means.order, window: window, arithmetic: arithmetic)
        let scale = 1 / (2 * means.variance).squareRoot()
        return passes.detect(
            received.map { Float($0 * scale) }, gains: nil,
            table: passes.table(means.means, scale: scale), search: search)
    }

    /// Learns the means of a stream.
    ///
    /// - Parameters:
    ///   - window: symbols in a window; odd.
    ///   - levels: transmitted level of each symbol index, in any units.
    ///   - stream: read twice.
    /// - Throws: `EqualizerFitError`, or what the stream throws.
    public static func fit(
        window: Int, levels: [Double], search: SequenceSearch, to stream: TrainingStream
    ) throws -> WindowSequenceDetector {
        WindowSequenceDetector(
            means: try WindowMeans.learn(window: window, levels: levels, from: stream),
            search: search)
    }
}
