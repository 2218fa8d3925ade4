extension Report {
    /// Bit error rate of every chip before and after adaptation, joined by a line; one group of
    /// chips per study.
    public var chipsPlot: Plot {
        var pairs: [[Plot.Point]] = []
        var before: [Plot.Point] = []
        var after: [Plot.Point] = []
        var ideal: [[Plot.Point]] = []
        var ticks: [Plot.Axis.Tick] = []
        var groups: [(name: String, center: Double)] = []
        var next = 1.0
        for study in chipStudies {
            let first = next
            for chip in study.chips.sorted(by: { $0.seed < $1.seed })
            where chip.before > 0 && chip.after > 0 {
                before.append(Plot.Point(next, chip.before))
                after.append(Plot.Point(next, chip.after))
                pairs.append([Plot.Point(next, chip.before), Plot.Point(next, chip.after)])
                ticks.append(.init(position: next, label: "\(chip.seed)"))
                next += 1
            }
            groups.append((study.name, (first + next - 1) / 2))
            if let rate = study.mismatchFree, rate > 0 {
                ideal.append([Plot.Point(first - 0.5, rate), Plot.Point(next - 0.5, rate)])
            }
            next += 1.5
        }
        let level = NumberText.count(0 - referenceNoiseDB)
        let rates = (before + after).map(\.y) + ideal.joined().map(\.y)
        let low = (rates.min() ?? 1e-4) / 1.5
        let high = (rates.max() ?? 1e-2) * 2.2
        var series: [Plot.Series] = [
            .init("", .faintLines, color: 7, segments: pairs),
            .init("before adaptation", .openMarkers, color: 1, points: before),
            .init("after adaptation", .markers, color: 0, points: after),
        ]
        if !ideal.isEmpty {
            series.append(.init("chip without mismatch", .dashedLine, color: 2, segments: ideal))
        }
        var plot = Plot(
            title: "Chips before and after adaptation on the chip, at \(level) dB",
            caption: "One pair of marks per chip seed. \(Self.noiseLevelDefinition)",
            xAxis: .init("chip seed", range: 0...(next - 1.5), ticks: ticks),
            yAxis: .init("bit error rate", scale: .logarithmic, range: low...high),
            series: series)
        plot.texts = groups.map {
            Plot.Text($0.name, x: $0.center, y: high / 1.25, anchor: .center)
        }
        let shown = thresholds.filter { $0.ber > low * 1.1 && $0.ber < high / 1.6 }
        plot.referenceLines = shown.map {
            .init(.horizontal, at: $0.ber, label: $0.name)
        }
        return plot
    }
}

extension Report.LearningCurve {
    /// The curve as a plot; a logarithmic axis when the values span a decade or more.
    public var plot: Plot {
        let points = zip(progress, values).map { Plot.Point($0, $1) }
        let finite = values.filter(\.isFinite)
        let low = finite.min() ?? 0
        let isLogarithmic = low > 0 && (finite.max() ?? 0) >= 10 * low
        return Plot(
            title: name, caption: "",
            xAxis: .init(progressLabel),
            yAxis: .init(valueLabel, scale: isLogarithmic ? .logarithmic : .linear),
            series: [.init("", .line, color: 0, points: points)])
    }
}
