/// Plots of what a link delivers, from arrays of samples.
public enum LinkPlots {
    /// Eye diagram: traces of a waveform laid over each other.
    ///
    /// - Parameters:
    ///   - waveform: Samples, shape [sample].
    ///   - samplesPerSymbol: Samples of one symbol.
    ///   - symbolsPerTrace: Width of the diagram in symbols; traces start one symbol apart.
    ///   - maximumTraces: Traces drawn, from the start of the waveform.
    public static func eyeDiagram(
        title: String, caption: String, valueLabel: String, waveform: [Double],
        samplesPerSymbol: Int, symbolsPerTrace: Int, maximumTraces: Int
    ) -> Plot {
        precondition(samplesPerSymbol > 0 && symbolsPerTrace > 0, "a trace has samples")
        let length = samplesPerSymbol * symbolsPerTrace
        let starts = stride(
            from: 0, to: max(0, waveform.count - length), by: samplesPerSymbol
        ).prefix(maximumTraces)
        let traces = starts.map { start in
            (0...length).map { offset in
                Plot.Point(Double(offset) / Double(samplesPerSymbol), waveform[start + offset])
            }
        }
        return Plot(
            title: title, caption: caption,
            xAxis: .init("time (symbols)", range: 0...Double(symbolsPerTrace)),
            yAxis: .init(valueLabel),
            series: [.init("", .faintLines, color: 0, segments: Array(traces))])
    }

    /// Histogram of received samples, one outline per transmitted symbol.
    ///
    /// - Parameters:
    ///   - samples: Received samples, shape [symbol].
    ///   - symbols: Transmitted symbol indices, shape [symbol].
    ///   - bins: Intervals between the least and the greatest sample.
    /// - Precondition: As many symbols as samples.
    public static func histogram(
        title: String, caption: String, valueLabel: String, samples: [Double], symbols: [Int],
        symbolNames: [String], bins: Int
    ) -> Plot {
        precondition(samples.count == symbols.count, "one symbol per sample")
        precondition(bins > 0, "a histogram has bins")
        let low = samples.min() ?? 0
        let high = samples.max() ?? 1
        let width = high > low ? (high - low) / Double(bins) : 1
        var counts = symbolNames.map { _ in [Int](repeating: 0, count: bins) }
        for (sample, symbol) in zip(samples, symbols) where sample.isFinite {
            counts[symbol][min(bins - 1, Int((sample - low) / width))] += 1
        }
        let series = symbolNames.enumerated().map { symbol, name in
            Plot.Series(
                name, .bars, color: symbol,
                points: counts[symbol].enumerated().map { bin, count in
                    Plot.Point(low + (Double(bin) + 0.5) * width, Double(count))
                })
        }
        return Plot(
            title: title, caption: caption, xAxis: .init(valueLabel),
            yAxis: .init("samples"), series: series)
    }
}
