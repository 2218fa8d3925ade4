import Foundation

/// Numbers as people read them in tables and reports.
public enum NumberText {
    /// Mantissa and exponent: 0.00064 with one decimal is `6.4e-4`.
    public static func scientific(_ value: Double, decimals: Int = 1) -> String {
        guard value != 0, value.isFinite else { return plain(value, decimals: 0) }
        let (mantissa, exponent) = split(value, decimals: decimals)
        return "\(plain(mantissa, decimals: decimals))e\(exponent)"
    }

    /// A rate with its interval on one exponent: `6.4e-4 [6.1, 6.7]e-4`; a rate of zero shows
    /// only its upper bound, `< 3.7e-6`.
    public static func rate(_ value: Double, interval: ClosedRange<Double>?) -> String {
        guard let interval else { return value == 0 ? "0" : scientific(value) }
        guard value > 0 else { return "< \(scientific(interval.upperBound))" }
        let (mantissa, exponent) = split(value, decimals: 1)
        let scale = pow(10, Double(exponent))
        let low = interval.lowerBound / scale
        let high = interval.upperBound / scale
        let decimals = high - low < 0.15 ? 2 : 1
        let middle = decimals == 1 ? mantissa : value / scale
        return "\(plain(middle, decimals: decimals))e\(exponent) "
            + "[\(plain(low, decimals: decimals)), \(plain(high, decimals: decimals))]e\(exponent)"
    }

    /// A count with spaces between groups of three digits, whole above ten: `1 302`, `32.6`.
    public static func count(_ value: Double) -> String {
        guard value.isFinite else { return plain(value, decimals: 0) }
        if value < 100 {
            let text = plain(value, decimals: 1)
            return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        }
        return grouped(plain(value, decimals: 0))
    }

    /// About `digits` significant digits without an exponent up to a million, grouped: `4.13`,
    /// `0.051`, `12 300`; `2.7e6` above.
    public static func significant(_ value: Double, digits: Int = 2) -> String {
        guard value != 0, value.isFinite else { return plain(value, decimals: 0) }
        let exponent = split(value, decimals: digits - 1).exponent
        if exponent >= 6 || exponent < -3 { return scientific(value, decimals: digits - 1) }
        let scale = pow(10, Double(exponent - digits + 1))
        let rounded = exponent >= digits ? (value / scale).rounded() * scale : value
        return grouped(plain(rounded, decimals: max(0, digits - 1 - exponent)))
    }

    /// A nominal figure with its range, on one exponent when large: `4.1 [1.9, 18]`,
    /// `2.7e6 [2.2, 11]e6`.
    public static func ranged(_ value: Double, low: Double, high: Double) -> String {
        guard value >= 1e5 else {
            return "\(significant(value)) [\(significant(low)), \(significant(high))]"
        }
        let (mantissa, exponent) = split(value, decimals: 1)
        let scale = pow(10, Double(exponent))
        return "\(plain(mantissa, decimals: 1))e\(exponent) "
            + "[\(significant(low / scale)), \(significant(high / scale))]e\(exponent)"
    }

    /// A fixed number of decimals.
    public static func plain(_ value: Double, decimals: Int) -> String {
        let text = String(format: "%.\(decimals)f", value)
        let isNegativeZero = text.hasPrefix("-") && !text.contains { $0 >= "1" && $0 <= "9" }
        return isNegativeZero ? String(text.dropFirst()) : text
    }

    /// Mantissa in [1, 10) after rounding to `decimals`, and exponent.
    private static func split(_ value: Double, decimals: Int) -> (mantissa: Double, exponent: Int) {
        var exponent = Int(floor(log10(abs(value))))
        let unit = pow(10, Double(decimals))
        var mantissa = (value / pow(10, Double(exponent)) * unit).rounded() / unit
        if abs(mantissa) >= 10 {
            mantissa /= 10
            exponent += 1
        }
        return (mantissa, exponent)
    }

    private static func grouped(_ digits: String) -> String {
        let parts = digits.split(separator: ".", maxSplits: 1)
        guard let whole = parts.first, whole.count > 3, whole.allSatisfy(\.isNumber) else {
            return digits
        }
        var result = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { result.append(" ") }
            result.append(digit)
        }
        return parts.count == 2 ? "\(result).\(parts[1])" : result
    }
}
