import ArrayFiles
import RandomStreams
import TestSupport
import Testing

@Suite struct NumPyTests {
    private static let grid: [Float] = [-0.5, -0.25, 0, 0.25, 0.5, 0.75]

    @Test func `NumPy's own arrays are read`() throws {
        let plain = try NPYFormat.read(reference("float32.npy"))
        #expect(plain.shape == [2, 3] && plain.values(as: Float.self) == Self.grid)
        let second = try NPYFormat.read(reference("version2.npy"))
        #expect(second.values(as: UInt16.self) == [0, 1, 2, 3, 4])
        let third = try NPYFormat.read(reference("version3.npy"))
        #expect(third.values(as: Int64.self) == [-2, -1, 0, 1, 2])
        let columns = try NPYFormat.read(reference("fortran.npy"))
        #expect(columns.shape == [2, 3, 4])
        #expect(columns.values(as: Double.self) == (0..<24).map { Double($0) })
    }

    @Test func `object arrays are refused`() throws {
        let error = try fileError { _ = try NPYFormat.read(reference("object.npy")) }
        #expect(error.code == .badData && error.reason.contains("Python objects"))
    }

    @Test(arguments: ["stored.npz", "deflated.npz"])
    func `NumPy's own archives are read`(name: String) throws {
        let archive = try NPZArchive(path: reference(name))
        #expect(archive.arrays.keys.sorted() == ["bits", "flag", "q", "scalar", "y"])
        #expect(try archive.array("y", as: Float.self, rank: 2).values == Self.grid)
        #expect(try archive.array("q", as: Int64.self).values == [0, 3, -2])
        #expect(try archive.array("bits", as: UInt8.self).shape == [2, 2])
        #expect(try archive.array("flag", as: UInt8.self).values == [1, 0])
        #expect(try archive.array("scalar", as: Double.self, rank: 0).values == [2.5])
        #expect(throws: FileError.self) { _ = try archive.array("y", as: Double.self) }
        #expect(throws: FileError.self) { _ = try archive.array("y", as: Float.self, rank: 1) }
        let error = try fileError { _ = try archive.array("x", as: Float.self) }
        #expect(error.description.contains("bits, flag, q, scalar, y"))
    }

    @Test func `a written array has the bytes NumPy writes`() throws {
        let folder = try TemporaryFolder()
        try NPYFormat.write(NumericArray(Self.grid, shape: [2, 3]), to: folder.file("a.npy"))
        #expect(try folder.bytes("a.npy") == referenceBytes("float32.npy"))
    }

