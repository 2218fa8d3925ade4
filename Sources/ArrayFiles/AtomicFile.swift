#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files that appear complete or not at all.
///
/// The bytes go to a hidden file in the same folder, are made durable (fsync), and get the final
/// name in one step (rename, fsync of the folder). On any failure the hidden file is removed and
/// whatever stood under the final name is untouched. Devices and pipes are written directly,
/// since they have no name to exchange.
public enum AtomicFile {
    /// Writes `bytes` to `path`.
    public static func write(
        _ bytes: [UInt8], to path: String, existing: ExistingFile = .replace
    ) throws(FileError) {
        try write(to: path, existing: existing) { sink throws(FileError) in
            try sink.write(bytes)
        }
    }

    /// Writes UTF-8 `text` to `path`.
    public static func write(
        _ text: String, to path: String, existing: ExistingFile = .replace
    ) throws(FileError) {
        try write(Array(text.utf8), to: path, existing: existing)
    }

    /// Writes what `body` puts into the sink to `path`.
    public static func write(
        to path: String, existing: ExistingFile = .replace,
        _ body: (inout ByteSink) throws(FileError) -> Void
    ) throws(FileError) {
        if fileKind(path) == .other {
            guard let device = OpenFile(path, O_WRONLY) else {
                throw .writing(path, errorNumber: errno)
            }
            var sink = ByteSink(file: device, path: path)
            try body(&sink)
            try sink.finish()
            return
        }
        let partial = try PartialFile(path: path, existing: existing)
        guard let file = OpenFile(partial.partialPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        else {
            throw .writing(path, errorNumber: errno)
        }
        // Tells other processes that this is no leftover; released by the kernel in any case.
        _ = flock(file.descriptor, LOCK_EX | LOCK_NB)
        var sink = ByteSink(file: file, path: path)
        do throws(FileError) {
            try body(&sink)
            try sink.finish()
        } catch {
            partial.discard()
            throw error
        }
        try partial.commit()
    }

    /// Reads a whole file.
    ///
    /// - Throws: `FileError` when it cannot be read, or holds more than `byteLimit` bytes.
    public static func read(
        _ path: String, byteLimit: Int = ArrayLimits.bytes
    ) throws(FileError) -> [UInt8] {
        switch fileKind(path) {
        case .directory: throw .reading(path, errorNumber: EISDIR)
        default: break
        }
        guard let file = OpenFile(path, O_RDONLY) else {
            throw .reading(path, errorNumber: errno)
        }
        var information = stat()
        guard fstat(file.descriptor, &information) == 0 else {
            throw .reading(path, errorNumber: errno)
        }
        let tooLarge = FileError.badData(
            path, "holds more than the \(byteLimit) bytes allowed here",
            remedy: "check that this is the file you meant")
        guard information.st_size <= byteLimit else { throw tooLarge }
        var bytes = [UInt8]()
        // One byte more than expected shows whether the file has grown.
        var step = max(Int(information.st_size) + 1, 1 << 16)
        while true {
            let before = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: step))
            let count = bytes.withUnsafeMutableBytes {
                file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[before...]))
            }
            guard let count else { throw .reading(path, errorNumber: errno) }
            if count < step {
                bytes.removeLast(step - count)
                guard bytes.count <= byteLimit else { throw tooLarge }
                return bytes
            }
            guard bytes.count <= byteLimit else { throw tooLarge }
            step = min(bytes.count, 1 << 26)
        }
    }
}

/// Where the bytes of one output go, in order.
public struct ByteSink: ~Copyable {
    private let file: OpenFile
    private let path: String
    private var pending: [UInt8] = []
    /// Bytes taken so far.
    public private(set) var count = 0

    private static let capacity = 1 << 16

    init(file: consuming OpenFile, path: String) {
        self.file = file
        self.path = path
    }

    /// Appends bytes.
    public mutating func write(_ bytes: [UInt8]) throws(FileError) {
        count += bytes.count
        if bytes.count < Self.capacity {
            pending.append(contentsOf: bytes)
            if pending.count >= Self.capacity { try flush() }
        } else {
            try flush()
            try writeThrough(bytes)
        }
    }

    private mutating func flush() throws(FileError) {
        try writeThrough(pending)
        pending.removeAll(keepingCapacity: true)
    }

    private func writeThrough(_ bytes: [UInt8]) throws(FileError) {
        guard bytes.withUnsafeBytes({ file.write($0) }) else {
            throw .writing(path, errorNumber: errno)
        }
    }

    /// Hands the rest to the system and closes, with the status of both.
    consuming func finish() throws(FileError) {
        try flush()
        guard file.finish() else { throw .writing(path, errorNumber: errno) }
    }
}
