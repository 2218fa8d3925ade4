public import PhysicalQuantities

/// When the CADC converts, in ticks of 8 ns from the start of a trial.
public struct CADCSchedule: Sendable, Hashable, Codable {
    public let firstTick: Int
    public let intervalTicks: Int

    /// The shortest interval between conversions: 1.7 us, in ticks.
    public static let shortestInterval = 213

    /// - Precondition: the interval is at least 1.7 us, the first conversion not before the start.
    public init(first: TimeSpan = .microseconds(0), interval: TimeSpan = .microseconds(2)) {
        firstTick = ChipTime.ticks(first)
        intervalTicks = ChipTime.ticks(interval)
        precondition(firstTick >= 0, "conversions begin with the trial at the earliest")
        precondition(
            intervalTicks >= Self.shortestInterval, "a conversion takes at least 1.7 us")
    }

    /// Time stamps of the conversions before the end of a trial.
    public func ticks(duration: Int) -> [Int] {
        Array(stride(from: firstTick, to: duration, by: intervalTicks))
    }
}

/// What happens between trials: neurons are reset, synaptic currents only decay.
public enum TrialSeparation: Sendable, Hashable, Codable {
    /// Wait until everything has settled: eight of the longest target time constants, a residue
    /// below 4e-4. The next trial starts exactly at rest, so trials do not depend on each other.
    case settled
    /// Wait this long; membranes relax from their reset potential, currents keep what is left.
    /// Trials of one call then depend on their predecessors, and its first one starts at rest.
    case gap(TimeSpan)
}

/// The time course that all trials of an emulation share.
public struct TrialPlan: Sendable, Hashable, Codable {
    public let duration: TimeSpan
    public let cadc: CADCSchedule
    public let separation: TrialSeparation

    /// - Precondition: 1 tick <= duration <= 8 s (times are 32-bit ticks with room to add).
    public init(
        duration: TimeSpan, cadc: CADCSchedule = CADCSchedule(),
        separation: TrialSeparation = .settled
    ) {
        let ticks = ChipTime.ticks(duration)
        precondition(ticks >= 1 && ticks <= 1_000_000_000, "a trial takes from 8 ns to 8 s")
        self.duration = duration
        self.cadc = cadc
        self.separation = separation
    }
}
