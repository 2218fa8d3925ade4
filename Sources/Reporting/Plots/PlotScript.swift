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
        lines.append("plot " + plot.series.enumerated().flatMap(drawings).joined(separator: ", \\\n  "))
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Frame

    private var legendNames: [String] { plot.series.map(\.name).filter { !$0.isEmpty } }

    /// Legend entries side by side under the plot, by the longest name.
    private var legendColumns: Int {
        let longest = legendNames.map(\.count).max() ?? 1
        return max(1, min(4, Int(Self.widthInPixels / (Double(longest) * 9.0 + 75))))
    }

    private var heightInPixels: Double {
        let rows = (legendNames.count + legendColumns - 1) / max(1, legendColumns)
        return (Self.widthInPixels * plot.aspectRatio + 24 * Double(rows)).rounded()
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
                + "font 'Sans,15' fontscale 2 linewidth 2 pointscale 2 background '#ffffff'"
        }
    }

    private var decoration: [String] {
        var lines = [
            "set border 3 linecolor rgb '#444444'",
            "set tics nomirror out textcolor rgb '#222222'",
            "set grid xtics ytics linetype 1 linewidth 0.6 linecolor rgb '#e2e2e2'",
            "set bars 0.6",
            "set style fill solid 0.55 noborder",
        ]
        if !plot.title.isEmpty {
            lines.append("set title \(quoted(plot.title)) noenhanced textcolor rgb '#111111'")
        }
        lines.append(
            legendNames.isEmpty
                ? "unset key"
                : "set key outside center bottom horizontal Left reverse noenhanced "
                    + "samplen 2.2 maxcols \(legendColumns) textcolor rgb '#111111'")
        return lines
    }

    private func axis(_ axis: Plot.Axis, name: String) -> [String] {
        var lines = ["set \(name)label \(quoted(axis.label)) noenhanced textcolor rgb '#111111'"]
        if axis.scale == .logarithmic {
            lines.append("set logscale \(name) 10")
            lines.append("set format \(name) '10^{%T}'")
            lines.append("set m\(name)tics 10")
        }
        if let range = axis.range {
            lines.append("set \(name)range [\(range.lowerBound):\(range.upperBound)]")
        }
        if !axis.ticks.isEmpty {
            let ticks = axis.ticks.map { "\(quoted($0.label)) \($0.position)" }
            lines.append("set \(name)tics (\(ticks.joined(separator: ", "))) noenhanced")
        }
        return lines
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
        let color = "linecolor rgb '\(Self.palette[series.color % Self.palette.count])'"
        let title = series.name.isEmpty ? "notitle" : "title \(quoted(series.name))"
        let source = "$data\(index) using"
        let markers = series.style == .openMarkers ? Self.openMarkers : Self.filledMarkers
        let marker = "pointtype \(markers[series.color % markers.count]) pointsize 0.9"
        let points = series.segments.joined()
        var bars: [String] = []
        if points.contains(where: { $0.yInterval != nil }) {
            bars.append("\(source) 1:2:5:6 with yerrorbars pointtype 0 linewidth 1 \(color) notitle")
        }
        if points.contains(where: { $0.xInterval != nil }) {
            bars.append("\(source) 1:2:3:4 with xerrorbars pointtype 0 linewidth 1 \(color) notitle")
        }
        return switch series.style {
        case .line: ["\(source) 1:2 with lines linewidth 2 \(color) \(title)"]
        case .dashedLine: ["\(source) 1:2 with lines dashtype 2 linewidth 2 \(color) \(title)"]
        case .dottedLine: ["\(source) 1:2 with lines dashtype 3 linewidth 2 \(color) \(title)"]
        case .markers, .openMarkers:
            bars + ["\(source) 1:2 with points \(marker) linewidth 1.5 \(color) \(title)"]
        case .lineAndMarkers:
            bars + ["\(source) 1:2 with linespoints \(marker) linewidth 2 \(color) \(title)"]
        case .bars: ["\(source) 1:2 with boxes fillstyle transparent solid 0.5 noborder \(color) \(title)"]
        case .faintLines:
            [
                "\(source) 1:2 with lines linewidth 1 linecolor rgb "
                    + "'#B0\(Self.palette[series.color % Self.palette.count].dropFirst())' \(title)"
            ]
        }
    }

    // MARK: Lines and texts

    private func commands(for line: Plot.ReferenceLine) -> [String] {
        let style = "nohead dashtype 4 linewidth 1.2 linecolor rgb '#555555' back"
        let text = "set label \(quoted(line.label)) noenhanced textcolor rgb '#333333' front"
        let isStart = line.labelPlace == .start
        switch line.direction {
        case .horizontal:
            let place = isStart ? "graph 0.01" : "graph 0.99"
            return [
                "set arrow from graph 0, first \(line.position) to graph 1, first "
                    + "\(line.position) \(style)",
                "\(text) at \(place), first \(line.position) \(isStart ? "left" : "right") "
                    + "offset character 0, 0.5",
            ]
        case .vertical:
            let place = isStart ? "graph 0.03" : "graph 0.97"
            return [
                "set arrow from first \(line.position), graph 0 to first \(line.position), "
                    + "graph 1 \(style)",
                "\(text) at first \(line.position), \(place) left offset character 0.5, 0",
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
