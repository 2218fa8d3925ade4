import ArrayFiles
import TestSupport
import Testing

@Suite struct TensorFileTests {
    private static let file = TensorFile(
        [
            "weight": NumericArray([Float.nan, -0.0, 1, 2, 3, 4], shape: [2, 3]),
            "moments": NumericArray([1e-300, Double.pi], shape: [2]),
            "counter": NumericArray([UInt64.max, 1]),
            "step": NumericArray([Int64.min], shape: []),
            "mask \"x\"\n": NumericArray([UInt8(1), 0, 1]),
            "none": NumericArray([Int32](), shape: [0, 5]),
        ],
        metadata: ["run": "{\"epoch\": 3, \"note\": \"µ\\n\"}", "": ""])

    @Test func `a checkpoint comes back bit for bit, and twice the same`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.safetensors")
        try Self.file.write(to: path)
        let read = try TensorFile(path: path)
        #expect(read == Self.file)
        #expect(try read.array("counter", as: UInt64.self, rank: 1).values == [.max, 1])
        #expect(throws: FileError.self) { _ = try read.array("counter", as: Int64.self) }
        let first = try folder.bytes("a.safetensors")
        try read.write(to: path)
        #expect(try folder.bytes("a.safetensors") == first)
    }

    @Test func `an empty checkpoint comes back`() throws {
        let folder = try TemporaryFolder()
        try TensorFile().write(to: folder.file("a"))
        #expect(try TensorFile(path: folder.file("a")) == TensorFile())
    }

    @Test func `a file of the safetensors package is read`() throws {
        let file = try TensorFile(path: reference("tensors.safetensors"))
        #expect(
            try file.array("weight", as: Float.self, rank: 2).values
                == [-0.5, -0.25, 0, 0.25, 0.5, 0.75])
        #expect(try file.array("state", as: UInt64.self).values == [.max, 7])
        #expect(try file.array("step", as: Int64.self).values == [-5])
        #expect(try file.array("half", as: UInt8.self).values == [0, 1, 2])
        #expect(file.metadata == ["note": "unit \"s\", µ"])
    }

    @Test func `every truncation and every changed byte is noticed`() throws {
        let folder = try TemporaryFolder()
        try Self.file.write(to: folder.file("a"))
        let bytes = try folder.bytes("a")
        for length in 0..<bytes.count {
            #expect(throws: FileError.self) {
                _ = try TensorFile(decoding: Array(bytes[..<length]), path: "cut")
            }
        }
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 2
            let read = try? TensorFile(decoding: flipped, path: "flipped")
            // JSON has bytes without meaning: what was read is either refused or the same.
            #expect(read == nil || read == Self.file, "byte \(index)")
        }
    }

    @Test func `headers that lie are refused as the reference reader does`() throws {
        let data = [UInt8](repeating: 0, count: 16)
        let headers = [
            #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,12]}}"#,
            #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#,
            #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[4,16]}}"#,
            #"{"a":{"dtype":"F32","shape":[5],"data_offsets":[0,20]}}"#,
            #"{"a":{"dtype":"F32","shape":[-2,-2],"data_offsets":[0,16]}}"#,
            #"{"a":{"dtype":"F99","shape":[4],"data_offsets":[0,16]}}"#,
            #"{"a":{"dtype":"U8","shape":[4611686018427387904,4],"data_offsets":[0,16]}}"#,
            #"{"a":{"dtype":"U8","shape":[16],"data_offsets":[16,0]}}"#,
            #"{"a":{"dtype":"U8","shape":[16],"data_offsets":[0]}}"#,
            #"{"a":{"dtype":"U8","shape":[10],"data_offsets":[0,10]},"#
                + #""b":{"dtype":"U8","shape":[8],"data_offsets":[8,16]}}"#,
            #"{"a":{"dtype":"U8","shape":[16],"data_offsets":[0,16]},"__metadata__":{"n":1}}"#,
            #"{"a":{"dtype":"U8","shape":[16],"data_offsets":[0,16]},"b":"text"}"#,
            #"[]"#, #""#, #"{"#, #"null"#,
        ]
        for header in headers {
            let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
            #expect(throws: FileError.self, "\(header)") {
                _ = try TensorFile(decoding: length + header.utf8 + data, path: "lie")
            }
        }
        let good = #" {"a":{"dtype":"U8","shape":[16],"data_offsets":[0,16],"more":1}} "#
        let length = [UInt8(good.utf8.count), 0, 0, 0, 0, 0, 0, 0]
        let read = try TensorFile(decoding: length + good.utf8 + data, path: "good")
        #expect(read.arrays["a"]?.bytes == data)
        #expect(throws: FileError.self) {
            _ = try TensorFile(decoding: [255, 255, 255, 255, 255, 255, 255, 255, 1], path: "x")
        }
    }
}
