public import ComplexModule
public import RealModule

/// The frequency response of an electrical part: driver, photodiode, amplifier.
public enum ElectricalFilter: Sendable, Hashable {
    /// Maximally flat magnitude: |H|^2 = 1 / (1 + (f/B)^2n), B the 3-dB bandwidth.
    case butterworth(order: Int, bandwidthInHertz: Double)
    /// Maximally flat group delay: H(s) = theta_n(0) / theta_n(s / w0), theta_n the reverse Bessel
    /// polynomial, w0 such that B is the 3-dB bandwidth. The delay at low frequencies, 1 / w0, is
    /// taken out, so that the filter does not shift the symbols.
    case bessel(order: Int, bandwidthInHertz: Double)
    /// A table of frequencies in Hz, ascending, with complex gains; linear in between, the last gain
    /// beyond. Below zero the conjugate.
    case measured([MeasuredPoint])

    /// One row of a measured response, such as S21.
    public struct MeasuredPoint: Sendable, Hashable {
        public var frequencyInHertz: Double
        public var gain: Complex<Double>
        public init(frequencyInHertz: Double, gain: Complex<Double>) {
            self.frequencyInHertz = frequencyInHertz
            self.gain = gain
        }
    }

    /// The response at a frequency in Hz, of either sign.
    ///
    /// Source: Zverev, "Handbook of Filter Synthesis".
    public func transfer(frequencyInHertz f: Double) -> Complex<Double> {
        switch self {
        case .butterworth(let order, let bandwidth):
            return Self.butterworth(order, f / bandwidth)
        case .bessel: return prepared(f)
        case .measured(let points):
            let gain = Self.interpolated(points, abs(f))
            return f < 0 ? gain.conjugate : gain
        }
    }

    /// The response as a function that does the work common to all frequencies once.
    var prepared: (Double) -> Complex<Double> {
        guard case .bessel(let order, let bandwidth) = self else {
            return { transfer(frequencyInHertz: $0) }
        }
        let scale = BesselPolynomial.halfPowerFrequency(order) / bandwidth
        let coefficients = BesselPolynomial.coefficients(order)
        return { f in
            let x = f * scale
            return BesselPolynomial.lowPass(coefficients, x) * Complex(length: 1, phase: x)
        }
    }

    private static func butterworth(_ order: Int, _ x: Double) -> Complex<Double> {
        var result = Complex<Double>(1)
        let s = Complex<Double>(0, x)
        for k in 1...order {
            let angle = Double.pi * Double(2 * k + order - 1) / Double(2 * order)
            result /= s - Complex(length: 1, phase: angle)
        }
        return result
    }

    private static func interpolated(_ points: [MeasuredPoint], _ f: Double) -> Complex<Double> {
        guard let first = points.first, let last = points.last else { return 1 }
        if f <= first.frequencyInHertz { return first.gain }
        if f >= last.frequencyInHertz { return last.gain }
        let next = points.firstIndex { $0.frequencyInHertz > f } ?? points.count - 1
        let (a, b) = (points[next - 1], points[next])
        let share = (f - a.frequencyInHertz) / (b.frequencyInHertz - a.frequencyInHertz)
        return a.gain.multiplied(by: 1 - share) + b.gain.multiplied(by: share)
    }
}

/// Reverse Bessel polynomials theta_n(s) = sum of (2n - k)! / (2^(n-k) k! (n - k)!) s^k.
enum BesselPolynomial {
    static func coefficients(_ order: Int) -> [Double] {
        (0...order).map { k in
            var value = 1.0
            for i in stride(from: order - k + 1, through: 2 * order - k, by: 1) {
                value *= Double(i)
            }
            for i in stride(from: 1, through: k, by: 1) { value /= Double(i) }
            return value / Double.pow(2, order - k)
        }
    }

    /// theta_n(0) / theta_n(i x); its delay at x = 0 is one.
    static func lowPass(_ coefficients: [Double], _ x: Double) -> Complex<Double> {
        var power = Complex<Double>(1)
        var sum = Complex<Double>.zero
        for c in coefficients {
            sum += power.multiplied(by: c)
            power *= Complex(0, x)
        }
        return Complex(coefficients[0]) / sum
    }

    /// Where |theta_n(0) / theta_n(i x)|^2 = 1/2.
    static func halfPowerFrequency(_ order: Int) -> Double {
        let coefficients = coefficients(order)
        var low = 0.0
        var high = 10.0
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if lowPass(coefficients, middle).lengthSquared > 0.5 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
