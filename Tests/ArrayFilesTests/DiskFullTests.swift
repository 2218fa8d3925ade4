import ArrayFiles
import Foundation
import TestSupport
import Testing

/// A disk that fills while a file is written: status 74, nothing left, old content untouched.
@Suite(.enabled(if: SmallDisk.isPossible, "needs the right to mount a tmpfs"))
struct DiskFullTests {
    /// Numbers that do not compress.
    private static func noise(_ count: Int, from start: UInt64 = 1) -> [UInt64] {
        (0..<UInt64(count)).map { ($0 &+ start) &* 0x9E37_79B9_7F4A_7C15 &* ($0 | 1) }
    }

    private func check(_ disk: SmallDisk, _ body: (String) throws -> Void) throws {
        try disk.folder.put([7, 7], as: "out")
        let error = try fileError { try body(disk.folder.file("out")) }
        #expect(error.code.exitStatus == 74, "\(error)")
        #expect(error.path == disk.folder.file("out"))
        #expect(disk.folder.names == ["out"])
        #expect(try disk.folder.bytes("out") == [7, 7])
        // The space is free again.
        try AtomicFile.write([UInt8](repeating: 1, count: 3 << 20), to: disk.folder.file("b"))
    }

    @Test func `plain bytes`() throws {
        try check(SmallDisk()) {
            try AtomicFile.write([UInt8](repeating: 3, count: 5 << 20), to: $0)
        }
    }

    @Test func `NumPy archive and checkpoint`() throws {
        let array = NumericArray(Self.noise(700_000))
        try check(SmallDisk()) { try NPZArchive(["x": array]).write(to: $0) }
        try check(SmallDisk()) { try TensorFile(["x": array]).write(to: $0) }
    }

    @Test(arguments: [HDF5Layout.contiguous, .checksummed, .deflated])
    func `HDF5 in one call`(layout: HDF5Layout) throws {
        try check(SmallDisk()) { path in
            try HDF5Writer.write(to: path) {
                try $0.write(Self.noise(700_000), shape: [70_000, 10], to: "x", layout: layout)
            }
        }
    }

    @Test func `HDF5 row by row`() throws {
        try check(SmallDisk()) { path in
            try HDF5Writer.write(to: path) { writer in
                let rows = try writer.makeRows(of: UInt64.self, rowShape: [10], to: "x")
                for block in 0..<200 {
                    try rows.append(Self.noise(5000, from: UInt64(block * 5000)))
                }
            }
        }
    }

    /// The last blocks leave the library's cache only when the file is closed.
    @Test(arguments: stride(from: 3_600_000, through: 4_194_304, by: 99_000).map { $0 })
    func `HDF5 that just does not fit, or just does`(bytes: Int) throws {
        let disk = try SmallDisk()
        let path = disk.folder.file("out.h5")
        let values = Self.noise(bytes / 8)
        do {
            try HDF5Writer.write(to: path) {
                try $0.write(values, shape: [values.count], to: "x")
                try $0.setAttribute("note", to: .text("end"))
            }
            #expect(try HDF5Reader(path: path).read("x", as: UInt64.self).values == values)
            #expect(disk.folder.names == ["out.h5"])
        } catch let error as FileError {
            #expect(error.code.exitStatus == 74, "\(error)")
            #expect(disk.folder.names.isEmpty)
        }
    }
}

@Suite struct FileSizeLimitTests {
    @Test func `a file size limit ends with status 74 and nothing left`() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 200_000, rlim_max: 200_000)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let status = try Self.statusUnderLimit()
            exit(status)
        }
    }

    private static func statusUnderLimit() throws -> Int32 {
        let folder = try TemporaryFolder()
        let values = (0..<100_000).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 }
        let writers: [(String) throws -> Void] = [
            { try NPYFormat.write(NumericArray(values), to: $0) },
            { path in
                try HDF5Writer.write(to: path) {
                    try $0.write(values, shape: [values.count], to: "x", layout: .contiguous)
                }
            },
        ]
        for write in writers {
            do {
                try write(folder.file("out"))
                return 3
            } catch let error as FileError {
                guard error.code.exitStatus == 74 else { return 4 }
                guard folder.names.isEmpty else { return 5 }
            }
        }
        return 0
    }
}
