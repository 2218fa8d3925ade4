/// Named arrays and a few texts in one file, in the safetensors format: a checkpoint.
///
/// A length, a JSON header, then the bytes of the arrays. Any safetensors reader opens it. The
/// format has no checksum of its own; files written here carry a CRC-32 of names, types, shapes,
/// texts and numbers as one more text, and are refused when it does not match.
/// - Source: safetensors format description and its reference reader's rules.
public struct TensorFile: Hashable, Sendable {
    /// The arrays by name.
    public var arrays: [String: NumericArray]
    /// Texts by name, for instance a JSON description of the run.
    public var metadata: [String: String]
    private var path = "checkpoint"

    /// Where checksum and format version stand among the texts of a file. A file that has one
    /// must have both, so that damage to a key does not switch the check off.
    static let checksumKey = "spikelink.crc32"
    static let versionKey = "spikelink.tensors"
    static let version = "1"
    /// The reference reader refuses longer headers.
    static let headerLimit = 100_000_000

    /// Collects arrays and texts for writing.
    public init(_ arrays: [String: NumericArray] = [:], metadata: [String: String] = [:]) {
        self.arrays = arrays
        self.metadata = metadata
    }

    /// Files are equal when their content is, wherever they were read from.
    public static func == (a: Self, b: Self) -> Bool {
        a.arrays == b.arrays && a.metadata == b.metadata
    }

    /// Hashes the content.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(arrays)
        hasher.combine(metadata)
    }

    /// Reads a file.
    public init(path: String, byteLimit: Int = ArrayLimits.bytes) throws(FileError) {
        let bytes = try AtomicFile.read(path, byteLimit: byteLimit)
        try self.init(decoding: bytes, path: path)
    }

    /// Writes the file, complete or not at all; the same content gives the same bytes.
    public func write(to path: String, existing: ExistingFile = .replace) throws(FileError) {
        precondition(
            arrays["__metadata__"] == nil && metadata[Self.checksumKey] == nil
                && metadata[Self.versionKey] == nil,
            "a name that the format reserves")
        let order = writingOrder
        var sealed = self
        sealed.metadata[Self.checksumKey] = checksum
        sealed.metadata[Self.versionKey] = Self.version
        try AtomicFile.write(to: path, existing: existing) { sink throws(FileError) in
            let header = sealed.header(order)
            var start: [UInt8] = []
            start.append(littleEndian: UInt64(header.count))
            try sink.write(start + header)
            for name in order { try sink.write(arrays[name]!.bytes) }
        }
    }

    /// The named array as values of one type.
    ///
    /// - Throws: `FileError` when it is missing or has another type or number of axes.
    public func array<E: ArrayElement>(
        _ name: String, as type: E.Type, rank: Int? = nil
    ) throws(FileError) -> ShapedArray<E> {
        try arrays.array(name, as: type, rank: rank, path: path)
    }

    /// Reads a file in memory; `path` names it in messages.
    public init(decoding bytes: [UInt8], path: String) throws(FileError) {
        arrays = [:]
        metadata = [:]
        self.path = path
        let parts = try TensorHeader(decoding: bytes, path: path)
        metadata = parts.metadata
        var end = 0
        for entry in parts.entries {
            guard entry.range.lowerBound == end, entry.range.upperBound <= parts.data.count else {
                throw .badData(
                    path, "array '\(entry.name)' does not follow its neighbor in the file")
            }
            end = entry.range.upperBound
            let first = parts.data.startIndex + entry.range.lowerBound
            arrays[entry.name] = NumericArray(
                elementType: entry.type, shape: entry.shape,
                bytes: Array(parts.data[first..<first + entry.range.count]))
        }
        guard end == parts.data.count else {
            throw .badData(
                path, "its arrays need \(end) bytes, found \(parts.data.count)")
        }
        let version = metadata.removeValue(forKey: Self.versionKey)
        let expected = metadata.removeValue(forKey: Self.checksumKey)
        if let version, let number = Int(version), number > Int(Self.version)! {
            throw .badData(
                path, "was written by a newer release (format \(version))",
                remedy: "update this program")
        }
        guard (version == nil) == (expected == nil), version == nil || version == Self.version,
            expected == nil || expected == checksum
        else { throw .badData(path, "differs from its checksum") }
    }

    /// CRC-32 of everything the file says, in eight hexadecimal digits.
    private var checksum: String {
        let order = writingOrder
        let value = order.reduce(crc32(header(order))) { crc32(arrays[$1]!.bytes, from: $0) }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// Wide elements first, so that every array is aligned to its elements.
    private var writingOrder: [String] {
        arrays.keys.sorted {
            let (a, b) = (arrays[$0]!.elementType.size, arrays[$1]!.elementType.size)
            return a == b ? $0 < $1 : a > b
        }
    }

    /// The JSON header, padded by spaces to a multiple of 8 bytes.
    private func header(_ order: [String]) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }
                .map { "\(quoted($0.key)):\(quoted($0.value))" }
            members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
        }
        var offset = 0
        for name in order {
            let array = arrays[name]!
            let shape = array.shape.map(String.init).joined(separator: ",")
            let end = offset + array.bytes.count
            members.append(
                "\(quoted(name)):{\"dtype\":\"\(TensorHeader.code(of: array.elementType))\","
                    + "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var bytes = Array("{\(members.joined(separator: ","))}".utf8)
        bytes += repeatElement(0x20, count: (8 - bytes.count % 8) % 8)
        return bytes
    }

    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
