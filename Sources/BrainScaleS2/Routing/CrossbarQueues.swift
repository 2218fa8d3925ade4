/// The crossbar in time: each output forwards one event per tick of 8 ns, each input waits in a queue
/// of its own, and what finds a full queue is dropped and counted.
///
/// An input's event goes to every output whose node it passes, at the first tick at which all of them
/// are free; inputs take turns from the lowest. Queue length and arbitration are not public: sixteen
/// entries and a fixed order are estimates; that drops are counted per input is documented (16-bit
/// counters of the public headers).
public struct CrossbarQueues: Sendable {
    /// An event waiting or delivered.
    public struct Event: Sendable, Hashable {
        public var tick: Int
        public var label: UInt16
        public init(tick: Int, label: UInt16) {
            self.tick = tick
            self.label = label
        }
    }

    /// A delivered event.
    public struct Delivery: Sendable, Hashable {
        public var tick: Int
        public var output: CrossbarOutput
        public var label: UInt16
    }

    /// Entries of an input's queue.
    public static let queueLength = 16

    /// Events that found their queue full, by input; each stops at 65 535.
    public private(set) var dropCounters = [UInt16](repeating: 0, count: CrossbarInput.count)
    /// Events that left, by output.
    public private(set) var outputCounters = [Int](repeating: 0, count: CrossbarOutput.count)

    /// Nodes by input.
    private let nodes: [[(output: Int, node: Crossbar.Node)]]
    /// Events by input in order of time, of which those before `waiting` are gone, those before
    /// `arrived` wait in the queue, and the rest is to come.
    private var events = [[Event]](repeating: [], count: CrossbarInput.count)
    private var waiting = [Int](repeating: 0, count: CrossbarInput.count)
    private var arrived = [Int](repeating: 0, count: CrossbarInput.count)
    private var tick = 0

    /// - Parameter nodes: those that are configured; others drop everything.
    /// - Precondition: only nodes that exist are configured.
    public init(nodes: [CrossbarInput: [CrossbarOutput: Crossbar.Node]]) {
        for (input, outputs) in nodes {
            precondition(
                outputs.keys.allSatisfy { Crossbar.hasNode(from: input, to: $0) },
                "no node leads there")
        }
        self.nodes = CrossbarInput.all.map { input in
            (nodes[input] ?? [:]).sorted { $0.key < $1.key }.map { ($0.key.index, $0.value) }
        }
    }

    /// Drops by input, where there were any.
    public var drops: [CrossbarInput: UInt16] {
        Dictionary(
            uniqueKeysWithValues: CrossbarInput.all.compactMap { input in
                dropCounters[input.index] > 0 ? (input, dropCounters[input.index]) : nil
            })
    }

    /// Announces an event.
    ///
    /// - Precondition: not before the last one of the same input, nor before what has been run.
    public mutating func offer(_ input: CrossbarInput, tick: Int, label: UInt16) {
        let i = input.index
        precondition(tick >= max(self.tick, events[i].last?.tick ?? 0), "events come in order")
        if waiting[i] == events[i].count {
            events[i].removeAll(keepingCapacity: true)
            waiting[i] = 0
            arrived[i] = 0
        }
        events[i].append(Event(tick: tick, label: label))
    }

    /// The next tick at which something can happen, nil when nothing waits or is announced.
    public var nextActivity: Int? {
        var next: Int?
        for i in events.indices where waiting[i] < events[i].count {
            let due = waiting[i] < arrived[i] ? tick : max(tick, events[i][arrived[i]].tick)
            if due < next ?? .max { next = due }
        }
        return next
    }

    /// Runs until a tick; deliveries before it are appended in order of time and input.
    public mutating func run(until end: Int, into deliveries: inout [Delivery]) {
        while let next = nextActivity, next < end {
            tick = next
            var taken: UInt32 = 0
            for i in events.indices where waiting[i] < events[i].count {
                accept(i)
                guard waiting[i] < arrived[i] else { continue }
                let event = events[i][waiting[i]]
                var targets: UInt32 = 0
                for (output, node) in nodes[i] where node.passes(event.label) {
                    targets |= 1 << output
                }
                guard taken & targets == 0 else { continue }
                taken |= targets
                waiting[i] += 1
                while targets != 0 {
                    let output = targets.trailingZeroBitCount
                    targets &= targets - 1
                    outputCounters[output] += 1
                    deliveries.append(
                        Delivery(
                            tick: tick, output: CrossbarOutput(output), label: event.label))
                }
            }
            tick += 1
        }
        tick = max(tick, end)
    }

    /// Takes what arrives at this tick into the queue, or counts it as dropped.
    private mutating func accept(_ i: Int) {
        while arrived[i] < events[i].count, events[i][arrived[i]].tick <= tick {
            if arrived[i] - waiting[i] < Self.queueLength {
                arrived[i] += 1
            } else {
                events[i].remove(at: arrived[i])
                dropCounters[i] = min(dropCounters[i], .max - 1) + 1
            }
        }
    }

    /// Runs until a tick with the events that arrive, by input, in order of time.
    ///
    /// - Returns: deliveries before `end`.
    public mutating func run(
        until end: Int, arriving events: [CrossbarInput: [Event]]
    ) -> [Delivery] {
        for (input, list) in events {
            for event in list { offer(input, tick: event.tick, label: event.label) }
        }
        var deliveries: [Delivery] = []
        run(until: end, into: &deliveries)
        return deliveries
    }
}
