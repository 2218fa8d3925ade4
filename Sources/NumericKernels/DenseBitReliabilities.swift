import RealModule

/// Log-likelihood ratios of label bits from logarithmic class weights.
public enum DenseBitReliabilities {
    /// ratio[n, i] = log sum over classes with bit i = 0 of exp logit[n, c]
    ///             - log sum over classes with bit i = 1 of exp logit[n, c].
    ///
    /// Exact, also where one of the sums would vanish beside the other.
    ///
    /// - Parameters:
    ///   - logits: shape [symbol, class], finite.
    ///   - labels: bits of each class, bit 0 the most significant of `bits`, shape [class]; every
    ///     bit has both values.
    ///   - workspace: `classes` elements.
    ///   - ratios: shape [symbol, bit].
    public static func fill(
        logits: UnsafePointer<Double>, count: Int, classes: Int, labels: UnsafePointer<UInt8>,
        bits: Int, workspace: UnsafeMutablePointer<Double>,
        ratios: UnsafeMutablePointer<Double>
    ) {
        precondition(classes > 1 && bits > 0)
        for n in 0..<count {
            let z = logits + n * classes
            var top = z[0]
            for c in 1..<classes { top = max(top, z[c]) }
            for c in 0..<classes { workspace[c] = Double.exp(z[c] - top) }
            for i in 0..<bits {
                let mask = UInt8(1) << UInt8(bits - 1 - i)
                var zero = 0.0
                var one = 0.0
                for c in 0..<classes {
                    if labels[c] & mask == 0 { zero += workspace[c] } else { one += workspace[c] }
                }
                // Far above the subnormal numbers, the sums carry all their digits.
                ratios[n * bits + i] =
                    min(zero, one) > 1e-280
                    ? Double.log(zero / one)
                    : logSum(z, classes, labels, mask, 0) - logSum(z, classes, labels, mask, mask)
            }
        }
    }

    /// log sum of exp z[c] over the classes whose label has `value` under `mask`.
    private static func logSum(
        _ z: UnsafePointer<Double>, _ classes: Int, _ labels: UnsafePointer<UInt8>, _ mask: UInt8,
        _ value: UInt8
    ) -> Double {
        var top = -Double.infinity
        for c in 0..<classes where labels[c] & mask == value { top = max(top, z[c]) }
        var sum = 0.0
        for c in 0..<classes where labels[c] & mask == value { sum += Double.exp(z[c] - top) }
        return top + Double.log(sum)
    }
}
