import CHDF5
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The one door to libhdf5, which is not reentrant in general: one caller at a time.
enum HDF5Library {
    private static let lock = Mutex<Void>(())

    /// The driver that files are written with; first used under the lock.
    static let lenientDriver = chdf5_register_lenient_driver()

    /// Runs `body` alone in the library, its own error printing off.
    ///
    /// Bodies must not call back into functions that take the lock.
    static func run<R>(_ body: () throws(FileError) -> R) throws(FileError) -> R {
        var result: R?
        try lock.withLock { _ throws(FileError) in
            chdf5_begin()
            result = try body()
        }
        return result!
    }

    /// The same for bodies that cannot fail.
    static func run(_ body: () -> Void) {
        lock.withLock { _ in
            chdf5_begin()
            body()
        }
    }

    /// The innermost message of the library, as one phrase, and the system's error number in it.
    static func lastError() -> (message: String, errorNumber: Int32?) {
        var text = [UInt8](repeating: 0, count: 1024)
        text.withUnsafeMutableBytes {
            chdf5_last_error($0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
        }
        let message = String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        // System failures come as "... errno = 28, error message = '...'" among addresses and
        // times; the number says it all.
        if let range = message.firstRange(of: "errno = "),
            let number = Int32(message[range.upperBound...].prefix { $0.isNumber })
        {
            return (String(cString: strerror(number)), number)
        }
        return (message.isEmpty ? "no reason given" : message, nil)
    }

    /// What went wrong in writing, with the library's own message.
    static func writingError(_ path: String, _ what: String) -> FileError {
        let (message, number) = lastError()
        if let number { return .writing(path, errorNumber: number) }
        return FileError(
            .ioFailure, path: path, reason: "\(what) failed: \(message)",
            remedy: "check the disk, then repeat the command")
    }

    /// What went wrong in reading, with the library's own message.
    static func readingError(_ path: String, _ what: String) -> FileError {
        let (message, number) = lastError()
        if let number, number == EIO || number == EAGAIN {
            return number == EAGAIN
                ? .writing(path, errorNumber: number) : .reading(path, errorNumber: number)
        }
        return .badData(path, "\(what): \(message)")
    }
}

/// An identifier of an open HDF5 object with one owner.
struct HDF5Handle: ~Copyable {
    let id: hid_t

    /// Takes over an identifier; nil when the call that made it failed.
    init?(_ id: hid_t) {
        guard id >= 0 else { return nil }
        self.id = id
    }

    deinit { _ = H5Idec_ref(id) }
}

extension ElementType {
    /// The format in files, always little-endian.
    var hdf5Type: hid_t {
        switch self {
        case .bool, .uint8: chdf5_uint8_le()
        case .int8: chdf5_int8_le()
        case .uint16: chdf5_uint16_le()
        case .int16: chdf5_int16_le()
        case .uint32: chdf5_uint32_le()
        case .int32: chdf5_int32_le()
        case .uint64: chdf5_uint64_le()
        case .int64: chdf5_int64_le()
        case .float32: chdf5_float32_le()
        case .float64: chdf5_float64_le()
        }
    }

    /// The number type of an open HDF5 datatype; nil for texts, records and odd widths.
    init?(hdf5Type type: hid_t) {
        let size = H5Tget_size(type)
        switch H5Tget_class(type) {
        case H5T_FLOAT where size == 4: self = .float32
        case H5T_FLOAT where size == 8: self = .float64
        case H5T_ENUM where size == 1 && H5Tget_nmembers(type) == 2: self = .bool
        case H5T_INTEGER:
            let isSigned = H5Tget_sign(type) == H5T_SGN_2
            switch size {
            case 1: self = isSigned ? .int8 : .uint8
            case 2: self = isSigned ? .int16 : .uint16
            case 4: self = isSigned ? .int32 : .uint32
            case 8: self = isSigned ? .int64 : .uint64
            default: return nil
            }
        default: return nil
        }
    }
}

/// How the numbers of a dataset lie in the file.
public struct HDF5Layout: Hashable, Sendable {
    var isChunked: Bool
    var isShuffled: Bool
    var hasChecksum: Bool

    /// In one piece, as they are.
    public static let contiguous = HDF5Layout(
        isChunked: false, isShuffled: false, hasChecksum: false)
    /// In chunks of about 256 kB, compressed (shuffle, deflate level 4), each with a checksum
    /// (Fletcher-32): for data that must not change silently.
    public static let checksummed = HDF5Layout(
        isChunked: true, isShuffled: true, hasChecksum: true)
    /// One chunk, deflate level 4: as Python tools of the field write their arrays.
    public static let deflated = HDF5Layout(
        isChunked: true, isShuffled: false, hasChecksum: false)

    /// Rows per chunk for rows of `rowBytes` bytes.
    func chunkRows(rowBytes: Int) -> Int { max(1, (256 << 10) / max(rowBytes, 1)) }

    /// Chunk lengths for a dataset, or nil when it must lie in one piece (nothing in it, scalar).
    func chunk(shape: [Int], elementSize: Int) -> [Int]? {
        guard isChunked, !shape.isEmpty, !shape.contains(0) else { return nil }
        guard hasChecksum else { return shape }
        var chunk = shape
        // Halve leading axes first, so that chunks stay runs of whole rows.
        for axis in chunk.indices {
            let inner = chunk[(axis + 1)...].reduce(elementSize, *)
            chunk[axis] = min(chunk[axis], chunkRows(rowBytes: inner))
            if chunk[axis] > 1 { break }
        }
        return chunk
    }
}

/// A scalar value attached to a group or dataset.
public enum HDF5Attribute: Hashable, Sendable {
    case text(String)
    case real(Double)
    case integer(Int64)
}
