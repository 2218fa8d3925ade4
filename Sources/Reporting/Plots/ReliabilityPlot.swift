import ErrorRates

extension Report {
    static let ratioDefinition =
        "L = ln(P(bit = 0) / P(bit = 1)) given the received samples, for each bit of a Gray "
        + "label, the most significant first; positive favors 0. The decision for its sign is "
        + "wrong with probability 1/(1 + exp |L|)."
    static let informationDefinition =
        "Sum over the bits of a symbol of 1 - mean of log2(1 + exp(-(1 - 2b) L)), b being the "
        + "sent bit: the rate that bit-metric decoding can reach with these ratios (generalized "
        + "mutual information). False confidence lowers it."

    /// Receivers with measured reliabilities at the reference noise, with their place in the
    /// report, which is their color.
    var softReceivers:
        [(place: Int, receiver: Receiver, reliability: EvaluationRecord.Reliability)]
    {
        receivers.enumerated().compactMap { place, receiver in
            receiver.record.point(atNoiseDB: referenceNoiseDB)?.reliability
                .map { (place, receiver, $0) }
        }
    }

    /// Reliability diagram at the reference noise: how often bits are wrong, over how often their
    /// log-likelihood ratios say they are.
    public var reliabilityPlot: Plot {
        var series: [Plot.Series] = []
        var unseen: [Plot.Series] = []
        for (place, receiver, reliability) in softReceivers {
            let bins = reliability.drawnBins
            series.append(
                .init(
                    receiver.label, .lineAndMarkers, color: place,
                    points: bins.filter { $0.errors > 0 }.map { bin in
                        Plot.Point(
                            bin.stated, bin.observed,
                            yInterval: bin.interval.map {
                                max($0.lowerBound, bin.observed * 1e-3)...$0.upperBound
                            })
                    }))
            // Nothing was wrong: the mark stands where the interval ends.
            let empty = bins.filter { $0.errors == 0 }.compactMap { bin in
                bin.interval.map { Plot.Point(bin.stated, $0.upperBound) }
            }
            if !empty.isEmpty {
                unseen.append(.init("", .openMarkers, color: place, points: empty))
            }
        }
        let points = (series + unseen).flatMap { $0.segments.joined() }
        let ends = points.flatMap { [$0.x, $0.yInterval?.lowerBound ?? $0.y] }
        let low = decade(below: ends.min() ?? 1e-3)
        let diagonal = Plot.Series(
            "stated = observed", .dashedLine, color: 6,
            points: [Plot.Point(low, low), Plot.Point(1, 1)])
        let level = NumberText.count(0 - referenceNoiseDB)
        var plot = Plot(
            title: "Are the receivers as sure as they should be? Bits at \(level) dB",
            caption: "Each mark: the bits whose log-likelihood ratio L has about the same size, "
                + "one nat per mark; the surest, of whom too few errors are due, share one. Across: "
                + "how often they are wrong by their own account, the "
                + "mean of 1/(1 + exp |L|). Up: how often they are, with exact 95 % intervals. "
                + "Above the dashed line a receiver is too sure, below it too shy."
                + (unseen.isEmpty
                    ? "" : " Open marks: none was wrong; the upper end of the interval."),
            xAxis: .init(
                "stated probability of a bit error", scale: .logarithmic, range: low...1),
            yAxis: .init("observed share of bit errors", scale: .logarithmic, range: low...1),
            series: [diagonal] + series + unseen)
        plot.aspectRatio = 0.75
        return plot
    }
}

extension EvaluationRecord.Reliability {
    /// Bins for a diagram: those with at least three errors due, and one of all surer bits, so
    /// that single errors among many nearly empty bins do not look like as many contradictions.
    /// That one is left out when it holds no error and none was due.
    var drawnBins: [Bin] {
        let bins = bins.sorted { $0.leastRatio < $1.leastRatio }
        func due(_ bin: Bin) -> Double { bin.stated * Double(bin.bits) }
        let first = bins.firstIndex { due($0) < 3 } ?? bins.count
        let tail = bins[first...]
        let bits = tail.reduce(0) { $0 + $1.bits }
        let errors = tail.reduce(0) { $0 + $1.errors }
        let all = tail.reduce(0) { $0 + due($1) }
        guard bits > 0, all > 0, errors > 0 || all >= 3 else { return Array(bins[..<first]) }
        let interval = BinomialInterval.exact(successes: errors, trials: bits)
        return bins[..<first] + [
            Bin(
                leastRatio: tail[first].leastRatio, bits: bits, errors: errors,
                stated: all / Double(bits), ci95: [interval.lowerBound, interval.upperBound])
        ]
    }
}
