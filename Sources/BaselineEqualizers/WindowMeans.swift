import Modulation

/// The mean received sample for every content of a window of symbols, learned by averaging.
///
/// A table of M^window means cannot be counted out: at nine symbols of four values a million
/// training symbols meet each window four times. So averages are drawn toward a polynomial of
/// second order in the levels (`SymbolSeries`, a few dozen weights, regressed on the same data):
/// mean = (n average + k series) / (n + k) for a window met n times. How much, the data say:
/// k = v / t, v the variance within windows and t the variance of the true means around the
/// series, both estimated by the analysis of variance (method of moments of the random-effects
/// model: W. G. Cochran 1939). Where the series explains all, t is zero and the table is the
/// series; where it does not, averages take over as data grow. A window never met gets the series.
public struct WindowMeans: Sendable, Hashable, Codable {
    public let window: Int
    public let order: Int
    /// Shape [window content], its symbols as a number to base `order`, the earliest first.
    public let means: [Double]
    /// Variance of samples around their means.
    public let variance: Double
    /// k above; nil for infinity, the series alone.
    public let seriesWeight: Double?

    /// - Precondition: order^window finite means, a positive variance.
    public init(
        window: Int, order: Int, means: [Double], variance: Double, seriesWeight: Double? = nil
    ) {
        precondition(Self.isValid(window, order, means, variance), "needs a mean per window")
        self.window = window
        self.order = order
        self.means = means
        self.variance = variance
        self.seriesWeight = seriesWeight
    }

    /// Whether a table of this shape can be: an odd window of at most 2^22 contents.
    public static func isValid(window: Int, order: Int) -> Bool {
        guard window > 0, window % 2 == 1, (2...256).contains(order) else { return false }
        var contents = 1
        for _ in 0..<window where contents <= 1 << 22 { contents *= order }
        return contents <= 1 << 22
    }

    private static func isValid(
        _ window: Int, _ order: Int, _ means: [Double], _ variance: Double
    ) -> Bool {
        guard isValid(window: window, order: order) else { return false }
        return means.count == (0..<window).reduce(1) { count, _ in count * order }
            && means.allSatisfy(\.isFinite) && variance > 0 && variance.isFinite
    }

    private enum CodingKeys: String, CodingKey {
        case window, order, means, variance
        case seriesWeight = "series_weight"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        window = try container.decode(Int.self, forKey: .window)
        order = try container.decode(Int.self, forKey: .order)
        means = try container.decode([Double].self, forKey: .means)
        variance = try container.decode(Double.self, forKey: .variance)
        seriesWeight = try container.decodeIfPresent(Double.self, forKey: .seriesWeight)
        guard Self.isValid(window, order, means, variance) else {
            throw DecodingError.dataCorruptedError(
                forKey: .means, in: container,
                debugDescription: "needs a finite mean for each content of an odd window and a "
                    + "positive variance")
        }
    }

    /// What the window of each sample of a circular block holds: its symbols as a number to base
    /// `order`, the earliest first.
    static func contents(of symbols: [UInt8], window: Int, order: Int) -> [Int] {
        let size = (0..<window).reduce(1) { count, _ in count * order }
        var content = 0
        return TapWindow(tapCount: window).padded(symbols).enumerated().compactMap { n, symbol in
            content = (content * order + Int(symbol)) % size
            return n >= window - 1 ? content : nil
        }
    }

    /// Learns the means of a stream.
    ///
    /// - Parameters:
    ///   - levels: transmitted level of each symbol index, in any units.
    ///   - stream: read twice: for the series and for the averages.
    /// - Throws: `EqualizerFitError`, or what the stream throws.
    public static func learn(window: Int, levels: [Double], from stream: TrainingStream) throws
        -> WindowMeans
    {
        let order = levels.count
        precondition(isValid(window: window, order: order), "an odd window, not too long")
        let (series, residual) = try SymbolSeries.fit(span: window, levels: levels, to: stream)
        let table = series.table(window: window)
        var sums = WindowSums(window: window, order: order)
        for index in 0..<stream.blockCount {
            sums.add(try stream.block(index, order: order), table: table)
        }
        return sums.means(around: table, residual: residual)
    }
}

/// Running sums of samples less their series for every content of a window.
private struct WindowSums {
    let window: Int
    let order: Int
    private var counts: [Int32]
    private var sums: [Double]
    private var squares = 0.0
    private var samples = 0

    init(window: Int, order: Int) {
        self.window = window
        self.order = order
        let contents = (0..<window).reduce(1) { count, _ in count * order }
        counts = [Int32](repeating: 0, count: contents)
        sums = [Double](repeating: 0, count: contents)
    }

    mutating func add(_ block: TrainingBlock, table: [Double]) {
        let contents = WindowMeans.contents(of: block.symbols, window: window, order: order)
        for (sample, content) in zip(block.received, contents) {
            let rest = sample - table[content]
            counts[content] += 1
            sums[content] += rest
            squares += rest * rest
        }
        samples += contents.count
    }

    func means(around table: [Double], residual: Double) -> WindowMeans {
        var visited = 0
        var between = 0.0
        var countSquares = 0.0
        for (n, sum) in zip(counts, sums) where n > 0 {
            visited += 1
            between += sum * sum / Double(n)
            countSquares += Double(n) * Double(n)
        }
        let total = Double(samples)
        // Noise-free training data leave costs finite.
        let range = (table.max() ?? 0) - (table.min() ?? 0)
        let least = 1e-12 * (range > 0 ? range * range : 1)
        guard samples > visited else {
            return WindowMeans(
                window: window, order: order, means: table, variance: max(least, residual))
        }
        let within = max(0, squares - between) / Double(samples - visited)
        let spread =
            (between - Double(visited) * within) / max(1, total - countSquares / total)
        guard spread > 0 else {
            return WindowMeans(
                window: window, order: order, means: table, variance: max(least, residual))
        }
        let weight = within / spread
        var means = table
        for content in means.indices where counts[content] > 0 {
            means[content] += sums[content] / (Double(counts[content]) + weight)
        }
        return WindowMeans(
            window: window, order: order, means: means, variance: max(least, within),
            seriesWeight: weight)
    }
}
