/// Decisions on a scalar between classes that are normal with known means and deviations.
public enum DenseGaussianScores {
    /// Log likelihood of every class, up to a common constant, and the likeliest class.
    ///
    /// score[n, c] = offset[c] - (z[n] - mean[c])^2 precision[c].
    ///
    /// - Parameters:
    ///   - outputs: z, shape [symbol].
    ///   - means, precisions, offsets: shape [class]; precision = 1 / (2 variance), offset =
    ///     -log(standard deviation).
    ///   - symbols: the likeliest class, shape [symbol]; the lower one of equals.
    ///   - scores: shape [symbol, class].
    /// - Returns: comparisons done.
    public static func decide(
        outputs: UnsafePointer<Double>, count: Int, means: UnsafePointer<Double>,
        precisions: UnsafePointer<Double>, offsets: UnsafePointer<Double>, classes: Int,
        symbols: UnsafeMutablePointer<UInt8>, scores: UnsafeMutablePointer<Float>
    ) -> Int {
        var comparisons = 0
        for n in 0..<count {
            comparisons += decide(
                outputs[n], means: means, precisions: precisions, offsets: offsets,
                classes: classes, symbol: symbols + n, scores: scores + n * classes)
        }
        return comparisons
    }

    @inline(__always)
    private static func decide(
        _ z: Double, means: UnsafePointer<Double>, precisions: UnsafePointer<Double>,
        offsets: UnsafePointer<Double>, classes: Int, symbol: UnsafeMutablePointer<UInt8>,
        scores: UnsafeMutablePointer<Float>
    ) -> Int {
        var best = -Double.infinity
        var winner = 0
        for c in 0..<classes {
            let d = z - means[c]
            let score = offsets[c] - d * d * precisions[c]
            scores[c] = Float(score)
            if score > best {
                best = score
                winner = c
            }
        }
        symbol.pointee = UInt8(truncatingIfNeeded: winner)
        return classes - 1
    }

    /// Decides symbol after symbol, each with the decisions before it fed back.
    ///
    /// z[n] = feedforward[n] + sum over j of feedback[j] level[decision(n - 1 - j)].
    ///
    /// - Parameters:
    ///   - feedforward: what the received samples say, shape [symbol].
    ///   - feedback: weight of the decision j + 1 symbols ago, shape [feedbackCount].
    ///   - levels: the value fed back for each class, shape [class].
    ///   - past: the values fed back before the first symbol, latest first, shape
    ///     [feedbackCount]; left as they are after the last symbol.
    /// - Returns: comparisons and multiply-accumulates done.
    public static func decideWithFeedback(
        feedforward: UnsafePointer<Double>, count: Int, feedback: UnsafePointer<Double>,
        feedbackCount: Int, levels: UnsafePointer<Double>, past: UnsafeMutablePointer<Double>,
        means: UnsafePointer<Double>, precisions: UnsafePointer<Double>,
        offsets: UnsafePointer<Double>, classes: Int,
        symbols: UnsafeMutablePointer<UInt8>, scores: UnsafeMutablePointer<Float>
    ) -> (comparisons: Int, multiplyAccumulates: Int) {
        var comparisons = 0
        var multiplyAccumulates = 0
        for n in 0..<count {
            var z = feedforward[n]
            for j in 0..<feedbackCount { z += feedback[j] * past[j] }
            multiplyAccumulates += feedbackCount
            comparisons += decide(
                z, means: means, precisions: precisions, offsets: offsets, classes: classes,
                symbol: symbols + n, scores: scores + n * classes)
            var j = feedbackCount - 1
            while j > 0 {
                past[j] = past[j - 1]
                j -= 1
            }
            if feedbackCount > 0 { past[0] = levels[Int(symbols[n])] }
        }
        return (comparisons, multiplyAccumulates)
    }
}
