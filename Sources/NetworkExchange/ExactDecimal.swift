import Foundation

/// Numbers as their author wrote them, freed of the last digits that conversions leave behind.
enum ExactDecimal {
    /// To fifteen significant digits when written and to twelve when read, so that a number of up
    /// to twelve digits survives changes of unit and step exactly. Tools compute with seven.
    static func rounded(_ value: Double, digits: Int = 15) -> Double {
        Double(String(format: "%.\(digits)g", value)) ?? value
    }

    /// The shortest decimal number that a single-precision value stands for.
    static func shortest(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }
}

extension NIRTensor {
    /// The values as decimal numbers: 0.1 in single precision is 0.1.
    var decimals: [Double] {
        switch precision {
        case .single: floats.map(ExactDecimal.shortest)
        case .double: values
        }
    }
}
