import Foundation

/// What made a figure: the revision of the package and the compiler.
public enum Provenance {
    /// The version of the package.
    public static let version = "0.1.0"

    /// Version and, when the program stands in its repository, the commit with a mark for
    /// uncommitted changes.
    public static let revision: String = {
        guard let executable = Bundle.main.executablePath else { return version }
        let folder = URL(fileURLWithPath: executable).resolvingSymlinksInPath()
            .deletingLastPathComponent().path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "git", "-C", folder, "describe", "--always", "--dirty", "--exclude", "*",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return version }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let commit = String(decoding: output, as: UTF8.self).filter { !$0.isWhitespace }
        return process.terminationStatus == 0 && !commit.isEmpty
            ? "\(version)+\(commit)" : version
    }()

    public static let toolchain: String = {
        #if compiler(>=6.4)
        return "swift 6.4 or later"
        #elseif compiler(>=6.3)
        return "swift 6.3"
        #else
        return "swift 6.2"
        #endif
    }()
}
