import ArrayFiles
public import EnergyModel
import Yams

/// Reads price lists, rejecting keys that nobody knows.
public enum PriceListFile {
    public static func read(_ path: String) throws -> PriceList {
        let bytes = try AtomicFile.read(path, byteLimit: 1 << 20)
        let text = String(decoding: bytes, as: UTF8.self)
        do {
            if let node = try Yams.compose(yaml: text) {
                try check(node, keys: PriceList.CodingKeys.allCases.map(\.rawValue), in: path)
                for entry in node.mapping?["entries"]?.sequence ?? [] {
                    try check(entry, keys: Price.CodingKeys.allCases.map(\.rawValue), in: path)
                }
                for entry in node.mapping?["capacities"]?.sequence ?? [] {
                    try check(
                        entry, keys: UnitCapacity.CodingKeys.allCases.map(\.rawValue), in: path)
                }
            }
            return try YAMLDecoder().decode(PriceList.self, from: text)
        } catch let error as ConfigurationError {
            throw error
        } catch let error as DecodingError {
            throw ConfigurationError(file: path, problem: describe(error))
        } catch {
            let line = "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
            throw ConfigurationError(file: path, problem: line)
        }
    }

    private static func check(_ node: Node, keys: [String], in path: String) throws {
        for (key, _) in node.mapping ?? [:] {
            let name = key.scalar?.string ?? ""
            if !keys.contains(name) {
                let hint = SpellingDistance.nearest(to: name, among: keys)
                    .map { "did you mean \($0)?" } ?? "known here: \(keys.joined(separator: ", "))"
                throw ConfigurationError(
                    file: path, line: key.mark?.line, key: name, problem: "unknown key; \(hint)")
            }
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
            return keys.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            return "\(place(context)): \(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            return "\(place(context)): \(context.debugDescription)"
        @unknown default: return "cannot be read"
        }
    }
}
