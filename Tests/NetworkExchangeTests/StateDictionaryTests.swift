import ArrayFiles
import NetworkExchange
import TestSupport
import Testing

private typealias Samples = SampleExchangeNetworks

@Suite struct StateDictionaryTests {
    /// Members of a ZIP archive without compression, by name, from its local headers.
    private func members(_ bytes: [UInt8]) -> [String: [UInt8]] {
        func number(_ at: Int, _ count: Int) -> Int {
            (0..<count).reversed().reduce(0) { $0 << 8 | Int(bytes[at + $1]) }
        }
        var result: [String: [UInt8]] = [:]
        var at = 0
        while number(at, 4) == 0x0403_4B50 {
            let size = number(at + 18, 4)
            let name = number(at + 26, 2)
            let start = at + 30 + name + number(at + 28, 2)
            result[String(decoding: bytes[at + 30..<at + 30 + name], as: UTF8.self)] = Array(
                bytes[start..<start + size])
            at = start + size
        }
        return result
    }

    private func written(_ network: ExchangeNetwork) throws -> [String: [UInt8]] {
        let folder = try TemporaryFolder()
        try StateDictionary.write(network, to: folder.file("a.pt"))
        return members(try folder.bytes("a.pt"))
    }

    @Test func `the archive holds every tensor's numbers under its key`() throws {
        let network = Samples.plain(recurrent: true)
        let files = try written(network)
        #expect(
            files.keys.sorted() == [
                "network/byteorder", "network/data.pkl", "network/data/0", "network/data/1",
                "network/data/2", "network/version",
            ])
        #expect(files["network/byteorder"] == Array("little".utf8))
        let expected = [
            network.layers[0].weights, network.layers[0].recurrentWeights!, network.readout.weights,
        ]
        for (index, matrix) in expected.enumerated() {
            let bytes = matrix.values.flatMap { value in
                (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
            }
            #expect(files["network/data/\(index)"] == bytes)
        }
    }

    /// The stream spelled out opcode by opcode, for the smallest network there is.
    @Test func `the pickle is the one that PyTorch builds a state dictionary from`() throws {
        let network = ExchangeNetwork(
            inputCount: 300, layers: [],
            readout: .init(
                weights: .init([Float](repeating: 1, count: 300), rows: 1, columns: 300),
                kind: .weightedSums, score: .sum), stepInMilliseconds: 0.5)
        func text(_ text: String) -> [UInt8] {
            [0x58, UInt8(text.utf8.count), 0, 0, 0] + text.utf8
        }
        let ordered = Array("ccollections\nOrderedDict\n)R".utf8)
        let wide: [UInt8] = [0x4A, 0x2C, 0x01, 0, 0]
        var expected: [UInt8] = [0x80, 2] + ordered + Array("(".utf8) + text("readout.weight")
        expected += Array("ctorch._utils\n_rebuild_tensor_v2\n((".utf8) + text("storage")
        expected += Array("ctorch\nFloatStorage\n".utf8) + text("0") + text("cpu") + wide
        expected += Array("tQK\0(K\u{1}".utf8) + wide + Array("t(".utf8) + wide
        expected += Array("K\u{1}t".utf8) + [0x89] + ordered + Array("tRu}(".utf8)
        expected += text("_metadata") + Array("}(".utf8) + text("") + Array("}(".utf8)
        expected += text("version") + Array("K\u{1}u".utf8) + text("spikelink") + Array("}(".utf8)
        expected += text("dt_ms") + [0x47, 0x3F, 0xE0, 0, 0, 0, 0, 0, 0] + text("score")
        expected += text("sum") + Array("uuub.".utf8)
        #expect(try written(network)["network/data.pkl"] == expected)
    }
}
