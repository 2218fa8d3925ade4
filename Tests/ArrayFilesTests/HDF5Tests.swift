import ArrayFiles
import Foundation
import RandomStreams
import TestSupport
import Testing

@Suite struct HDF5Tests {
    /// Values with every kind of bit pattern, NaN payloads included.
    private static let floats: [Float] = [
        0, -0.0, 1.5, .infinity, -.infinity, Float(bitPattern: 0x7FC0_1234), .leastNonzeroMagnitude,
        .greatestFiniteMagnitude, .pi, -1e-30, 2, 3,
    ]

    private func roundTrip<E: ArrayElement & Equatable>(
        _ values: [E], _ layout: HDF5Layout
    ) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.h5")
        try HDF5Writer.write(to: path) {
            try $0.write(values, shape: [2, values.count / 2], to: "deep/er/x", layout: layout)
        }
        let read = try HDF5Reader(path: path).read("deep/er/x", as: E.self, rank: 2)
        #expect(read.shape == [2, values.count / 2])
        #expect(NumericArray(read.values) == NumericArray(values))
    }

    @Test(arguments: [HDF5Layout.contiguous, .checksummed, .deflated])
    func `numbers come back bit for bit`(layout: HDF5Layout) throws {
        try roundTrip(Self.floats, layout)
        try roundTrip(Self.floats.map { Double($0) * 1.000_000_01 }, layout)
        try roundTrip([UInt8(0), 255, 1, 128], layout)
        try roundTrip([Int32.min, .max, -1, 0], layout)
        try roundTrip([Int64.min, .max, -1, 0], layout)
        try roundTrip([UInt64.min, .max, 1 << 63, 1], layout)
        try roundTrip([Int8.min, .max], layout)
        try roundTrip([UInt16.max, 1], layout)
    }

    @Test func `scalars, empty arrays, texts and attributes come back`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.h5")
        try HDF5Writer.write(to: path) { file in
            try file.write([2.5], shape: [], to: "scalar")
            try file.write([Float](), shape: [0, 3], to: "empty")
            try file.write("µ-Ring ✓", to: "text")
            try file.write(["a", "", "b", "längere"], shape: [2, 2], to: "edges")
            try file.makeGroup("nothing")
            try file.setAttribute("format", to: .text("spikelink.dataset"))
            try file.setAttribute("noise", to: .real(-20.25), on: "scalar")
            try file.setAttribute("seed", to: .integer(.min), on: "nothing")
        }
        let file = try HDF5Reader(path: path)
        #expect(try file.read("scalar", as: Double.self, rank: 0).values == [2.5])
        let empty = try file.read("empty", as: Float.self)
        #expect(empty.shape == [0, 3] && empty.values.isEmpty)
        #expect(try file.readText("text") == "µ-Ring ✓")
        let edges = try file.readTexts("edges")
        #expect(edges.values == ["a", "", "b", "längere"] && edges.shape == [2, 2])
        #expect(try file.attribute("format") == .text("spikelink.dataset"))
        #expect(try file.attribute("noise", on: "scalar") == .real(-20.25))
        #expect(try file.attribute("seed", on: "nothing") == .integer(.min))
        #expect(try file.attribute("absent") == nil)
        #expect(
            try file.members().map(\.name) == ["edges", "empty", "nothing", "scalar", "text"])
        #expect(try file.members().filter(\.isGroup).map(\.name) == ["nothing"])
        #expect(try file.members(of: "nothing").isEmpty)
        #expect(try !file.contains("deep/er"))
    }

    @Test(arguments: [1, 7, 1000, 30_000])
    func `rows appended in blocks are the array`(block: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.h5")
        let values = (0..<90_000).map { Float($0) / 7 }
        try HDF5Writer.write(to: path) { file in
            let rows = try file.makeRows(of: Float.self, rowShape: [3], to: "x")
            let labels = try file.makeRows(of: UInt8.self, to: "q")
            let limit = block == 1 ? 300 : 30_000
            for start in stride(from: 0, to: limit, by: block) {
                let end = min(start + block, limit)
                try rows.append(Array(values[start * 3..<end * 3]))
                try labels.append((start..<end).map { UInt8($0 % 4) })
                #expect(rows.count == end)
            }
        }
        let file = try HDF5Reader(path: path)
        let read = try file.read("x", as: Float.self)
        #expect(read.shape == [block == 1 ? 300 : 30_000, 3])
        #expect(read.values == Array(values[..<read.values.count]))
        #expect(try file.read("q", as: UInt8.self).values[..<6] == [0, 1, 2, 3, 0, 1])
        let some = try file.readRows("x", 100..<104, as: Float.self)
        #expect(some.shape == [4, 3] && some.values == Array(values[300..<312]))
        #expect(throws: FileError.self) {
            _ = try file.readRows("x", 0..<read.shape[0] + 1, as: Float.self)
        }
    }

    @Test func `a file written by h5py is read`() throws {
        let file = try HDF5Reader(path: reference("mixed.h5"))
        let samples = try file.read("train/samples", as: Float.self, rank: 2)
        #expect(samples.shape == [20, 3])
        #expect(samples.values == (0..<60).map { Float($0) / 8 })
        #expect(try file.read("big_endian", as: Double.self).values == [0, 1, 2, 3])
        #expect(try file.readArray("flags").values(as: UInt8.self) == [1, 0, 1])
        #expect(try file.readTexts("fixed").values == ["ab", "cde"])
        #expect(try file.readText("name") == "µ-ring")
        #expect(try file.attribute("format") == .text("reference"))
        #expect(try file.attribute("noise_db") == .real(-20.5))
        #expect(try file.attribute("seed") == .integer(12345))
    }

    @Test func `what was never written does not read as zeros`() throws {
        let file = try HDF5Reader(path: reference("mixed.h5"))
        let error = try fileError { _ = try file.read("unwritten", as: Float.self) }
        #expect(error.code == .badData && error.reason.contains("never written"))
    }

    @Test func `references to other places are refused`() throws {
        let file = try HDF5Reader(path: reference("mixed.h5"))
        for name in ["soft", "outside"] {
            let error = try fileError { _ = try file.readText(name) }
            #expect(error.reason.contains("another place"))
        }
        #expect(throws: FileError.self) { _ = try file.members() }
    }

    @Test func `wrong names, types, axes and sizes are named`() throws {
        let path = reference("mixed.h5")
        let file = try HDF5Reader(path: path)
        let cases: [(String, () throws -> Void)] = [
            ("has no '/train/absent'", { _ = try file.read("train/absent", as: Float.self) }),
            ("float32 where int32", { _ = try file.read("train/samples", as: Int32.self) }),
            ("float64 where float32", { _ = try file.read("big_endian", as: Float.self) }),
            ("1 axes", { _ = try file.read("train/samples", as: Float.self, rank: 1) }),
            ("texts where numbers", { _ = try file.readArray("name") }),
            ("numbers where texts", { _ = try file.readText("big_endian") }),
            ("'train' cannot be opened", { _ = try file.readArray("train") }),
            (
                "more than the 100 bytes",
                { _ = try HDF5Reader(path: path, byteLimit: 100).readArray("train/samples") }
            ),
        ]
        for (text, body) in cases {
            let error = try fileError(body)
            #expect(error.code == .badData)
            #expect(error.description.contains(text), "\(error)")
            #expect(error.path == path)
        }
    }

    @Test func `widening conversions are exact and offered`() throws {
        let file = try HDF5Reader(path: reference("mixed.h5"))
        let doubles = try file.read("train/samples", as: Double.self)
        #expect(doubles.values == (0..<60).map { Double($0) / 8 })
    }

    @Test func `every truncation is an error that names the file`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.h5")
        try HDF5Writer.write(to: path) {
            try $0.write((0..<600).map { Float($0) }, shape: [200, 3], to: "x")
            try $0.write("text", to: "t")
        }
        let whole = try folder.bytes("a.h5")
        for length in stride(from: 0, to: whole.count, by: 97) {
            let cut = try folder.put(whole[..<length], as: "cut.h5")
            let error = try fileError {
                let file = try HDF5Reader(path: cut)
                _ = try file.read("x", as: Float.self)
                _ = try file.readText("t")
            }
            #expect(error.code == .badData && error.path == cut)
        }
    }

    @Test func `a changed byte in the numbers differs from its checksum`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.h5")
        var stream = RandomStream(seed: 5).substream("flips")
        // Noise does not compress, so nearly every byte of the file is data.
        let values = (0..<20_000).map { _ in stream.next() }
        try HDF5Writer.write(to: path) { try $0.write(values, shape: [20_000], to: "x") }
        let whole = try folder.bytes("a.h5")
        for _ in 0..<40 {
            var bytes = whole
            // The first kilobytes are structure, not data.
            let index = Int.random(in: 8192..<whole.count - 8192, using: &stream)
            bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &stream)
            let flipped = try folder.put(bytes, as: "flipped.h5")
            let read = try? HDF5Reader(path: flipped).read("x", as: UInt64.self).values
            // The few bytes between the chunks do not matter to anyone.
            #expect(read == nil || read == values)
            if (81_920..<90_112).contains(index) { #expect(read == nil) }
        }
        var bytes = whole
        bytes[90_000] ^= 4
        let flipped = try folder.put(bytes, as: "flipped.h5")
        let error = try fileError { _ = try HDF5Reader(path: flipped).readArray("x") }
        #expect(error.code == .badData)
    }

    @Test func `an error in the closure leaves nothing`() throws {
        struct Stop: Error {}
        let folder = try TemporaryFolder()
        #expect(throws: Stop.self) {
            try HDF5Writer.write(to: folder.file("a.h5")) {
                try $0.write([1.0], shape: [1], to: "x")
                throw Stop()
            }
        }
        #expect(folder.names.isEmpty)
        // A name used twice is refused by the library, whose message comes through.
        let error = try fileError {
            try HDF5Writer.write(to: folder.file("a.h5")) {
                try $0.write([1.0], shape: [1], to: "x")
                try $0.write([1.0], shape: [1], to: "x")
            }
        }
        #expect(error.reason.contains("name already exists"))
        #expect(folder.names.isEmpty)
    }

    @Test func `text files and folders are not HDF5`() throws {
        let folder = try TemporaryFolder()
        try folder.put("hello world".utf8, as: "a.txt")
        let text = try fileError { _ = try HDF5Reader(path: folder.file("a.txt")) }
        #expect(text.reason == "is not an HDF5 file")
        #expect(throws: FileError.self) { _ = try HDF5Reader(path: folder.path) }
        let missing = try fileError { _ = try HDF5Reader(path: folder.file("none")) }
        #expect(missing.code.exitStatus == 2)
    }

    @Test func `several tasks use the library at once`() async throws {
        let folder = try TemporaryFolder()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<8 {
                group.addTask {
                    let path = folder.file("\(index).h5")
                    let values = (0..<5000).map { Double($0 * index) }
                    try HDF5Writer.write(to: path) {
                        try $0.write(values, shape: [50, 100], to: "x")
                    }
                    let read = try HDF5Reader(path: path).read("x", as: Double.self)
                    #expect(read.values == values)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `the first value that is not finite is found`() {
        #expect([1.0, 2, .nan, .infinity].firstNonFiniteIndex == 2)
        #expect([Float(1), -.infinity].firstNonFiniteIndex == 1)
        #expect([Float(1), .greatestFiniteMagnitude].firstNonFiniteIndex == nil)
    }
}
