/// Why nodes and edges do not make a network, in one line.
public struct NIRError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The node it is about, with the names of the graphs around it; nil for the whole graph.
    public let node: String?
    /// What is wrong.
    public let reason: String

    /// `node 'name': reason`
    public var description: String { node.map { "node '\($0)': \(reason)" } ?? reason }
}

extension NIRGraph {
    /// Graphs within graphs deeper than this are refused.
    static let depthLimit = 16

    /// Checks that the graph is a network other tools can run.
    ///
    /// Every parameter has the shape its type asks for and is finite, time constants are positive,
    /// edges connect nodes that exist, no edge twice, shapes agree along every edge, and the
    /// graph has an input and an output.
    public func validate() throws(NIRError) { try validate(within: "", depth: 0) }

    private func validate(within prefix: String, depth: Int) throws(NIRError) {
        let place = prefix.isEmpty ? nil : String(prefix.dropLast())
        guard depth < Self.depthLimit else {
            throw NIRError(node: place, reason: "graphs are nested too deeply")
        }
        for (name, node) in nodes.sorted(by: { $0.key < $1.key }) {
            let fullName = prefix + name
            guard Self.isName(name) else {
                throw NIRError(node: fullName, reason: "is not a possible name of a node")
            }
            try Self.checkNames(of: node.metadata, node: fullName)
            switch node.kind {
            case .graph(let graph): try graph.validate(within: fullName + "/", depth: depth + 1)
            case .input(let shape), .output(let shape):
                guard !shape.isEmpty, shape.allSatisfy({ $0 > 0 }) else {
                    throw NIRError(node: fullName, reason: "has shape \(shape)")
                }
            default: try Self.checkParameters(of: node.kind, node: fullName)
            }
        }
        try Self.checkNames(of: metadata, node: place)
        guard nodes.values.contains(where: \.isInput) else {
            throw NIRError(node: place, reason: "the graph has no Input node")
        }
        guard nodes.values.contains(where: \.isOutput) else {
            throw NIRError(node: place, reason: "the graph has no Output node")
        }
        try checkEdges(prefix)
    }

    private func checkEdges(_ prefix: String) throws(NIRError) {
        var seen: Set<NIREdge> = []
        for edge in edges {
            let text = "edge \(edge.source) -> \(edge.target)"
            guard let source = nodes[edge.source] else {
                throw NIRError(
                    node: prefix + edge.source, reason: "does not exist but has an \(text)")
            }
            guard let target = nodes[edge.target] else {
                throw NIRError(
                    node: prefix + edge.target, reason: "does not exist but has an \(text)")
            }
            guard seen.insert(edge).inserted else {
                throw NIRError(node: prefix + edge.source, reason: "has \(text) twice")
            }
            guard let given = source.outputShape, let taken = target.inputShape else { continue }
            guard given == taken else {
                throw NIRError(
                    node: prefix + edge.target,
                    reason: "takes shape \(taken) but \(text) brings \(given)")
            }
        }
    }

    private static func checkParameters(
        of kind: NIRNode.Kind, node: String
    ) throws(NIRError) {
        guard let (table, arrays) = kind.parameters else { return }
        for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
            if let index = array.values.firstIndex(where: { !$0.isFinite }) {
                throw NIRError(
                    node: node, reason: "\(name) is \(array.values[index]) at index \(index)")
            }
            guard table.positive.contains(name) else { continue }
            if let index = array.values.firstIndex(where: { $0 <= 0 }) {
                throw NIRError(
                    node: node,
                    reason: "\(name) is \(array.values[index]) at index \(index), not positive")
            }
        }
        if let weight = arrays["weight"] {
            guard weight.shape.count == 2, weight.shape.allSatisfy({ $0 > 0 }) else {
                throw NIRError(
                    node: node, reason: "weight has shape \(weight.shape), not [output, input]")
            }
            if let bias = arrays["bias"], bias.shape != [weight.shape[0]] {
                throw NIRError(
                    node: node,
                    reason: "bias has shape \(bias.shape) beside weight \(weight.shape)")
            }
            return
        }
        let shape = arrays["r"]!.shape
        guard shape.count >= 1, shape.allSatisfy({ $0 > 0 }) else {
            throw NIRError(node: node, reason: "r has shape \(shape), not one value per neuron")
        }
        for (name, array) in arrays.sorted(by: { $0.key < $1.key }) where array.shape != shape {
            throw NIRError(
                node: node, reason: "\(name) has shape \(array.shape) beside r \(shape)")
        }
    }

    private static func checkNames(
        of metadata: [String: NIRMetadata], node: String?, depth: Int = 0
    ) throws(NIRError) {
        guard depth < depthLimit else {
            throw NIRError(node: node, reason: "metadata are nested too deeply")
        }
        for (name, value) in metadata {
            guard isName(name) else {
                throw NIRError(node: node, reason: "metadata name '\(name)' is not possible")
            }
            if case .group(let inner) = value {
                try checkNames(of: inner, node: node, depth: depth + 1)
            }
        }
    }

    /// Names become names of HDF5 groups.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name.utf8.count <= 1024
            && !name.utf8.contains { $0 == 0x2F || $0 == 0 }
    }
}

extension NIRNode {
    var isInput: Bool { if case .input = kind { true } else { false } }
    var isOutput: Bool { if case .output = kind { true } else { false } }

    /// Shape of what the node takes; nil when a graph has several inputs.
    public var inputShape: [Int]? {
        switch kind {
        case .input(let shape), .output(let shape): return shape
        case .graph(let graph):
            let ports = graph.nodes.values.filter(\.isInput)
            return ports.count == 1 ? ports[0].inputShape : nil
        default:
            let arrays = kind.parameters!.arrays
            return arrays["weight"].map { [$0.shape[1]] } ?? arrays["r"]!.shape
        }
    }

    /// Shape of what the node gives; nil when a graph has several outputs.
    public var outputShape: [Int]? {
        switch kind {
        case .input(let shape), .output(let shape): return shape
        case .graph(let graph):
            let ports = graph.nodes.values.filter(\.isOutput)
            return ports.count == 1 ? ports[0].outputShape : nil
        default:
            let arrays = kind.parameters!.arrays
            return arrays["weight"].map { [$0.shape[0]] } ?? arrays["r"]!.shape
        }
    }
}
