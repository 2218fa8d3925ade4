/// Search for the codes at which measured values meet their targets, all circuits at once.
///
/// A binary search over ten bits presumes a monotonic response; since measurements are noisy its last
/// decisions may be wrong, so codes around the result are measured again and the best one is kept.
struct CodeSearch {
    enum Slope { case rising, falling }

    struct Outcome {
        var codes: [CapMemCode]
        /// Measured value less target at these codes.
        var residuals: [Double]
    }

    /// - Parameters:
    ///   - targets: by circuit.
    ///   - measure: sets the codes and returns a value by circuit.
    ///   - neighbors: how far around the result the scan goes.
    static func run(
        _ slope: Slope, targets: [Double], neighbors: Int = 2,
        measure: ([CapMemCode]) -> [Double]
    ) -> Outcome {
        let count = targets.count
        var codes = [Int](repeating: 0, count: count)
        for bit in (0..<10).reversed() {
            let trial = codes.map { $0 | 1 << bit }
            let values = measure(trial.map { CapMemCode(min($0, 1022)) })
            for i in 0..<count {
                let isBelow = values[i] < targets[i]
                if trial[i] <= 1022, isBelow == (slope == .rising) { codes[i] = trial[i] }
            }
        }
        var best = codes
        var residuals = [Double](repeating: .infinity, count: count)
        // The wanted code lies between the result and the next one: look around both.
        for step in -neighbors + 1...neighbors {
            let trial = codes.map { min(max($0 + step, 0), 1022) }
            let values = measure(trial.map { CapMemCode($0) })
            for i in 0..<count {
                let residual = values[i] - targets[i]
                if abs(residual) < abs(residuals[i]) {
                    residuals[i] = residual
                    best[i] = trial[i]
                }
            }
        }
        let result = best.map { CapMemCode($0) }
        _ = measure(result)
        return Outcome(codes: result, residuals: residuals)
    }
}
