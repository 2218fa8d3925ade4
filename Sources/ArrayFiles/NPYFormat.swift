/// NumPy's `.npy` format: one array with a short text header.
///
/// Read: versions 1.0, 2.0 and 3.0, little-endian numbers and booleans, either memory order.
/// Written: version 1.0, row-major. Object arrays hold Python pickles, which can run code: refused.
/// - Source: NumPy enhancement proposal 1, "A simple file format for NumPy arrays".
public enum NPYFormat {
    private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

    /// Writes one array as a file.
    public static func write(
        _ array: NumericArray, to path: String, existing: ExistingFile = .replace
    ) throws(FileError) {
        try AtomicFile.write(to: path, existing: existing) { sink throws(FileError) in
            try sink.write(header(of: array))
            try sink.write(array.bytes)
        }
    }

    /// Reads a file that holds one array.
    public static func read(
        _ path: String, byteLimit: Int = ArrayLimits.bytes
    ) throws(FileError) -> NumericArray {
        let bytes = try AtomicFile.read(path, byteLimit: byteLimit)
        return try decode(bytes[...], path: path, member: nil, byteLimit: byteLimit)
    }

    /// The bytes before the numbers: 64-byte aligned, ending in a line feed.
    package static func header(of array: NumericArray) -> [UInt8] {
        let axes = array.shape.map(String.init).joined(separator: ", ")
        let tuple = array.shape.count == 1 ? "(\(axes),)" : "(\(axes))"
        var text =
            "{'descr': '\(code(of: array.elementType))', 'fortran_order': False, "
            + "'shape': \(tuple), }"
        let prefix = magic.count + 4
        let padding = 63 - (prefix + text.utf8.count) % 64
        text += String(repeating: " ", count: padding) + "\n"
        var bytes = magic + [1, 0]
        bytes.append(littleEndian: UInt16(text.utf8.count))
        return bytes + text.utf8
    }

    /// Parses the bytes of one array; `member` names it inside an archive.
    static func decode(
        _ bytes: ArraySlice<UInt8>, path: String, member: String?, byteLimit: Int
    ) throws(FileError) -> NumericArray {
        let name = member.map { "array '\($0)'" } ?? "the array"
        func damaged(_ reason: String) -> FileError { .badData(path, "\(name) \(reason)") }

        var cursor = ByteCursor(bytes)
        guard let start = cursor.take(6), start.elementsEqual(magic) else {
            throw damaged("does not start as NumPy data")
        }
        guard let major = cursor.number(UInt8.self), let minor = cursor.number(UInt8.self) else {
            throw damaged("ends inside its header")
        }
        guard (1...3).contains(major), minor == 0 else {
            throw damaged("has NumPy format version \(major).\(minor), which is not known here")
        }
        let length = major == 1 ? cursor.count(UInt16.self) : cursor.count(UInt32.self)
        guard let length, let text = cursor.take(length) else {
            throw damaged("ends inside its header")
        }
        guard var header = NPYHeader(text) else {
            throw damaged("has a header that is not a NumPy array description")
        }
        guard let elementType = elementType(of: header.description) else {
            if header.description.hasSuffix("O") {
                throw damaged("holds Python objects, which are not read because they can run code")
            }
            throw damaged("has number format '\(header.description)', which is not read here")
        }
        if header.shape.isEmpty { header.isColumnMajor = false }
        let expected = try ArrayLimits.byteCount(
            shape: header.shape, elementType: elementType, named: name, path: path,
            limit: byteLimit)
        guard cursor.remaining == expected else {
            throw damaged(
                "of shape \(header.shape) needs \(expected) bytes, found \(cursor.remaining)")
        }
        let data = Array(cursor.take(expected)!)
        if elementType == .bool, data.contains(where: { $0 > 1 }) {
            throw damaged("has a truth value other than 0 and 1")
        }
        return NumericArray(
            elementType: elementType, shape: header.shape,
            bytes: header.isColumnMajor
                ? rowMajor(data, shape: header.shape, size: elementType.size) : data)
    }

