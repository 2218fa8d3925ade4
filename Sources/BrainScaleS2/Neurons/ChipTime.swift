public import PhysicalQuantities

/// The time grid of events: 8 ns at the 125 MHz of the event network.
public enum ChipTime {
    public static let tickInMicroseconds = 0.008
    public static let ticksPerMicrosecond = 125

    /// The nearest tick.
    public static func ticks(_ span: TimeSpan) -> Int {
        Int((span.seconds * 125e6).rounded())
    }

    /// The index of a tick on a coarser grid: round(t / dt).
    public static func denseIndex(tick: Int, step: TimeSpan) -> Int {
        Int((Double(tick) * 8e-9 / step.seconds).rounded())
    }
}

/// A refractory period as the chip counts it: N periods of a clock of 250 MHz / 2^(scale + 1).
///
/// Source: refractory clock and counter of the neuron backend.
public struct RefractoryPeriod: Sendable, Hashable, Codable {
    /// Clock scale 0...15.
    public let clockScale: Int
    /// Counts 0...255.
    public let count: Int

    public init(clockScale: Int, count: Int) {
        precondition((0...15).contains(clockScale) && (0...255).contains(count))
        self.clockScale = clockScale
        self.count = count
    }

    /// The fastest clock whose counter holds int(time * f) + 1.
    public init(target: TimeSpan) {
        for scale in 0...15 {
            let frequency = 125e6 / Double(1 << scale)
            let count = Int(target.seconds * frequency + 1e-9) + 1
            if count <= 255 {
                self.init(clockScale: scale, count: count)
                return
            }
        }
        self.init(clockScale: 15, count: 255)
    }

    /// The period in ticks of 8 ns; every refractory clock divides the event clock.
    public var ticks: Int { count << clockScale }
    public var time: TimeSpan { .seconds(Double(ticks) * 8e-9) }

    /// How many counts the reset switch stays closed: it opens 31 - 2 H counts before the end, H the
    /// hold-off 0...15; nil where the period is shorter than that, and the chip never sees the match.
    public func resetCounts(holdOff: Int) -> Int? {
        precondition((0...15).contains(holdOff), "four bits")
        let opening = 0x1F - 2 * holdOff
        return count >= opening ? count - opening : nil
    }
}

/// The 8-bit spike counter of a neuron: it stops at 255 and says so.
public struct SpikeCounter: Sendable, Hashable, Codable {
    public let value: UInt8
    public let hasOverflowed: Bool
    public init(counting spikes: Int) {
        value = UInt8(min(spikes, 255))
        hasOverflowed = spikes > 255
    }
}
