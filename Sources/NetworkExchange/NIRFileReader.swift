import ArrayFiles

/// One pass over a `.nir` file; strict where the Python package is, and about numbers stricter.
struct NIRFileReader {
    private let path: String
    private let file: HDF5Reader

    init(path: String) throws(FileError) {
        self.path = path
        file = try HDF5Reader(path: path, byteLimit: NIRFile.byteLimit)
    }

    func graph() throws(FileError) -> NIRGraph {
        guard try file.contains("node") else {
            throw bad("holds no network: '/node' is missing")
        }
        guard try type(of: "node", node: "node") == "NIRGraph" else {
            throw bad("holds no network: '/node' is not a graph")
        }
        return try graph(at: "node", named: "", depth: 0)
    }

    private func bad(_ reason: String) -> FileError {
        .badData(path, reason, remedy: "correct the file where it was written")
    }

    private func bad(_ node: String, _ reason: String) -> FileError {
        bad(node.isEmpty ? "the graph \(reason)" : "node '\(node)': \(reason)")
    }

    private func type(of place: String, node: String) throws(FileError) -> String {
        guard try file.contains("\(place)/type") else { throw bad(node, "has no type") }
        return try file.readText("\(place)/type")
    }

    private func graph(
        at place: String, named name: String, depth: Int
    ) throws(FileError) -> NIRGraph {
        guard depth < NIRGraph.depthLimit else { throw bad(name, "is nested too deeply") }
        try requireKeys(["type", "nodes", "edges", "metadata"], at: place, node: name)
        guard try file.contains("\(place)/edges") else { throw bad(name, "has no edges") }
        guard try file.contains("\(place)/nodes") else { throw bad(name, "has no nodes") }
        var graph = NIRGraph(nodes: [:], edges: [])
        for member in try file.members(of: "\(place)/nodes") {
            let fullName = name.isEmpty ? member.name : "\(name)/\(member.name)"
            guard member.isGroup else { throw bad(fullName, "is not a group") }
            graph.nodes[member.name] = try node(
                at: "\(place)/nodes/\(member.name)", named: fullName, depth: depth)
        }
        graph.edges = try edges(at: "\(place)/edges", node: name)
        graph.metadata = try metadata(at: "\(place)/metadata", node: name)
        return graph
    }

    private func edges(at place: String, node: String) throws(FileError) -> [NIREdge] {
        let dataset = try file.dataset(place)
        // Python writes a graph without edges as an empty list of numbers.
        if dataset.shape.contains(0) { return [] }
        let table = try file.readTexts(place)
        guard table.shape.count == 2, table.shape[1] == 2 else {
            throw bad(node, "has edges of shape \(table.shape), not [edge, 2]")
        }
        return stride(from: 0, to: table.values.count, by: 2).map {
            NIREdge(table.values[$0], table.values[$0 + 1])
        }
    }

    private func node(
        at place: String, named name: String, depth: Int
    ) throws(FileError) -> NIRNode {
        let type = try type(of: place, node: name)
        switch type {
        case "NIRGraph": return NIRNode(.graph(try graph(at: place, named: name, depth: depth + 1)))
        case "Input", "Output":
            try requireKeys(["type", "shape", "metadata"], at: place, node: name)
            let shape = try portShape(at: place, node: name)
            return NIRNode(
                type == "Input" ? .input(shape: shape) : .output(shape: shape),
                metadata: try metadata(at: "\(place)/metadata", node: name))
        default: break
        }
        guard let table = NIRParameters.all.first(where: { $0.type == type }) else {
            let known = NIRParameters.knownTypes.joined(separator: ", ")
            throw bad(name, "has type '\(type)', which is not known here (known: \(known))")
        }
        return NIRNode(
            NIRNode.Kind(table, try parameters(table, at: place, node: name)),
            metadata: try metadata(at: "\(place)/metadata", node: name))
    }

