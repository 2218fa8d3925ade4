/// When the services of a plasticity processor run: earliest deadline first, without preemption.
///
/// Each timer is due at start + k period, k = 0 ..< count, and its deadline is the next due time. A
/// running service is not interrupted. Periods that elapse while a service cannot run are skipped and
/// counted, never made up for in a burst. Times are in PPU cycles of 4 ns.
/// Source: scheduling of the public PPU library (libnux).
public struct DeadlineScheduler: Sendable {
    /// A service and when it is wanted.
    public struct Timer: Sendable, Hashable, Codable {
        public var start: Int
        public var period: Int
        public var count: Int
        /// - Precondition: a start that is not negative, a positive period and count.
        public init(start: Int, period: Int, count: Int) {
            precondition(start >= 0 && period > 0 && count > 0)
            self.start = start
            self.period = period
            self.count = count
        }
    }

    /// One run of a service.
    public struct Execution: Sendable, Hashable {
        public var timer: Int
        /// Which of its periods, from 0.
        public var period: Int
        /// When it began, and how long it took.
        public var start: Int
        public var cycles: Int
    }

    public let timers: [Timer]
    /// Periods that were skipped, by timer.
    public private(set) var missed: [Int]
    /// Executions so far; the last one may still be running.
    public private(set) var executions: [Execution] = []
    private var next: [Int]
    private var now = 0

    public init(_ timers: [Timer]) {
        self.timers = timers
        missed = Array(repeating: 0, count: timers.count)
        next = missed
    }

    /// Begins the next service, or nil when all timers have ended.
    ///
    /// - Precondition: the last one has been finished.
    public mutating func begin() -> Execution? {
        while true {
            // What has elapsed altogether is over.
            for (index, timer) in timers.enumerated() {
                while next[index] < timer.count,
                    timer.start + (next[index] + 1) * timer.period <= now
                {
                    next[index] += 1
                    missed[index] += 1
                }
            }
            let open = timers.indices.filter { next[$0] < timers[$0].count }
            func due(_ index: Int) -> Int {
                timers[index].start + next[index] * timers[index].period
            }
            let ready = open.filter { due($0) <= now }
            guard
                let chosen = ready.min(by: {
                    (due($0) + timers[$0].period, $0) < (due($1) + timers[$1].period, $1)
                })
            else {
                guard let first = open.map(due).min() else { return nil }
                now = first
                continue
            }
            let execution = Execution(
                timer: chosen, period: next[chosen], start: now, cycles: 0)
            executions.append(execution)
            next[chosen] += 1
            return execution
        }
    }

    /// Ends the service that was begun.
    public mutating func finish(cycles: Int) {
        executions[executions.count - 1].cycles = max(0, cycles)
        now += max(0, cycles)
    }

    /// Runs all timers to their end.
    ///
    /// - Parameter service: runs the service of a timer in one of its periods, and says how many
    ///   cycles it took; called in order of time.
    public init(_ timers: [Timer], service: (_ timer: Int, _ period: Int, _ start: Int) -> Int) {
        self.init(timers)
        while let execution = begin() {
            finish(cycles: service(execution.timer, execution.period, execution.start))
        }
    }
}
