/// Running moments of an output for each sent symbol.
struct ClassMoments {
    private let targets: [Double]
    private var counts: [Int]
    private var sums: [Double]
    private var squares: [Double]

    /// - Parameter targets: a value near which the outputs of each symbol lie; moments about it
    ///   lose no digits.
    init(targets: [Double]) {
        self.targets = targets
        counts = [Int](repeating: 0, count: targets.count)
        sums = [Double](repeating: 0, count: targets.count)
        squares = sums
    }

    mutating func add(outputs: [Double], symbols: [UInt8]) {
        for (z, symbol) in zip(outputs, symbols) {
            let c = Int(symbol)
            let d = z - targets[c]
            counts[c] += 1
            sums[c] += d
            squares[c] += d * d
        }
    }

    /// Means and standard deviations.
    ///
    /// A deviation is at least a millionth of the spacing of the targets, so that noise-free
    /// training data leave scores finite.
    func moments() throws(EqualizerFitError) -> (means: [Double], deviations: [Double]) {
        if let c = counts.firstIndex(where: { $0 < 2 }) {
            throw EqualizerFitError(
                .missingClass,
                "symbol \(c) occurs \(counts[c]) times in the training data; it needs at least 2")
        }
        let least = 1e-6 * abs(targets[targets.count - 1] - targets[0]) / Double(targets.count - 1)
        var means: [Double] = []
        var deviations: [Double] = []
        for c in targets.indices {
            let offset = sums[c] / Double(counts[c])
            let variance = (squares[c] - sums[c] * offset) / Double(counts[c] - 1)
            means.append(targets[c] + offset)
            deviations.append(max(least, max(0, variance).squareRoot()))
        }
        guard means.allSatisfy(\.isFinite), deviations.allSatisfy(\.isFinite) else {
            throw EqualizerFitError(.notFinite, "the equalizer's outputs are not finite")
        }
        return (means, deviations)
    }
}

/// Running histograms of an output between the means of neighboring symbols, in search of the
/// thresholds of fewest errors.
struct ThresholdSearch {
    private let means: [Double]
    /// For each pair of neighbors and bin: outputs sent above the pair's gap less those sent
    /// below it. Moving a threshold up over a bin makes that many more errors.
    private var balance: [Int]

    private static let bins = 256
    /// The error curve is averaged over this many bins on either side, a tenth of the spacing in
    /// all: its minimum is flat, and single errors would move it.
    private static let reach = 13

    init(means: [Double]) {
        self.means = means
        balance = [Int](repeating: 0, count: (means.count - 1) * Self.bins)
    }

    mutating func add(outputs: [Double], symbols: [UInt8]) {
        for lower in 0..<means.count - 1 {
            let scale = Double(Self.bins) / (means[lower + 1] - means[lower])
            // Neighbors whose means are not in order have no threshold to look for.
            guard scale > 0, scale.isFinite else { continue }
            for (z, symbol) in zip(outputs, symbols) {
                let position = (z - means[lower]) * scale
                guard position >= 0, position < Double(Self.bins) else { continue }
                balance[lower * Self.bins + Int(position)] += Int(symbol) > lower ? 1 : -1
            }
        }
    }

    /// The output between each pair of neighboring means at which a threshold makes the fewest
    /// errors; the middle of several.
    var thresholds: [Double] {
        (0..<means.count - 1).map { lower in
            // Errors at the upper edge of each bin, against a threshold at the lower mean.
            var errors = [0]
            for b in 0..<Self.bins { errors.append(errors[b] + balance[lower * Self.bins + b]) }
            let smooth = errors.indices.map { edge in
                let window = max(0, edge - Self.reach)...min(Self.bins, edge + Self.reach)
                return Double(errors[window].reduce(0, +)) / Double(window.count)
            }
            let least = smooth.min() ?? 0
            let first = smooth.firstIndex(of: least) ?? 0
            let last = smooth.lastIndex(of: least) ?? first
            let share = Double(first + last) / Double(2 * Self.bins)
            return means[lower] + share * (means[lower + 1] - means[lower])
        }
    }
}
