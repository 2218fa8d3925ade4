/// How members of an archive are stored.
public enum ZIPCompression: Hashable, Sendable {
    /// As they are.
    case stored
    /// Compressed by zlib.
    case deflate

    var method: UInt16 { self == .stored ? 0 : 8 }
}

/// Signatures and limits of ZIP records.
/// - Source: PKWARE, APPNOTE.TXT 6.3, sections 4.3 to 4.5.
enum ZIPRecord {
    static let localHeader: UInt32 = 0x0403_4B50
    static let centralHeader: UInt32 = 0x0201_4B50
    static let end: UInt32 = 0x0605_4B50
    static let end64: UInt32 = 0x0606_4B50
    static let end64Locator: UInt32 = 0x0706_4B50
    static let extra64: UInt16 = 0x0001
    /// Stands where the number is in a 64-bit field elsewhere.
    static let elsewhere32 = 0xFFFF_FFFF
    static let elsewhere16 = 0xFFFF
    /// Bit 11 of the flags: the name is UTF-8.
    static let nameIsUTF8: UInt16 = 1 << 11
    /// 1980-01-01, the first date the format knows: equal content gives equal bytes.
    static let date: UInt16 = 1 << 5 | 1
}

/// Writes members one after the other, then the directory. 64-bit fields are used where the
/// 32-bit ones would not do.
package struct ZIPWriter {
    private struct Member {
        let name: [UInt8]
        let method: UInt16
        let checksum: UInt32
        let compressedSize: Int
        let size: Int
        let offset: Int
    }

    /// Sizes from which the 64-bit fields are used; lower only in tests.
    private let wideFrom: Int
    private var members: [Member] = []

    package init(wideFrom: Int = 0xFFFF_FFFF) { self.wideFrom = wideFrom }

    /// Writes one member.
    package mutating func add(
        _ content: [UInt8], named name: String, compression: ZIPCompression,
        to sink: inout ByteSink
    ) throws(FileError) {
        let body = compression == .deflate ? Deflate.compress(content) : content
        let member = Member(
            name: Array(name.utf8), method: compression.method, checksum: crc32(content),
            compressedSize: body.count, size: content.count, offset: sink.count)
        let isWide = member.size >= wideFrom || member.compressedSize >= wideFrom
        var header: [UInt8] = []
        header.append(littleEndian: ZIPRecord.localHeader)
        appendCommonFields(of: member, isWide: isWide, to: &header)
        header.append(littleEndian: UInt16(isWide ? 20 : 0))
        header += member.name
        if isWide {
            header.append(littleEndian: ZIPRecord.extra64)
            header.append(littleEndian: UInt16(16))
            header.append(littleEndian: UInt64(member.size))
            header.append(littleEndian: UInt64(member.compressedSize))
        }
        try sink.write(header)
        try sink.write(body)
        members.append(member)
    }

    /// Writes the directory.
    package func finish(in sink: inout ByteSink) throws(FileError) {
        let start = sink.count
        for member in members { try sink.write(centralHeader(of: member)) }
        let size = sink.count - start
        var end: [UInt8] = []
        let isWide =
            start >= wideFrom || size >= wideFrom || members.count >= ZIPRecord.elsewhere16
        if isWide {
            end.append(littleEndian: ZIPRecord.end64)
            end.append(littleEndian: UInt64(44))
            end.append(littleEndian: UInt16(45))
            end.append(littleEndian: UInt16(45))
            end.append(littleEndian: UInt64(0))
            end.append(littleEndian: UInt64(members.count))
            end.append(littleEndian: UInt64(members.count))
            end.append(littleEndian: UInt64(size))
            end.append(littleEndian: UInt64(start))
            end.append(littleEndian: ZIPRecord.end64Locator)
            end.append(littleEndian: UInt32(0))
            end.append(littleEndian: UInt64(start + size))
            end.append(littleEndian: UInt32(1))
        }
        let count = UInt16(isWide ? ZIPRecord.elsewhere16 : members.count)
        end.append(littleEndian: ZIPRecord.end)
        end.append(littleEndian: UInt32(0))
        end.append(littleEndian: count)
        end.append(littleEndian: count)
        end.append(littleEndian: UInt32(isWide ? ZIPRecord.elsewhere32 : size))
        end.append(littleEndian: UInt32(isWide ? ZIPRecord.elsewhere32 : start))
        end.append(littleEndian: UInt16(0))
        try sink.write(end)
    }

    private func centralHeader(of member: Member) -> [UInt8] {
        let isWide =
            member.size >= wideFrom || member.compressedSize >= wideFrom
            || member.offset >= wideFrom
        var header: [UInt8] = []
        header.append(littleEndian: ZIPRecord.centralHeader)
        // Made by Unix, format version 2.0 or 4.5.
        header.append(littleEndian: UInt16(3 << 8 | (isWide ? 45 : 20)))
        appendCommonFields(of: member, isWide: isWide, to: &header)
        header.append(littleEndian: UInt16(isWide ? 28 : 0))
        header.append(littleEndian: UInt16(0))
        header.append(littleEndian: UInt16(0))
        header.append(littleEndian: UInt16(0))
        // A regular file that everyone may read.
        header.append(littleEndian: UInt32(0o100644) << 16)
        header.append(littleEndian: UInt32(isWide ? ZIPRecord.elsewhere32 : member.offset))
        header += member.name
        if isWide {
            header.append(littleEndian: ZIPRecord.extra64)
            header.append(littleEndian: UInt16(24))
            header.append(littleEndian: UInt64(member.size))
            header.append(littleEndian: UInt64(member.compressedSize))
            header.append(littleEndian: UInt64(member.offset))
        }
        return header
    }

    /// The fields that both headers share, from the version needed to the length of the name.
    private func appendCommonFields(of member: Member, isWide: Bool, to header: inout [UInt8]) {
        let isPlain = member.name.allSatisfy { $0 < 0x80 }
        header.append(littleEndian: UInt16(isWide ? 45 : 20))
        header.append(littleEndian: isPlain ? 0 : ZIPRecord.nameIsUTF8)
        header.append(littleEndian: member.method)
        header.append(littleEndian: UInt16(0))
        header.append(littleEndian: ZIPRecord.date)
        header.append(littleEndian: member.checksum)
        header.append(
            littleEndian: UInt32(isWide ? ZIPRecord.elsewhere32 : member.compressedSize))
        header.append(littleEndian: UInt32(isWide ? ZIPRecord.elsewhere32 : member.size))
        header.append(littleEndian: UInt16(member.name.count))
    }
}
