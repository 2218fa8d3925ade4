import EnergyModel

extension Report {
    /// Energy per bit over bit error rate at the reference noise, one mark per receiver and price
    /// list; the better receivers are lower left.
    public var energyPlot: Plot {
        var series: [Plot.Series] = []
        let lists = energyLists
        for (index, list) in lists.enumerated() {
            let points = receivers.compactMap { receiver -> Plot.Point? in
                guard
                    let point = receiver.record.point(atNoiseDB: referenceNoiseDB), point.ber > 0,
                    let energy = receiver.energy(under: list)?.perBit, energy.picojoules > 0
                else { return nil }
                return Plot.Point(
                    point.ber, energy.picojoules, xInterval: point.interval,
                    yInterval: max(energy.lowPicojoules, energy.picojoules * 1e-3)...energy
                        .highPicojoules)
            }
            series.append(.init(list, .markers, color: index, points: points))
        }
        let level = NumberText.count(0 - referenceNoiseDB)
        var plot = Plot(
            title: "Energy against bit error rate at \(level) dB",
            caption: "One mark per receiver and price list, named where it stands leftmost; lower "
                + "left is better. Vertical bars: range of the prices, all taken to the same side. "
                + "Horizontal bars: 95 % intervals. Energies are model estimates from counted "
                + "operations. \(Self.noiseLevelDefinition)",
            xAxis: .init("bit error rate", scale: .logarithmic),
            yAxis: .init("pJ/bit", scale: .logarithmic), series: series)
        let points = series.flatMap { $0.segments.joined() }
        if let low = points.map(\.x).min(), let high = points.map(\.x).max() {
            plot.xAxis.range = low / 1.6...high * 2.6
        }
        let ends = points.flatMap { [$0.yInterval?.lowerBound, $0.yInterval?.upperBound] }
            .compactMap { $0 }
        if let low = ends.min(), let high = ends.max() {
            plot.yAxis.range = decade(below: low)...decade(above: high)
        }
        plot.referenceLines = thresholds.prefix(1).map {
            .init(.vertical, at: $0.ber, label: $0.name, labelPlace: .end)
        }
        plot.texts = energyLabels
        plot.aspectRatio = 0.7
        return plot
    }

    /// Price lists in the order of their first use.
    var energyLists: [String] {
        var lists: [String] = []
        for energy in receivers.flatMap(\.energies) where !lists.contains(energy.priceList) {
            lists.append(energy.priceList)
        }
        return lists
    }

    /// The name of each receiver beside its first estimate.
    private var energyLabels: [Plot.Text] {
        receivers.compactMap { receiver in
            guard
                let point = receiver.record.point(atNoiseDB: referenceNoiseDB), point.ber > 0,
                let energy = receiver.energies.first?.perBit.picojoules, energy > 0
            else { return nil }
            return Plot.Text(receiver.label, x: point.ber, y: energy, anchor: .leading)
        }
    }
}
