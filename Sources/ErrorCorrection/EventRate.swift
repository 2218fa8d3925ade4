import ErrorRates

/// Counted events among trials, with exact bounds of their probability.
public struct EventRate: Sendable, Hashable, Codable {
    public let events: Int
    public let trials: Int

    public init(events: Int, trials: Int) {
        precondition(events >= 0 && events <= trials, "events are among the trials")
        self.events = events
        self.trials = trials
    }

    /// Events per trial; zero without trials.
    public var rate: Double { trials == 0 ? 0 : Double(events) / Double(trials) }

    /// The two-sided Clopper-Pearson interval; see `BinomialInterval`.
    public func confidenceInterval(level: Double = 0.95) -> ClosedRange<Double> {
        BinomialInterval.exact(successes: events, trials: trials, level: level)
    }

    /// What the probability does not exceed with the given confidence, one-sided: without events
    /// 1 - (1 - confidence)^(1 / trials), about 3 / trials at 95 %.
    public func upperBound(confidence: Double = 0.95) -> Double {
        precondition(confidence > 0.5 && confidence < 1, "a confidence between 1/2 and 1")
        return BinomialInterval.exact(
            successes: events, trials: trials, level: 2 * confidence - 1
        ).upperBound
    }
}
