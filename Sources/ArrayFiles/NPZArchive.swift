/// NumPy's `.npz` format: named arrays in a ZIP archive.
public struct NPZArchive: Hashable, Sendable {
    /// The arrays by name, without the `.npy` that the members carry.
    public var arrays: [String: NumericArray]
    /// Where they were read from, for messages.
    private var path = "archive"

    /// Collects arrays for writing.
    public init(_ arrays: [String: NumericArray] = [:]) { self.arrays = arrays }

    /// Archives are equal when their arrays are, wherever they were read from.
    public static func == (a: Self, b: Self) -> Bool { a.arrays == b.arrays }

    /// Hashes the arrays.
    public func hash(into hasher: inout Hasher) { hasher.combine(arrays) }

    /// Reads every array of an archive.
    ///
    /// - Parameter byteLimit: Refuses archives whose file or whose arrays together are larger.
    public init(path: String, byteLimit: Int = ArrayLimits.bytes) throws(FileError) {
        let bytes = try AtomicFile.read(path, byteLimit: byteLimit)
        try self.init(decoding: bytes, path: path, byteLimit: byteLimit)
    }

    /// Reads every array of an archive in memory; `path` names it in messages.
    public init(
        decoding bytes: [UInt8], path: String, byteLimit: Int = ArrayLimits.bytes
    ) throws(FileError) {
        arrays = [:]
        self.path = path
        for entry in try ZIPReader(bytes, path: path, byteLimit: byteLimit).entries {
            guard entry.name.hasSuffix(".npy") else {
                throw .badData(
                    path, "holds '\(entry.name)', which is not a NumPy array",
                    remedy: "name an archive written by numpy.savez or by this program")
            }
            let name = String(entry.name.dropLast(4))
            let content = try entry.content(of: bytes, path: path)
            arrays[name] = try NPYFormat.decode(
                content[...], path: path, member: name, byteLimit: byteLimit)
        }
    }

    /// Writes all arrays, sorted by name; the same arrays give the same bytes.
    public func write(
        to path: String, compression: ZIPCompression = .deflate,
        existing: ExistingFile = .replace
    ) throws(FileError) {
        try AtomicFile.write(to: path, existing: existing) { sink throws(FileError) in
            var archive = ZIPWriter()
            for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
                try archive.add(
                    NPYFormat.header(of: array) + array.bytes, named: name + ".npy",
                    compression: compression, to: &sink)
            }
            try archive.finish(in: &sink)
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
}

extension Dictionary<String, NumericArray> {
    func array<E: ArrayElement>(
        _ name: String, as type: E.Type, rank: Int?, path: String
    ) throws(FileError) -> ShapedArray<E> {
        guard let array = self[name] else {
            throw .badData(
                path, "has no array '\(name)', only \(keys.sorted().joined(separator: ", "))",
                remedy: "check that this is the file you meant")
        }
        guard let values = array.values(as: type) else {
            throw .badData(
                path,
                "array '\(name)' holds \(array.elementType) where \(E.elementType) is needed",
                remedy: "convert it where it was written")
        }
        if let rank, rank != array.shape.count {
            throw .badData(
                path, "array '\(name)' has shape \(array.shape) where \(rank) axes are needed",
                remedy: "check that this is the file you meant")
        }
        return ShapedArray(values: values, shape: array.shape)
    }
}
