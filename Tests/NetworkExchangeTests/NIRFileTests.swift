import ArrayFiles
import Foundation
import NetworkExchange
import TestSupport
import Testing

private func reference(_ name: String) -> String {
    Bundle.module.bundleURL.appendingPathComponent("Reference/\(name)").path
}

/// Small networks that the tests vary.
enum SampleNetworks {
    static let grid: [Float] = [-0.5, -0.25, 0, 0.25, 0.5, 0.75]

    static func lif(reset: [Float]? = nil) -> NIRNode.LeakyIntegrateAndFire {
        .init(
            timeConstant: NIRTensor(repeating: 0.01, count: 2),
            resistance: NIRTensor(repeating: 1, count: 2),
            leakPotential: NIRTensor(repeating: 0, count: 2),
            threshold: NIRTensor([Float(0.5), 1]),
            resetPotential: reset.map { NIRTensor($0) })
    }

    static func feedForward() -> NIRGraph {
        NIRGraph(
            nodes: [
                "input": NIRNode(.input(shape: [3])),
                "fc": NIRNode(.linear(.init(weight: NIRTensor(grid, shape: [2, 3])))),
                "hidden": NIRNode(.leakyIntegrateAndFire(lif())),
                "output": NIRNode(.output(shape: [2])),
            ],
            edges: [
                NIREdge("input", "fc"), NIREdge("fc", "hidden"), NIREdge("hidden", "output"),
            ],
            metadata: ["time_unit": .text("s")])
    }

    /// Every node type, precision, nesting and kind of hint.
    static func everything() -> NIRGraph {
        var graph = feedForward()
        let doubles = NIRTensor([0.1, 1.0 / 3])
        graph.nodes["affine"] = NIRNode(
            .affine(
                .init(weight: NIRTensor([1.0 / 7, 2, 3, 4], shape: [2, 2]), bias: doubles)))
        graph.nodes["li"] = NIRNode(
            .leakyIntegrator(
                .init(timeConstant: doubles, resistance: doubles, leakPotential: doubles)),
            metadata: ["role": .text("readout")])
        graph.nodes["cuba"] = NIRNode(
            .currentBasedLeakyIntegrateAndFire(
                .init(
                    synapticTimeConstant: doubles, membraneTimeConstant: doubles,
                    resistance: doubles, leakPotential: doubles, threshold: doubles,
                    resetPotential: NIRTensor([-0.5, 0.0]), inputWeight: doubles)))
        graph.nodes["cuba li"] = NIRNode(
            .currentBasedLeakyIntegrator(
                .init(
                    synapticTimeConstant: doubles, membraneTimeConstant: doubles,
                    resistance: doubles, leakPotential: doubles)))
        graph.nodes["rec"] = NIRNode(
            .graph(
                NIRGraph(
                    nodes: [
                        "input": NIRNode(.input(shape: [2])),
                        "lif": NIRNode(.leakyIntegrateAndFire(lif(reset: [-1, 0]))),
                        "w_rec": NIRNode(
                            .linear(.init(weight: NIRTensor([Float(0), 1, 2, 3], shape: [2, 2])))),
                        "output": NIRNode(.output(shape: [2])),
                    ],
                    edges: [
                        NIREdge("input", "lif"), NIREdge("lif", "w_rec"), NIREdge("w_rec", "lif"),
                        NIREdge("lif", "output"),
                    ])))
        let chain = ["hidden", "rec", "affine", "cuba", "cuba li", "li", "output"]
        graph.edges.removeLast()
        graph.edges += zip(chain, chain.dropFirst()).map { NIREdge($0, $1) }
        graph.metadata = [
            "dt": .real(5e-4), "seed": .integer(-7), "levels": .array(NIRTensor([1.0, 2])),
            "inner": .group(["a": .text("µ"), "b": .group([:])]),
        ]
        return graph
    }
}

