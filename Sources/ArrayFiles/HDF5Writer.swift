import CHDF5

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes an HDF5 file that appears complete and verified, or not at all.
///
/// The file grows beside its final place. `commit` closes it, makes it durable, reads back
/// everything that was written and compares (a full disk can leave a file that opens and reads
/// as zeros), and only then gives it its name. Names are paths such as `train/samples`; groups on
/// the way are made. After an error the writer is of no further use and its file is gone.
public final class HDF5Writer {
    let partial: PartialFile
    private var file: hid_t = -1
    private var descriptor: OpenFile?
    /// First error number of a failed write, which the library is not told (`lenient_driver.h`).
    private let writeError = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    private var written: [HDF5Record] = []
    private var rowDatasets: [HDF5RowDataset] = []
    private var failure: FileError?
    private var isCommitted = false
    private let isSealed: Bool

    /// Begins a file for `path`.
    ///
    /// - Parameter isSealed: Whether the file ends with a checksum of all its bytes (`FileSeal`).
    public init(
        path: String, existing: ExistingFile = .replace, isSealed: Bool = false
    ) throws(FileError) {
        self.isSealed = isSealed
        partial = try PartialFile(path: path, existing: existing)
        writeError.initialize(to: 0)
        let opened = OpenFile(
            partial.partialPath, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
        guard let opened else { throw .writing(path, errorNumber: errno) }
        // Tells other processes that this is no leftover.
        _ = flock(opened.descriptor, LOCK_EX | LOCK_NB)
        let target = opened.descriptor
        descriptor = consume opened
        file = try HDF5Library.run { () throws(FileError) in
            guard let access = HDF5Handle(chdf5_make_file_access()),
                chdf5_set_target(access.id, HDF5Library.lenientDriver, target, writeError) >= 0
            else { throw failed("preparing the file") }
            let file = H5Fcreate(
                partial.partialPath, chdf5_truncate(), hid_t(H5P_DEFAULT), access.id)
            guard file >= 0 else { throw failed("creating the file") }
            return file
        }
    }

    deinit {
        discard()
        writeError.deallocate()
    }

    /// Writes one file in a closure; it appears when the closure ends without an error.
    public static func write<R>(
        to path: String, existing: ExistingFile = .replace, isSealed: Bool = false,
        _ body: (HDF5Writer) throws -> R
    ) throws -> R {
        let writer = try HDF5Writer(path: path, existing: existing, isSealed: isSealed)
        do {
            let result = try body(writer)
            try writer.commit()
            return result
        } catch {
            writer.discard()
            throw error
        }
    }

    /// Makes a group, for instance one that stays empty.
    public func makeGroup(_ name: String) throws(FileError) {
        try perform { () throws(FileError) in
            guard let links = HDF5Handle(chdf5_make_link_creation()),
                HDF5Handle(
                    H5Gcreate2(file, name, links.id, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT)))
                    != nil
            else { throw failed("making group '\(name)'") }
        }
    }

    /// Writes numbers; their number must be the product of `shape`.
    public func write<E: ArrayElement>(
        _ values: [E], shape: [Int], to name: String, layout: HDF5Layout = .checksummed
    ) throws(FileError) {
        try write(NumericArray(values, shape: shape), to: name, layout: layout)
    }

