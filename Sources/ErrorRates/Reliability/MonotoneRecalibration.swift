import RealModule

/// The probability of a bit as a monotone step function of one number, learned without assuming
/// any shape: isotonic regression.
///
/// P(bit = 0) must not fall as the number rises; among all such functions this one has the
/// largest likelihood. Pooling adjacent violators leaves steps within which the bits are counted;
/// a step with n0 zeros and n1 ones gives the ratio log((n0 + 1/2) / (n1 + 1/2)), finite also
/// where one of them was never seen.
///
/// - Source: Ayer et al., Ann. Math. Statist. 26 (1955) 641; for scores of classifiers: Zadrozny
///   and Elkan, KDD 2002; the halves: Krichevsky and Trofimov, IEEE Trans. Inf. Theory 27 (1981)
///   199.
public struct MonotoneRecalibration: Sendable, Hashable {
    /// Upper ends of all steps but the last, ascending.
    public let edges: [Double]
    /// Log-likelihood ratio of each step; one more than edges.
    public let ratios: [Double]

    /// - Parameters:
    ///   - values: what is known of each bit, such as an uncalibrated log-likelihood ratio.
    ///   - bits: the true bits, 0 or 1.
    public init(values: [Double], bits: [UInt8]) {
        precondition(values.count == bits.count, "a bit for each value")
        struct Step {
            var lower: Double
            var upper: Double
            var zeros: Double
            var count: Double
        }
        let sorted = values.indices.map { (value: values[$0], bit: bits[$0]) }
            .sorted { $0.value < $1.value }
        var steps: [Step] = []
        var index = 0
        while index < sorted.count {
            // Equal values, as quantized scores give, cannot be told apart: one step.
            let value = sorted[index].value
            var step = Step(lower: value, upper: value, zeros: 0, count: 0)
            while index < sorted.count, sorted[index].value == value {
                step.zeros += sorted[index].bit == 0 ? 1 : 0
                step.count += 1
                index += 1
            }
            while let last = steps.last, last.zeros * step.count >= step.zeros * last.count {
                step.lower = last.lower
                step.zeros += last.zeros
                step.count += last.count
                steps.removeLast()
            }
            steps.append(step)
        }
        edges = zip(steps, steps.dropFirst()).map { ($0.upper + $1.lower) / 2 }
        ratios =
            steps.isEmpty
            ? [0]
            : steps.map { Double.log(($0.zeros + 0.5) / ($0.count - $0.zeros + 0.5)) }
    }

    /// The ratio of the step that holds a value.
    public func ratio(of value: Double) -> Double {
        var low = 0
        var high = edges.count
        while low < high {
            let middle = (low + high) / 2
            if value > edges[middle] { low = middle + 1 } else { high = middle }
        }
        return ratios[low]
    }
}
