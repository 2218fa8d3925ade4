/// An analog parameter cell in time: what was written, and whether it has settled.
///
/// Writing takes 20 ms to act (waiting time of the public calibration; the public execution waits 100 ms
/// after a first configuration). Raw value 1023 ends the refresh: the cell then holds no defined value.
public struct CapMemCell: Sendable, Hashable, Codable {
    public enum Content: Sendable, Hashable, Codable {
        case code(CapMemCode)
        case refreshDisabled
    }

    public let content: Content
    /// Tick of the write.
    public let written: Int

    /// Ticks of 8 ns from a write to its effect: 20 ms.
    public static let settlingTicks = 2_500_000

    /// - Returns: nil for a raw value above 1023.
    public init?(raw value: Int, written tick: Int) {
        if value == 1023 {
            content = .refreshDisabled
        } else if let code = CapMemCode(checking: value) {
            content = .code(code)
        } else {
            return nil
        }
        written = tick
    }

    /// Whether what was written acts.
    public func isSettled(at tick: Int) -> Bool {
        content != .refreshDisabled && tick - written >= Self.settlingTicks
    }
}
