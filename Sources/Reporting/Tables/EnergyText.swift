public import EnergyModel

/// Energies as people read them.
public enum EnergyText {
    /// pJ per bit with range, marked when it rests on an estimate: `4.1 [1.9, 18] est.`.
    public static func perBit(_ energy: EnergyEstimate) -> String {
        range(energy.perBit, isEstimate: energy.isEstimate)
    }

    /// pJ per bit without its range: `4.1 est.`.
    public static func nominalPerBit(_ energy: EnergyEstimate) -> String {
        NumberText.significant(energy.perBit.picojoules) + (energy.isEstimate ? " est." : "")
    }

    public static func range(_ energy: EnergyRange, isEstimate: Bool) -> String {
        let figures = NumberText.ranged(
            energy.picojoules, low: energy.lowPicojoules, high: energy.highPicojoules)
        return isEstimate ? "\(figures) est." : figures
    }

    /// The largest term after its share: `62 % receiver ADC`.
    public static func dominant(_ energy: EnergyEstimate) -> String {
        guard let dominant = energy.dominant else { return "--" }
        let percent = NumberText.plain(100 * dominant.share, decimals: 0)
        return "\(percent) % \(dominant.term.price.term)"
    }
}
