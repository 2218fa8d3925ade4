import BrainScaleS2
import Foundation
public import Reporting

/// Tables and plots of a tracking study.
public enum TrackingListing {
    public static func text(_ record: TrackingRecord, drift: Drift) -> String {
        var lines = errorTable(record, drift) + medians(record)
        lines.append(
            "At the end: the last quarter of the symbols. Recovery: symbols, and time of the chip, from "
                + "the last change until 20 000 symbols have at most 1.3 times the rate of the last "
                + "quarter.")
        lines.append("")
        lines += costTable(record)
        lines.append(
            "Pilots (1 in \(record.pilotInterval) symbols) are not counted. Net bits: less pilots and "
                + "symbols that pass while an update runs beyond the wait between trials (overrun).")
        let lists = Set(record.runs.compactMap { $0.energy?.priceList }).sorted()
        if !lists.isEmpty {
            lines.append(
                "Energy of a net bit, learning included: estimates under "
                    + lists.joined(separator: " and ") + ".")
        }
        if let end = record.pilotEnd {
            lines.append(
                "No pilots after \(end) symbols: receivers learn from their own decisions of as many "
                    + "symbols. Returns: blocks after which a chip went back to its last good weights.")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func errorTable(_ record: TrackingRecord, _ drift: Drift) -> [String] {
        let widths = [19, 6, 31, 31, 14, 0]
        let heads = ["receiver", "chip", "before", "at the end", "to retrained", "recovery"]
        return [row(heads, widths)]
            + record.runs.map { run in
                let before = run.share(0..<drift.beginning)
                var recovery = ""
                if TrackedReceiver(rawValue: run.receiver)?.adapts == true, let end = drift.end,
                    end < record.final.upperBound
                {
                    recovery = record.recovery(run, since: end).map {
                        run.chipSeed == nil
                            ? "\($0.symbols)"
                            : String(format: "%d, %.0f ms", $0.symbols, $0.milliseconds)
                    } ?? "none"
                }
                let cells = [
                    run.receiver, run.chipSeed.map(String.init) ?? "",
                    interval(before), interval(run.share(record.final)),
                    record.ratioToRetrained(run).map { String(format: "%.2f", $0) } ?? "",
                    recovery,
                ]
                return row(cells, widths)
            }
    }

    private static func costTable(_ record: TrackingRecord) -> [String] {
        let widths = [19, 6, 10, 10, 30, 10, 10, 0]
        let heads = [
            "receiver", "chip", "pilots", "net bits", "pJ per net bit", "PPU busy", "overruns",
            record.pilotEnd == nil ? "" : "returns",
        ]
        return [row(heads, widths)]
            + record.runs.map { run in
                let isOnChip = run.chipSeed != nil
                let cells = [
                    run.receiver, run.chipSeed.map(String.init) ?? "",
                    "\(run.windows.reduce(0) { $0 + $1.pilots })",
                    String(format: "%.1f %%", 100 * record.netShare(run)),
                    run.energy.map { EnergyText.range($0.perNetBit, isEstimate: true) } ?? "",
                    isOnChip ? String(format: "%.1f %%", 100 * run.busyShare) : "",
                    isOnChip ? "\(run.windows.reduce(0) { $0 + $1.overruns })" : "",
                    record.pilotEnd == nil || !isOnChip
                        ? "" : "\(run.windows.count { $0.isReturned })",
                ]
                return row(cells, widths)
            }
    }

    /// Rates at the end against a retrained chip, where there are several chips.
    private static func medians(_ record: TrackingRecord) -> [String] {
        receivers(record).compactMap { name in
            let ratios = record.runs.filter { $0.receiver == name }
                .compactMap(record.ratioToRetrained).sorted()
            guard ratios.count > 1, name != TrackedReceiver.retrained.rawValue else { return nil }
            let median = (ratios[(ratios.count - 1) / 2] + ratios[ratios.count / 2]) / 2
            return String(
                format: "%@: at the end %.2f times retrained, median of %d chips (%.2f to %.2f).",
                name, median, ratios.count, ratios[0], ratios[ratios.count - 1])
        }
    }

    /// Nothing where nothing was counted.
    private static func interval(_ share: TrackingRecord.Share) -> String {
        guard share.bits > 0 else { return "" }
        return String(
            format: "%.3g [%.3g, %.3g]", share.rate, share.interval.lowerBound,
            share.interval.upperBound)
    }

    private static func row(_ cells: [String], _ widths: [Int]) -> String {
        zip(cells, widths).map { cell, width in
            cell + String(repeating: " ", count: max(0, width - cell.count))
        }.joined()
    }

    /// Bit error rates over symbols, the weights' movement, the plasticity processor's time, and what
    /// drifts.
    public static func figures(_ record: TrackingRecord) -> [Report.Figure] {
        var figures = [
            Report.Figure(name: "tracking", plot: errorRates(record)),
            Report.Figure(
                name: "weights",
                plot: lines(
                    record, "Movement of the weights that learn",
                    caption: "Root mean square change since the beginning, a line per chip.",
                    yAxis: .init("weight LSB")
                ) { $0.weightMovement }),
            Report.Figure(
                name: "plasticity-time",
                plot: lines(
                    record, "Time of the plasticity processor",
                    caption: "Of the chip's time, a line per chip.", yAxis: .init("% busy")
                ) { window in
                    100 * Double(window.plasticityCycles) * PPUCycleCosts.cycleInNanoseconds
                        / max(window.hardwareNanoseconds, 1)
                }),
        ]
        // Where no chip learns there is nothing of it to draw.
        figures.removeAll { $0.plot.series.isEmpty }
        let names = Set(record.changes.flatMap(\.keys)).sorted()
        for name in names {
            let title = name.replacingOccurrences(of: "_", with: " ")
            figures.append(
                Report.Figure(
                    name: "drift-" + name.replacingOccurrences(of: "_", with: "-"),
                    plot: Plot(
                        title: "Drift of " + title, caption: "Change since the beginning.",
                        xAxis: .init("thousand symbols"), yAxis: .init(title),
                        series: [
                            .init(
                                "", .line, color: 2,
                                points: record.changes.enumerated().map { index, changes in
                                    Plot.Point(
                                        place(index * SymbolStreams.blockLength),
                                        changes[name] ?? 0)
                                })
                        ])))
        }
        return figures
    }

    /// The middle of a window, in thousand symbols.
    private static func place(_ symbol: Int) -> Double {
        (Double(symbol) + Double(SymbolStreams.blockLength) / 2) / 1000
    }

    private static func receivers(_ record: TrackingRecord) -> [String] {
        record.runs.reduce(into: [String]()) {
            if !$0.contains($1.receiver) { $0.append($1.receiver) }
        }
    }

    /// A line for each chip that learns.
    private static func lines(
        _ record: TrackingRecord, _ title: String, caption: String, yAxis: Plot.Axis,
        _ value: (TrackingRecord.Window) -> Double
    ) -> Plot {
        let series = receivers(record).enumerated().compactMap { color, name -> Plot.Series? in
            guard let kind = TrackedReceiver(rawValue: name), kind.adapts, kind.isOnChip else {
                return nil
            }
            return .init(
                name, .line, color: color,
                segments: record.runs.filter { $0.receiver == name }.map { run in
                    run.windows.map { Plot.Point(place($0.symbol), value($0)) }
                })
        }
        return Plot(
            title: title, caption: caption, xAxis: .init("thousand symbols"), yAxis: yAxis,
            series: series)
    }

    /// Pooled over chips, in at most 50 stretches, with intervals.
    private static func errorRates(_ record: TrackingRecord) -> Plot {
        let length = SymbolStreams.blockLength
        let width = max(1, (record.windowCount + 49) / 50)
        let series = receivers(record).enumerated().map { color, name in
            let windows = record.pooled(name)
            let points = stride(from: 0, to: record.windowCount, by: width).compactMap {
                first -> Plot.Point? in
                let last = min(first + width, record.windowCount)
                let sum = TrackingRecord.Share(windows, first * length..<last * length)
                guard sum.errors > 0 else { return nil }
                return Plot.Point(
                    Double((first + last) * length) / 2000, sum.rate, yInterval: sum.interval)
            }
            return Plot.Series(name, .lineAndMarkers, color: color, points: points)
        }
        let chips = Set(record.runs.compactMap(\.chipSeed)).count
        var plot = Plot(
            title: "\(record.model) while the link drifts",
            caption: "Errors of \(chips) \(chips == 1 ? "chip" : "chips") pooled, bars are 95 % "
                + "intervals by their scatter; pilots (1 in \(record.pilotInterval) symbols) are not counted"
                + (record.pilotEnd.map { "; none after \($0) symbols." } ?? "."),
            xAxis: .init("thousand symbols"),
            yAxis: .init("bit error rate", scale: .logarithmic), series: series)
        plot.referenceLines = [.init(.horizontal, at: 2e-3, label: "2e-3")]
        return plot
    }
}
