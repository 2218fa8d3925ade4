import RealModule

/// The regularized incomplete beta function I_x(a, b) and its inverse, for a, b >= 1.
public enum IncompleteBeta {
    /// I_x(a, b) and 1 - I_x(a, b), each without cancellation.
    ///
    /// The continued fraction is evaluated on the side of the mean where it converges, in
    /// O(sqrt(max(a, b))) terms.
    ///
    /// - Source: continued fraction: Abramowitz and Stegun, 26.5.8, by Lentz's method; the factor
    ///   before it: `logDensity`.
    public static func regularized(
        _ x: Double, complement y: Double, a: Double, b: Double
    ) -> (lower: Double, upper: Double) {
        precondition(a >= 1 && b >= 1, "a and b are at least 1")
        if x <= 0 { return (0, 1) }
        if y <= 0 { return (1, 0) }
        // x^a y^b / B(a, b), symmetric in both sides.
        let front = Double.exp(logDensity(x, y, a, b))
        if x * (a + b + 2) <= a + 1 {
            let part = min(1, front * fraction(x, a, b) / a)
            return (part, 1 - part)
        }
        let part = min(1, front * fraction(y, b, a) / b)
        return (1 - part, part)
    }

    /// The x of I_x(a, b) = probability.
    ///
    /// Newton steps inside a shrinking bracket, which is halved on the scale of log x where they
    /// would leave it.
    ///
    /// - Parameter complement: 1 - probability, given apart so that either may be small.
    public static func quantile(
        _ probability: Double, complement: Double, a: Double, b: Double
    ) -> Double {
        precondition(probability > 0 && complement > 0, "a probability between 0 and 1")
        var low = 0.0
        var high = 1.0
        var x = a / (a + b)
        for _ in 0..<200 {
            let sides = regularized(x, complement: 1 - x, a: a, b: b)
            // The smaller side carries the digits.
            let excess =
                sides.lower < 0.5 ? sides.lower - probability : complement - sides.upper
            if excess == 0 { return x }
            if excess > 0 { high = x } else { low = x }
            let slope = Double.exp(logDensity(x, 1 - x, a, b)) / (x * (1 - x))
            var next = x - excess / slope
            if !(next > low && next < high) {
                next = low > 0 ? (low * high).squareRoot() : high / 16
            }
            if abs(next - x) <= 4e-16 * x { return next }
            x = next
        }
        return x
    }

    /// log(x^a y^b / B(a, b)) for y = 1 - x, to full precision even for a + b of 1e9 and more.
    ///
    /// With n = a + b and deviance D(u, v) = u log(u / v) + v - u:
    /// log(a b / (2 pi n)) / 2 + s(n) - s(a) - s(b) - D(a, n x) - D(b, n y),
    /// s being what Stirling's formula leaves of log Gamma. No large terms cancel.
    ///
    /// - Source: after Loader, "Fast and accurate computation of binomial probabilities" (2000).
    static func logDensity(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
        let n = a + b
        return 0.5 * Double.log(a / n * b / (2 * Double.pi)) + stirlingRest(n) - stirlingRest(a)
            - stirlingRest(b) - deviance(a, n * x) - deviance(b, n * y)
    }

    /// log Gamma(z) - ((z - 1/2) log z - z + log(2 pi) / 2).
    static func stirlingRest(_ z: Double) -> Double {
        if z < 16 {
            return Double.logGamma(z) - ((z - 0.5) * Double.log(z) - z)
                - 0.5 * Double.log(2 * Double.pi)
        }
        let r = 1 / (z * z)
        return (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r / 1188)))) / z
    }

    /// D(u, v) = u log(u / v) + v - u, which near u = v is a series in (u - v) / (u + v).
    static func deviance(_ u: Double, _ v: Double) -> Double {
        let difference = u - v
        guard abs(difference) < 0.1 * (u + v) else { return u * Double.log(u / v) + v - u }
        let e = difference / (u + v)
        var sum = difference * e
        var term = 2 * u * e
        var divisor = 3.0
        while true {
            term *= e * e
            let next = sum + term / divisor
            if next == sum { return sum }
            sum = next
            divisor += 2
        }
    }

    /// The continued fraction of the incomplete beta function.
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        var c = 1.0
        var d = 1 - (a + b) * x / (a + 1)
        d = 1 / (abs(d) < tiny ? tiny : d)
        var result = d
        var m = 1.0
        while m < 1e7 {
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 + even * d
            c = 1 + even / c
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = abs(c) < tiny ? tiny : c
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 + odd * d
            c = 1 + odd / c
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = abs(c) < tiny ? tiny : c
            let change = d * c
            result *= change
            if abs(change - 1) < 3e-16 { return result }
            m += 1
        }
        return result
    }
}
