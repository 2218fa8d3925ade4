import RealModule

/// Softmax and cross-entropy over arrays of shape [class, sample], sample fastest.
public enum DenseSoftmax {
    /// Adds the biases to scores: values[c, n] += bias[c].
    public static func addBias(
        _ values: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>, rows: Int, columns: Int
    ) {
        for r in 0..<rows {
            let row = values + r * columns
            let b = bias[r]
            for n in 0..<columns { row[n] += b }
        }
    }

    /// Turns class scores into the gradient of their mean cross-entropy.
    ///
    /// With p = softmax(scores[., n]): loss = mean over n of -log p[symbol n], and
    /// scores[c, n] becomes (p[c] - [c == symbol n]) / columns.
    ///
    /// - Parameters:
    ///   - scores: shape [class, sample].
    ///   - symbols: the sent symbols, shape [sample], below `classes`.
    ///   - workspace: two times `columns` elements.
    /// - Returns: the loss, in nats.
    public static func crossEntropyGradient(
        scores: UnsafeMutablePointer<Float>, symbols: UnsafePointer<UInt8>, classes: Int,
        columns: Int, workspace: UnsafeMutablePointer<Float>
    ) -> Double {
        precondition(classes > 0 && columns > 0)
        let maximum = workspace
        let total = workspace + columns
        for n in 0..<columns { maximum[n] = scores[n] }
        for c in 1..<max(classes, 1) {
            let row = scores + c * columns
            for n in 0..<columns { maximum[n] = max(maximum[n], row[n]) }
        }
        var loss = 0.0
        for n in 0..<columns {
            loss -= Double(scores[Int(symbols[n]) * columns + n] - maximum[n])
            total[n] = 0
        }
        for c in 0..<classes {
            let row = scores + c * columns
            for n in 0..<columns {
                let e = DenseActivations.exponential(nonPositive: row[n] - maximum[n])
                row[n] = e
                total[n] += e
            }
        }
        for n in 0..<columns { loss += Double(Float.log(total[n])) }
        let scale = 1 / Float(columns)
        for n in 0..<columns { total[n] = scale / total[n] }
        for c in 0..<classes {
            let row = scores + c * columns
            for n in 0..<columns { row[n] *= total[n] }
        }
        for n in 0..<columns { scores[Int(symbols[n]) * columns + n] -= scale }
        return loss / Double(columns)
    }

    /// The likeliest class of every sample, and the scores turned to shape [sample, class].
    ///
    /// - Returns: comparisons done.
    public static func decide(
        scores: UnsafePointer<Float>, classes: Int, columns: Int,
        symbols: UnsafeMutablePointer<UInt8>, transposed: UnsafeMutablePointer<Float>
    ) -> Int {
        for n in 0..<columns {
            var best = -Float.infinity
            var winner = 0
            for c in 0..<classes {
                let score = scores[c * columns + n]
                transposed[n * classes + c] = score
                if score > best {
                    best = score
                    winner = c
                }
            }
            symbols[n] = UInt8(truncatingIfNeeded: winner)
        }
        return (classes - 1) * columns
    }
}
