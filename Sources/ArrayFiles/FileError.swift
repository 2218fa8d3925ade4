/// Why a file could not be read or written, in one line a user can act on.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure, with the exit status a command ends with.
    public struct Code: Hashable, Sendable {
        /// A short name for logs.
        public let name: String
        /// Exit status of a command that ends with this failure (BSD `sysexits`, except 2).
        public let exitStatus: Int32

        /// Makes a further kind of failure.
        public init(name: String, exitStatus: Int32) {
            self.name = name
            self.exitStatus = exitStatus
        }

        /// The content of an input file is missing, damaged or not what was asked for.
        public static let badData = Code(name: "bad data", exitStatus: 2)
        /// An output file cannot be made at this place.
        public static let cannotCreate = Code(name: "cannot create", exitStatus: 73)
        /// Reading or writing failed on the way: disk full, quota, device error.
        public static let ioFailure = Code(name: "input/output failure", exitStatus: 74)
        /// Somebody else is using it now; trying later may work.
        public static let locked = Code(name: "locked", exitStatus: 75)
    }

    /// The kind of failure.
    public let code: Code
    /// The file it is about.
    public let path: String
    /// What is wrong.
    public let reason: String
    /// What the user can do about it.
    public let remedy: String

    /// Makes an error; control characters in the texts are escaped, so that it stays one line.
    public init(_ code: Code, path: String, reason: String, remedy: String) {
        self.code = code
        self.path = Self.onOneLine(path)
        self.reason = Self.onOneLine(reason)
        self.remedy = Self.onOneLine(remedy)
    }

    /// `path: reason; remedy`
    public var description: String { "\(path): \(reason); \(remedy)" }

    private static func onOneLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            if scalar.properties.generalCategory == .control || scalar == "\u{2028}"
                || scalar == "\u{2029}"
            {
                line += scalar.escaped(asASCII: true)
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}

extension FileError {
    /// An input file whose content is not usable.
    public static func badData(_ path: String, _ reason: String, remedy: String? = nil) -> Self {
        FileError(
            .badData, path: path, reason: reason,
            remedy: remedy ?? "make the file again or restore it from a copy")
    }
}
