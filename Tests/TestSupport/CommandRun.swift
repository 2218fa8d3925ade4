public import Foundation

/// One run of the built program.
public struct CommandRun: Sendable {
    public let output: String
    public let errors: String
    public let status: Int32

    /// The program beside the test bundle.
    private static var program: URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("spikelink")
    }

    /// Runs the program in the repository, or in another folder.
    ///
    /// - Parameters:
    ///   - stopWhen: A file; as soon as it exists, the program gets the signal.
    ///   - limits: Options of the shell's `ulimit`, each with its value.
    public static func spikelink(
        _ arguments: [String], input: String? = nil, in folder: String? = nil,
        stopWhen file: String? = nil, signal: Int32 = SIGKILL, limits: [String] = []
    ) throws -> CommandRun {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        if !limits.isEmpty {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            let script = limits.map { "ulimit \($0) && " }.joined() + "exec \"$@\""
            process.arguments = ["-c", script, "sh", program.path] + arguments
        }
        process.currentDirectoryURL = URL(fileURLWithPath: folder ?? Repository.root)
        let output = Pipe()
        let errors = Pipe()
        let source = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = source
        try process.run()
        if let input { source.fileHandleForWriting.write(Data(input.utf8)) }
        try source.fileHandleForWriting.close()
        if let file {
            while process.isRunning && !FileManager.default.fileExists(atPath: file) {
                Thread.sleep(forTimeInterval: 0.01)
            }
            kill(process.processIdentifier, signal)
        }
        let written = output.fileHandleForReading.readDataToEndOfFile()
        let complaints = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return CommandRun(
            output: String(decoding: written, as: UTF8.self),
            errors: String(decoding: complaints, as: UTF8.self),
            status: process.terminationStatus)
    }
}
