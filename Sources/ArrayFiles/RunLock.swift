#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Exclusive use of a folder or file among processes, by an advisory lock on a lock file.
///
/// The kernel releases the lock with the process, however it ends, so a lock file left behind by
/// a killed process does not block anyone. The file holds the process number of its owner, for
/// messages only. On network file systems the lock is as good as their `flock`.
public struct RunLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock, or fails at once with `FileError.Code.locked`.
    ///
    /// - Parameter path: The lock file, made when missing; it stays when the lock is released.
    public init(path: String) throws(FileError) {
        let result = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard result >= 0 else { throw .writing(path, errorNumber: errno) }
        guard flock(result, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            var text = [UInt8](repeating: 0, count: 32)
            let count = text.withUnsafeMutableBytes { pread(result, $0.baseAddress!, 32, 0) }
            _ = close(result)
            guard reason == EWOULDBLOCK else { throw .writing(path, errorNumber: reason) }
            let owner = String(decoding: text.prefix(max(count, 0)), as: UTF8.self)
                .prefix { $0.isNumber }
            throw FileError(
                .locked, path: path,
                reason: owner.isEmpty
                    ? "is in use by another process" : "is in use by process \(owner)",
                remedy: "wait until it has finished, or use another folder")
        }
        // A lock file that cannot be filled (disk full) still locks.
        if ftruncate(result, 0) == 0 {
            let owner = Array("\(getpid())\n".utf8)
            _ = owner.withUnsafeBytes { pwrite(result, $0.baseAddress!, $0.count, 0) }
        }
        descriptor = result
    }

    /// Gives the lock back before the end of the value's life.
    public consuming func release() {}

    deinit {
        // Closing alone would keep the lock while a process just being started still shares the
        // descriptor.
        _ = flock(descriptor, LOCK_UN)
        _ = close(descriptor)
    }
}
