extension Report {
    /// A published receiver's bit error rate and work at the reference noise.
    public struct PublishedWork: Sendable, Hashable {
        public var name: String
        public var synapticEvents: Double
        public var ber: Double
        public var source: String
        public init(name: String, synapticEvents: Double, ber: Double, source: String) {
            self.name = name
            self.synapticEvents = synapticEvents
            self.ber = ber
            self.source = source
        }
    }

    /// Spiking receivers in software by work, with their point at the reference noise.
    var workPoints: [(label: String, point: EvaluationRecord.Point)] {
        receivers.compactMap { receiver in
            guard receiver.record.substrate == "software",
                let point = receiver.record.point(atNoiseDB: referenceNoiseDB), point.ber > 0,
                point.operationsPerSymbol.synapticEvents > 0
            else { return nil }
            return (receiver.label, point)
        }.sorted {
            $0.point.operationsPerSymbol.synapticEvents < $1.point.operationsPerSymbol.synapticEvents
        }
    }

    /// Bit error rate over synaptic events per symbol, the quantity a spiking receiver's energy is
    /// made of. The line joins the receivers that no other beats in both.
    public var frontierPlot: Plot {
        let points = workPoints
        var front: [Plot.Point] = []
        for (_, point) in points where point.ber < (front.last?.y ?? .infinity) {
            front.append(Plot.Point(point.operationsPerSymbol.synapticEvents, point.ber))
        }
        var series: [Plot.Series] = [
            .init("no receiver here is better in both", .dottedLine, color: 7, points: front),
            .init(
                "receivers of this report", .markers, color: 0,
                points: points.map {
                    Plot.Point(
                        $0.point.operationsPerSymbol.synapticEvents, $0.point.ber,
                        yInterval: $0.point.interval)
                }),
        ]
        if !publishedWork.isEmpty {
            series.append(
                .init(
                    "published", .openMarkers, color: 1,
                    points: publishedWork.map { Plot.Point($0.synapticEvents, $0.ber) }))
        }
        let level = NumberText.count(0 - referenceNoiseDB)
        let events = points.map(\.point.operationsPerSymbol.synapticEvents)
            + publishedWork.map(\.synapticEvents)
        let rates = points.map(\.point.ber) + publishedWork.map(\.ber)
        let low = (rates.min() ?? 1e-4) / 1.35
        let high = (rates.max() ?? 1e-2) * 1.35
        let xRange = (events.min() ?? 100) / 1.4...(events.max() ?? 1e4) * 1.8
        var plot = Plot(
            title: "Bit errors against work at \(level) dB",
            caption: "Work: deliveries of one spike to one neuron through a synapse, per symbol. "
                + "Lower left is better. Bars: exact 95 % intervals. "
                + Self.noiseLevelDefinition,
            xAxis: .init("synaptic events per symbol", scale: .logarithmic, range: xRange),
            yAxis: .init("bit error rate", scale: .logarithmic, range: low...high),
            series: series)
        plot.texts = LabelPlacement(xRange: xRange, yRange: low...high).texts(
            publishedWork.map { .init(text: $0.name, x: $0.synapticEvents, y: $0.ber) }
                + points.map {
                    .init(
                        text: $0.label, x: $0.point.operationsPerSymbol.synapticEvents,
                        y: $0.point.ber)
                })
        plot.referenceLines = thresholds.filter { $0.ber > low && $0.ber < high }.map {
            .init(.horizontal, at: $0.ber, label: $0.name)
        }
        return plot
    }
}
