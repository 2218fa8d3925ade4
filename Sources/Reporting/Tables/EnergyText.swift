public import EnergyModel

/// Energies as people read them.
public enum EnergyText {
    /// pJ per bit with range, marked when it rests on an estimate: `4.1 [1.9, 18] est.`.
    public static func perBit(_ energy: EnergyEstimate) -> String {
        range(energy.perBit, isEstimate: energy.isEstimate)
    }

    public static func range(_ energy: EnergyRange, isEstimate: Bool) -> String {
        let figures = NumberText.ranged(
            energy.picojoules, low: energy.lowPicojoules, high: energy.highPicojoules)
        return isEstimate ? "\(figures) est." : figures
    }

    /// The largest term and its share: `receiver ADC, 62 %`.
    public static func dominant(_ energy: EnergyEstimate) -> String {
        guard let dominant = energy.dominant else { return "--" }
        let percent = NumberText.plain(100 * dominant.share, decimals: 0)
        return "\(dominant.term.price.term), \(percent) %"
    }
}
