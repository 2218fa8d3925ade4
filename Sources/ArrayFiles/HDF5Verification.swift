import CHDF5

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What an `HDF5Writer` put into its file.
enum HDF5Record {
    case numbers(String, ElementType, shape: [Int], checksum: UInt32)
    case texts(String, [String], shape: [Int])
    case attribute(String, on: String, HDF5Attribute)
}

/// Reading back what was written, before the file gets its name.
enum HDF5Verification {
    static func check(
        _ file: String, reportedAs path: String, size: Int, _ records: [HDF5Record]
    ) throws(FileError) {
        let incomplete = FileError(
            .ioFailure, path: path, reason: "could not be written completely",
            remedy: "free space or choose another place; nothing was left under this name")
        var information = stat()
        // Closing gives back what was reserved at the end; a file cut short does not open.
        guard stat(file, &information) == 0, information.st_size <= size else { throw incomplete }
        let isEqual: Bool
        do throws(FileError) {
            let reader = try HDF5Reader(pathInThisProcess: file, byteLimit: .max)
            var areEqual = true
            for record in records where areEqual {
                areEqual = try matches(record, in: reader)
            }
            isEqual = areEqual
        } catch {
            throw FileError(
                .ioFailure, path: path,
                reason: "could not be written completely: \(error.reason)",
                remedy: "free space or choose another place; nothing was left under this name")
        }
        guard isEqual else { throw incomplete }
    }

    private static func matches(
        _ record: HDF5Record, in reader: HDF5Reader
    ) throws(FileError) -> Bool {
        switch record {
        case .numbers(let name, let type, let shape, let checksum):
            let found = try reader.dataset(name)
            guard found.shape == shape, found.elementType == type else { return false }
            guard let rows = shape.first else {
                return crc32(try reader.readArray(name).bytes) == checksum
            }
            // In pieces, so that memory stays small for files of any length.
            let rowBytes = shape.dropFirst().reduce(type.size, *)
            let step = max(1, (4 << 20) / max(rowBytes, 1))
            var sum: UInt32 = 0
            for start in stride(from: 0, to: rows, by: step) {
                let piece = try reader.readRows(name, start..<min(start + step, rows))
                sum = crc32(piece.bytes, from: sum)
            }
            return sum == checksum
        case .texts(let name, let texts, let shape):
            let found = try reader.readTexts(name)
            return found.values == texts && found.shape == shape
        case .attribute(let name, let object, let value):
            switch (try reader.attribute(name, on: object), value) {
            case (.real(let a)?, .real(let b)): return a.bitPattern == b.bitPattern
            case (let a?, let b): return a == b
            case (nil, _): return false
            }
        }
    }
}
