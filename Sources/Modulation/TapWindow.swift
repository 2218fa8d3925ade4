/// The received samples around each symbol of a circular block.
public struct TapWindow: Sendable, Hashable {
    /// Number of samples in a window; odd, the symbol's own sample in the middle.
    public let tapCount: Int

    public init(tapCount: Int) {
        precondition(tapCount > 0 && tapCount % 2 == 1, "a tap window is odd")
        self.tapCount = tapCount
    }

    /// The block with tapCount/2 samples wrapped around both ends, so that the window of symbol k
    /// is the run of `tapCount` elements that starts at k. A block shorter than the window wraps
    /// as often as needed.
    public func padded<Element>(_ block: [Element]) -> [Element] {
        let half = tapCount / 2
        let n = block.count
        guard n > 0 else { return [] }
        var result: [Element] = []
        result.reserveCapacity(n + 2 * half)
        for i in -half..<n + half { result.append(block[((i % n) + n) % n]) }
        return result
    }
}
