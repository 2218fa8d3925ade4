public import Foundation

/// Draws plots with gnuplot, run as a child process.
public struct Gnuplot: Sendable {
    /// Why a plot could not be drawn; one line for the person who can act.
    public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        public enum Code: Sendable, Hashable {
            case notInstalled
            case failed
        }
        public var code: Code
        public var message: String
        public var description: String { message }
    }

    private let executable: String

    /// - Parameter executable: A name looked up in `PATH`, or a path.
    public init(executable: String = "gnuplot") { self.executable = executable }

    /// Draws one plot.
    ///
    /// - Returns: The bytes of an SVG or PNG file.
    /// - Throws: `Failure` if gnuplot is missing, fails or draws nothing.
    public func render(_ plot: Plot, as format: PlotScript.Format) throws(Failure) -> Data {
        guard let program = locate() else {
            throw Failure(
                code: .notInstalled,
                message: "\(executable) not found; plots need gnuplot "
                    + "(Debian: apt-get install gnuplot-nox)")
        }
        let result: (status: Int32, output: Data, errors: String)
        do {
            result = try run(program, script: PlotScript(plot).text(format))
        } catch {
            throw Failure(
                code: .failed, message: "cannot run \(executable): \(error.localizedDescription)")
        }
        guard result.status == 0, !result.output.isEmpty else {
            let reason =
                result.errors.split(separator: "\n")
                .map { $0.trimmingPrefix { $0.isWhitespace } }
                .last { !$0.isEmpty && !$0.allSatisfy { $0 == "^" } } ?? "no message"
            throw Failure(
                code: .failed,
                message: "gnuplot failed (status \(result.status)) on plot "
                    + "\"\(plot.title)\": \(reason)")
        }
        return result.output
    }

    private func locate() -> URL? {
        if executable.contains("/") {
            return FileManager.default.isExecutableFile(atPath: executable)
                ? URL(fileURLWithPath: executable) : nil
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":")
            .map { URL(fileURLWithPath: String($0)).appendingPathComponent(executable) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    /// Runs the script with its three streams on temporary files: pipes would need a thread each
    /// not to block on a large drawing.
    private func run(
        _ program: URL, script: String
    ) throws -> (status: Int32, output: Data, errors: String) {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("spikelink-plot-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let scriptFile = folder.appendingPathComponent("script.gp")
        let outputFile = folder.appendingPathComponent("output")
        let errorFile = folder.appendingPathComponent("errors")
        try Data(script.utf8).write(to: scriptFile)
        try Data().write(to: outputFile)
        try Data().write(to: errorFile)

        let process = Process()
        process.executableURL = program
        // -d: no start-up files, so that the same plot looks the same for everyone.
        process.arguments = ["-d", scriptFile.path]
        var environment = ProcessInfo.processInfo.environment
        environment["LC_ALL"] = "C.UTF-8"
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
        process.waitUntilExit()
        return (
            process.terminationStatus, try Data(contentsOf: outputFile),
            String(decoding: try Data(contentsOf: errorFile), as: UTF8.self)
        )
    }
}
