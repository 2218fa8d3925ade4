import ComplexModule
import RealModule

/// The phase of the symbols in an oversampled waveform, from the line that squaring leaves at the
/// symbol rate.
///
/// With s samples a symbol, y less its mean: X = sum of y[n]^2 exp(-2 pi i n / s); the waveform has its
/// widest spread at phase -arg(X) / (2 pi) of a symbol.
/// Source: Oerder and Meyr, "Digital Filter and Square Timing Recovery", 1988.
public enum ClockRecovery {
    /// Phase in symbols, -1/2 ..< 1/2.
    ///
    /// - Precondition: at least three samples a symbol.
    public static func phase(_ waveform: [Double], samplesPerSymbol: Int) -> Double {
        precondition(samplesPerSymbol >= 3, "squaring doubles the band")
        let mean = waveform.reduce(0, +) / Double(max(1, waveform.count))
        var line = Complex<Double>.zero
        for (n, value) in waveform.enumerated() {
            let square = (value - mean) * (value - mean)
            line += Complex(
                length: square,
                phase: -2 * Double.pi * Double(n % samplesPerSymbol) / Double(samplesPerSymbol))
        }
        return line.length == 0 ? 0 : -line.phase / (2 * Double.pi)
    }
}
