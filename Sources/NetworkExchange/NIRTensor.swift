import ArrayFiles

/// A parameter array of a network in the interchange format.
public struct NIRTensor: Hashable, Sendable {
    /// Width of the numbers in the file.
    public enum Precision: Hashable, Sendable {
        case single, double
    }

    /// All values, row-major.
    public let values: [Double]
    /// Length of each axis.
    public let shape: [Int]
    /// Width of the numbers in the file.
    public let precision: Precision

    /// Wraps double-precision values; their number must be the product of `shape`.
    public init(_ values: [Double], shape: [Int]) {
        self.init(values, shape: shape, precision: .double)
    }

    /// Wraps a vector of double-precision values.
    public init(_ values: [Double]) { self.init(values, shape: [values.count]) }

    /// Wraps single-precision values; their number must be the product of `shape`.
    public init(_ values: [Float], shape: [Int]) {
        self.init(values.map { Double($0) }, shape: shape, precision: .single)
    }

    /// Wraps a vector of single-precision values.
    public init(_ values: [Float]) { self.init(values, shape: [values.count]) }

    /// The same value `count` times.
    public init(repeating value: Float, count: Int) {
        self.init([Float](repeating: value, count: count))
    }

    init(_ values: [Double], shape: [Int], precision: Precision) {
        precondition(
            shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count,
            "shape and number of values differ")
        self.values = values
        self.shape = shape
        self.precision = precision
    }

    /// The values in single precision, exact when the tensor was made from such.
    public var floats: [Float] { values.map { Float($0) } }

    /// As a member of an array file.
    var array: NumericArray {
        switch precision {
        case .single: NumericArray(floats, shape: shape)
        case .double: NumericArray(values, shape: shape)
        }
    }
}
