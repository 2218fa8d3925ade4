import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What to do with a file that already has the name.
public enum ExistingFile: Hashable, Sendable {
    /// The new file takes its place, in one step.
    case replace
    /// It stays, and writing fails with `FileError.Code.cannotCreate`. Of two processes writing
    /// the same name at once, one wins and the other gets this error.
    case refuse
}

/// A file under construction beside its final place: `.NAME.partial-<process>-<count>`.
///
/// `commit` makes it durable and gives it its name; otherwise it disappears with its owner.
/// Leftovers of processes that were killed are removed when the same name is written again.
final class PartialFile {
    /// The name as the user gave it, for messages.
    let path: String
    /// Where the bytes go meanwhile.
    let partialPath: String
    private let finalPath: String
    private let directory: String
    private let existing: ExistingFile
    private var isFinished = false

    /// Partial files this process is writing now, which must not be taken for leftovers.
    private static let active = Mutex<(paths: Set<String>, count: Int)>(([], 0))

    /// Chooses a name and checks the place; creates nothing.
    init(path: String, existing: ExistingFile) throws(FileError) {
        let resolved = Self.resolvingLinks(path)
        switch fileKind(resolved) {
        case .missing: break
        case .regular:
            if existing == .refuse { throw Self.alreadyThere(path) }
        case .directory: throw .writing(path, errorNumber: EISDIR)
        case .other:
            throw FileError(
                .cannotCreate, path: path, reason: "is a device or pipe, not a file",
                remedy: "name a file")
        }
        var name = resolved
        var folder = "."
        if let slash = resolved.lastIndex(of: "/") {
            name = String(resolved[resolved.index(after: slash)...])
            folder = slash == resolved.startIndex ? "/" : String(resolved[..<slash])
        }
        guard !name.isEmpty, name != ".", name != "..", !path.utf8.contains(0) else {
            throw .writing(path, errorNumber: EISDIR)
        }
        switch fileKind(folder) {
        case .directory: break
        case .missing: throw .writing(path, errorNumber: errno == ENOTDIR ? ENOTDIR : ENOENT)
        default: throw .writing(path, errorNumber: ENOTDIR)
        }
        // File names end at 255 bytes; the marks around the name need about 30 of them.
        let prefix = ".\(String(decoding: name.utf8.prefix(200), as: UTF8.self)).partial-"
        Self.removeLeftovers(of: prefix, in: folder)
        partialPath = Self.active.withLock { state in
            var candidate: String
            repeat {
                state.count += 1
                candidate = "\(folder)/\(prefix)\(getpid())-\(state.count)"
            } while access(candidate, F_OK) == 0
            state.paths.insert(candidate)
            return candidate
        }
        self.path = path
        self.finalPath = resolved
        self.directory = folder
        self.existing = existing
    }

    deinit { discard() }

    /// Makes bytes and name durable: fsync, rename, fsync of the folder.
    func commit(verifying verify: () throws(FileError) -> Void = {}) throws(FileError) {
        precondition(!isFinished, "a partial file is committed once")
        do throws(FileError) {
            guard let file = OpenFile(partialPath, O_RDWR), fsync(file.descriptor) == 0 else {
                throw .writing(path, errorNumber: errno)
            }
            guard file.finish() else { throw .writing(path, errorNumber: errno) }
            try verify()
            try takeName()
        } catch {
            discard()
            throw error
        }
        isFinished = true
        forget()
        // The name is in place; a folder that cannot be synchronized (some network file systems)
        // is no reason to call the file bad, a device error is.
        if let folder = OpenFile(directory, O_RDONLY), fsync(folder.descriptor) != 0,
            errno == EIO || errno == ENOSPC
        {
            throw .writing(path, errorNumber: errno)
        }
    }

    /// Removes what was written so far.
    func discard() {
        guard !isFinished else { return }
        isFinished = true
        // Frees the space even while a process just being started still shares the descriptor.
        _ = truncate(partialPath, 0)
        _ = unlink(partialPath)
        forget()
    }

    private func takeName() throws(FileError) {
        switch existing {
        case .replace:
            guard rename(partialPath, finalPath) == 0 else {
                throw .writing(path, errorNumber: errno)
            }
        case .refuse:
            // Unlike rename, link fails when the name has appeared in the meantime.
            guard link(partialPath, finalPath) == 0 else {
                throw errno == EEXIST
                    ? Self.alreadyThere(path) : .writing(path, errorNumber: errno)
            }
            _ = unlink(partialPath)
        }
    }

    private func forget() {
        let path = partialPath
        Self.active.withLock { _ = $0.paths.remove(path) }
    }

    private static func alreadyThere(_ path: String) -> FileError {
        FileError(
            .cannotCreate, path: path, reason: "already exists",
            remedy: "choose another name or remove it first")
    }

    /// A link to a regular file is followed, so that its target is replaced and not the link.
    private static func resolvingLinks(_ path: String) -> String {
        guard fileKind(path) == .regular, let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// Removes partial files of the same name whose writer is gone: its process does not exist
    /// (or is this one, which does not know the file), and nobody holds a lock on the file.
    private static func removeLeftovers(of prefix: String, in folder: String) {
        guard let listing = opendir(folder) else { return }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.hasPrefix(prefix),
                let writer = pid_t(name.dropFirst(prefix.count).prefix { $0 != "-" })
            else { continue }
            let candidate = "\(folder)/\(name)"
            let isGone =
                writer == getpid()
                ? active.withLock { !$0.paths.contains(candidate) }
                : kill(writer, 0) != 0 && errno == ESRCH
            guard isGone, let file = OpenFile(candidate, O_RDONLY | O_NOFOLLOW) else { continue }
            if flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 { _ = unlink(candidate) }
        }
    }
}