    /// Reorders elements whose first axis varies fastest.
    private static func rowMajor(_ data: [UInt8], shape: [Int], size: Int) -> [UInt8] {
        guard shape.count > 1, !data.isEmpty else { return data }
        var strides = [Int](repeating: size, count: shape.count)
        for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
        var index = [Int](repeating: 0, count: shape.count)
        var source = 0
        var result: [UInt8] = []
        result.reserveCapacity(data.count)
        while result.count < data.count {
            result += data[source..<source + size]
            var axis = shape.count - 1
            while axis >= 0 {
                index[axis] += 1
                source += strides[axis]
                if index[axis] < shape[axis] { break }
                source -= strides[axis] * shape[axis]
                index[axis] = 0
                axis -= 1
            }
        }
        return result
    }

    private static func code(of type: ElementType) -> String {
        switch type {
        case .bool: "|b1"
        case .uint8: "|u1"
        case .int8: "|i1"
        case .float32, .float64: "<f\(type.size)"
        default: "<\(type.isSigned ? "i" : "u")\(type.size)"
        }
    }

    private static func elementType(of description: String) -> ElementType? {
        // Single bytes have no order; NumPy writes '|', others '<'.
        ElementType.allCases.first { type in
            let code = code(of: type)
            return description == code
                || (type.size == 1 && description == "<" + code.dropFirst())
        }
    }
}

/// The Python dictionary at the start of an array: exactly the three known keys.
private struct NPYHeader {
    var description = ""
    var isColumnMajor = false
    var shape: [Int] = []

    init?(_ bytes: ArraySlice<UInt8>) {
        // 32 axes of 20 digits and the keys stay far below this.
        guard bytes.count <= 1 << 16 else { return nil }
        var rest = bytes
        var seen: Set<String> = []
        guard Self.skip("{", in: &rest) else { return nil }
        while !Self.skip("}", in: &rest) {
            guard let key = Self.quoted(in: &rest), seen.insert(key).inserted,
                Self.skip(":", in: &rest)
            else { return nil }
            switch key {
            case "descr":
                guard let value = Self.quoted(in: &rest) else { return nil }
                description = value
            case "fortran_order":
                if Self.skip("True", in: &rest) {
                    isColumnMajor = true
                } else if !Self.skip("False", in: &rest) {
                    return nil
                }
            case "shape":
                guard let value = Self.tuple(in: &rest) else { return nil }
                shape = value
            default: return nil
            }
            if !Self.skip(",", in: &rest) {
                guard Self.skip("}", in: &rest) else { return nil }
                break
            }
        }
        Self.skipSpaces(in: &rest)
        guard rest.isEmpty, seen.count == 3 else { return nil }
    }

    private static func skipSpaces(in rest: inout ArraySlice<UInt8>) {
        rest = rest.drop { $0 == 0x20 || $0 == 0x0A }
    }

    private static func skip(_ token: String, in rest: inout ArraySlice<UInt8>) -> Bool {
        skipSpaces(in: &rest)
        guard rest.starts(with: token.utf8) else { return false }
        rest = rest.dropFirst(token.utf8.count)
        return true
    }

    private static func quoted(in rest: inout ArraySlice<UInt8>) -> String? {
        skipSpaces(in: &rest)
        guard let quote = rest.first, quote == 0x27 || quote == 0x22 else { return nil }
        let body = rest.dropFirst()
        guard let end = body.firstIndex(of: quote) else { return nil }
        let text = String(validating: body[..<end], as: UTF8.self)
        rest = body[(end + 1)...]
        return text
    }

    private static func tuple(in rest: inout ArraySlice<UInt8>) -> [Int]? {
        guard skip("(", in: &rest) else { return nil }
        var values: [Int] = []
        while !skip(")", in: &rest) {
            skipSpaces(in: &rest)
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard values.count < ArrayLimits.rank,
                let value = Int(String(decoding: digits, as: UTF8.self))
            else { return nil }
            rest = rest.dropFirst(digits.count)
            values.append(value)
            if !skip(",", in: &rest) {
                // "(3)" is a number in Python, not a tuple.
                guard values.count > 1, skip(")", in: &rest) else { return nil }
                break
            }
        }
        return values
    }
}
