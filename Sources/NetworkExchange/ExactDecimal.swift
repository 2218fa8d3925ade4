import Foundation

/// Numbers as their author wrote them, freed of the last digits that conversions leave behind.
enum ExactDecimal {
    /// To twelve significant digits: changes of unit cancel exactly, while single precision,
    /// which tools compute in, keeps every digit.
    static func rounded(_ value: Double) -> Double { Double(String(format: "%.12g", value)) ?? value }

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
