import ArrayFiles
import Foundation
import RandomStreams
import TestSupport
import Testing

/// Reference files made by other tools (`Reference/README.md`).
func reference(_ name: String) -> String {
    Bundle.module.bundleURL.appendingPathComponent("Reference/\(name)").path
}

func referenceBytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: reference(name))))
}

/// The error `body` ends with; a test failure when it ends otherwise.
func fileError(
    _ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) throws -> FileError {
    try #require(throws: FileError.self, sourceLocation: sourceLocation) { try body() }
}

/// Runs a command to its end.
@discardableResult
func run(_ command: String, _ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
}

/// A file system of 4 MB in memory.
final class SmallDisk {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let status = try run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder.path)
        try #require(status == 0, "a tmpfs could not be mounted")
    }

    deinit { _ = try? run("umount", "-l", folder.path) }

    /// Whether this process may mount file systems; containers often forbid it.
    static let isPossible: Bool = geteuid() == 0 && (try? SmallDisk()) != nil
}

/// One of the ways in which a file gets damaged, drawn from a stream.
func mutated(_ bytes: [UInt8], _ stream: inout RandomStream) -> [UInt8] {
    var result = bytes
    switch Int.random(in: 0..<5, using: &stream) {
    case 0:
        for _ in 0..<Int.random(in: 1...4, using: &stream) {
            result[Int.random(in: 0..<result.count, using: &stream)] =
                UInt8.random(in: 0...255, using: &stream)
        }
    case 1: result[Int.random(in: 0..<result.count, using: &stream)] ^= 1 << 7
    case 2: result.removeSubrange(Int.random(in: 0..<result.count, using: &stream)...)
    case 3:
        // Extreme lengths where a length may be.
        let start = Int.random(in: 0..<max(1, result.count - 8), using: &stream)
        for index in start..<min(start + 4, result.count) { result[index] = 0xFF }
    default:
        let start = Int.random(in: 0..<result.count, using: &stream)
        let end = Int.random(in: start..<result.count, using: &stream)
        result.insert(contentsOf: bytes[start..<end], at: start)
    }
    return result
}
