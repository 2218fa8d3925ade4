import ArrayFiles
import NetworkExchange
import TestSupport
import Testing

/// Files that other tools, or accidents, could have made.
@Suite struct NIRFaultTests {
    /// A file with one LIF node whose parts can be left out, changed or added.
    private func write(
        to path: String, type: String = "LIF", without omitted: Set<String> = [],
        edges: [String]? = ["input", "n", "n", "output"],
        extra: (HDF5Writer) throws -> Void = { _ in }
    ) throws {
        try HDF5Writer.write(to: path) { file in
            try file.write("1.0.8", to: "version")
            try file.write("NIRGraph", to: "node/type")
            if let edges {
                try file.write(edges, shape: [edges.count / 2, 2], to: "node/edges")
            }
            for port in ["input", "output"] {
                let type = port == "input" ? "Input" : "Output"
                try file.write(type, to: "node/nodes/\(port)/type")
                try file.write([Int64(2)], shape: [1], to: "node/nodes/\(port)/shape")
            }
            if !type.isEmpty { try file.write(type, to: "node/nodes/n/type") }
            for key in ["tau", "r", "v_leak", "v_threshold"] where !omitted.contains(key) {
                try file.write([Float(1), 1], shape: [2], to: "node/nodes/n/\(key)")
            }
            try extra(file)
        }
    }

    private func reason(
        type: String = "LIF", without omitted: Set<String> = [],
        edges: [String]? = ["input", "n", "n", "output"],
        extra: (HDF5Writer) throws -> Void = { _ in }
    ) throws -> String {
        let folder = try TemporaryFolder()
        let path = folder.file("a.nir")
        try write(to: path, type: type, without: omitted, edges: edges, extra: extra)
        let error = try #require(throws: FileError.self) { _ = try NIRFile.read(path) }
        #expect(error.code == .badData && error.path == path)
        return error.reason
    }

    @Test func `the unchanged file is read, whatever stands at its root`() throws {
        let folder = try TemporaryFolder()
        try write(to: folder.file("a.nir")) { file in
            try file.write("x", to: "comment")
            try file.setAttribute("tool", to: .text("other"))
        }
        let graph = try NIRFile.read(folder.file("a.nir"))
        guard case .leakyIntegrateAndFire(let lif) = graph.nodes["n"]?.kind else {
            Issue.record("not LIF")
            return
        }
        #expect(lif.resetPotential.floats == [0, 0])
    }

    @Test func `one value of an optional parameter stands for all neurons`() throws {
        let folder = try TemporaryFolder()
        try write(to: folder.file("a.nir")) {
            try $0.write([-0.25], shape: [], to: "node/nodes/n/v_reset")
        }
        let graph = try NIRFile.read(folder.file("a.nir"))
        guard case .leakyIntegrateAndFire(let lif) = graph.nodes["n"]?.kind else {
            Issue.record("not LIF")
            return
        }
        #expect(lif.resetPotential == NIRTensor([-0.25, -0.25]))
    }

    @Test func `one number for all neurons is understood`() throws {
        let folder = try TemporaryFolder()
        let keys: Set = ["tau", "r", "v_leak", "v_threshold"]
        try write(to: folder.file("a.nir"), without: keys) {
            for key in keys { try $0.write([Float(0.5)], shape: [], to: "node/nodes/n/\(key)") }
        }
        guard
            case .leakyIntegrateAndFire(let lif)? =
                try NIRFile.read(folder.file("a.nir")).nodes["n"]?.kind
        else {
            Issue.record("not LIF")
            return
        }
        // The port before it tells how many neurons there are, within reason.
        try write(to: folder.file("b.nir"), without: keys, edges: ["huge", "n", "n", "output"]) {
            for key in keys { try $0.write([Float(0.5)], shape: [], to: "node/nodes/n/\(key)") }
            try $0.write("Input", to: "node/nodes/huge/type")
            try $0.write([Int64(1) << 40], shape: [1], to: "node/nodes/huge/shape")
        }
        #expect(throws: FileError.self) { _ = try NIRFile.read(folder.file("b.nir")) }
        #expect(lif.timeConstant == NIRTensor([Float(0.5), 0.5]))
        #expect(lif.resetPotential.values == [0, 0])
    }

    @Test func `a batch axis of ports is left out where the neighbour has none`() throws {
        let folder = try TemporaryFolder()
        func port(_ shape: [Int64]) throws -> NIRNode.Kind? {
            try write(to: folder.file("a.nir"), edges: ["batch", "n", "n", "output"]) {
                try $0.write("Input", to: "node/nodes/batch/type")
                try $0.write(shape, shape: [shape.count], to: "node/nodes/batch/shape")
            }
            return try NIRFile.read(folder.file("a.nir")).nodes["batch"]?.kind
        }
        #expect(try port([1, 2]) == .input(shape: [2]))
        #expect(throws: FileError.self) { _ = try port([2, 2]) }
        #expect(throws: FileError.self) { _ = try port([1, 3]) }
    }

    @Test func `missing, unknown and contradictory parts are named`() throws {
        #expect(try reason(type: "Conv2d").contains("node 'n': has type 'Conv2d'"))
        #expect(try reason(type: "").contains("node 'n': has no type"))
        #expect(try reason(without: ["tau"]) == "node 'n': LIF needs tau, which is missing")
        #expect(try reason(edges: nil) == "the graph has no edges")
        #expect(try reason(edges: ["input", "m"]).contains("node 'm'"))
        #expect(try reason(edges: ["input", "n", "input", "n"]).contains("twice"))
        #expect(
            try reason { try $0.write([Float(1)], shape: [1], to: "node/nodes/n/v_rest") }
                == "node 'n': has 'v_rest', which is not known for its type")
        #expect(
            try reason { try $0.write("x", to: "node/comment") }
                == "the graph has 'comment', which is not known for its type")
        #expect(
            try reason(without: ["r"]) {
                try $0.write([Float(1), 1, 1], shape: [3], to: "node/nodes/n/r")
            }.contains("beside r [3]"))
        #expect(
            try reason(without: ["tau"]) {
                try $0.write([-1.0, 1], shape: [2], to: "node/nodes/n/tau")
            } == "node 'n': tau is -1.0 at index 0, not positive")
        #expect(
            try reason(without: ["r"]) {
                try $0.write([1, Float.infinity], shape: [2], to: "node/nodes/n/r")
            } == "node 'n': r is inf at index 1")
        #expect(
            try reason(without: ["r"]) { try $0.write("one", to: "node/nodes/n/r") }
                == "node 'n': r holds texts where numbers are needed")
    }

    @Test func `an HDF5 file that is no network is refused`() throws {
        let folder = try TemporaryFolder()
        try HDF5Writer.write(to: folder.file("a.h5")) { try $0.write("x", to: "y") }
        let error = try #require(throws: FileError.self) {
            _ = try NIRFile.read(folder.file("a.h5"))
        }
        #expect(error.reason.contains("holds no network"))
    }

    @Test func `every truncation is an error that names the file`() throws {
        let folder = try TemporaryFolder()
        try NIRFile.write(SampleNetworks.feedForward(), to: folder.file("a.nir"))
        let bytes = try folder.bytes("a.nir")
        for length in stride(from: 0, to: bytes.count, by: 97) {
            let path = try folder.put(bytes[..<length], as: "cut.nir")
            let error = try #require(throws: FileError.self) { _ = try NIRFile.read(path) }
            #expect(error.code == .badData && error.path == path)
        }
    }
}
