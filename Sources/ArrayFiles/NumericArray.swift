/// The number formats that array files hold.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
    case bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64, float32, float64

    /// Bytes per element.
    public var size: Int {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// Whether every value of `other` has an exact counterpart in this type.
    func holds(_ other: ElementType) -> Bool {
        if self == other { return true }
        switch (self, other) {
        case (.bool, _): return false
        case (.float64, .float32): return true
        case (.float32, _), (.float64, _):
            return !other.isFloat && other.size * 2 <= size
        case (_, .float32), (_, .float64): return false
        case (_, .bool): return self == .uint8
        default:
            if isSigned == other.isSigned { return size >= other.size }
            return isSigned && size > other.size
        }
    }

    var isFloat: Bool { self == .float32 || self == .float64 }
    var isSigned: Bool {
        switch self {
        case .int8, .int16, .int32, .int64: true
        default: false
        }
    }
}

/// A number type that array files can hold.
public protocol ArrayElement: BitwiseCopyable, Sendable {
    /// Its format in files.
    static var elementType: ElementType { get }
}

extension UInt8: ArrayElement { public static var elementType: ElementType { .uint8 } }
extension Int8: ArrayElement { public static var elementType: ElementType { .int8 } }
extension UInt16: ArrayElement { public static var elementType: ElementType { .uint16 } }
extension Int16: ArrayElement { public static var elementType: ElementType { .int16 } }
extension UInt32: ArrayElement { public static var elementType: ElementType { .uint32 } }
extension Int32: ArrayElement { public static var elementType: ElementType { .int32 } }
extension UInt64: ArrayElement { public static var elementType: ElementType { .uint64 } }
extension Int64: ArrayElement { public static var elementType: ElementType { .int64 } }
extension Float: ArrayElement { public static var elementType: ElementType { .float32 } }
extension Double: ArrayElement { public static var elementType: ElementType { .float64 } }

/// Values with their shape, row-major (the last axis varies fastest).
public struct ShapedArray<Element: Sendable>: Sendable {
    /// All values, row-major.
    public let values: [Element]
    /// Length of each axis; empty for a scalar.
    public let shape: [Int]

    init(values: [Element], shape: [Int]) {
        self.values = values
        self.shape = shape
    }
}

extension ShapedArray: Equatable where Element: Equatable {}
extension ShapedArray: Hashable where Element: Hashable {}

extension Array where Element: FloatingPoint {
    /// Index of the first value that is NaN or infinite; nil when all are finite.
    public var firstNonFiniteIndex: Int? { firstIndex { !$0.isFinite } }
}

/// Numbers of any one format with their shape: what a member of an array file is.
public struct NumericArray: Hashable, Sendable {
    /// Format of the elements.
    public let elementType: ElementType
    /// Length of each axis; empty for a scalar.
    public let shape: [Int]
    /// Elements row-major, little-endian.
    public let bytes: [UInt8]

    /// Wraps values; their number must be the product of `shape`.
    public init<E: ArrayElement>(_ values: [E], shape: [Int]) {
        precondition(
            ArrayLimits.count(of: shape) == values.count, "shape and number of values differ")
        self.init(
            elementType: E.elementType, shape: shape, bytes: littleEndianBytes(of: values))
    }

    /// Wraps a vector.
    public init<E: ArrayElement>(_ values: [E]) { self.init(values, shape: [values.count]) }

    init(elementType: ElementType, shape: [Int], bytes: [UInt8]) {
        self.elementType = elementType
        self.shape = shape
        self.bytes = bytes
    }

    /// Number of elements.
    public var count: Int { bytes.count / elementType.size }

    /// The values, or nil when they have another type (`bool` reads as `UInt8` 0 or 1).
    public func values<E: ArrayElement>(as type: E.Type) -> [E]? {
        guard elementType == E.elementType || (elementType == .bool && E.elementType == .uint8)
        else { return nil }
        return elements(fromLittleEndian: bytes, as: type)
    }
}

/// Copies values to little-endian bytes.
func littleEndianBytes<E: ArrayElement>(of values: [E]) -> [UInt8] {
    values.withUnsafeBytes { orderingBytes(Array($0), elementSize: MemoryLayout<E>.size) }
}

/// Copies little-endian bytes to values; the count of bytes is a multiple of the element size.
func elements<E: ArrayElement>(fromLittleEndian bytes: [UInt8], as type: E.Type) -> [E] {
    let ordered = orderingBytes(bytes, elementSize: MemoryLayout<E>.size)
    let count = ordered.count / MemoryLayout<E>.size
    return [E](unsafeUninitializedCapacity: count) { buffer, initialized in
        UnsafeMutableRawBufferPointer(buffer).copyBytes(from: ordered)
        initialized = count
    }
}

/// Turns between the machine's byte order and little-endian.
private func orderingBytes(_ bytes: [UInt8], elementSize: Int) -> [UInt8] {
    #if _endian(little)
    return bytes
    #else
    var result = bytes
    for start in stride(from: 0, to: bytes.count, by: elementSize) {
        result[start..<start + elementSize].reverse()
    }
    return result
    #endif
}

/// Sizes that readers refuse to allocate, and the arithmetic to find out.
public enum ArrayLimits {
    /// Largest array or file read unless the caller says otherwise: 4 GiB.
    public static let bytes = 4 << 30
    /// Largest number of axes (NumPy and HDF5 end at 32).
    public static let rank = 32

    /// Product of the axes; nil when one is negative or the product does not fit.
    static func count(of shape: [Int]) -> Int? {
        var product = 1
        for length in shape {
            guard length >= 0 else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: length)
            if overflow { return nil }
            product = next
        }
        return product
    }

    /// Bytes of an array, or an error that names it when it is absurd or above the limit.
    static func byteCount(
        shape: [Int], elementType: ElementType, named name: String, path: String, limit: Int
    ) throws(FileError) -> Int {
        guard shape.count <= rank, let count = count(of: shape),
            case let (bytes, overflow) = count.multipliedReportingOverflow(by: elementType.size),
            !overflow, bytes <= limit
        else {
            throw .badData(
                path, "\(name) has shape \(shape), more than the \(limit) bytes allowed here",
                remedy: "check that this is the file you meant")
        }
        return bytes
    }
}
