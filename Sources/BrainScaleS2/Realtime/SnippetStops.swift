/// When a snippet stops for something other than events.
struct SnippetStops {
    private let writes: [(tick: Int, write: Snippet.WeightWrite)]
    private let end: Int
    private let cadc: CADCSchedule?
    private let madc: MADCRecorder?
    /// The next sample of the MADC.
    private var fastSample = 0
    private var last = -1

    init(
        _ snippet: Snippet, _ start: Int, _ end: Int, _ cadc: CADCSchedule?, _ madc: MADCRecorder?
    ) {
        writes = snippet.writes.map { (start + ChipTime.ticks($0.time), $0) }
            .sorted { $0.tick < $1.tick }
        self.end = end
        self.cadc = cadc
        self.madc = madc
        last = start - 1
        if let madc {
            let from = max(start, ChipTime.ticks(madc.start) + MADCRecorder.invalidTicks)
            while fastSample < madc.sampleCount, madc.tick(of: fastSample) < from {
                fastSample += 1
            }
        }
    }

    /// The next stop, the end of the snippet at the latest; nil after that.
    mutating func next(_ processors: Int?) -> Int? {
        guard last < end else { return nil }
        var stop = end
        if let processors { stop = min(stop, max(processors, last)) }
        if let write = writes.first(where: { $0.tick > last }) { stop = min(stop, write.tick) }
        if let cadc {
            let k = max(0, (last - cadc.firstTick + cadc.intervalTicks) / cadc.intervalTicks)
            let tick = cadc.firstTick + k * cadc.intervalTicks
            stop = min(stop, tick > last ? tick : tick + cadc.intervalTicks)
        }
        if let madc {
            while fastSample < madc.sampleCount, madc.tick(of: fastSample) <= last {
                fastSample += 1
            }
            if fastSample < madc.sampleCount { stop = min(stop, madc.tick(of: fastSample)) }
        }
        last = stop
        return stop
    }

    /// The channel that the MADC samples at a tick.
    func fastChannel(at tick: Int) -> Int? {
        guard let madc, fastSample < madc.sampleCount, madc.tick(of: fastSample) == tick else {
            return nil
        }
        return fastSample % madc.channels.count
    }

    func writes(at tick: Int) -> [Snippet.WeightWrite] {
        writes.filter { $0.tick == tick }.map(\.write)
    }

    func converts(at tick: Int) -> Bool {
        guard let cadc else { return false }
        return tick >= cadc.firstTick && (tick - cadc.firstTick) % cadc.intervalTicks == 0
    }
}
