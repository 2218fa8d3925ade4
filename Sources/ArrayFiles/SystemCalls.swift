#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An open file descriptor with one owner; closed at the end of its life at the latest.
struct OpenFile: ~Copyable {
    let descriptor: Int32

    /// Opens `path`, or returns nil with the reason in `errno`.
    init?(_ path: String, _ flags: Int32, mode: mode_t = 0o666) {
        var result: Int32
        repeat {
            result = open(path, flags | O_CLOEXEC, mode)
        } while result < 0 && errno == EINTR
        guard result >= 0 else { return nil }
        descriptor = result
    }

    deinit { _ = close(descriptor) }

    /// Writes everything; false with the reason in `errno` otherwise.
    borrowing func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            // A single call may not pass 2 GB on Linux.
            let count = systemWrite(descriptor, rest.baseAddress!, min(rest.count, 1 << 30))
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return true
    }

    /// Reads into the buffer until it is full or the file ends; nil with `errno` on failure.
    borrowing func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        var filled = 0
        while filled < buffer.count {
            let count = systemRead(
                descriptor, buffer.baseAddress! + filled, min(buffer.count - filled, 1 << 30))
            if count < 0 {
                if errno == EINTR { continue }
                return nil
            }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// Closes and reports what closing says (network file systems fail here).
    consuming func finish() -> Bool {
        let result = close(descriptor)
        discard self
        return result == 0 || errno == EINTR
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int
{
    read(descriptor, bytes, count)
}

/// What stands at a path, links followed.
enum FileKind {
    case missing, regular, directory, other
}

func fileKind(_ path: String) -> FileKind {
    var information = stat()
    guard stat(path, &information) == 0 else { return .missing }
    switch information.st_mode & S_IFMT {
    case S_IFREG: return .regular
    case S_IFDIR: return .directory
    default: return .other
    }
}

extension FileError {
    /// An output failure from `errno`: places that cannot be written, or devices that fail.
    static func writing(_ path: String, errorNumber: Int32) -> FileError {
        let text = String(cString: strerror(errorNumber))
        switch errorNumber {
        case ENOSPC, EDQUOT:
            return FileError(
                .ioFailure, path: path, reason: "cannot be written: \(text)",
                remedy: "free space or choose another place; nothing was left under this name")
        case EFBIG:
            return FileError(
                .ioFailure, path: path, reason: "cannot be written: \(text)",
                remedy: "raise the file size limit (ulimit -f) or write less")
        case EACCES, EPERM, EROFS:
            return FileError(
                .cannotCreate, path: path, reason: "cannot be created: \(text)",
                remedy: "choose a place you may write to")
        case ENOENT, ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP, EEXIST, EINVAL, ENXIO:
            return FileError(
                .cannotCreate, path: path, reason: "cannot be created: \(text)",
                remedy: "check the path and make its folder first")
        case EAGAIN:
            return FileError(
                .locked, path: path, reason: "is in use by another process",
                remedy: "try again when it has finished")
        default:
            return FileError(
                .ioFailure, path: path, reason: "cannot be written: \(text)",
                remedy: "check the disk, then repeat the command")
        }
    }

    /// An input failure from `errno`.
    static func reading(_ path: String, errorNumber: Int32) -> FileError {
        let text = String(cString: strerror(errorNumber))
        switch errorNumber {
        case EIO, ENOMEM, EMFILE, ENFILE:
            return FileError(
                .ioFailure, path: path, reason: "cannot be read: \(text)",
                remedy: "check the disk, then repeat the command")
        default:
            return FileError(
                .badData, path: path, reason: "cannot be opened: \(text)",
                remedy: "check the path and its permissions")
        }
    }
}
