import BrainScaleS2
import Testing

/// Cycles of 4 ns: 250 000 are a millisecond.
@Suite struct DeadlineSchedulerTests {
    private let millisecond = 250_000

    /// Start 1 ms, period 1 ms, 64 times, half a millisecond each: 64 runs at 1...64 ms.
    @Test func shortServicesKeepTheirPeriods() {
        let schedule = DeadlineScheduler([
            .init(start: millisecond, period: millisecond, count: 64)
        ]) { _, _, _ in millisecond / 2 }
        #expect(schedule.executions.map(\.start) == (1...64).map { $0 * millisecond })
        #expect(schedule.missed == [0])
    }

    /// 2.5 ms each: periods are skipped, never two runs at once to catch up.
    @Test func longServicesSkipPeriodsWithoutABurst() {
        let schedule = DeadlineScheduler([
            .init(start: millisecond, period: millisecond, count: 64)
        ]) { _, _, _ in 5 * millisecond / 2 }
        #expect(schedule.executions.count + schedule.missed[0] == 64)
        #expect(schedule.missed[0] > 30)
        for (a, b) in zip(schedule.executions, schedule.executions.dropFirst()) {
            #expect(b.start >= a.start + a.cycles)
            // Each run belongs to the period it starts in.
            #expect(b.start >= (b.period + 1) * millisecond)
            #expect(b.start < (b.period + 2) * millisecond)
        }
    }

    /// Of two that are due, the one with the earlier deadline goes first.
    @Test func theEarlierDeadlineGoesFirst() {
        let schedule = DeadlineScheduler([
            .init(start: 0, period: 1000, count: 2), .init(start: 0, period: 300, count: 6),
        ]) { _, _, _ in 100 }
        #expect(schedule.executions.prefix(2).map(\.timer) == [1, 0])
        #expect(schedule.missed == [0, 0])
        #expect(schedule.executions.count == 8)
    }

    @Test func aServiceIsNotInterrupted() {
        let schedule = DeadlineScheduler([
            .init(start: 0, period: 10_000, count: 1), .init(start: 10, period: 100, count: 20),
        ]) { timer, _, _ in timer == 0 ? 1050 : 1 }
        #expect(schedule.executions[0].timer == 0)
        #expect(schedule.executions[1].start == 1050)
        // Ten periods of 100 ended meanwhile.
        #expect(schedule.missed == [0, 10])
    }
}
