#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The last 32 bytes of a file that must not change: a mark, the length of what stands before, and
/// its CRC-32. HDF5 readers ignore what follows the end of their data.
///
/// Fletcher-32 sums in HDF5 protect the numbers alone; the seal covers names, shapes, attributes and
/// everything else, and is missing from a file cut short. It protects against accidents, not against
/// people: a checksum of 32 bits can be forged, and misses one random change in 4 * 10^9.
public enum FileSeal {
    package static let length = 32
    private static let mark = Array("spikelink seal 1".utf8)
    private static let pieceLength = 4 << 20

    private static func seal(length: Int, checksum: UInt32) -> [UInt8] {
        var bytes = mark
        bytes.append(littleEndian: UInt64(length))
        bytes.append(littleEndian: checksum)
        bytes.append(littleEndian: UInt32(0))
        return bytes
    }

    /// Appends a seal to a file that is complete.
    package static func append(to file: String, reportedAs path: String) throws(FileError) {
        guard let opened = OpenFile(file, O_RDWR | O_APPEND) else {
            throw .writing(path, errorNumber: errno)
        }
        guard let sum = checksum(of: opened, length: .max) else {
            throw .reading(path, errorNumber: errno)
        }
        let bytes = seal(length: sum.length, checksum: sum.value)
        guard bytes.withUnsafeBytes({ opened.write($0) }), opened.finish() else {
            throw .writing(path, errorNumber: errno)
        }
    }

    /// Whether a file bears a seal.
    ///
    /// - Throws: `FileError` when it does and differs from it.
    public static func isIntact(_ path: String) throws(FileError) -> Bool {
        guard fileKind(path) == .regular, let file = OpenFile(path, O_RDONLY) else {
            throw .badData(path, "does not exist or is not a file", remedy: "check the path")
        }
        let size = Int(lseek(file.descriptor, 0, SEEK_END))
        guard size >= length else { return false }
        lseek(file.descriptor, off_t(size - length), SEEK_SET)
        var found = [UInt8](repeating: 0, count: length)
        guard found.withUnsafeMutableBytes({ file.read(into: $0) }) == length else {
            throw .reading(path, errorNumber: errno)
        }
        guard found.starts(with: mark) else { return false }
        lseek(file.descriptor, 0, SEEK_SET)
        guard let sum = checksum(of: file, length: size - length) else {
            throw .reading(path, errorNumber: errno)
        }
        guard found == seal(length: size - length, checksum: sum.value) else {
            throw .badData(path, "differs from the checksum at its end: its bytes have changed")
        }
        return true
    }

    /// CRC-32 of the next `length` bytes, or of all up to the end.
    private static func checksum(
        of file: borrowing OpenFile, length: Int
    ) -> (length: Int, value: UInt32)? {
        var piece = [UInt8](repeating: 0, count: pieceLength)
        var done = 0
        var value: UInt32 = 0
        while done < length {
            let wanted = min(pieceLength, length - done)
            let count = piece.withUnsafeMutableBytes {
                file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]))
            }
            guard let count else { return nil }
            value = crc32(count == pieceLength ? piece : Array(piece[..<count]), from: value)
            done += count
            if count < wanted { break }
        }
        return (done, value)
    }
}
