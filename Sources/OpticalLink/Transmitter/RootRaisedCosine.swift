import RealModule

/// The root-raised-cosine filter with unit pass-band gain, in the frequency domain.
///
/// H(f) = 1 for |f| T <= (1 - beta)/2; sqrt((1 + cos(pi/beta (|f| T - (1 - beta)/2)))/2) up to
/// (1 + beta)/2; 0 beyond. T is the symbol period, beta the roll-off. Two of them in cascade obey
/// Nyquist's criterion: the aliases of H^2 at multiples of 1/T add to one.
///
/// Source: Proakis, "Digital Communications", section on raised-cosine spectra.
public struct RootRaisedCosine: Sendable, Hashable {
    public let rollOff: Double

    /// - Precondition: 0 <= rollOff <= 1.
    public init(rollOff: Double) {
        precondition(rollOff >= 0 && rollOff <= 1, "roll-off lies in 0...1")
        self.rollOff = rollOff
    }

    /// - Parameter relativeFrequency: frequency times symbol period, f T.
    public func transfer(relativeFrequency: Double) -> Double {
        let f = abs(relativeFrequency)
        let flat = (1 - rollOff) / 2
        if f <= flat { return 1 }
        guard f < (1 + rollOff) / 2 else { return 0 }
        return ((1 + Double.cos(Double.pi / rollOff * (f - flat))) / 2).squareRoot()
    }
}