    private func parameters(
        _ table: NIRParameters, at place: String, node: String
    ) throws(FileError) -> [String: NIRTensor] {
        try requireKeys(
            Set(table.required).union(table.optional.keys).union(["type", "metadata"]),
            at: place, node: node)
        var arrays: [String: NIRTensor] = [:]
        for key in table.required {
            guard try file.contains("\(place)/\(key)") else {
                throw bad(node, "\(table.type) needs \(key), which is missing")
            }
            arrays[key] = try tensor(at: "\(place)/\(key)", node: node, key)
        }
        for (key, value) in table.optional {
            let like = arrays["r"]!
            guard try file.contains("\(place)/\(key)") else {
                arrays[key] = .filled(value, like: like)
                continue
            }
            let array = try tensor(at: "\(place)/\(key)", node: node, key)
            // One value stands for all neurons.
            arrays[key] =
                array.values.count == 1
                ? NIRTensor(
                    [Double](repeating: array.values[0], count: like.values.count),
                    shape: like.shape, precision: array.precision)
                : array
        }
        return arrays
    }

    private func tensor(
        at place: String, node: String, _ key: String
    ) throws(FileError) -> NIRTensor {
        let dataset = try file.dataset(place)
        switch dataset.elementType {
        case .float32:
            let array = try file.read(place, as: Float.self)
            return NIRTensor(array.values, shape: array.shape)
        case .none: throw bad(node, "\(key) holds texts where numbers are needed")
        case .int64, .uint64:
            // Python integers; exact up to 2^53.
            let values = try integers(at: place).map { Double($0) }
            return NIRTensor(values, shape: dataset.shape)
        default:
            let array = try file.read(place, as: Double.self)
            return NIRTensor(array.values, shape: array.shape)
        }
    }

    private func integers(at place: String) throws(FileError) -> [Int64] {
        let array = try file.readArray(place)
        if let values = array.values(as: UInt64.self) {
            let narrowed = values.compactMap { Int64(exactly: $0) }
            guard narrowed.count == values.count else {
                throw bad("dataset '\(place)' holds numbers that are too large")
            }
            return narrowed
        }
        return try file.read(place, as: Int64.self).values
    }

    private func portShape(at place: String, node: String) throws(FileError) -> [Int] {
        guard try file.contains("\(place)/shape") else {
            throw bad(node, "needs shape, which is missing")
        }
        let values = try integers(at: "\(place)/shape")
        let shape = values.compactMap { Int(exactly: $0) }
        // A port's shape is compared with array shapes, whose product fits memory.
        guard shape.count == values.count, shape.count <= ArrayLimits.rank,
            shape.allSatisfy({ $0 > 0 && $0 <= 1 << 40 })
        else { throw bad(node, "has shape \(values)") }
        return shape
    }

    private func requireKeys(
        _ known: Set<String>, at place: String, node: String
    ) throws(FileError) {
        for member in try file.members(of: place) where !known.contains(member.name) {
            throw bad(node, "has '\(member.name)', which is not known for its type")
        }
    }

    /// Hints; entries of kinds that have no counterpart here are left out.
    private func metadata(
        at place: String, node: String, depth: Int = 0
    ) throws(FileError) -> [String: NIRMetadata] {
        guard try file.contains(place) else { return [:] }
        guard depth < NIRGraph.depthLimit else { throw bad(node, "nests metadata too deeply") }
        var result: [String: NIRMetadata] = [:]
        for member in try file.members(of: place) {
            let key = "\(place)/\(member.name)"
            if member.isGroup {
                result[member.name] = .group(
                    try metadata(at: key, node: node, depth: depth + 1))
                continue
            }
            let dataset = try file.dataset(key)
            switch dataset.elementType {
            case .none:
                if dataset.shape.isEmpty { result[member.name] = .text(try file.readText(key)) }
            case let type? where dataset.shape.isEmpty && (type == .float32 || type == .float64):
                result[member.name] = .real(try file.read(key, as: Double.self).values[0])
            case let type? where dataset.shape.isEmpty && type != .bool && type != .uint64:
                result[member.name] = .integer(try file.read(key, as: Int64.self).values[0])
            case .float32, .float64:
                result[member.name] = .array(try tensor(at: key, node: node, member.name))
            default: break
            }
        }
        return result
    }
}
