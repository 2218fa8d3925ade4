import EnergyModel

extension Report {
    /// Energy per bit over bit error rate at the reference noise: the color is the receiver's, as
    /// in the plot of bit errors, the shape the price list's; the better receivers are lower left.
    public var energyPlot: Plot {
        let lists = energyLists
        var series: [Plot.Series] = []
        for (color, receiver) in receivers.enumerated() where !receiver.energies.isEmpty {
            series.append(.init(receiver.label, .line, color: color, points: []))
            for (place, energy) in receiver.energies.enumerated() {
                guard
                    let point = receiver.record.point(atNoiseDB: referenceNoiseDB), point.ber > 0,
                    energy.perBit.picojoules > 0
                else { continue }
                var mark = Plot.Series(
                    "", .markers, color: color,
                    points: [mark(point, energy.perBit, place: place)])
                mark.marker = lists.firstIndex(of: energy.priceList) ?? 0
                series.append(mark)
            }
        }
        let points = series.flatMap { $0.segments.joined() }
        for (index, list) in lists.enumerated() {
            var entry = Plot.Series(list, .markers, color: 7, points: [])
            entry.marker = index
            series.append(entry)
        }
        let level = NumberText.count(0 - referenceNoiseDB)
        var plot = Plot(
            title: "Energy against bit error rate at \(level) dB",
            caption: "Color: receiver; shape: price list; lower left is better. Vertical bars: "
                + "range of the prices, all taken to the same side. Horizontal bars: 95 % "
                + "intervals. Marks of one receiver stand side by side to be seen apart. Energies "
                + "are model estimates from counted operations.",
            xAxis: .init("bit error rate", scale: .logarithmic),
            yAxis: .init("pJ/bit", scale: .logarithmic), series: series)
        let goals = thresholds.prefix(2)
        let rates = points.flatMap { [$0.xInterval?.lowerBound, $0.xInterval?.upperBound, $0.x] }
            .compactMap { $0 } + goals.map(\.ber)
        if let low = rates.min(), let high = rates.max() {
            plot.xAxis.range = low / 1.25...high * 1.25
        }
        let ends = points.flatMap { [$0.yInterval?.lowerBound, $0.yInterval?.upperBound] }
            .compactMap { $0 }
        if let low = ends.min(), let high = ends.max() {
            plot.yAxis.range = decade(below: low)...decade(above: high)
        }
        plot.referenceLines = goals.map { .init(.vertical, at: $0.ber, label: $0.name) }
        plot.aspectRatio = 0.7
        return plot
    }

    /// One estimate of a receiver; marks further down its list stand 2.5 % apart, and only the
    /// first carries the interval of the bit error rate.
    private func mark(
        _ point: EvaluationRecord.Point, _ energy: EnergyRange, place: Int
    ) -> Plot.Point {
        let low = max(energy.lowPicojoules, energy.picojoules * 1e-3)
        return Plot.Point(
            point.ber * (1 + 0.025 * Double(place)), energy.picojoules,
            xInterval: place == 0 ? point.interval : nil,
            yInterval: low...energy.highPicojoules)
    }

    /// Price lists in the order of their first use.
    var energyLists: [String] {
        var lists: [String] = []
        for energy in receivers.flatMap(\.energies) where !lists.contains(energy.priceList) {
            lists.append(energy.priceList)
        }
        return lists
    }
}
