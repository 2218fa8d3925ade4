#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The exclusive right to write one output file, among processes: of two that write the same name
/// at once, one wins and the other is told so before it has done any work.
///
/// An advisory lock on `.NAME.lock` beside the file, which disappears with the claim. What a killed
/// process leaves behind is an empty file without a lock, which the next claim takes over.
public struct OutputClaim: ~Copyable {
    private let descriptor: Int32
    private let lockPath: String

    /// Claims `path`, or fails at once with `FileError.Code.locked`.
    public init(path: String) throws(FileError) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? ""
        let name = String(path[(slash.map { path.index(after: $0) } ?? path.startIndex)...])
        lockPath = "\(folder).\(String(decoding: name.utf8.prefix(200), as: UTF8.self)).lock"
        while true {
            let opened = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
            guard opened >= 0 else { throw .writing(path, errorNumber: errno) }
            guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
                let reason = errno
                _ = close(opened)
                guard reason == EWOULDBLOCK else { throw .writing(path, errorNumber: reason) }
                throw FileError(
                    .locked, path: path, reason: "is being written by another process",
                    remedy: "wait until it has finished, or choose another name")
            }
            // The last owner may have removed the file between opening and locking it.
            var mine = stat()
            var current = stat()
            if fstat(opened, &mine) == 0, stat(lockPath, &current) == 0,
                mine.st_ino == current.st_ino, mine.st_dev == current.st_dev
            {
                descriptor = opened
                return
            }
            _ = close(opened)
        }
    }

    /// Gives the claim back before the end of the value's life.
    public consuming func release() {}

    deinit {
        // Removed while still locked, so that nobody's new lock file can be hit.
        _ = unlink(lockPath)
        _ = flock(descriptor, LOCK_UN)
        _ = close(descriptor)
    }
}
