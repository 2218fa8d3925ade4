import ComplexModule
public import RandomStreams
import RealModule

/// A continuous-wave laser: power, phase noise and relative intensity noise.
///
/// Field E(t) = sqrt(P (1 + n(t))) exp(i phi(t)). The phase is a Wiener process,
/// var(phi(t + d) - phi(t)) = 2 pi linewidth d, which gives a Lorentzian line of that full width;
/// n is white with the one-sided power density RIN (1/Hz) over the simulated band.
/// On a circular block the phase is made to return (a Brownian bridge): increments far shorter than
/// the block keep their statistics.
/// Source: Agrawal, "Fiber-Optic Communication Systems", chapter on optical transmitters.
public struct Laser: Sendable, Hashable {
    public var powerInWatts: Double
    /// Full width at half maximum; zero for none.
    public var linewidthInHertz: Double
    /// dB/Hz; nil for none.
    public var relativeIntensityNoiseInDecibelsPerHertz: Double?

    public init(
        powerInWatts: Double, linewidthInHertz: Double = 0,
        relativeIntensityNoiseInDecibelsPerHertz: Double? = nil
    ) {
        self.powerInWatts = powerInWatts
        self.linewidthInHertz = linewidthInHertz
        self.relativeIntensityNoiseInDecibelsPerHertz = relativeIntensityNoiseInDecibelsPerHertz
    }

    /// Relative intensity fluctuations 1 + n, shape [sample]; the factor on the power.
    public func intensityFactors(count: Int, sampleRate: Double, stream: RandomStream) -> [Double]? {
        guard let level = relativeIntensityNoiseInDecibelsPerHertz else { return nil }
        var stream = stream
        var factors = [Double](repeating: 1, count: count)
        // One-sided density times the band 0...rate/2.
        let deviation = (Double.exp10(level / 10) * sampleRate / 2).squareRoot()
        stream.addGaussian(standardDeviation: deviation, to: &factors)
        return factors.map { max(0, $0) }
    }

    /// The phase in rad, shape [sample]; nil without linewidth.
    public func phases(count: Int, sampleRate: Double, stream: RandomStream) -> [Double]? {
        guard linewidthInHertz > 0 else { return nil }
        var stream = stream
        var steps = [Double](repeating: 0, count: count)
        stream.addGaussian(
            standardDeviation: (2 * Double.pi * linewidthInHertz / sampleRate).squareRoot(),
            to: &steps)
        let drift = steps.reduce(0, +) / Double(count)
        var phase = 0.0
        return steps.map { step in
            phase += step - drift
            return phase
        }
    }
}
