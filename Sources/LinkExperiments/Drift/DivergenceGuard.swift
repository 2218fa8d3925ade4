/// Watches a receiver that learns from its own decisions, by what it can see without pilots.
///
/// Two signs of a stretch of symbols, both functions of its decisions alone:
/// - doubt, the share of decisions whose lead over the next output is below a limit: where errors are
///   rare they are doubtful decisions first, and a receiver that fits its link less well has more;
/// - balance, chi^2 = sum over symbols c of (n_c - n / M)^2 / (n / M), which for a scrambled stream has
///   M - 1 degrees of freedom: a receiver that confuses levels decides on some too often.
///
/// A stretch is bad when its doubt is above `excess` times the reference by more than three standard
/// deviations, or its balance above `largestImbalance`. The reference is a running mean of good
/// stretches that falls at once but rises by at most `growth` of itself with every stretch: a link may
/// get worse, slowly.
public struct DivergenceGuard: Sendable {
    /// Ratio of doubts.
    public var excess: Double
    /// chi^2 of decisions. An even stream of four symbols exceeds 100 with a probability of 10^-21;
    /// receivers that err more on some symbols than on others need the room.
    public var largestImbalance = 100.0
    public var growth = 0.002
    /// Doubt of good stretches; nil before the first.
    public private(set) var reference: Double?

    public init(excess: Double = 1.5) { self.excess = excess }

    /// Takes note of a stretch with pilots, which is good whatever its doubt: pilots say what is right.
    public mutating func observe(total: Int, doubtful: Int) {
        guard total > 0 else { return }
        let doubt = Double(doubtful) / Double(total)
        reference = reference.map { $0 + (doubt - $0) / 8 } ?? doubt
    }

    /// Whether a stretch without pilots is good.
    ///
    /// - Parameters:
    ///   - counts: decisions on each symbol.
    ///   - doubtful: decisions with a small lead.
    public mutating func isGood(counts: [Int], doubtful: Int) -> Bool {
        let total = counts.reduce(0, +)
        guard total > 0 else { return true }
        let even = Double(total) / Double(counts.count)
        let imbalance = counts.reduce(0.0) {
            $0 + (Double($1) - even) * (Double($1) - even) / even
        }
        let doubt = Double(doubtful) / Double(total)
        let known = reference ?? doubt
        // One doubtful decision more than none is no sign.
        let expected = max(known, 1 / Double(total))
        let deviation = (expected * (1 - min(expected, 1)) / Double(total)).squareRoot()
        let isGood =
            imbalance <= largestImbalance && doubt <= excess * expected + 3 * deviation
        let mean = isGood ? known + (doubt - known) / 8 : .infinity
        reference = min(mean, known * (1 + growth))
        return isGood
    }
}
