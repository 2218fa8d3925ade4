public import Modulation
import NumericKernels

/// A linear or Volterra equalizer that goes on adapting while it receives.
///
/// It begins with fitted weights; its decision stays, as the targets of the weights do. Each symbol is
/// decided before the weights move by it.
public struct AdaptingEqualizer: Sendable {
    /// What a receiver knows of a symbol.
    public enum Lesson: Sendable, Hashable {
        /// It only decides.
        case none
        /// The sent symbol: a pilot.
        case known(UInt8)
        /// Its own decision is taken for the sent symbol.
        case decided
    }

    private enum Regressors {
        case linear(LinearEqualizer)
        case volterra(VolterraEqualizer)
    }

    private let regressors: Regressors
    private let rule: AdaptationRule
    private let decision: ClassGaussians
    /// Target of each symbol.
    private let levels: [Double]
    private let fitted: [Double]
    private var filter: AdaptiveFilter?

    /// - Parameter policy: as the equalizer was fitted.
    /// - Precondition: as many targets as symbols of the decision.
    public init(_ equalizer: LinearEqualizer, rule: AdaptationRule, policy: RegressionPolicy) {
        regressors = .linear(equalizer)
        fitted = [equalizer.constant] + equalizer.taps
        decision = equalizer.decision
        levels = policy.levels(order: equalizer.decision.order)
        self.rule = rule
    }

    public init(_ equalizer: VolterraEqualizer, rule: AdaptationRule, policy: RegressionPolicy) {
        regressors = .volterra(equalizer)
        fitted = equalizer.weights
        decision = equalizer.decision
        levels = policy.levels(order: equalizer.decision.order)
        self.rule = rule
    }

    /// Weights of the regressors, the constant first.
    public var weights: [Double] { filter?.weights ?? fitted }

    /// Decides the symbols of a circular block in their order, and learns from some of them.
    ///
    /// - Parameters:
    ///   - received: shape [symbol, sample].
    ///   - lessons: of each symbol.
    ///   - operations: work of filtering, deciding and adapting is added.
    public mutating func receive(
        _ received: [Double], lessons: [Lesson], counting operations: inout OperationCounts
    ) -> [UInt8] {
        let count = lessons.count
        let order = fitted.count
        let fill = fill(received)
        var decisions = [UInt8](repeating: 0, count: count)
        var matrix = [Double](repeating: 0, count: order * RegressionFit.chunk)
        for start in stride(from: 0, to: count, by: RegressionFit.chunk) {
            let columns = min(RegressionFit.chunk, count - start)
            matrix.withUnsafeMutableBufferPointer { buffer in
                let matrix = buffer.baseAddress!
                fill(start, columns, matrix)
                // The first symbols tell the powers.
                var adapting =
                    filter
                    ?? AdaptiveFilter(
                        rule, powers: RegressionFit.powers(matrix, order, columns), weights: fitted)
                filter = nil
                for n in 0..<columns {
                    let output = adapting.output(matrix + n, stride: columns)
                    let decided = decision.thresholds.count { $0 <= output }
                    decisions[start + n] = UInt8(decided)
                    switch lessons[start + n] {
                    case .none: continue
                    case .known(let symbol):
                        adapting.adapt(to: levels[Int(symbol)], matrix + n, stride: columns)
                    case .decided:
                        adapting.adapt(to: levels[decided], matrix + n, stride: columns)
                    }
                }
                filter = adapting
            }
        }
        let updates = lessons.count { $0 != .none }
        operations.multiplyAccumulates +=
            count * (order - 1) + updates * rule.multiplyAccumulates(weights: order)
        operations.products += count * products
        operations.comparisons += count * decision.thresholds.count
        return decisions
    }

    /// Products of samples per symbol.
    private var products: Int {
        switch regressors {
        case .linear: 0
        case .volterra(let equalizer):
            VolterraRegressors.products(
                memory: equalizer.memory.first, equalizer.memory.second, equalizer.memory.third,
                for: Array(1..<fitted.count))
        }
    }

    private func fill(_ received: [Double]) -> (Int, Int, UnsafeMutablePointer<Double>) -> Void {
        switch regressors {
        case .linear(let equalizer): equalizer.filler(received)
        case .volterra(let equalizer): equalizer.filler(received)
        }
    }
}
