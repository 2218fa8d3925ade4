/// The directory of a ZIP archive, with every offset and size checked against the file.
///
/// Refused: encrypted members, methods other than stored and deflate, names that lead out of the
/// archive, members that overlap, sizes that no deflate stream can reach.
struct ZIPReader {
    struct Entry {
        let name: String
        let method: UInt16
        let checksum: UInt32
        let size: Int
        /// Where the stored bytes of the member are in the file.
        let range: Range<Int>
    }

    private(set) var entries: [Entry] = []
    private let path: String

    init(_ bytes: [UInt8], path: String, byteLimit: Int) throws(FileError) {
        self.path = path
        let directory = try findDirectory(in: bytes)
        var cursor = ByteCursor(bytes[directory.range])
        var names: Set<String> = []
        var total = 0
        while cursor.remaining > 0 {
            let entry = try readEntry(&cursor, of: bytes, before: directory.range.lowerBound)
            guard names.insert(entry.name).inserted else {
                throw damaged("holds '\(entry.name)' twice")
            }
            guard Deflate.canExpand(entry.range.count, to: entry.size) else {
                throw damaged("member '\(entry.name)' claims a size its data cannot reach")
            }
            let (sum, overflow) = total.addingReportingOverflow(entry.size)
            guard !overflow, sum <= byteLimit else {
                throw damaged("holds more than the \(byteLimit) bytes allowed here")
            }
            total = sum
            entries.append(entry)
        }
        guard entries.count == directory.count else {
            throw damaged("holds \(entries.count) members where \(directory.count) are announced")
        }
        var end = 0
        for entry in entries.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard entry.range.lowerBound >= end else { throw damaged("has overlapping members") }
            end = entry.range.upperBound
        }
    }

    private func damaged(_ reason: String) -> FileError {
        .badData(path, "\(reason) (as a ZIP archive)")
    }

    /// Finds the directory from the record at the end of the file.
    private func findDirectory(
        in bytes: [UInt8]
    ) throws(FileError) -> (range: Range<Int>, count: Int) {
        let length = 22
        let missing = damaged("has no directory at its end: it is cut short or not an archive")
        guard bytes.count >= length else { throw missing }
        let earliest = max(0, bytes.count - length - 0xFFFF)
        for start in stride(from: bytes.count - length, through: earliest, by: -1) {
            guard bytes[start] == 0x50 else { continue }
            var cursor = ByteCursor(bytes[start...])
            guard cursor.number(UInt32.self) == ZIPRecord.end,
                let disk = cursor.number(UInt32.self), let onDisk = cursor.count(UInt16.self),
                let count = cursor.count(UInt16.self), let size = cursor.count(UInt32.self),
                let offset = cursor.count(UInt32.self), let comment = cursor.count(UInt16.self),
                comment == cursor.remaining
            else { continue }
            if count == ZIPRecord.elsewhere16 || size == ZIPRecord.elsewhere32
                || offset == ZIPRecord.elsewhere32
            {
                return try findWideDirectory(in: bytes, before: start)
            }
            guard disk == 0, onDisk == count, offset <= start, size == start - offset else {
                throw missing
            }
            return (offset..<start, count)
        }
        throw missing
    }

    private func findWideDirectory(
        in bytes: [UInt8], before end: Int
    ) throws(FileError) -> (range: Range<Int>, count: Int) {
        let damage = damaged("has a damaged 64-bit directory")
        guard end >= 20 else { throw damage }
        var locator = ByteCursor(bytes[(end - 20)..<end])
        guard locator.number(UInt32.self) == ZIPRecord.end64Locator,
            locator.number(UInt32.self) == 0, let start = locator.count(UInt64.self),
            locator.number(UInt32.self) == 1, start <= end - 20
        else { throw damage }
        var record = ByteCursor(bytes[start..<(end - 20)])
        guard record.number(UInt32.self) == ZIPRecord.end64,
            let rest = record.count(UInt64.self), rest == record.remaining, rest >= 44,
            record.take(4) != nil, record.number(UInt64.self) == 0,
            let onDisk = record.count(UInt64.self), let count = record.count(UInt64.self),
            let size = record.count(UInt64.self), let offset = record.count(UInt64.self),
            onDisk == count, offset <= start, size == start - offset
        else { throw damage }
        return (offset..<start, count)
    }

    private func readEntry(
        _ cursor: inout ByteCursor, of bytes: [UInt8], before limit: Int
    ) throws(FileError) -> Entry {
        let damage = damaged("has a damaged directory")
        guard cursor.number(UInt32.self) == ZIPRecord.centralHeader, cursor.take(4) != nil,
            let flags = cursor.number(UInt16.self), let method = cursor.number(UInt16.self),
            cursor.take(4) != nil, let checksum = cursor.number(UInt32.self),
            var compressed = cursor.count(UInt32.self), var size = cursor.count(UInt32.self),
            let nameLength = cursor.count(UInt16.self), let extraLength = cursor.count(UInt16.self),
            let commentLength = cursor.count(UInt16.self), let disk = cursor.number(UInt16.self),
            cursor.take(6) != nil, var offset = cursor.count(UInt32.self),
            let nameBytes = cursor.take(nameLength), let extra = cursor.take(extraLength),
            cursor.take(commentLength) != nil, disk == 0 || disk == 0xFFFF
        else { throw damage }
        guard let name = String(validating: nameBytes, as: UTF8.self), Self.isHarmless(name)
        else { throw damaged("has a member whose name leads out of the archive") }
        guard flags & 1 == 0 else { throw damaged("member '\(name)' is encrypted") }
        guard method == 0 || method == 8 else {
            throw damaged("member '\(name)' is packed by method \(method), not deflate")
        }
        if compressed == ZIPRecord.elsewhere32 || size == ZIPRecord.elsewhere32
            || offset == ZIPRecord.elsewhere32
        {
            guard var wide = Self.wideField(in: extra) else { throw damage }
            func replace(_ value: inout Int) -> Bool {
                guard value == ZIPRecord.elsewhere32 else { return true }
                guard let number = wide.count(UInt64.self) else { return false }
                value = number
                return true
            }
            guard replace(&size), replace(&compressed), replace(&offset) else { throw damage }
        }
        guard offset <= limit else { throw damage }
        var local = ByteCursor(bytes[offset..<limit])
        guard local.number(UInt32.self) == ZIPRecord.localHeader, local.take(22) != nil,
            let localName = local.count(UInt16.self), let localExtra = local.count(UInt16.self),
            local.take(localName) == nameBytes, local.take(localExtra) != nil
        else { throw damaged("member '\(name)' does not start where the directory says") }
        guard compressed <= local.remaining, method == 8 || compressed == size else {
            throw damaged("member '\(name)' is longer than its place in the file")
        }
        return Entry(
            name: name, method: method, checksum: checksum, size: size,
            range: local.position..<(local.position + compressed))
    }

    private static func wideField(in extra: ArraySlice<UInt8>) -> ByteCursor? {
        var cursor = ByteCursor(extra)
        while let kind = cursor.number(UInt16.self), let length = cursor.count(UInt16.self),
            let field = cursor.take(length)
        {
            if kind == ZIPRecord.extra64 { return ByteCursor(field) }
        }
        return nil
    }

    /// Nothing absolute, nothing that climbs, no other system's separators.
    private static func isHarmless(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix("/")
            && !name.unicodeScalars.contains { $0 == "\\" || $0 == ":" || $0.value < 0x20 }
            && !name.split(separator: "/", omittingEmptySubsequences: false).contains {
                $0 == ".." || $0 == "." || $0.isEmpty
            }
    }
}

extension ZIPReader.Entry {
    /// The expanded bytes of the member, its checksum verified.
    func content(of bytes: [UInt8], path: String) throws(FileError) -> [UInt8] {
        let stored = bytes[range]
        let content = method == 0 ? Array(stored) : Deflate.expand(stored, to: size)
        guard let content else {
            throw .badData(path, "member '\(name)' does not expand to its \(size) bytes")
        }
        guard crc32(content) == checksum else {
            throw .badData(path, "member '\(name)' differs from its checksum")
        }
        return content
    }
}
