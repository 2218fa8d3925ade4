extension Report {
    /// What the horizontal axis of bit error rates means; captions cite it.
    static let noiseLevelDefinition =
        "Noise level x dB: real white Gaussian noise of variance 10^(-x/10) on each sample at "
        + "three samples per symbol after the photodiode, for an optical field of unit "
        + "mean power. It is "
        + "not a signal-to-noise ratio."

    var levelDefinition: String {
        isReceivedPower
            ? "Received power: mean optical power on the photodiode." : Self.noiseLevelDefinition
    }

    /// Bit error rate over noise level: all receivers with 95 % intervals, thresholds as dashed
    /// lines, bounds black and published curves dotted.
    public var bitErrorRatePlot: Plot {
        var series: [Plot.Series] = []
        for (index, receiver) in receivers.enumerated() {
            let points = receiver.record.points.filter { $0.ber > 0 }
                .sorted { $0.noiseLevel < $1.noiseLevel }
                .map { point in
                    Plot.Point(
                        point.noiseLevel, point.ber,
                        yInterval: point.interval.map {
                            max($0.lowerBound, point.ber * 1e-3)...$0.upperBound
                        })
                }
            series.append(.init(receiver.label, .lineAndMarkers, color: index, points: points))
        }
        for (index, curve) in publishedCurves.enumerated() {
            series.append(
                .init(curve.name, .dottedLine, color: 7 + 5 * index, points: points(curve)))
        }
        for curve in bounds {
            // The bound that binds all receivers lies lower; it is dashed to be told apart.
            series.append(
                .init(
                    curve.name, curve.holdsForAllSamples ? .dashedLine : .line, color: 6,
                    points: points(curve)))
        }
        let levels = series.flatMap { $0.segments.joined() }
        var yAxis = Plot.Axis("bit error rate", scale: .logarithmic)
        // Bounds run on below the receivers; what is counted sets the range.
        let counted = series.prefix(receivers.count + publishedCurves.count)
            .flatMap { $0.segments.joined() }
        let rates = (counted.isEmpty ? levels : counted).map(\.y) + thresholds.map(\.ber)
        if let lowest = rates.min(), let highest = rates.max() {
            yAxis.range = decade(below: lowest)...decade(above: highest)
        }
        var xAxis = Plot.Axis(levelName)
        if let first = levels.map(\.x).min(), let last = levels.map(\.x).max(), last > first {
            xAxis.range = (first - 0.2)...(last + 0.2)
        }
        var plot = Plot(
            title: "Bit error rate before error correction",
            caption: "Bars: exact 95 % intervals. Dashed lines: thresholds of error-correcting "
                + "codes before correction. \(levelDefinition)",
            xAxis: xAxis, yAxis: yAxis, series: series)
        plot.referenceLines = thresholds.map {
            .init(.horizontal, at: $0.ber, label: "\($0.name) \(NumberText.scientific($0.ber))")
        }
        plot.aspectRatio = 0.7
        return plot
    }

    private func points(_ curve: Curve) -> [Plot.Point] {
        curve.points.filter { $0.ber > 0 }.sorted { $0.noiseDB > $1.noiseDB }
            .map { Plot.Point(0 - $0.noiseDB, $0.ber) }
    }
}
