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

    /// Nodes that are configured; others drop everything.
    public private(set) var nodes: [CrossbarInput: [CrossbarOutput: Crossbar.Node]]
    /// Events that found their queue full, by input; stops at 65 535.
    public private(set) var drops: [CrossbarInput: UInt16] = [:]
    private var queues: [[Event]]
    private var tick = 0

    /// - Precondition: only nodes that exist are configured.
    public init(nodes: [CrossbarInput: [CrossbarOutput: Crossbar.Node]]) {
        for (input, outputs) in nodes {
            precondition(
                outputs.keys.allSatisfy { Crossbar.hasNode(from: input, to: $0) },
                "no node leads there")
        }
        self.nodes = nodes
        queues = Array(repeating: [], count: CrossbarInput.count)
    }

    /// Runs until a tick with the events that arrive, by input, in order of time.
    ///
    /// - Returns: deliveries before `end`, in order of time and input.
    public mutating func run(
        until end: Int, arriving events: [CrossbarInput: [Event]]
    ) -> [Delivery] {
        let arrivals = CrossbarInput.all.map { events[$0] ?? [] }
        for list in arrivals {
            precondition(zip(list, list.dropFirst()).allSatisfy { $0.tick <= $1.tick })
        }
        var next = [Int](repeating: 0, count: CrossbarInput.count)
        var deliveries: [Delivery] = []
        while tick < end {
            let waiting = queues.contains { !$0.isEmpty }
            if !waiting {
                // Nothing happens until the next arrival.
                let upcoming = arrivals.indices.compactMap { i in
                    next[i] < arrivals[i].count ? arrivals[i][next[i]].tick : nil
                }.min()
                guard let upcoming, upcoming < end else { break }
                tick = max(tick, upcoming)
            }
            for i in arrivals.indices {
                while next[i] < arrivals[i].count, arrivals[i][next[i]].tick <= tick {
                    let event = arrivals[i][next[i]]
                    next[i] += 1
                    if queues[i].count < Self.queueLength {
                        queues[i].append(event)
                    } else {
                        let input = CrossbarInput(i)
                        drops[input] = min(drops[input] ?? 0, .max - 1) + 1
                    }
                }
            }
            var taken = Set<CrossbarOutput>()
            for i in queues.indices {
                guard let event = queues[i].first else { continue }
                let targets = (nodes[CrossbarInput(i)] ?? [:]).filter {
                    $0.value.passes(event.label)
                }.keys.sorted()
                guard targets.allSatisfy({ !taken.contains($0) }) else { continue }
                queues[i].removeFirst()
                for output in targets {
                    taken.insert(output)
                    deliveries.append(Delivery(tick: tick, output: output, label: event.label))
                }
            }
            tick += 1
        }
        tick = max(tick, end)
        return deliveries
    }
}
