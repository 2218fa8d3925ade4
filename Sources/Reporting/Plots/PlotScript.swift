import Foundation

/// The gnuplot program that draws a plot: data inline, the same text for the same plot.
public struct PlotScript: Sendable {
    /// Format of the drawing.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        case svg
        case png
    }

    /// Colors that people with any kind of color vision tell apart (Okabe and Ito, 2008), in an
    /// order that also differs in lightness from one to the next; yellow is left out, it fades on
    /// white.
    static let palette = [
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F7F",
    ]
    /// Filled and open gnuplot markers: circle, square, triangle, inverted triangle, diamond,
    /// pentagon.
    static let filledMarkers = [7, 5, 9, 11, 13, 15]
    static let openMarkers = [6, 4, 8, 10, 12, 14]
    static let widthInPixels = 800.0
    /// Width of a character, as wide as common sans-serif fonts are on average in labels.
    static let characterInPixels = 8.8
    static let legendWidth = 720.0

    private let plot: Plot

    public init(_ plot: Plot) { self.plot = plot }

    /// The program for one format; it writes the drawing to standard output.
    public func text(_ format: Format) -> String {
        var lines = ["set encoding utf8", terminal(format)]
        lines += plot.series.enumerated().flatMap { index, series in
            ["$data\(index) << EOD"] + data(of: series) + ["EOD"]
        }
        lines += decoration + axis(plot.xAxis, name: "x") + axis(plot.yAxis, name: "y")
        lines += plot.referenceLines.flatMap(commands)
        lines += plot.texts.map(command)
        let drawings = plot.series.enumerated().flatMap(drawings)
        lines.append("plot " + drawings.joined(separator: ", \\\n  "))
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Frame

    private var listed: [Plot.Series] { plot.series.filter { !$0.name.isEmpty } }

    /// Legend entries side by side under the plot, by the longest name.
    private var legendColumns: Int {
        let longest = Double(listed.map(\.name.count).max() ?? 1)
        let columns = Int(Self.legendWidth / (longest * Self.characterInPixels + 60))
        return max(1, min(4, listed.count, columns))
    }

    private var legendRows: Int { (listed.count + legendColumns - 1) / legendColumns }

    private var legendInPixels: Double { listed.isEmpty ? 0 : 8 + 24 * Double(legendRows) }

    private var heightInPixels: Double {
        (Self.widthInPixels * plot.aspectRatio + legendInPixels).rounded()
    }

    private func terminal(_ format: Format) -> String {
        let width = Int(Self.widthInPixels)
        let height = Int(heightInPixels)
        return switch format {
        case .svg:
            "set terminal svg size \(width),\(height) dynamic enhanced rounded "
                + "font 'Helvetica,Arial,sans-serif,16' background '#ffffff'"
        // Twice the pixels with everything twice as large: crisp on dense screens.
        case .png:
            "set terminal pngcairo size \(2 * width),\(2 * height) enhanced rounded "
                + "font 'Sans,11' fontscale 2 linewidth 2 dashlength 2 "
                + "pointscale 2.6 background '#ffffff'"
        }
    }

    private var decoration: [String] {
        var lines = margins
        lines += [
            "set border 3 linecolor rgb '#444444'",
            "set tics nomirror out textcolor rgb '#222222'",
            "set grid xtics ytics linetype 1 linewidth 0.6 linecolor rgb '#e2e2e2'",
            "set bars 0.6",
            "set boxwidth 1 relative",
        ]
        if !plot.title.isEmpty {
            lines.append(
                "set title \(quoted(plot.title)) noenhanced textcolor rgb '#111111' offset 0, -0.3")
        }
        lines.append("unset key")
        return lines + listed.enumerated().flatMap(legendEntry)
    }

    /// One entry of the legend: a sample of the series and its name. Drawn piece by piece, since
    /// gnuplot's own legend breaks its columns by the width of the axes and overlaps their labels.
    private func legendEntry(index: Int, series: Plot.Series) -> [String] {
        let row = index / legendColumns
        let column = index % legendColumns
        let left = 50 + Self.legendWidth / Double(legendColumns) * Double(column)
        let y = (16 + 24 * Double(legendRows - 1 - row)) / heightInPixels
        func x(_ offset: Double) -> Double { (left + offset) / Self.widthInPixels }
        let color = "rgb '\(color(of: series))'"
        let line =
            "set arrow from screen \(x(0)), screen \(y) to screen \(x(32)), screen \(y) nohead"
        let point =
            "set label '' at screen \(x(16)), screen \(y) point \(marker(of: series)) "
            + "linecolor \(color)"
        let name =
            "set label \(quoted(series.name)) noenhanced at screen \(x(42)), screen \(y) left "
            + "textcolor rgb '#111111'"
        return switch series.style {
        case .line, .faintLines: ["\(line) linewidth 2 linecolor \(color)", name]
        case .dashedLine: ["\(line) dashtype (10,6) linewidth 2 linecolor \(color)", name]
        case .dottedLine: ["\(line) dashtype (2,4) linewidth 2 linecolor \(color)", name]
        case .markers, .openMarkers: [point, name]
        case .lineAndMarkers: ["\(line) linewidth 2 linecolor \(color)", point, name]
        case .bars: ["\(line) linewidth 9 linecolor \(color.replacing("#", with: "#80"))", name]
        }
    }

    private func color(of series: Plot.Series) -> String {
        Self.palette[series.color % Self.palette.count]
    }

    private func marker(of series: Plot.Series) -> String {
        let markers = series.style == .openMarkers ? Self.openMarkers : Self.filledMarkers
        return "pointtype \(markers[series.marker % markers.count]) pointsize 0.65"
    }

    /// Margins set by hand: gnuplot's own leave no room between axis label and legend, nor for
    /// labels beside the plot.
    private var margins: [String] {
        let labels = plot.referenceLines.filter { $0.direction == .horizontal }.map(\.label.count)
        let right = labels.max().map { 24 + Double($0) * Self.characterInPixels } ?? 36
        return [
            "set lmargin at screen \(100 / Self.widthInPixels)",
            "set rmargin at screen \(1 - right / Self.widthInPixels)",
            "set tmargin at screen \(1 - 48 / heightInPixels)",
            "set bmargin at screen \((74 + legendInPixels) / heightInPixels)",
        ]
    }

    private func axis(_ axis: Plot.Axis, name: String) -> [String] {
        var lines = [
            "set \(name)label \(quoted(axis.label)) noenhanced textcolor rgb '#111111'"
                + (name == "x" ? " offset 0, 0.4" : "")
        ]
        if axis.scale == .logarithmic {
            lines.append("set logscale \(name) 10")
            lines.append("set format \(name) '10^{%T}'")
            lines.append("set m\(name)tics 10")
        }
        if let range = axis.range {
            lines.append("set \(name)range [\(range.lowerBound):\(range.upperBound)]")
            if axis.scale == .logarithmic, range.upperBound < 300 * range.lowerBound {
                lines += logarithmicTicks(range, name: name)
            }
        }
        if !axis.ticks.isEmpty {
            let ticks = axis.ticks.map { "\(quoted($0.label)) \($0.position)" }
            lines.append("set \(name)tics (\(ticks.joined(separator: ", "))) noenhanced")
        }
        return lines
    }

    /// Named ticks at 1, 2 and 5 times the powers of ten: on a short axis the powers alone would
    /// leave one number or none.
    private func logarithmicTicks(_ range: ClosedRange<Double>, name: String) -> [String] {
        let first = Int(log10(decade(below: range.lowerBound)).rounded())
        let last = Int(log10(decade(above: range.upperBound)).rounded())
        let ticks = (first...last).flatMap { exponent in
            [1.0, 2, 5].compactMap { factor -> String? in
                let position = factor * pow(10, Double(exponent))
                guard range.contains(position) else { return nil }
                let label = factor == 1 ? "10^{\(exponent)}" : "\(Int(factor))·10^{\(exponent)}"
                return "'\(label)' \(position)"
            }
        }
        return ["set \(name)tics (\(ticks.joined(separator: ", "))) enhanced"]
    }

    // MARK: Series

    private func data(of series: Plot.Series) -> [String] {
        var lines: [String] = []
        for segment in series.segments {
            if !lines.isEmpty { lines.append("") }
            for point in segment where point.x.isFinite && point.y.isFinite {
                let x = point.xInterval ?? point.x...point.x
                let y = point.yInterval ?? point.y...point.y
                lines.append(
                    "\(point.x) \(point.y) \(x.lowerBound) \(x.upperBound) "
                        + "\(y.lowerBound) \(y.upperBound)")
            }
        }
        // A block without data would end the program; NaN draws nothing.
        return lines.isEmpty ? ["NaN NaN NaN NaN NaN NaN"] : lines
    }

    private func drawings(index: Int, series: Plot.Series) -> [String] {
        let color = "linecolor rgb '\(color(of: series))'"
        let source = "$data\(index) using"
        let marker = marker(of: series)
        let points = series.segments.joined()
        var bars: [String] = []
        if points.contains(where: { $0.yInterval != nil }) {
            bars.append("\(source) 1:2:5:6 with yerrorbars pointtype 0 linewidth 1 \(color)")
        }
        if points.contains(where: { $0.xInterval != nil }) {
            bars.append("\(source) 1:2:3:4 with xerrorbars pointtype 0 linewidth 1 \(color)")
        }
        return switch series.style {
        case .line: ["\(source) 1:2 with lines linewidth 2 \(color)"]
        case .dashedLine: ["\(source) 1:2 with lines dashtype (10,6) linewidth 2 \(color)"]
        case .dottedLine: ["\(source) 1:2 with lines dashtype (2,4) linewidth 2 \(color)"]
        case .markers, .openMarkers:
            bars + ["\(source) 1:2 with points \(marker) linewidth 1.5 \(color)"]
        case .lineAndMarkers:
            bars + ["\(source) 1:2 with linespoints \(marker) linewidth 2 \(color)"]
        case .bars: ["\(source) 1:2 with boxes fillstyle transparent solid 0.5 noborder \(color)"]
        case .faintLines:
            [
                "\(source) 1:2 with lines linewidth 1 linecolor rgb "
                    + "'#B0\(self.color(of: series).dropFirst())'"
            ]
        }
    }

    // MARK: Lines and texts

    private func commands(for line: Plot.ReferenceLine) -> [String] {
        let style = "nohead dashtype (8,6) linewidth 1.2 linecolor rgb '#777777' back"
        let text = "set label \(quoted(line.label)) noenhanced textcolor rgb '#333333' front"
        return switch line.direction {
        case .horizontal:
            [
                "set arrow from graph 0, first \(line.position) to graph 1, first "
                    + "\(line.position) \(style)",
                "\(text) at graph 1, first \(line.position) left offset character 0.7, 0",
            ]
        case .vertical:
            [
                "set arrow from first \(line.position), graph 0 to first \(line.position), "
                    + "graph 1 \(style)",
                "\(text) at first \(line.position), graph 0.97 left offset character 0.5, 0",
            ]
        }
    }

    private func command(for text: Plot.Text) -> String {
        let alignment =
            switch text.anchor {
            case .leading: "left offset character 0.9, 0"
            case .center: "center"
            case .trailing: "right offset character -0.9, 0"
            }
        return "set label \(quoted(text.text)) noenhanced textcolor rgb '#222222' front at "
            + "first \(text.x), first \(text.y) \(alignment)"
    }

    /// A single-quoted gnuplot string: nothing in it is evaluated, a quote is doubled, and control
    /// characters, which would end the command, become spaces.
    private func quoted(_ text: String) -> String {
        let clean = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
        return "'\(clean.replacing("'", with: "''"))'"
    }
}
