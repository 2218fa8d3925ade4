public import ErrorRates
import RandomStreams

/// How receivers that saw the same blocks differ, with intervals.
public struct ReceiverComparison: Sendable {
    /// One receiver's place under one threshold.
    public struct Entry: Sendable {
        public var label: String
        /// Noise power at which its curve crosses the threshold.
        public var crossing: PairedBootstrap.Estimate
        /// dB of noise that the best receiver bears beyond this one; nil for the best itself.
        public var behindBest: PairedBootstrap.Estimate?
    }

    /// The receivers that cross a threshold, best first.
    public struct Ranking: Sendable {
        public var threshold: Report.Threshold
        public var entries: [Entry]
    }

    public var rankings: [Ranking]
    /// Receivers left out, as they were not counted on the same blocks.
    public var leftOut: [String]
}

extension Report {
    /// Ranks the receivers counted on the stream of most of them; nil if fewer than two are, or if
    /// no record holds errors by block.
    public func comparison() -> ReceiverComparison? {
        func stream(_ record: EvaluationRecord) -> String {
            "\(record.channel["name"]?.string ?? "") \(record.stream ?? "test") \(record.seed)"
        }
        let counted = receivers.filter { receiver in
            receiver.record.points.contains { $0.blocks?.counts != nil }
        }
        let groups = Dictionary(grouping: counted) { stream($0.record) }
        guard
            let group = groups.max(by: { ($0.value.count, $1.key) < ($1.value.count, $0.key) })?
                .value, group.count >= 2
        else { return nil }
        let curves = group.map { receiver in
            PairedBootstrap.Curve(
                points: receiver.record.points.compactMap { point in
                    point.blocks?.counts.map { .init(noiseDB: point.noiseDB, blocks: $0) }
                })
        }
        let bootstrap = PairedBootstrap(
            curves, stream: RandomStream(seed: group[0].record.seed))
        let rankings = thresholds.compactMap { threshold -> ReceiverComparison.Ranking? in
            let crossing = group.indices.compactMap { index in
                bootstrap.crossing(of: index, at: threshold.ber).map { (index, $0) }
            }.sorted { $0.1.value > $1.1.value }
            guard let best = crossing.first, crossing.count >= 2 else { return nil }
            return ReceiverComparison.Ranking(
                threshold: threshold,
                entries: crossing.map { index, estimate in
                    ReceiverComparison.Entry(
                        label: group[index].label, crossing: estimate,
                        behindBest: index == best.0
                            ? nil
                            : bootstrap.advantage(of: best.0, over: index, at: threshold.ber))
                })
        }
        guard !rankings.isEmpty else { return nil }
        let labels = Set(group.map(\.label))
        return ReceiverComparison(
            rankings: rankings, leftOut: receivers.map(\.label).filter { !labels.contains($0) })
    }
}

/// Comparisons as people read them.
public enum ComparisonText {
    /// A noise level with its interval, `20.19 [20.16, 20.22]`; crossings are noise powers, levels
    /// their negatives.
    public static func level(_ crossing: PairedBootstrap.Estimate) -> String {
        let value = NumberText.plain(0 - crossing.value, decimals: 2)
        guard let interval = crossing.interval else { return value }
        return "\(value) [\(NumberText.plain(0 - interval.upperBound, decimals: 2)), "
            + "\(NumberText.plain(0 - interval.lowerBound, decimals: 2))]"
    }

    public static func difference(_ estimate: PairedBootstrap.Estimate?) -> String {
        guard let estimate else { return "best" }
        let value = NumberText.plain(estimate.value, decimals: 2)
        guard let interval = estimate.interval else { return value }
        return "\(value) [\(NumberText.plain(interval.lowerBound, decimals: 2)), "
            + "\(NumberText.plain(interval.upperBound, decimals: 2))]"
    }

    public static let note =
        "Level at which the curve crosses the threshold, and dB more than the best needs. "
        + "Brackets: 95 %, by resampling the blocks that all receivers saw alike (1000 times, the "
        + "same blocks for all), which also holds for errors that come together."

    /// One table for each threshold.
    public static func table(_ ranking: ReceiverComparison.Ranking, of report: Report) -> TextTable {
        var table = TextTable(columns: [
            .init("at \(ranking.threshold.name)", isFlexible: true),
            .init(report.levelName), .init("behind the best (dB)"),
        ])
        for entry in ranking.entries {
            table.append([entry.label, level(entry.crossing), difference(entry.behindBest)])
        }
        return table
    }
}
