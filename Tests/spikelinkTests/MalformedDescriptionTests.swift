import Foundation
import RandomStreams
import TestSupport
import Testing

/// Descriptions that are wrong, by hand and by a fixed seed: one line with the file and the place,
/// status 64, and no output.
struct MalformedDescriptionTests {
    private static func lcd() throws -> String {
        try String(contentsOfFile: Repository.root + "/channels/lcd.yaml", encoding: .utf8)
    }

    private func generate(_ bytes: [UInt8], in folder: String) throws -> CommandRun {
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/c.yaml"))
        return try CommandRun.spikelink(
            ["generate", folder + "/c.yaml", "--symbols", "10", "-o", folder + "/d.h5"],
            limits: MutatedFileTests.limits)
    }

    private func requireOneLine(_ run: CommandRun, in folder: String, _ label: String) throws {
        #expect(run.errors.count { $0 == "\n" } == 1, "\(label): \(run.errors)")
        #expect(run.errors.contains("c.yaml"), "\(label): \(run.errors)")
        #expect(run.errors.utf8.count < 2000, "\(label)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder) == ["c.yaml"], "\(label)")
    }

    @Test func knownTrapsAreNamed() throws {
        let lcd = try Self.lcd()
        let bomb =
            "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
            + (1..<20).map { level in
                let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
                return "a\(level): &a\(level) [\(aliases)]\n"
            }.joined()
        let deep = (0..<1400).map { String(repeating: " ", count: $0) + "a:" }
        let traps: [(name: String, text: String, expected: String)] = [
            ("empty", "", "is empty"),
            ("tab", "\tname: x\n", "cannot start any token"),
            ("key twice", lcd + "name: again\n", "'name'"),
            ("unknown key", lcd + "nmae: again\n", "did you mean"),
            ("sexagesimal", lcd.replacing("112", with: "1:30"), "1:30 is not allowed"),
            ("overflow", lcd.replacing("GBd: 112", with: "GBd: 1e400"), "1e400 is not allowed"),
            ("not a number", lcd.replacing("GBd: 112", with: "GBd: .nan"), ".nan is not allowed"),
            ("negative", lcd.replacing("km: 4", with: "km: -4"), "-4 is not allowed"),
            ("type", lcd.replacing("GBd: 112", with: "GBd: [1]"), "a list is not allowed"),
            ("alias bomb", bomb, "name"),
            ("undefined alias", "a: *b\n", "undefined alias"),
            ("nested lists", String(repeating: "[", count: 100_000), "nesting"),
            ("nested maps", String(repeating: "{a: ", count: 50_000), "nesting"),
            ("nested items", String(repeating: "- ", count: 100_000), "nesting"),
            ("nested blocks", deep.joined(separator: "\n"), "nesting"),
            ("two documents", "--- a\n--- b\n", "document"),
            ("zeros", String(repeating: "\0", count: 100), "control characters"),
            ("a tag of Python", "!!python/object:os.system [x]\n", "mapping"),
            ("too long", String(repeating: "x", count: 2_000_000), "more than"),
        ]
        for (name, text, expected) in traps {
            try TemporaryFolder.with { folder in
                let run = try generate(Array(text.utf8), in: folder)
                #expect(run.status == (name == "too long" ? 2 : 64), "\(name): \(run.errors)")
                #expect(run.errors.contains(expected), "\(name): \(run.errors)")
                try requireOneLine(run, in: folder, name)
            }
        }
    }

    @Test func otherLineEndsAndAByteOrderMarkAreNoMistakes() throws {
        let lcd = try Self.lcd()
        for text in [lcd.replacing("\n", with: "\r\n"), "\u{FEFF}" + lcd] {
            try TemporaryFolder.with { folder in
                let run = try generate(Array(text.utf8), in: folder)
                #expect(run.status == 0, "\(run.errors)")
            }
        }
    }

    @Test(arguments: 0..<4)
    func mutatedOnesEndInOneLine(group: Int) throws {
        let original = Array(try Self.lcd().utf8)
        var stream = RandomStream(seed: 11).substream("descriptions", group)
        var refused = 0
        for index in 0..<50 {
            try TemporaryFolder.with { folder in
                let run = try generate(mutated(original, &stream), in: folder)
                // Some hit a comma or a word of the text, and nothing is wrong.
                if run.status == 0 { return }
                refused += 1
                #expect(run.status == 64, "case \(index): \(run.errors)")
                try requireOneLine(run, in: folder, "case \(index)")
            }
        }
        #expect(refused > 35)
    }

    private func mutated(_ bytes: [UInt8], _ stream: inout RandomStream) -> [UInt8] {
        let signs = Array("{}[]:,-&*!|>%@\t\n\"'#?".utf8)
        var result = bytes
        for _ in 0..<Int.random(in: 1...3, using: &stream) {
            let place = Int.random(in: 0..<result.count, using: &stream)
            switch Int.random(in: 0..<4, using: &stream) {
            case 0: result[place] = UInt8.random(in: 0...255, using: &stream)
            case 1:
                let end = min(result.count - 1, place + Int.random(in: 1...20, using: &stream))
                result.removeSubrange(place..<end)
            case 2:
                result.insert(signs.randomElement(using: &stream)!, at: place)
            default: result.insert(contentsOf: bytes.prefix(40), at: place)
            }
        }
        return result
    }
}
