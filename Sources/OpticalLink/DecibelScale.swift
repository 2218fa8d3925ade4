public import PhysicalQuantities
import RealModule

/// Conversion between decibels and power ratios.
public enum DecibelScale {
    /// 10^(x/10).
    public static func powerRatio(_ level: Decibels) -> Double {
        Double.exp10(level.value / 10)
    }
}
