import Synchronization

/// Reading HDF5 files in a process of its own, which may crash or hang without harm.
///
/// libhdf5 1.10 reads outside its memory or loops for ever on files made to harm it, and on some
/// that are merely damaged. A program that calls `use` has every file read by a child of its, with
/// limits on memory, processor time and silence and no right to write files; the child is the same
/// program, started with `argument`, which calls `serve` then. Programs that do not call `use`, and
/// systems other than Linux, read in their own process.
public enum HDF5Isolation {
    /// The first and only argument of the child.
    public static let argument = "serve-hdf5-to-parent"

    /// Memory of the child.
    static let memoryLimit = 1 << 30
    /// Processor time for one question, in seconds.
    static let secondsPerQuestion = 5
    /// Longest silence, in milliseconds; the processor's limit ends loops before.
    static let patience: Int32 = 8_000
    /// Largest array taken in one piece; longer ones are read by rows.
    static let byteLimit = 512 << 20

    private static let program = Mutex<String?>(nil)

    /// From now on files are read by children that run `program`.
    public static func use(program path: String) {
        #if os(Linux)
        program.withLock { $0 = path }
        #endif
    }

    static var childProgram: String? { program.withLock { $0 } }
}
