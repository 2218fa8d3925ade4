import FoundationEssentials

/// The header of a safetensors file, checked as the reference reader checks it.
struct TensorHeader {
    struct Entry {
        let name: String
        let type: ElementType
        let shape: [Int]
        /// Bytes of the array, counted from the end of the header.
        let range: Range<Int>
    }

    let metadata: [String: String]
    /// In the order of their bytes.
    let entries: [Entry]
    let data: ArraySlice<UInt8>

    init(decoding bytes: [UInt8], path: String) throws(FileError) {
        var cursor = ByteCursor(bytes[...])
        guard let length = cursor.count(UInt64.self) else {
            throw .badData(path, "is too short to hold arrays")
        }
        guard length <= TensorFile.headerLimit, let text = cursor.take(length) else {
            throw .badData(
                path, "announces a header of \(length) bytes, found \(cursor.remaining)")
        }
        data = bytes[cursor.position...]
        let members: [String: Member]
        do {
            members = try JSONDecoder().decode([String: Member].self, from: Data(text))
        } catch {
            throw .badData(path, "has a header that does not describe arrays")
        }
        var metadata: [String: String] = [:]
        var entries: [Entry] = []
        for (name, member) in members {
            switch member {
            case .texts(let texts) where name == "__metadata__": metadata = texts
            case .array(let type, let shape, let offsets) where name != "__metadata__":
                entries.append(try Self.entry(name, type, shape, offsets, path: path))
            default: throw .badData(path, "has a header entry '\(name)' that is no array")
            }
        }
        self.metadata = metadata
        self.entries = entries.sorted {
            ($0.range.lowerBound, $0.range.upperBound, $0.name)
                < ($1.range.lowerBound, $1.range.upperBound, $1.name)
        }
    }

    private static func entry(
        _ name: String, _ code: String, _ shape: [Int], _ offsets: [Int], path: String
    ) throws(FileError) -> Entry {
        guard let type = ElementType.allCases.first(where: { Self.code(of: $0) == code }) else {
            throw .badData(path, "array '\(name)' has number format \(code), not read here")
        }
        guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1],
            shape.count <= ArrayLimits.rank, let count = ArrayLimits.count(of: shape),
            case let (size, overflow) = count.multipliedReportingOverflow(by: type.size),
            !overflow, offsets[1] - offsets[0] == size
        else {
            throw .badData(path, "array '\(name)' of shape \(shape) does not fit its place")
        }
        return Entry(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
    }

    /// The format's name of a number type.
    static func code(of type: ElementType) -> String {
        switch type {
        case .bool: "BOOL"
        case .float32, .float64: "F\(type.size * 8)"
        default: "\(type.isSigned ? "I" : "U")\(type.size * 8)"
        }
    }

    /// One entry of the header: an array, or the texts under `__metadata__`.
    private enum Member: Decodable {
        case array(type: String, shape: [Int], offsets: [Int])
        case texts([String: String])

        private enum Key: String, CodingKey {
            case dtype, shape, offsets = "data_offsets"
        }

        init(from decoder: any Decoder) throws {
            let isTexts = decoder.codingPath.last?.stringValue == "__metadata__"
            if isTexts {
                self = .texts(try decoder.singleValueContainer().decode([String: String].self))
                return
            }
            let container = try decoder.container(keyedBy: Key.self)
            self = .array(
                type: try container.decode(String.self, forKey: .dtype),
                shape: try container.decode([Int].self, forKey: .shape),
                offsets: try container.decode([Int].self, forKey: .offsets))
        }
    }
}