@Suite struct NIRFileTests {
    private func error(_ graph: NIRGraph) throws -> FileError {
        let folder = try TemporaryFolder()
        let error = try #require(throws: FileError.self) {
            try NIRFile.write(graph, to: folder.file("a.nir"))
        }
        #expect(folder.names.isEmpty)
        #expect(error.code.exitStatus == 2)
        return error
    }

    @Test func `every node type comes back as it was`() throws {
        let folder = try TemporaryFolder()
        let graph = SampleNetworks.everything()
        try NIRFile.write(graph, to: folder.file("a.nir"))
        var read = try NIRFile.read(folder.file("a.nir"))
        // Edges are a set; everything else is equal as values.
        #expect(Set(read.edges) == Set(graph.edges))
        read.edges = graph.edges
        #expect(read == graph)
    }

    @Test func `a feed-forward network of the Python package is read`() throws {
        let graph = try NIRFile.read(reference("feed_forward.nir"))
        #expect(
            graph.nodes.keys.sorted() == ["fc1", "fc2", "hidden", "input", "output", "readout"])
        #expect(Set(graph.edges).count == 5)
        #expect(graph.edges.contains(NIREdge("fc1", "hidden")))
        #expect(graph.nodes["input"]?.kind == .input(shape: [3]))
        guard case .linear(let linear) = graph.nodes["fc1"]?.kind,
            case .currentBasedLeakyIntegrateAndFire(let hidden) = graph.nodes["hidden"]?.kind,
            case .affine(let affine) = graph.nodes["fc2"]?.kind,
            case .currentBasedLeakyIntegrator(let readout) = graph.nodes["readout"]?.kind
        else {
            Issue.record("a node has another type")
            return
        }
        #expect(linear.weight == NIRTensor(SampleNetworks.grid, shape: [2, 3]))
        #expect(hidden.resetPotential == NIRTensor([Float(-0.5), 0]))
        #expect(hidden.inputWeight == NIRTensor([Float(2), 3]))
        #expect(hidden.synapticTimeConstant.floats == [0.005, 0.005])
        #expect(affine.bias == NIRTensor([0.1, 0.2]))
        #expect(readout.membraneTimeConstant == NIRTensor([0.02, 0.02]))
        #expect(graph.nodes["hidden"]?.metadata == ["sign": .text("both")])
        #expect(
            graph.metadata == ["time_unit": .text("s"), "dt": .real(0.0005), "seed": .integer(7)])
    }

    @Test func `a recurrent network of the Python package is read and written again`() throws {
        let graph = try NIRFile.read(reference("recurrent.nir"))
        guard case .graph(let inner) = graph.nodes["rec"]?.kind,
            case .leakyIntegrateAndFire(let lif) = inner.nodes["lif"]?.kind
        else {
            Issue.record("the recurrent layer is not a graph with LIF neurons")
            return
        }
        #expect(inner.edges.count == 4)
        #expect(lif.threshold == NIRTensor([Float(0.5), 1]))
        #expect(lif.resetPotential == NIRTensor([Float(0), 0]))
        let folder = try TemporaryFolder()
        try NIRFile.write(graph, to: folder.file("a.nir"))
        #expect(try NIRFile.read(folder.file("a.nir")) == graph)
    }

    @Test func `the layout is the one of the Python package`() throws {
        let folder = try TemporaryFolder()
        try NIRFile.write(SampleNetworks.everything(), to: folder.file("a.nir"))
        let bytes = try folder.bytes("a.nir")
        #expect(bytes[8] == 0, "superblock version")
        let file = try HDF5Reader(path: folder.file("a.nir"))
        #expect(try file.members().map(\.name) == ["node", "version"])
        #expect(try file.readText("version").hasPrefix("1."))
        #expect(try file.readText("node/type") == "NIRGraph")
        #expect(try file.readText("node/nodes/cuba/type") == "CubaLIF")
        #expect(try file.dataset("node/edges").shape == [8, 2])
        #expect(try file.dataset("node/nodes/fc/weight").elementType == .float32)
        #expect(try file.read("node/nodes/input/shape", as: Int64.self, rank: 1).values == [3])
        // A reset potential of zero is what a missing one means.
        #expect(try !file.contains("node/nodes/hidden/v_reset"))
        #expect(try file.contains("node/nodes/cuba/v_reset"))
        #expect(try !file.contains("node/nodes/hidden/metadata"))
    }

    @Test func `what is no network is refused with the node's name`() throws {
        func broken(_ change: (inout NIRGraph) -> Void) throws -> String {
            var graph = SampleNetworks.feedForward()
            change(&graph)
            return try error(graph).reason
        }
        func broken(_ change: (inout NIRNode.LeakyIntegrateAndFire) -> Void) throws -> String {
            try broken { (graph: inout NIRGraph) in
                var lif = SampleNetworks.lif()
                change(&lif)
                graph.nodes["hidden"] = NIRNode(.leakyIntegrateAndFire(lif))
            }
        }
        #expect(
            try broken { $0.threshold = NIRTensor([Float(1), .nan]) }
                == "node 'hidden': v_threshold is nan at index 1")
        #expect(
            try broken { $0.timeConstant = NIRTensor([Float(-0.25), 1]) }
                == "node 'hidden': tau is -0.25 at index 0, not positive")
        #expect(
            try broken { $0.timeConstant = NIRTensor([Float(1), 0]) }.contains("not positive"))
        #expect(
            try broken { $0.leakPotential = NIRTensor([Float(1)]) }
                == "node 'hidden': v_leak has shape [1] beside r [2]")
        #expect(
            try broken { $0.edges.append(NIREdge("hidden", "ghost")) }.contains("node 'ghost'"))
        #expect(try broken { $0.edges.append(NIREdge("input", "fc")) }.contains("twice"))
        #expect(
            try broken { $0.nodes["output"] = NIRNode(.output(shape: [4])) }
                == "node 'output': takes shape [4] but edge hidden -> output brings [2]")
        #expect(try broken { $0.nodes["a/b"] = $0.nodes["fc"] }.contains("'a/b'"))
        #expect(
            try broken { $0.nodes["output"] = NIRNode(.output(shape: [])) }.contains("shape []"))
        #expect(
            try broken {
                $0.nodes["input"] = nil
                $0.edges.removeFirst()
            } == "the graph has no Input node")
        #expect(
            try broken {
                $0.nodes["output"] = nil
                $0.edges.removeLast()
            } == "the graph has no Output node")
        #expect(
            try broken {
                $0.nodes["fc"] = NIRNode(.linear(.init(weight: NIRTensor([Float(1), 2, 3]))))
            }.contains("weight has shape [3]"))
    }

    @Test func `an old file stays when the network is refused`() throws {
        let folder = try TemporaryFolder()
        try folder.put([1], as: "a.nir")
        var graph = SampleNetworks.feedForward()
        graph.edges.append(graph.edges[0])
        #expect(throws: FileError.self) { try NIRFile.write(graph, to: folder.file("a.nir")) }
        #expect(try folder.bytes("a.nir") == [1])
    }
}
