import ComplexModule
import RandomStreams
import RealModule

/// An optical amplifier: gain, and amplified spontaneous emission in both polarizations.
///
/// Density of the emission in each polarization (W/Hz): S = n_sp h f (G - 1) with
/// n_sp = F G / (2 (G - 1)), F the noise figure: S = F G h f / 2, for gains well above one; a gain of
/// one or less adds nothing.
/// Source: Desurvire, "Erbium-Doped Fiber Amplifiers"; Agrawal, "Fiber-Optic Communication Systems".
public struct OpticalAmplifier: Sendable, Hashable {
    public static let planckConstant = 6.626_070_15e-34

    public var gainInDecibels: Double
    public var noiseFigureInDecibels: Double

    public init(gainInDecibels: Double, noiseFigureInDecibels: Double) {
        self.gainInDecibels = gainInDecibels
        self.noiseFigureInDecibels = noiseFigureInDecibels
    }

    /// Density of the emission in one polarization, W/Hz.
    public func emissionDensity(carrierInHertz: Double) -> Double {
        let gain = Double.exp10(gainInDecibels / 10)
        guard gain > 1 else { return 0 }
        return Double.exp10(noiseFigureInDecibels / 10) * gain * Self.planckConstant
            * carrierInHertz / 2
    }

    /// Amplifies one polarization in place and adds its emission over the simulated band.
    func amplify(
        _ field: inout [Complex<Double>], carrierInHertz: Double, sampleRate: Double,
        stream: RandomStream?
    ) {
        let gain = Double.exp10(gainInDecibels / 20)
        let variance = emissionDensity(carrierInHertz: carrierInHertz) * sampleRate
        let deviation = (variance / 2).squareRoot()
        var stream = stream
        for n in field.indices {
            field[n] = field[n].multiplied(by: gain)
            if var numbers = stream {
                let (a, b) = numbers.gaussianPair()
                field[n] += Complex(a, b).multiplied(by: deviation)
                stream = numbers
            }
        }
    }
}
