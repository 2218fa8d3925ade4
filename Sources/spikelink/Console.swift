import ArrayFiles
import Foundation
import Synchronization

/// What people see: results on standard output, everything else on standard error.
enum Console {
    static func error(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Writes to standard output; a failed write, as to a full disk, is an error.
    static func output(_ text: String) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            throw FileError(
                .ioFailure, path: "standard output", reason: "cannot be written",
                remedy: "free space, or send it elsewhere")
        }
    }

    private static let isTerminal = isatty(STDERR_FILENO) == 1
    private struct State {
        var shown = false
        var lastUpdate = Date.distantPast
        var lastLine = ""
    }
    private static let state = Mutex(State())

    /// Shows how far a step is: a bar on a terminal, a plain line every ten seconds otherwise.
    static func progress(_ label: String, _ fraction: Double, _ detail: String = "") {
        state.withLock { state in
            let now = Date()
            let interval = isTerminal ? 0.1 : 10
            guard now.timeIntervalSince(state.lastUpdate) > interval else { return }
            state.lastUpdate = now
            let share = max(0, min(1, fraction))
            let percent = String(format: "%3.0f %%", 100 * share)
            if isTerminal {
                let width = 24
                let filled = Int((share * Double(width)).rounded())
                let bar =
                    String(repeating: "\u{2588}", count: filled)
                    + String(repeating: "\u{2591}", count: width - filled)
                FileHandle.standardError.write(
                    Data("\r\u{1B}[K\(bar) \(percent)  \(label)  \(detail)".utf8))
                state.shown = true
            } else {
                let line = "\(label): \(percent)  \(detail)"
                if line != state.lastLine { error(line) }
                state.lastLine = line
            }
        }
    }

    static func clearProgress() {
        state.withLock { state in
            if state.shown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
            state.shown = false
            state.lastUpdate = .distantPast
        }
    }

    /// A finished step.
    static func note(_ text: String) {
        clearProgress()
        error(text)
    }
}
