import Foundation
public import Reporting

/// Before and after adaptation, chip by chip.
public enum AdaptationListing {
    public static func text(_ outcomes: [ChipStudy.Outcome]) -> String {
        var lines = ["chip   before                          after                           ratio"]
        for o in outcomes {
            let ratio = o.after.ber / o.before.ber
            lines.append(
                pad(String(o.seed), 7) + pad(interval(o.before), 32) + pad(interval(o.after), 32)
                    + String(format: "%.2f", ratio) + (o.log.isReverted ? " kept" : ""))
        }
        let before = median(outcomes.map(\.before.ber))
        let after = median(outcomes.map(\.after.ber))
        lines.append(
            pad("median", 7) + pad(String(format: "%.3g", before), 32)
                + pad(String(format: "%.3g", after), 32)
                + String(format: "%.2f", before > 0 ? after / before : 1))
        if let log = outcomes.first?.log {
            lines.append(
                String(
                    format: "%d pilots to learn and %d to decide, %.0f PPU cycles per pilot, "
                        + "%d overruns, %.1f s of learning on the chip",
                    log.pilots, log.guardPilots, Double(log.plasticityCycles) / Double(max(1, log.pilots)),
                    log.overruns, log.hardwareNanoseconds / 1e9))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    public static func json(_ outcomes: [ChipStudy.Outcome]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let elements = outcomes.map { o in
            Element(
                chip_seed: o.seed, before: o.before, after: o.after, guard_pilots: o.log.guardPilots,
                reverted: o.log.isReverted, pilots: o.log.pilots,
                plasticity_cycles: o.log.plasticityCycles, plasticity_overruns: o.log.overruns,
                hardware_seconds: o.log.hardwareNanoseconds / 1e9,
                pilot_symbol_error_rates: o.log.symbolErrorRates)
        }
        return String(decoding: try encoder.encode(elements), as: UTF8.self) + "\n"
    }

    private struct Element: Encodable {
        var schema = "spikelink.adaptation/1"
        let chip_seed: UInt64
        let before, after: EvaluationRecord.Point
        let guard_pilots: Int
        let reverted: Bool
        let pilots, plasticity_cycles, plasticity_overruns: Int
        let hardware_seconds: Double
        let pilot_symbol_error_rates: [Double]
    }

    /// Share of wrong decisions among the pilots while learning, a line for each chip, averaged over ten
    /// readings where there are many.
    public static func plot(_ outcomes: [ChipStudy.Outcome]) -> Plot {
        let curves = outcomes.map { outcome -> [Plot.Point] in
            let rates = outcome.log.symbolErrorRates
            guard !rates.isEmpty else { return [] }
            let step = Double(outcome.log.pilots) / Double(rates.count)
            let width = rates.count >= 50 ? 10 : 1
            return stride(from: 0, to: rates.count - width + 1, by: width).compactMap { first in
                let mean = rates[first..<first + width].reduce(0, +) / Double(width)
                guard mean > 0 else { return nil }
                return Plot.Point((Double(first) + Double(width) / 2) * step / 1000, mean)
            }
        }
        return Plot(
            title: "Learning on \(outcomes.count) chips",
            caption: "Share of wrong decisions among the pilots, before the update each of them causes.",
            xAxis: .init("thousand pilots"),
            yAxis: .init("symbol error rate of pilots", scale: .logarithmic),
            series: [.init("one line per chip", .line, color: 0, segments: curves)])
    }

    private static func interval(_ point: EvaluationRecord.Point) -> String {
        String(format: "%.3g [%.3g, %.3g]", point.ber, point.ci95[0], point.ci95[1])
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    public static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let n = sorted.count
        guard n > 0 else { return .nan }
        return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2
    }
}
