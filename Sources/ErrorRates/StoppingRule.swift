/// When a bit error rate is measured well enough.
///
/// Whole blocks are counted until there are enough errors or too many bits. Stopping by errors
/// makes the rate errors / bits slightly too high, by a relative 1 / errors at most: 0.05 % for
/// 2000 errors, far inside the interval.
public struct StoppingRule: Sendable, Hashable, Codable {
    public let minimumBitErrors: Int
    public let maximumBits: Int

    public init(minimumBitErrors: Int, maximumBits: Int) {
        precondition(minimumBitErrors > 0 && maximumBits > 0, "a rule counts something")
        self.minimumBitErrors = minimumBitErrors
        self.maximumBits = maximumBits
    }

    private enum CodingKeys: String, CodingKey {
        case minimumBitErrors = "minimum_bit_errors"
        case maximumBits = "maximum_bits"
    }

    /// Why counting ended.
    public enum Outcome: String, Sendable, Hashable, Codable {
        case enoughErrors = "enough_errors"
        case bitLimit = "bit_limit"
    }

    /// What the rule says of a count; nil to go on.
    public func outcome(of count: BitErrorCount) -> Outcome? {
        if count.bitErrors >= minimumBitErrors { return .enoughErrors }
        return count.bits >= maximumBits ? .bitLimit : nil
    }
}

/// Counting under a stopping rule, block after block in the order of their indices.
///
/// Blocks past the end are not counted: several may be computed at a time and appended in order,
/// and the total is the same for any number of threads.
public struct BlockwiseErrorCount: Sendable, Hashable, Codable {
    public let rule: StoppingRule
    public private(set) var total = BitErrorCount()
    /// Blocks counted so far, and the index of the next one to append.
    public private(set) var blocks = 0

    public init(rule: StoppingRule) { self.rule = rule }

    public var outcome: StoppingRule.Outcome? { rule.outcome(of: total) }
    public var isFinished: Bool { outcome != nil }

    /// Appends the next block.
    ///
    /// - Returns: whether it was counted; false once the rule is met.
    @discardableResult
    public mutating func append(_ block: BitErrorCount) -> Bool {
        guard !isFinished else { return false }
        total += block
        blocks += 1
        return true
    }
}
