import CHDF5

/// Reads an HDF5 file, with types, shapes and sizes checked before anything is allocated.
///
/// Only data in the file itself are read: soft, external and virtual parts are refused. libhdf5
/// is not proof against files made to harm: programs that read files of unknown origin read them
/// in a process of their own (`HDF5Isolation`).
public final class HDF5Reader {
    let path: String
    let byteLimit: Int
    let file: hid_t
    /// Datasets whose every part was found written; counting chunks is slow in long files.
    private var completeDatasets: Set<String> = []
    /// The process that reads in place of this one.
    let child: HDF5Child?

    /// Opens a file.
    ///
    /// - Parameter byteLimit: Largest array that will be read, in bytes.
    public convenience init(path: String, byteLimit: Int = ArrayLimits.bytes) throws(FileError) {
        if let program = HDF5Isolation.childProgram {
            try self.init(path: path, byteLimit: byteLimit, program: program)
        } else {
            try self.init(pathInThisProcess: path, byteLimit: byteLimit)
        }
    }

    private init(path: String, byteLimit: Int, program: String) throws(FileError) {
        self.path = path
        self.byteLimit = byteLimit
        file = -1
        child = try HDF5Child(program: program, path: path, byteLimit: byteLimit)
    }

    /// Opens a file in this process, whatever `HDF5Isolation` says: for files just written.
    init(pathInThisProcess path: String, byteLimit: Int) throws(FileError) {
        self.path = path
        self.byteLimit = byteLimit
        child = nil
        switch fileKind(path) {
        case .regular: break
        case .missing: throw .badData(path, "does not exist", remedy: "check the path")
        default: throw .badData(path, "is not a file", remedy: "check the path")
        }
        guard let start = OpenFile(path, 0) else { throw .badData(path, "cannot be opened") }
        var signature = [UInt8](repeating: 0, count: 8)
        let count = signature.withUnsafeMutableBytes { start.read(into: $0) }
        guard count == 8, signature == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A] else {
            throw .badData(
                path, "is not an HDF5 file", remedy: "check that this is the file you meant")
        }
        file = try HDF5Library.run { () throws(FileError) in
            guard let access = HDF5Handle(chdf5_make_file_access()) else {
                throw HDF5Library.readingError(path, "cannot be opened")
            }
            let file = H5Fopen(path, chdf5_read_only(), access.id)
            guard file >= 0 else {
                let message = HDF5Library.lastError().message
                if message.contains("version") {
                    throw .badData(
                        path, "is in a newer HDF5 format than can be read here (\(message))",
                        remedy: "write it again with h5py's libver='earliest', or h5repack it")
                }
                throw HDF5Library.readingError(path, "is damaged or cut short")
            }
            return file
        }
    }

    deinit {
        let file = file
        guard file >= 0 else { return }
        HDF5Library.run { _ = H5Fclose(file) }
    }

    /// What a dataset holds.
    public struct Dataset: Hashable, Sendable {
        /// Number format; nil when it holds texts.
        public let elementType: ElementType?
        /// Length of each axis; empty for a scalar.
        public let shape: [Int]
    }

    /// Describes a dataset without reading it.
    public func dataset(_ name: String) throws(FileError) -> Dataset {
        if let child { return try child.dataset(name) }
        return try HDF5Library.run { () throws(FileError) in
            let opened = try openDataset(name)
            return Dataset(elementType: opened.elementType, shape: opened.shape)
        }
    }

    /// Reads an array in the number format it has in the file.
    public func readArray(_ name: String) throws(FileError) -> NumericArray {
        try array(name, as: nil, rank: nil, rows: nil)
    }

    /// Reads an array as values of one type, where each of its numbers has an exact counterpart.
    ///
    /// - Throws: `FileError` when it is missing, has another type or number of axes, is too large,
    ///   incomplete, or differs from its checksum.
    public func read<E: ArrayElement>(
        _ name: String, as type: E.Type, rank: Int? = nil
    ) throws(FileError) -> ShapedArray<E> {
        let array = try array(name, as: E.elementType, rank: rank, rows: nil)
        return ShapedArray(values: array.values(as: type)!, shape: array.shape)
    }

    /// Reads some rows (first axis) of an array as values of one type.
    public func readRows<E: ArrayElement>(
        _ name: String, _ rows: Range<Int>, as type: E.Type
    ) throws(FileError) -> ShapedArray<E> {
        let array = try array(name, as: E.elementType, rank: nil, rows: rows)
        return ShapedArray(values: array.values(as: type)!, shape: array.shape)
    }

    /// Reads some rows in the number format they have in the file.
    public func readRows(_ name: String, _ rows: Range<Int>) throws(FileError) -> NumericArray {
        try array(name, as: nil, rank: nil, rows: rows)
    }

    func array(
        _ name: String, as wanted: ElementType?, rank: Int?, rows: Range<Int>?
    ) throws(FileError) -> NumericArray {
        if let child { return try child.numbers(name, as: wanted, rank: rank, rows: rows) }
        return try HDF5Library.run { () throws(FileError) in
            try numbers(name, as: wanted, rank: rank, rows: rows)
        }
    }

    /// An open dataset and its description.
    struct OpenDataset: ~Copyable {
        let handle: HDF5Handle
        let elementType: ElementType?
        let shape: [Int]
    }

    /// Opens a dataset whose data lie completely in this file.
    func openDataset(_ name: String) throws(FileError) -> OpenDataset {
        try requireHardLinks(name)
        guard let handle = HDF5Handle(H5Dopen2(file, name, hid_t(H5P_DEFAULT))),
            let space = HDF5Handle(H5Dget_space(handle.id)),
            let type = HDF5Handle(H5Dget_type(handle.id)),
            let creation = HDF5Handle(H5Dget_create_plist(handle.id))
        else { throw HDF5Library.readingError(path, "dataset '\(name)' cannot be opened") }
        let elementType = ElementType(hdf5Type: type.id)
        guard elementType != nil || H5Tget_class(type.id) == H5T_STRING else {
            throw .badData(path, "dataset '\(name)' holds neither numbers nor texts")
        }
        let shape = try shape(of: space.id, name)
        let layout = H5Pget_layout(creation.id)
        guard layout != H5D_VIRTUAL, H5Pget_external_count(creation.id) == 0 else {
            throw .badData(path, "dataset '\(name)' keeps its data in another file")
        }
        // What was never written reads as zeros; that must not pass for data.
        if !completeDatasets.contains(name) {
            guard isComplete(handle.id, shape: shape, creation: creation.id, layout: layout) else {
                throw .badData(path, "dataset '\(name)' is incomplete: parts were never written")
            }
            completeDatasets.insert(name)
        }
        return OpenDataset(handle: handle, elementType: elementType, shape: shape)
    }

    private func isComplete(
        _ dataset: hid_t, shape: [Int], creation: hid_t, layout: H5D_layout_t
    ) -> Bool {
        if shape.contains(0) || layout == H5D_COMPACT { return true }
        // The library's own answer compares sizes, which says nothing about compressed chunks.
        guard layout == H5D_CHUNKED else { return H5Dget_storage_size(dataset) > 0 }
        var chunk = [hsize_t](repeating: 0, count: shape.count)
        guard H5Pget_chunk(creation, Int32(shape.count), &chunk) == shape.count else {
            return false
        }
        var expected = 1
        for (length, piece) in zip(shape, chunk) {
            guard let piece = Int(exactly: piece), piece > 0 else { return false }
            let (product, overflow) = expected.multipliedReportingOverflow(
                by: (length - 1) / piece + 1)
            guard !overflow else { return false }
            expected = product
        }
        return chdf5_written_chunks(dataset) == expected
    }

    func shape(of space: hid_t, _ name: String) throws(FileError) -> [Int] {
        let rank = H5Sget_simple_extent_ndims(space)
        guard rank >= 0, H5Sget_simple_extent_type(space) != H5S_NULL else {
            throw .badData(path, "'\(name)' holds no value")
        }
        var lengths = [hsize_t](repeating: 0, count: Int(rank))
        guard H5Sget_simple_extent_dims(space, &lengths, nil) == rank else {
            throw HDF5Library.readingError(path, "the shape of '\(name)' cannot be read")
        }
        var shape: [Int] = []
        for length in lengths {
            guard let length = Int(exactly: length) else {
                throw .badData(path, "'\(name)' has an absurd shape")
            }
            shape.append(length)
        }
        return shape
    }

    private func numbers(
        _ name: String, as wanted: ElementType?, rank: Int?, rows: Range<Int>?
    ) throws(FileError) -> NumericArray {
        let dataset = try openDataset(name)
        guard let stored = dataset.elementType else {
            throw .badData(path, "dataset '\(name)' holds texts where numbers are needed")
        }
        let type = wanted ?? stored
        guard type.holds(stored) else {
            throw .badData(
                path, "dataset '\(name)' holds \(stored) where \(type) is needed",
                remedy: "convert it where it was written")
        }
        var shape = dataset.shape
        if let rank, rank != shape.count {
            throw .badData(
                path, "dataset '\(name)' has shape \(shape) where \(rank) axes are needed",
                remedy: "check that this is the file you meant")
        }
        if let rows {
            guard let count = shape.first, rows.upperBound <= count, rows.lowerBound >= 0 else {
                throw .badData(path, "dataset '\(name)' of shape \(shape) has no rows \(rows)")
            }
            shape[0] = rows.count
        }
        let size = try ArrayLimits.byteCount(
            shape: shape, elementType: type, named: "dataset '\(name)'", path: path,
            limit: byteLimit)
        guard rows != nil
            || Deflate.canExpand(
                Int(clamping: H5Dget_storage_size(dataset.handle.id)), to: size / 8)
        else {
            throw .badData(path, "dataset '\(name)' claims a size its data cannot reach")
        }
        guard size > 0 else { return NumericArray(elementType: type, shape: shape, bytes: []) }
        // A two-valued enumeration (how Python stores truth values) has no number type of its own.
        guard let ownType = HDF5Handle(H5Dget_type(dataset.handle.id)) else {
            throw HDF5Library.readingError(path, "dataset '\(name)' cannot be read")
        }
        let memoryType = stored == .bool ? ownType.id : type.hdf5Type
        var status: herr_t = -1
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            let target = UnsafeMutableRawPointer(buffer.baseAddress!)
            if let rows {
                status = HDF5Selection.rows(
                    rows, of: dataset.handle.id, rowShape: Array(shape.dropFirst())
                ) {
                    H5Dread(
                        dataset.handle.id, memoryType, $0, $1, hid_t(H5P_DEFAULT), target)
                }
            } else {
                status = H5Dread(
                    dataset.handle.id, memoryType, hid_t(H5S_ALL), hid_t(H5S_ALL),
                    hid_t(H5P_DEFAULT), target)
            }
            initialized = status >= 0 ? size : 0
        }
        guard status >= 0 else {
            throw HDF5Library.readingError(path, "dataset '\(name)' cannot be read")
        }
        return NumericArray(elementType: type, shape: shape, bytes: bytes)
    }

    /// Refuses names that lead through anything but this file's own groups.
    func requireHardLinks(_ name: String) throws(FileError) {
        guard !name.utf8.contains(0) else { throw .badData(path, "has no '\(name)'") }
        var prefix = ""
        for part in name.split(separator: "/") {
            prefix += "/" + part
            switch chdf5_link_is_hard(file, prefix) {
            case 1: continue
            case 0: throw .badData(path, "'\(prefix)' is a reference to another place")
            default:
                throw .badData(
                    path, "has no '\(prefix)'", remedy: "check that this is the file you meant")
            }
        }
    }
}
