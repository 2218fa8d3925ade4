public import ArrayFiles

/// Network graphs as `.nir` files: HDF5 in the layout of the `nir` Python package.
///
/// `/version` text; `/node` the graph with `type`, `edges` [edge, 2] and `nodes/<name>/...`;
/// each node has a text `type` and its arrays; `metadata` groups hold hints. Arrays are one
/// deflated chunk, the format's oldest version is used, so that every release of the package can
/// read the file.
public enum NIRFile {
    /// The release of the Python package whose layout is written; readers ignore it.
    static let version = "1.0.8"
    /// Files larger than this are refused.
    static let byteLimit = 1 << 30

    /// Writes a graph, complete and verified or not at all.
    ///
    /// - Throws: `FileError`; with code `badData` when the graph is not a network (`validate`).
    public static func write(
        _ graph: NIRGraph, to path: String, existing: ExistingFile = .replace
    ) throws(FileError) {
        try validate(graph, path: path, remedy: "correct the network before writing it")
        let writer = try HDF5Writer(path: path, existing: existing)
        try writer.write(version, to: "version")
        try write(graph, as: "node", to: writer)
        try writer.commit()
    }

    /// Reads a graph and checks that it is a network.
    ///
    /// - Throws: `FileError` naming the node and what is wrong with it.
    public static func read(_ path: String) throws(FileError) -> NIRGraph {
        let reader = try NIRFileReader(path: path)
        let graph = try reader.graph().completed()
        try validate(graph, path: path, remedy: "correct the file where it was written")
        return graph
    }

    private static func validate(
        _ graph: NIRGraph, path: String, remedy: String
    ) throws(FileError) {
        do throws(NIRError) {
            try graph.validate()
        } catch {
            throw .badData(path, error.description, remedy: remedy)
        }
    }

    private static func write(
        _ graph: NIRGraph, as place: String, to writer: HDF5Writer
    ) throws(FileError) {
        try writer.write("NIRGraph", to: "\(place)/type")
        try writer.write(
            graph.edges.flatMap { [$0.source, $0.target] }, shape: [graph.edges.count, 2],
            to: "\(place)/edges")
        for (name, node) in graph.nodes.sorted(by: { $0.key < $1.key }) {
            let nodePlace = "\(place)/nodes/\(name)"
            switch node.kind {
            case .graph(var inner):
                // The format has one metadata group per graph, shared by node and content.
                inner.metadata.merge(node.metadata) { $1 }
                try write(inner, as: nodePlace, to: writer)
                continue
            case .input(let shape), .output(let shape):
                try writer.write(
                    shape.map { Int64($0) }, shape: [shape.count], to: "\(nodePlace)/shape",
                    layout: .deflated)
            default:
                let (table, arrays) = node.kind.parameters!
                for (key, array) in arrays.sorted(by: { $0.key < $1.key }) {
                    // Releases 1.0.4 and 1.0.5 refuse v_reset; a missing one means zero.
                    if key == "v_reset", array.values.allSatisfy({ $0 == 0 }) { continue }
                    precondition(table.required.contains(key) || table.optional[key] != nil)
                    try writer.write(array.array, to: "\(nodePlace)/\(key)", layout: .deflated)
                }
            }
            try writer.write(node.kind.typeName, to: "\(nodePlace)/type")
            try write(node.metadata, as: "\(nodePlace)/metadata", to: writer)
        }
        try write(graph.metadata, as: "\(place)/metadata", to: writer)
    }

    private static func write(
        _ metadata: [String: NIRMetadata], as place: String, to writer: HDF5Writer
    ) throws(FileError) {
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            let key = "\(place)/\(name)"
            switch value {
            case .text(let text): try writer.write(text, to: key)
            case .integer(let number):
                try writer.write([number], shape: [], to: key, layout: .contiguous)
            case .real(let number):
                try writer.write([number], shape: [], to: key, layout: .contiguous)
            case .array(let array): try writer.write(array.array, to: key, layout: .deflated)
            case .group(let inner):
                if inner.isEmpty { try writer.makeGroup(key) }
                try write(inner, as: key, to: writer)
            }
        }
    }
}
