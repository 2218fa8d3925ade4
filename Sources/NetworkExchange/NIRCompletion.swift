extension NIRGraph {
    /// The graph with what some tools leave out of their files.
    ///
    /// One number may stand for all neurons (snntorch issue 410), and ports may carry the batch
    /// axis of the sample that the network was traced with. Both are only taken for what they are
    /// where the neighbouring nodes say so.
    func completed() -> NIRGraph {
        var result = self
        for (name, node) in nodes {
            if case .graph(let inner) = node.kind {
                result.nodes[name]?.kind = .graph(inner.completed())
            } else if let kind = spread(node.kind, before(name)) {
                result.nodes[name]?.kind = kind
            }
        }
        for (name, node) in result.nodes {
            switch node.kind {
            case .input(let shape):
                let next = result.edges.filter { $0.source == name }
                    .compactMap { result.nodes[$0.target]?.inputShape }
                if let short = Self.withoutBatch(shape, next) {
                    result.nodes[name]?.kind = .input(shape: short)
                }
            case .output(let shape):
                if let short = Self.withoutBatch(shape, result.before(name)) {
                    result.nodes[name]?.kind = .output(shape: short)
                }
            default: break
            }
        }
        return result
    }

    /// Shapes of what a node is given.
    private func before(_ name: String) -> [[Int]] {
        edges.filter { $0.target == name }.compactMap { nodes[$0.source]?.outputShape }
    }

    private static func withoutBatch(_ shape: [Int], _ neighbours: [[Int]]) -> [Int]? {
        guard shape.count > 1, shape[0] == 1 else { return nil }
        let rest = Array(shape.dropFirst())
        return neighbours.contains(rest) && !neighbours.contains(shape) ? rest : nil
    }

    /// A population whose single numbers are repeated for every neuron; nil when there are none.
    private func spread(_ kind: NIRNode.Kind, _ given: [[Int]]) -> NIRNode.Kind? {
        guard let (table, arrays) = kind.parameters, arrays["weight"] == nil,
            arrays.values.contains(where: { $0.shape.isEmpty }),
            let shape = arrays.values.map(\.shape).first(where: { !$0.isEmpty })
                ?? given.first(where: { !$0.isEmpty }),
            // A port can claim any shape.
            shape.count == 1, shape[0] <= 1 << 22
        else { return nil }
        return NIRNode.Kind(
            table,
            arrays.mapValues { array in
                array.shape.isEmpty
                    ? NIRTensor(
                        [Double](repeating: array.values[0], count: shape[0]), shape: shape,
                        precision: array.precision) : array
            })
    }
}
