/// Nonlinearities of dense layers over arrays of shape [neuron, sample], sample fastest.
public enum DenseActivations {
    /// exp(x) for x <= 0, to 2e-7 relative; below -87 it stays at exp(-87).
    ///
    /// x = n log 2 + r with |r| <= log(2) / 2; exp(r) is its Taylor polynomial of degree 7
    /// (remainder r^8 / 8! < 6e-9) and 2^n is put together from its bits, so that the loop around
    /// it becomes vector instructions.
    @inline(__always)
    static func exponential(nonPositive x: Float) -> Float {
        let clamped = max(x, -87)
        // Adding 1.5 x 2^23 rounds to the nearest integer and leaves it in the low bits.
        let shifted = clamped * 1.442_695_04 + 12_582_912
        let n = shifted - 12_582_912
        // log 2 in two parts: the first has few bits, so that n times it is exact.
        let r = (clamped - n * 0.693_359_375) - n * -2.121_944_4e-4
        var p: Float = 1.0 / 5040
        p = p * r + 1.0 / 720
        p = p * r + 1.0 / 120
        p = p * r + 1.0 / 24
        p = p * r + 1.0 / 6
        p = p * r + 0.5
        p = p * r + 1
        p = p * r + 1
        let power = (shifted.bitPattern &- 0x4B40_0000 &+ 127) << 23
        return p * Float(bitPattern: power)
    }

    /// values[r, n] = tanh(values[r, n] + bias[r]), to 2e-7 absolute.
    ///
    /// - Returns: activations evaluated.
    public static func addBiasTanh(
        _ values: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>, rows: Int, columns: Int
    ) -> Int {
        for r in 0..<rows {
            let row = values + r * columns
            let b = bias[r]
            for n in 0..<columns {
                let x = row[n] + b
                let e = exponential(nonPositive: -2 * abs(x))
                let magnitude = (1 - e) / (1 + e)
                row[n] = Float(
                    bitPattern: magnitude.bitPattern | (x.bitPattern & 0x8000_0000))
            }
        }
        return rows * columns
    }

    /// values[r, n] = max(0, values[r, n] + bias[r]).
    ///
    /// - Returns: activations evaluated.
    public static func addBiasRectifier(
        _ values: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>, rows: Int, columns: Int
    ) -> Int {
        for r in 0..<rows {
            let row = values + r * columns
            let b = bias[r]
            for n in 0..<columns { row[n] = max(0, row[n] + b) }
        }
        return rows * columns
    }

    /// gradient[n] *= 1 - activation[n]^2, the derivative of tanh by its value.
    public static func tanhBackward(
        _ gradient: UnsafeMutablePointer<Float>, activations: UnsafePointer<Float>, count: Int
    ) {
        for n in 0..<count { gradient[n] *= 1 - activations[n] * activations[n] }
    }

    /// gradient[n] = 0 where the rectifier gave zero.
    public static func rectifierBackward(
        _ gradient: UnsafeMutablePointer<Float>, activations: UnsafePointer<Float>, count: Int
    ) {
        for n in 0..<count { gradient[n] = activations[n] > 0 ? gradient[n] : 0 }
    }

    /// result[r] = sum over n of values[r, n]; sixteen partial sums, added in a fixed order.
    public static func rowSums(
        _ values: UnsafePointer<Float>, rows: Int, columns: Int,
        into result: UnsafeMutablePointer<Float>
    ) {
        for r in 0..<rows {
            let row = values + r * columns
            var partial = SIMD16<Float>.zero
            var n = 0
            while n + 16 <= columns {
                partial += UnsafeRawPointer(row + n).loadUnaligned(as: SIMD16<Float>.self)
                n += 16
            }
            var sum = partial.sum()
            while n < columns {
                sum += row[n]
                n += 1
            }
            result[r] = sum
        }
    }
}
