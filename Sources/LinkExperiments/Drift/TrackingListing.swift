import BrainScaleS2
import Foundation
public import Reporting

/// Tables and plots of a tracking study.
public enum TrackingListing {
    public static func text(_ record: TrackingRecord, drift: Drift) -> String {
        var lines = [
            row(["chip", "static before", "static at the end", "adapting at the end", "recovery"])
        ]
        let beginning = drift.beginning
        for chip in record.chips {
            let before = 0..<(chip.windows.firstIndex { $0.symbol >= beginning } ?? 0)
            var recovery = ""
            if let end = drift.end, let found = chip.recovery(since: end) {
                recovery = String(
                    format: "%d symbols, %.0f ms", found.symbols, found.milliseconds)
            }
            lines.append(
                row([
                    "\(chip.chipSeed)",
                    before.isEmpty ? "" : interval(chip.share(before, \.staticErrors)),
                    interval(chip.share(chip.final, \.staticErrors)),
                    interval(chip.share(chip.final, \.adaptingErrors)), recovery,
                ]))
        }
        lines.append(
            "At the end: the last quarter of the symbols. Recovery: from the last change until "
                + "20 000 symbols have at most 1.3 times the rate of the last quarter; in the chip's time.")
        let windows = record.chips.flatMap(\.windows)
        let time = windows.reduce(0) { $0 + $1.hardwareNanoseconds }
        let cycles = windows.reduce(0) { $0 + $1.plasticityCycles }
        let net = record.chips.map(\.netShare).min() ?? 0
        lines.append(
            String(
                format: "%d pilots a chip; the plasticity processor is busy %.0f %% of the time, "
                    + "%d overruns; %.1f %% of the bits are net",
                record.chips.first.map { $0.windows.reduce(0) { $0 + $1.pilots } } ?? 0,
                100 * Double(cycles) * PPUCycleCosts.cycleInNanoseconds / max(time, 1),
                windows.reduce(0) { $0 + $1.overruns }, 100 * net))
        return lines.joined(separator: "\n") + "\n"
    }

    private static func interval(_ share: TrackingRecord.Chip.Share) -> String {
        String(
            format: "%.3g [%.3g, %.3g]", share.rate, share.interval.lowerBound,
            share.interval.upperBound)
    }

    private static func row(_ cells: [String]) -> String {
        zip(cells, [7, 32, 32, 32, 0]).map { cell, width in
            cell + String(repeating: " ", count: max(0, width - cell.count))
        }.joined()
    }

    /// Bit error rates over symbols, the weights' movement, and what drifts.
    public static func figures(_ record: TrackingRecord) -> [Report.Figure] {
        var figures = [Report.Figure(name: "tracking", plot: errorRates(record))]
        figures.append(
            Report.Figure(
                name: "weights",
                plot: Plot(
                    title: "Movement of the readout weights",
                    caption: "Root mean square change since the beginning, one line per chip.",
                    xAxis: .init("thousand symbols"), yAxis: .init("weight LSB"),
                    series: [
                        .init(
                            "adapting chips", .line, color: 0,
                            segments: record.chips.map { chip in
                                chip.windows.map { Plot.Point(place($0), $0.weightMovement) }
                            })
                    ])))
        guard let windows = record.chips.first?.windows else { return figures }
        let names = Set(windows.flatMap { $0.changes.keys }).sorted()
        for name in names {
            figures.append(
                Report.Figure(
                    name: "drift-" + name.replacingOccurrences(of: "_", with: "-"),
                    plot: Plot(
                        title: "Drift of " + name.replacingOccurrences(of: "_", with: " "),
                        caption: "Change since the beginning.",
                        xAxis: .init("thousand symbols"),
                        yAxis: .init(name.replacingOccurrences(of: "_", with: " ")),
                        series: [
                            .init(
                                "", .line, color: 2,
                                points: windows.map {
                                    Plot.Point(place($0), $0.changes[name] ?? 0)
                                })
                        ])))
        }
        return figures
    }

    private static func place(_ window: TrackingRecord.Window) -> Double {
        (Double(window.symbol) + Double(SymbolStreams.blockLength) / 2) / 1000
    }

    /// Pooled over chips, in at most 50 stretches, with intervals.
    private static func errorRates(_ record: TrackingRecord) -> Plot {
        let count = record.chips.map(\.windows.count).min() ?? 0
        let width = max(1, (count + 49) / 50)
        func points(_ errors: KeyPath<TrackingRecord.Window, Int>) -> [Plot.Point] {
            stride(from: 0, to: count, by: width).compactMap { first in
                let range = first..<min(first + width, count)
                let sum = record.chips.map { $0.share(range, errors) }
                    .reduce(into: TrackingRecord.Chip.Share()) {
                        $0.bits += $1.bits
                        $0.errors += $1.errors
                    }
                guard sum.errors > 0, let chip = record.chips.first else { return nil }
                let middle =
                    (place(chip.windows[range.lowerBound])
                        + place(chip.windows[range.upperBound - 1])) / 2
                return Plot.Point(middle, sum.rate, yInterval: sum.interval)
            }
        }
        var plot = Plot(
            title: "\(record.model) while the link drifts",
            caption: "Errors of \(record.chips.count) chips pooled, bars are 95 % intervals; pilots "
                + "(1 in \(record.pilotInterval) symbols) are not counted.",
            xAxis: .init("thousand symbols"),
            yAxis: .init("bit error rate", scale: .logarithmic),
            series: [
                .init("static", .lineAndMarkers, color: 3, points: points(\.staticErrors)),
                .init("adapting", .lineAndMarkers, color: 0, points: points(\.adaptingErrors)),
            ])
        plot.referenceLines = [.init(.horizontal, at: 2e-3, label: "2e-3")]
        return plot
    }
}
