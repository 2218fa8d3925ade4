import ArgumentParser
import Foundation

/// A partner for comparisons with other programs in alternating turns: reads a line
/// `TASK SYMBOLS`, answers with seconds of processor time.
struct TurnsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "turns", abstract: "Take turns with another program over standard input.")

    func run() throws {
        var turns: [String: StreamTurns] = [:]
        for name in StreamTurns.tasks { turns[name] = StreamTurns(try StreamTurns.link(name)) }
        while let line = readLine() {
            let words = line.split(separator: " ")
            guard words.count == 2, let count = Int(words[1]) else { break }
            let time = turns[String(words[0])]?.run(count) ?? 0
            let answer = String(format: "%.9f\n", time)
            FileHandle.standardOutput.write(Data(answer.utf8))
        }
    }
}
