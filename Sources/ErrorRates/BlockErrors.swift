import RealModule

/// The bit errors of each block of a counted stream, in order.
///
/// Errors that come together make a rate less certain than as many apart. Were they independent,
/// the errors of equal blocks would scatter as a binomial distribution: variance = mean (1 - rate).
/// The ratio of the two, the index of dispersion, is 1 then, with a standard error of
/// sqrt(2 / (blocks - 1)); the interval of the rate is the square root of it times as wide.
///
/// Source: Fisher's index of dispersion; Cox and Lewis, "The Statistical Analysis of Series of
/// Events", 1966.
public struct BlockErrors: Sendable, Hashable {
    public let bitsPerBlock: Int
    public private(set) var errors: [Int]

    public init(bitsPerBlock: Int, errors: [Int] = []) {
        precondition(bitsPerBlock > 0 && errors.allSatisfy { $0 >= 0 && $0 <= bitsPerBlock })
        self.bitsPerBlock = bitsPerBlock
        self.errors = errors
    }

    public mutating func append(_ count: Int) {
        precondition(count >= 0 && count <= bitsPerBlock)
        errors.append(count)
    }

    public var total: Int { errors.reduce(0, +) }

    /// Variance over that of independent errors, and its standard error were they independent; nil
    /// with fewer than two blocks or no errors.
    public var dispersion: (index: Double, standardError: Double)? {
        let n = Double(errors.count)
        let mean = Double(total) / n
        guard errors.count >= 2, mean > 0, mean < Double(bitsPerBlock) else { return nil }
        let variance =
            errors.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / (n - 1)
        return (
            variance / (mean * (1 - mean / Double(bitsPerBlock))), (2 / (n - 1)).squareRoot()
        )
    }

    /// Whether blocks scatter more than independent errors would, beyond two standard errors: by
    /// chance so in one of forty streams.
    public var isOverdispersed: Bool {
        dispersion.map { $0.index > 1 + 2 * $0.standardError } ?? false
    }

    /// The 95 % interval of the bit error rate by the scatter of the blocks, log-normal:
    /// rate exp(+-1.96 sqrt(index / errors)); nil where there is no index.
    public var rateInterval: ClosedRange<Double>? {
        guard let dispersion else { return nil }
        let rate = Double(total) / (Double(errors.count) * Double(bitsPerBlock))
        let width = 1.96 * (dispersion.index / Double(total)).squareRoot()
        return rate * Double.exp(-width)...rate * Double.exp(width)
    }

    // MARK: - As text

    /// Counts by block, separated by spaces, runs written `count*times`: `3 0*12 1`.
    public var text: String {
        var words: [String] = []
        var start = 0
        while start < errors.count {
            var end = start
            while end < errors.count && errors[end] == errors[start] { end += 1 }
            words.append(end - start > 1 ? "\(errors[start])*\(end - start)" : "\(errors[start])")
            start = end
        }
        return words.joined(separator: " ")
    }

    /// Largest number of blocks that a text may stand for.
    private static let largestCount = 10_000_000

    /// - Returns: nil if the text is not one of counts.
    public init?(bitsPerBlock: Int, text: String) {
        guard bitsPerBlock > 0 else { return nil }
        var errors: [Int] = []
        for word in text.split(separator: " ") {
            let parts = word.split(separator: "*", omittingEmptySubsequences: false)
            guard parts.count <= 2, let count = Int(parts[0]), count >= 0, count <= bitsPerBlock,
                let times = parts.count == 2 ? Int(parts[1]) : 1, times >= 1,
                times <= Self.largestCount - errors.count
            else { return nil }
            errors += repeatElement(count, count: times)
        }
        self.init(bitsPerBlock: bitsPerBlock, errors: errors)
    }
}
