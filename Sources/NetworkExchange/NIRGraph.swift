/// A network in the field's interchange format (neuromorphic intermediate representation).
public struct NIRGraph: Hashable, Sendable {
    /// Nodes by name; names are free text without `/`.
    public var nodes: [String: NIRNode]
    /// Connections; their order carries no meaning.
    public var edges: [NIREdge]
    /// Hints for readers, such as the unit of time; no meaning may depend on them.
    public var metadata: [String: NIRMetadata]

    /// Collects nodes and edges; `validate` tells whether they make a network.
    public init(
        nodes: [String: NIRNode], edges: [NIREdge], metadata: [String: NIRMetadata] = [:]
    ) {
        self.nodes = nodes
        self.edges = edges
        self.metadata = metadata
    }
}

/// A connection between two nodes of one graph.
public struct NIREdge: Hashable, Sendable {
    /// Name of the node whose output is taken.
    public var source: String
    /// Name of the node that receives it.
    public var target: String

    /// Connects two nodes by name.
    public init(_ source: String, _ target: String) {
        self.source = source
        self.target = target
    }
}

/// A hint beside the graph or a node.
public indirect enum NIRMetadata: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case real(Double)
    case array(NIRTensor)
    case group([String: NIRMetadata])
}
