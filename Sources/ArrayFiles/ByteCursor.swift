/// A position in bytes whose every step is checked; nil where the bytes end.
struct ByteCursor {
    let bytes: ArraySlice<UInt8>
    private(set) var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var remaining: Int { bytes.endIndex - position }

    /// The next `count` bytes.
    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= remaining else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// The next little-endian number.
    mutating func number<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type) -> T? {
        guard let slice = take(MemoryLayout<T>.size) else { return nil }
        return slice.reversed().reduce(0) { $0 << 8 | T($1) }
    }

    /// The next little-endian number where it fits a count of bytes.
    mutating func count<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type) -> Int? {
        number(type).flatMap { Int(exactly: $0) }
    }
}

extension Array<UInt8> {
    /// Appends a number, least significant byte first.
    package mutating func append<T: FixedWidthInteger>(littleEndian number: T) {
        var rest = number
        for _ in 0..<MemoryLayout<T>.size {
            append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}
