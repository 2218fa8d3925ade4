public import BrainScaleS2
import Foundation
import PhysicalQuantities
public import Reporting

/// What a calibration did to the spread of a chip's circuits: what they really do before and after, which
/// the calibration itself never sees.
public struct CalibrationReport: Sendable {
    public let calibration: Calibration
    public let seconds: Double
    public let quantities: [Quantity]

    /// One quantity over all circuits in use.
    public struct Quantity: Sendable {
        public let name: String
        public let unit: String
        public let before: [Double]
        public let after: [Double]
        /// Circuits that missed their target.
        public let failures: Int

        /// Standard deviations with five percent trimmed at each side, as the public test does.
        public var spreads: (before: Double, after: Double) {
            (Self.trimmedSpread(before), Self.trimmedSpread(after))
        }

        private static func trimmedSpread(_ values: [Double]) -> Double {
            let sorted = values.sorted()
            let cut = values.count / 20
            let kept = sorted[cut..<sorted.count - cut]
            guard kept.count > 1 else { return 0 }
            let mean = kept.reduce(0, +) / Double(kept.count)
            let squares = kept.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return (squares / Double(kept.count - 1)).squareRoot()
        }
    }

    /// Calibrates circuits of a chip.
    public init(_ chip: ChipInstance, cells: [CellModel?]) {
        let start = Date()
        let calibration = Calibration(of: chip, for: cells)
        seconds = Date().timeIntervalSince(start)
        self.calibration = calibration
        var calibrated = chip
        calibrated.operation = .calibrated(calibration)
        let used = NeuronIndex.all.filter { cells[$0.index] != nil }
        let before = used.map { chip.behavior(of: $0, with: cells) }
        let after = used.map { calibrated.behavior(of: $0, with: cells) }
        let spiking = used.indices.filter { cells[used[$0].index]?.spiking != nil }
        func quantity(
            _ kind: CalibratedQuantity, _ unit: String, _ value: (CircuitBehavior, CellModel) -> Double,
            only members: [Int]? = nil
        ) -> Quantity {
            let members = members ?? Array(used.indices)
            func values(_ behaviors: [CircuitBehavior]) -> [Double] {
                members.compactMap { k in
                    cells[used[k].index].map { value(behaviors[k], $0) }
                }
            }
            return Quantity(
                name: kind.rawValue, unit: unit, before: values(before), after: values(after),
                failures: calibration.failures(kind).count)
        }
        quantities = [
            quantity(.channelOffset, "LSB", { b, _ in b.readoutOffset + (b.readoutGain - 1) * 120 }),
            quantity(.leak, "LSB", { b, c in b.leak - c.targets.leak }),
            quantity(
                .reset, "LSB", { b, c in b.reset - (c.spiking?.reset ?? 0) }, only: spiking),
            quantity(
                .threshold, "LSB", { b, c in b.threshold - (c.spiking?.threshold ?? 0) },
                only: spiking),
            quantity(
                .membraneTimeConstant, "relative",
                { b, c in b.membraneTimeConstant / c.targets.membraneTimeConstant.microseconds - 1 }),
            quantity(
                .excitatoryTimeConstant, "relative",
                { b, c in
                    b.excitatoryTimeConstant / c.targets.excitatoryTimeConstant.microseconds - 1
                }),
            quantity(
                .inhibitoryTimeConstant, "relative",
                { b, c in
                    b.inhibitoryTimeConstant / c.targets.inhibitoryTimeConstant.microseconds - 1
                }),
            quantity(
                .excitatoryStrength, "relative",
                { b, c in b.excitatoryDrive / c.targets.excitatoryDrive - 1 }),
            quantity(
                .inhibitoryStrength, "relative",
                { b, c in b.inhibitoryDrive / c.targets.inhibitoryDrive - 1 }),
        ]
    }

    public var text: String {
        var lines = [
            "chip \(calibration.chipSeed): \(quantities[0].before.count) circuits, "
                + String(
                    format: "%.2f s here, %.1f s on the chip (estimate: %d measurements of 20 ms)",
                    seconds, calibration.hardwareMilliseconds / 1000, calibration.measurementCount),
            Self.row("spread of", ["before", "after", "ratio", "missed"]),
        ]
        for quantity in quantities where quantity.before.count > 1 {
            let (before, after) = quantity.spreads
            lines.append(
                Self.row(
                    "\(quantity.name) (\(quantity.unit))",
                    [
                        String(format: "%.3f", before), String(format: "%.3f", after),
                        String(format: "%.3f", before > 0 ? after / before : 0),
                        "\(quantity.failures)",
                    ]))
        }
        let met = calibration.success.count { $0 }
        lines.append("\(met) of \(quantities[0].before.count) circuits met every target")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ name: String, _ cells: [String]) -> String {
        name + String(repeating: " ", count: max(1, 38 - name.count))
            + cells.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
    }

    /// A histogram of each quantity before and after.
    public var figures: [Report.Figure] {
        quantities.filter { $0.before.count > 1 }.map { quantity in
            let all = quantity.before + quantity.after
            let largest = all.map { abs($0) }.max() ?? 1
            let width = max(largest / 20, 1e-9)
            func counts(_ values: [Double]) -> [Plot.Point] {
                var bins = [Int: Int]()
                for value in values { bins[Int((value / width).rounded()), default: 0] += 1 }
                return (-21...21).map { Plot.Point(Double($0) * width, Double(bins[$0] ?? 0)) }
            }
            let unit = quantity.unit == "relative" ? "" : " (\(quantity.unit))"
            let plot = Plot(
                title: "Chip \(calibration.chipSeed): \(quantity.name) before and after calibration",
                caption: "Deviation from the target of each circuit in use. Before: the codes of an "
                    + "average circuit everywhere.",
                xAxis: .init("deviation from target" + unit), yAxis: .init("circuits"),
                series: [
                    .init("before", .bars, color: 1, points: counts(quantity.before)),
                    .init("after", .bars, color: 0, points: counts(quantity.after)),
                ])
            return Report.Figure(
                name: quantity.name.replacingOccurrences(of: " ", with: "-").lowercased(), plot: plot)
        }
    }
}