    @Test(arguments: [ZIPCompression.stored, .deflate])
    func `archives come back bit for bit`(compression: ZIPCompression) throws {
        let folder = try TemporaryFolder()
        let arrays = [
            "samples": NumericArray(
                [Float.nan, -0.0, 1, .infinity, 5, 6], shape: [3, 2]),
            "scalar": NumericArray([Double.pi], shape: []),
            "none": NumericArray([Int32](), shape: [4, 0]),
            "größe": NumericArray((0..<100_000).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 }),
            "zeros": NumericArray([UInt8](repeating: 0, count: 3_000_000)),
        ]
        let path = folder.file("a.npz")
        try NPZArchive(arrays).write(to: path, compression: compression)
        #expect(try NPZArchive(path: path).arrays == arrays)
        let first = try folder.bytes("a.npz")
        try NPZArchive(arrays).write(to: path, compression: compression)
        #expect(try folder.bytes("a.npz") == first)
        #expect(
            try fileError { _ = try NPZArchive(path: path, byteLimit: 3_000_000) }.code == .badData)
    }

    @Test func `archives with 64-bit fields come back`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("wide.npz")
        let arrays = ["a": NumericArray([1.0, 2, 3]), "b": NumericArray([UInt8](0..<200))]
        try AtomicFile.write(to: path) { sink throws(FileError) in
            // As if 150 bytes were more than 32 bits can count.
            var archive = ZIPWriter(wideFrom: 150)
            for (name, compression) in [("a", ZIPCompression.stored), ("b", .deflate)] {
                try archive.add(
                    NPYFormat.header(of: arrays[name]!) + arrays[name]!.bytes,
                    named: name + ".npy", compression: compression, to: &sink)
            }
            try archive.finish(in: &sink)
        }
        let bytes = try folder.bytes("wide.npz")
        #expect(bytes.count(where: { $0 == 0xFF }) >= 20)
        #expect(try NPZArchive(path: path).arrays == arrays)
        for length in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: FileError.self) {
                _ = try NPZArchive(decoding: Array(bytes[..<length]), path: "cut")
            }
        }
    }

    @Test(arguments: ["stored.npz", "deflated.npz"])
    func `every truncation of an archive is an error`(name: String) throws {
        let bytes = try referenceBytes(name)
        for length in stride(from: 0, to: bytes.count, by: 97) {
            #expect(throws: FileError.self) {
                _ = try NPZArchive(decoding: Array(bytes[..<length]), path: name)
            }
        }
        #expect(throws: FileError.self) {
            _ = try NPZArchive(decoding: bytes.dropLast(), path: name)
        }
    }

    @Test(arguments: ["float32.npy", "fortran.npy", "version2.npy", "version3.npy"])
    func `every truncation of an array is an error`(name: String) throws {
        let folder = try TemporaryFolder()
        let bytes = try referenceBytes(name)
        for length in 0..<bytes.count {
            let path = try folder.put(bytes[..<length], as: "cut.npy")
            let error = try fileError { _ = try NPYFormat.read(path) }
            #expect(error.code == .badData && error.path == path)
        }
    }

    @Test func `a changed byte in a member differs from its checksum`() throws {
        let bytes = try referenceBytes("stored.npz")
        // The numbers of `y`: the first place where 0.75 stands.
        let start = try #require(
            (0..<bytes.count - 3).first { Array(bytes[$0..<$0 + 4]) == [0, 0, 0x40, 0x3F] })
        for bit in 0..<8 {
            var flipped = bytes
            flipped[start + 1] ^= 1 << UInt8(bit)
            let error = try fileError { _ = try NPZArchive(decoding: flipped, path: "f.npz") }
            #expect(error.reason.contains("checksum"), "\(error)")
        }
    }

    @Test func `names that lead out of an archive are refused`() throws {
        let bytes = try referenceBytes("stored.npz")
        for replacement in ["../x.npy", "/abs.npy", "a\\bc.npy", "a//b.npy", "c:dx.npy"] {
            // Same length as the member it replaces.
            let target = Array("flag.npy".utf8)
            var changed = bytes
            for start in 0..<changed.count - 8 where Array(changed[start..<start + 8]) == target {
                changed.replaceSubrange(start..<start + 8, with: replacement.utf8.prefix(8))
            }
            let error = try fileError { _ = try NPZArchive(decoding: changed, path: "n.npz") }
            #expect(error.reason.contains("leads out"), "\(replacement): \(error)")
        }
    }

    @Test func `a member that claims an absurd size is refused before it is allocated`() throws {
        var bytes = try referenceBytes("deflated.npz")
        // Central directory entry: size after expansion at offset 24.
        let signature: [UInt8] = [0x50, 0x4B, 1, 2]
        let entry = try #require(
            (0..<bytes.count - 4).first { Array(bytes[$0..<$0 + 4]) == signature })
        bytes.replaceSubrange(entry + 24..<entry + 28, with: [0, 0, 0, 0x7F])
        let error = try fileError { _ = try NPZArchive(decoding: bytes, path: "bomb.npz") }
        #expect(error.reason.contains("cannot reach"), "\(error)")
    }

    @Test func `headers that lie are refused`() throws {
        let folder = try TemporaryFolder()
        let headers = [
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, -3), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (6), }",
            "{'descr': '>f4', 'fortran_order': False, 'shape': (6,), }",
            "{'descr': '<f2', 'fortran_order': False, 'shape': (6,), }",
            "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,), }",
            "{'descr': '<f4', 'shape': (6,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'more': 1}",
            "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), } x",
            "", "{", "{'descr'", "{'descr': '<f4",
        ]
        for header in headers {
            let start: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]
            let bytes =
                start + [UInt8(header.utf8.count), 0] + header.utf8
                + [UInt8](repeating: 0, count: 24)
            let path = try folder.put(bytes, as: "a.npy")
            let error = try fileError { _ = try NPYFormat.read(path) }
            #expect(error.code == .badData, "\(header)")
        }
    }

    /// Damaged files are read or refused; anything else ends the test process.
    @Test(arguments: [
        "stored.npz", "deflated.npz", "float32.npy", "fortran.npy", "tensors.safetensors",
    ])
    func `damaged files never do harm`(name: String) throws {
        let folder = try TemporaryFolder()
        let bytes = try referenceBytes(name)
        var stream = RandomStream(seed: 2).substream("mutations", name.utf8.count)
        var refused = 0
        for _ in 0..<600 {
            let damaged = mutated(bytes, &stream)
            do {
                if name.hasSuffix(".npz") {
                    _ = try NPZArchive(decoding: damaged, path: name, byteLimit: 1 << 24)
                } else if name.hasSuffix(".npy") {
                    let path = try folder.put(damaged, as: name)
                    _ = try NPYFormat.read(path, byteLimit: 1 << 24)
                } else {
                    _ = try TensorFile(decoding: damaged, path: name)
                }
            } catch let error as FileError {
                refused += 1
                #expect(error.code == .badData)
                #expect(!error.description.contains("\n"))
            }
        }
        #expect(refused > 200)
    }
}