    /// Writes an array.
    public func write(
        _ array: NumericArray, to name: String, layout: HDF5Layout = .checksummed
    ) throws(FileError) {
        try perform { () throws(FileError) in
            let type = array.elementType.hdf5Type
            let chunk = layout.chunk(shape: array.shape, elementSize: array.elementType.size)
            let dataset = try makeDataset(
                name, type: type, shape: array.shape, chunk: chunk, layout: layout)
            let status = array.bytes.withUnsafeBytes {
                $0.isEmpty
                    ? 0
                    : H5Dwrite(
                        dataset, type, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT),
                        $0.baseAddress)
            }
            guard H5Dclose(dataset) >= 0, status >= 0 else { throw failed("writing '\(name)'") }
            written.append(
                .numbers(
                    name, array.elementType, shape: array.shape, checksum: crc32(array.bytes)))
        }
    }

    /// Writes a text.
    public func write(_ text: String, to name: String) throws(FileError) {
        try write([text], shape: [], to: name)
    }

    /// Writes texts (variable length, UTF-8); their number must be the product of `shape`.
    public func write(_ texts: [String], shape: [Int], to name: String) throws(FileError) {
        precondition(
            ArrayLimits.count(of: shape) == texts.count, "shape and number of texts differ")
        try perform { () throws(FileError) in
            guard
                let type = HDF5Handle(
                    chdf5_make_string_type(chdf5_variable_length(), H5T_CSET_UTF8))
            else { throw failed("preparing '\(name)'") }
            let dataset = try makeDataset(
                name, type: type.id, shape: shape, chunk: nil, layout: .contiguous)
            let status = withCStrings(texts) { pointers in
                pointers.isEmpty
                    ? 0
                    : H5Dwrite(
                        dataset, type.id, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT),
                        pointers.baseAddress)
            }
            guard H5Dclose(dataset) >= 0, status >= 0 else { throw failed("writing '\(name)'") }
            written.append(.texts(name, texts, shape: shape))
        }
    }

    /// Attaches a scalar to the file (`/`), a group or a dataset that exists already.
    public func setAttribute(
        _ name: String, to value: HDF5Attribute, on object: String = "/"
    ) throws(FileError) {
        try perform { () throws(FileError) in
            try setAttributeInside(name, to: value, on: object)
            written.append(.attribute(name, on: object, value))
        }
    }

    /// Begins a dataset that grows row by row, for data that never lie in memory as a whole.
    ///
    /// - Parameters:
    ///   - rowShape: Shape of one row; the dataset has shape `[rows] + rowShape`.
    public func makeRows<E: ArrayElement>(
        of type: E.Type, rowShape: [Int] = [], to name: String
    ) throws(FileError) -> HDF5Rows<E> {
        guard let rowCount = ArrayLimits.count(of: rowShape), rowCount > 0 else {
            preconditionFailure("a row has at least one element")
        }
        let rows = try perform { () throws(FileError) in
            let layout = HDF5Layout.checksummed
            let chunkRows = layout.chunkRows(rowBytes: rowCount * E.elementType.size)
            let dataset = try makeDataset(
                name, type: E.elementType.hdf5Type, shape: [0] + rowShape,
                chunk: [chunkRows] + rowShape, layout: layout, canGrow: true)
            return HDF5RowDataset(
                id: dataset, name: name, type: E.elementType, rowShape: rowShape)
        }
        rowDatasets.append(rows)
        return HDF5Rows(writer: self, dataset: rows)
    }

    func append(_ bytes: [UInt8], to rows: HDF5RowDataset) throws(FileError) {
        guard !bytes.isEmpty else { return }
        try perform { () throws(FileError) in
            guard rows.append(bytes) else { throw failed("writing '\(rows.name)'") }
        }
    }

    /// Closes, makes durable, verifies and names the file.
    public func commit() throws(FileError) {
        let size = try perform { () throws(FileError) in
            for rows in rowDatasets {
                guard H5Dclose(rows.id) >= 0 else { throw failed("writing '\(rows.name)'") }
                written.append(
                    .numbers(
                        rows.name, rows.type, shape: [rows.count] + rows.rowShape,
                        checksum: rows.checksum))
            }
            rowDatasets = []
            var size: hsize_t = 0
            guard H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0, H5Fget_filesize(file, &size) >= 0 else {
                throw failed("writing")
            }
            let closing = file
            guard H5Fclose(closing) >= 0 else { throw failed("closing") }
            file = -1
            // Closing writes what the library has held back until now.
            try requireNoWriteError()
            return Int(size)
        }
        do throws(FileError) {
            guard let opened = descriptor.take(), opened.finish() else {
                throw .writing(partial.path, errorNumber: errno)
            }
            if isSealed { try FileSeal.append(to: partial.partialPath, reportedAs: partial.path) }
            let sealLength = isSealed ? FileSeal.length : 0
            try partial.commit { () throws(FileError) in
                try HDF5Verification.check(
                    partial.partialPath, reportedAs: partial.path, size: size + sealLength, written)
                guard isSealed else { return }
                guard try FileSeal.isIntact(partial.partialPath) else {
                    throw .writing(partial.path, errorNumber: EIO)
                }
            }
        } catch {
            failure = error
            discard()
            throw error
        }
        isCommitted = true
        written = []
    }

    /// Gives up: nothing appears.
    public func discard() {
        guard !isCommitted else { return }
        if file >= 0 {
            // Strong close: datasets that still grow are closed with their file.
            HDF5Library.run { _ = H5Fclose(file) }
            file = -1
        }
        descriptor = nil
        partial.discard()
    }

    /// One operation in the library; the first failure ends the writer.
    private func perform<R>(_ body: () throws(FileError) -> R) throws(FileError) -> R {
        if let failure { throw failure }
        precondition(file >= 0, "the file was committed or discarded already")
        do throws(FileError) {
            let result = try HDF5Library.run(body)
            try requireNoWriteError()
            return result
        } catch {
            failure = error
            discard()
            throw error
        }
    }

    private func requireNoWriteError() throws(FileError) {
        guard writeError.pointee == 0 else {
            throw .writing(partial.path, errorNumber: writeError.pointee)
        }
    }

    private func failed(_ what: String) -> FileError {
        writeError.pointee == 0
            ? HDF5Library.writingError(partial.path, what)
            : .writing(partial.path, errorNumber: writeError.pointee)
    }

    private func makeDataset(
        _ name: String, type: hid_t, shape: [Int], chunk: [Int]?, layout: HDF5Layout,
        canGrow: Bool = false
    ) throws(FileError) -> hid_t {
        var limits = shape.map { hsize_t($0) }
        if canGrow { limits[0] = chdf5_unlimited() }
        let lengths = shape.map { hsize_t($0) }
        let space = HDF5Handle(
            shape.isEmpty
                ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), lengths, limits))
        guard let space, let links = HDF5Handle(chdf5_make_link_creation()),
            let creation = HDF5Handle(chdf5_make_dataset_creation())
        else { throw failed("preparing '\(name)'") }
        if let chunk {
            let lengths = chunk.map { hsize_t($0) }
            var status = H5Pset_chunk(creation.id, Int32(chunk.count), lengths)
            if layout.isShuffled { status = min(status, H5Pset_shuffle(creation.id)) }
            status = min(status, H5Pset_deflate(creation.id, 4))
            if layout.hasChecksum { status = min(status, H5Pset_fletcher32(creation.id)) }
            guard status >= 0 else { throw failed("preparing '\(name)'") }
        }
        let dataset = H5Dcreate2(
            file, name, type, space.id, links.id, creation.id, hid_t(H5P_DEFAULT))
        guard dataset >= 0 else { throw failed("making '\(name)'") }
        return dataset
    }

    private func setAttributeInside(
        _ name: String, to value: HDF5Attribute, on object: String
    ) throws(FileError) {
        func store(_ type: hid_t, _ bytes: UnsafeRawPointer) -> Bool {
            guard let space = HDF5Handle(H5Screate(H5S_SCALAR)),
                let attribute = HDF5Handle(
                    H5Acreate_by_name(
                        file, object, name, type, space.id, hid_t(H5P_DEFAULT),
                        hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT)))
            else { return false }
            return H5Awrite(attribute.id, type, bytes) >= 0
        }
        var isStored = false
        switch value {
        case .real(var number): isStored = store(chdf5_float64_le(), &number)
        case .integer(var number): isStored = store(chdf5_int64_le(), &number)
        case .text(let text):
            if let type = HDF5Handle(
                chdf5_make_string_type(chdf5_variable_length(), H5T_CSET_UTF8))
            {
                isStored = withCStrings([text]) { store(type.id, $0.baseAddress!) }
            }
        }
        guard isStored else { throw failed("setting attribute '\(name)' of '\(object)'") }
    }
}

/// Calls `body` with the texts as C strings.
private func withCStrings<R>(
    _ texts: [String], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> R
) -> R {
    // All texts in one allocation, each with its terminating zero.
    var bytes: [CChar] = []
    var starts: [Int] = []
    for text in texts {
        starts.append(bytes.count)
        bytes += text.utf8CString
    }
    return bytes.withUnsafeBufferPointer { buffer in
        let all: [UnsafePointer<CChar>?] = starts.map { buffer.baseAddress! + $0 }
        return all.withUnsafeBufferPointer(body)
    }
}
