/// An encoder as a plain table: for each neuron the intervals of the sample in which it fires, in
/// which step, with which weight.
public struct EncoderTable: Sendable, Hashable {
    public struct Row: Sendable, Hashable {
        public var tap: Int
        public var neuron: Int
        /// The sample lies in from..<to; infinite at the ends.
        public var from: Double
        public var to: Double
        public var step: Int
        public var value: Float
    }

    /// Ordered by tap, neuron and sample; intervals without a spike are left out.
    public private(set) var rows: [Row] = []

    public init(_ encoder: SpikeEncoder) {
        for tap in 0..<encoder.tapCount {
            let edges = [-Double.infinity] + encoder.breakpoints(tap: tap) + [.infinity]
            var open: [Int: Row] = [:]
            var found: [Row] = []
            for (from, to) in zip(edges, edges.dropFirst()) {
                let responses = encoder.responses(to: Self.inside(from, to), tap: tap)
                for (neuron, row) in open {
                    if let now = responses[neuron], now.step == row.step, now.value == row.value {
                        open[neuron]!.to = to
                    } else {
                        found.append(row)
                        open[neuron] = nil
                    }
                }
                for (neuron, now) in responses where open[neuron] == nil {
                    open[neuron] = Row(
                        tap: tap, neuron: neuron, from: from, to: to, step: now.step,
                        value: now.value)
                }
            }
            found += open.values
            rows += found.sorted { ($0.neuron, $0.from) < ($1.neuron, $1.from) }
        }
    }

    /// The table as comma-separated values with a header.
    public var commaSeparated: String {
        var text = "tap,neuron,sample_from,sample_to,step,value\n"
        for row in rows {
            text += "\(row.tap),\(row.neuron),\(row.from),\(row.to),\(row.step),\(row.value)\n"
        }
        return text
    }

    /// A sample well within an interval.
    private static func inside(_ from: Double, _ to: Double) -> Double {
        if from == -.infinity { return to == .infinity ? 0 : to - 1 }
        if to == .infinity { return from + 1 }
        return (from + to) / 2
    }
}

extension SpikeEncoder {
    /// Samples at which anything may change for one tap, ascending and distinct.
    func breakpoints(tap: Int) -> [Double] {
        var points: Set<Double> = []
        switch self {
        case .receptiveField(let fields):
            for n in tap * fields.neuronsPerTap..<(tap + 1) * fields.neuronsPerTap {
                for step in 0...fields.stepCount {
                    let distance = Double(step) / fields.stepsPerUnit[n]
                    points.insert(fields.centers[n] - distance)
                    points.insert(fields.centers[n] + distance)
                }
            }
        case .ternary(let ternary):
            let highest = (1 << ternary.bitCount) - 1
            for level in 0..<highest {
                let distance = (Double(level) + 0.5) * ternary.largest / Double(highest)
                points.insert(ternary.mean - distance)
                points.insert(ternary.mean + distance)
            }
        case .logarithmic(let logarithmic): points = logarithmic.breakpoints
        }
        return points.sorted()
    }

    /// What each neuron of a tap does for a sample.
    func responses(to sample: Double, tap: Int) -> [Int: Response] {
        let window = [Float](repeating: Float(sample), count: tapCount)
        let own = tap * neuronsPerTap..<(tap + 1) * neuronsPerTap
        return Dictionary(
            uniqueKeysWithValues: encode(window).filter { own.contains($0.input) }
                .map { ($0.input - own.lowerBound, $0) })
    }
}
