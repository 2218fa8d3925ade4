import ArrayFiles
import Reporting
import Yams

// Neither Yams nor Codable rejects unknown keys, sexagesimal numbers (1:30 is 90) or numbers that
// overflow to infinity, and their messages do not name the key. This reader does.

/// A mapping of a YAML file that is read key by key, each with what is allowed.
///
/// `finish` must be called when all keys have been read: it rejects those that nobody asked for.
final class ConfigurationSection {
    let file: String
    private let path: String
    private let line: Int?
    private let values: [String: Node]
    private var read: Set<String> = []

    /// Opens a file; at most 1 MB.
    static func open(_ file: String) throws -> ConfigurationSection {
        let bytes = try AtomicFile.read(file, byteLimit: 1 << 20)
        // Editors of some systems begin a file with a byte order mark.
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else {
            throw ConfigurationError(file: file, problem: "is not UTF-8 text")
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw ConfigurationError(file: file, problem: oneLine("\(error)"))
        }
        guard let node else { throw ConfigurationError(file: file, problem: "is empty") }
        return try ConfigurationSection(file: file, path: "", node: node)
    }

    private static func oneLine(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).map { $0.trimmed }
            .joined(separator: " ")
        // The parser repeats the line of the file, however long.
        return line.count <= 300 ? line : line.prefix(300) + " ..."
    }

    private init(file: String, path: String, node: Node) throws {
        self.file = file
        self.path = path
        line = node.mark?.line
        guard let mapping = node.mapping else {
            throw ConfigurationError(
                file: file, line: node.mark?.line, key: path, problem: "must be a mapping of keys")
        }
        var values: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                throw ConfigurationError(
                    file: file, line: key.mark?.line, key: path, problem: "keys must be words")
            }
            values[name] = value
        }
        self.values = values
    }

    /// The section as it was read, for records.
    func json(leavingOut keys: Set<String> = []) throws -> JSONValue {
        .object(
            Dictionary(
                uniqueKeysWithValues: values.filter { !keys.contains($0.key) }.map {
                    ($0.key, Self.json($0.value))
                }))
    }

    private static func json(_ node: Node) -> JSONValue {
        if let mapping = node.mapping {
            return .object(
                Dictionary(
                    mapping.map { ($0.key.scalar?.string ?? "", json($0.value)) },
                    uniquingKeysWith: { first, _ in first }))
        }
        if let sequence = node.sequence { return .array(sequence.map(json)) }
        if let value = number(node) { return .number(value) }
        return .string(node.scalar?.string ?? "")
    }

    /// Whether an optional key is there; it is known from now on.
    func has(_ key: String) -> Bool {
        read.insert(key)
        return values[key] != nil
    }

    func isList(_ key: String) -> Bool { values[key]?.sequence != nil }

    func section(_ key: String) throws -> ConfigurationSection {
        try ConfigurationSection(file: file, path: full(key), node: try required(key, "a section"))
    }

    func optionalSection(_ key: String) throws -> ConfigurationSection? {
        has(key) ? try section(key) : nil
    }

    /// A list of sections.
    func sections(_ key: String) throws -> [ConfigurationSection] {
        let node = try required(key, "a list of sections")
        guard let sequence = node.sequence, !sequence.isEmpty else {
            throw error(key, node, "must be a list of sections")
        }
        return try sequence.enumerated().map { index, element in
            try ConfigurationSection(
                file: file, path: full("\(key)[\(index + 1)]"), node: element)
        }
    }

    func number(_ key: String, in range: ClosedRange<Double>, default: Double) throws -> Double {
        try has(key) ? number(key, in: range) : `default`
    }

    func integer(_ key: String, in range: ClosedRange<Int>, default: Int) throws -> Int {
        try has(key) ? integer(key, in: range) : `default`
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, default: Choice) throws
        -> Choice where Choice.RawValue == String
    {
        try has(key) ? choice(key) : `default`
    }

    /// `true` or `false`; false if left out.
    func flag(_ key: String) throws -> Bool {
        try choice(key, default: Flag.false) == .true
    }

    private enum Flag: String, CaseIterable { case `true`, `false` }

    func text(_ key: String) throws -> String {
        let node = try required(key, "a text")
        guard let scalar = node.scalar, !scalar.string.isEmpty else {
            throw error(key, node, "must be a text")
        }
        return scalar.string
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, _: Choice.Type = Choice.self
    ) throws -> Choice where Choice.RawValue == String {
        let allowed = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        let node = try required(key, "one of \(allowed)")
        guard let text = node.scalar?.string, let choice = Choice(rawValue: text) else {
            throw error(key, node, "\(shown(node)) is not allowed; one of: \(allowed)")
        }
        return choice
    }

    func number(_ key: String, in range: ClosedRange<Double>) throws -> Double {
        let allowed = "a number from \(NumberWord.of(range.lowerBound)) to "
            + NumberWord.of(range.upperBound)
        let node = try required(key, allowed)
        guard let value = Self.number(node), range.contains(value) else {
            throw error(key, node, "\(shown(node)) is not allowed; \(allowed)")
        }
        return value
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int {
        let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        let node = try required(key, allowed)
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any,
            scalar.string.utf8.allSatisfy({ $0 == 0x2D || ($0 >= 0x30 && $0 <= 0x39) }),
            let value = Int(scalar.string), range.contains(value)
        else { throw error(key, node, "\(shown(node)) is not allowed; \(allowed)") }
        return value
    }

    func integers(_ key: String, in range: ClosedRange<Int>, counts: ClosedRange<Int>) throws
        -> [Int]
    {
        try numbers(key, in: Double(range.lowerBound)...Double(range.upperBound), counts: counts)
            .map { value in
                guard let whole = Int(exactly: value) else {
                    throw error(key, values[key], "\(NumberWord.of(value)) is not a whole number")
                }
                return whole
            }
    }

    func numbers(_ key: String, in range: ClosedRange<Double>, counts: ClosedRange<Int>) throws
        -> [Double]
    {
        let count =
            counts.lowerBound == counts.upperBound
            ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
        let allowed =
            "a list of \(count) numbers from \(NumberWord.of(range.lowerBound)) to "
            + NumberWord.of(range.upperBound)
        let node = try required(key, allowed)
        guard let sequence = node.sequence, counts.contains(sequence.count) else {
            throw error(key, node, "\(shown(node)) is not allowed; \(allowed)")
        }
        return try sequence.map { element in
            guard let value = Self.number(element), range.contains(value) else {
                throw error(key, element, "\(shown(element)) is not allowed; \(allowed)")
            }
            return value
        }
    }

    /// A list of texts.
    func texts(_ key: String) throws -> [String] {
        let node = try required(key, "a list of texts")
        guard let sequence = node.sequence else { throw error(key, node, "must be a list") }
        return try sequence.map { element in
            guard let text = element.scalar?.string else {
                throw error(key, element, "must be a list of texts")
            }
            return text
        }
    }

    /// A problem with the value of a key that was read before.
    func problem(_ key: String, _ text: String) -> ConfigurationError {
        error(key, values[key], text)
    }

    /// Rejects keys that no one has read.
    func finish() throws {
        for key in values.keys.sorted() where !read.contains(key) {
            var text = "unknown key"
            if let nearest = SpellingDistance.nearest(to: key, among: read.sorted()) {
                text += "; did you mean \(nearest)?"
            } else {
                text += "; known here: \(read.sorted().joined(separator: ", "))"
            }
            throw error(key, values[key], text)
        }
    }

    private func required(_ key: String, _ allowed: String) throws -> Node {
        read.insert(key)
        guard let node = values[key] else {
            // A misspelt key explains a missing one better than the reverse.
            let strangers = values.keys.filter { !read.contains($0) }.sorted()
            if let stranger = SpellingDistance.nearest(to: key, among: strangers) {
                throw error(stranger, values[stranger], "unknown key; did you mean \(key)?")
            }
            throw ConfigurationError(
                file: file, line: line, key: full(key), problem: "is missing; \(allowed)")
        }
        return node
    }

    private func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private func error(_ key: String, _ node: Node?, _ text: String) -> ConfigurationError {
        ConfigurationError(file: file, line: node?.mark?.line, key: full(key), problem: text)
    }

    private func shown(_ node: Node) -> String {
        if let scalar = node.scalar { return scalar.string.isEmpty ? "nothing" : scalar.string }
        return node.sequence != nil ? "a list" : "a section"
    }

    /// A finite decimal number written plainly; nothing else.
    private static func number(_ node: Node) -> Double? {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else {
            return nil
        }
        let text = scalar.string
        guard let first = text.utf8.first, first != 0x2B || text.utf8.count > 1,
            text.utf8.allSatisfy({ byte in
                (byte >= 0x30 && byte <= 0x39) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
            }), let value = Double(text), value.isFinite
        else { return nil }
        return value
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

/// Numbers as people write them in messages.
public enum NumberWord {
    public static func of(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}

/// Finds the word that was probably meant.
enum SpellingDistance {
    /// The candidate within two edits of `word` and nearest to it.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        candidates.map { ($0, distance(word, $0)) }.filter { $0.1 <= 2 && $0.1 < word.count }
            .min { $0.1 < $1.1 }?.0
    }

    /// Levenshtein's distance: insertions, deletions and replacements.
    static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let replaced = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
