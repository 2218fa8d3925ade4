/// The nodes of a graph in the order in which signals pass, each population with its recurrence.
struct GraphChain {
    struct Element {
        let name: String
        let kind: NIRNode.Kind
        /// Node of the weights that act on the population's own spikes, with its name.
        var recurrent: (name: String, kind: NIRNode.Kind)?
    }

    private(set) var elements: [Element] = []
    let inputCount: Int

    /// - Throws: when the graph is no chain.
    init(_ graph: NIRGraph) throws(ExchangeError) {
        let inputs = graph.nodes.filter(\.value.isInput)
        let outputs = graph.nodes.filter(\.value.isOutput)
        guard inputs.count == 1, let input = inputs.first, outputs.count == 1 else {
            throw ExchangeError(
                "has \(inputs.count) inputs and \(outputs.count) outputs; networks with one of "
                    + "each can be run")
        }
        guard let shape = input.value.inputShape, shape.count == 1 else {
            throw ExchangeError(
                "node '\(input.key)': has shape \(input.value.inputShape ?? []); inputs along one "
                    + "axis can be run")
        }
        inputCount = shape[0]
        var successors: [String: [String]] = [:]
        var predecessors: [String: Int] = [:]
        for edge in graph.edges {
            successors[edge.source, default: []].append(edge.target)
            predecessors[edge.target, default: 0] += 1
        }
        var name = input.key
        var visited: Set<String> = [name]
        while true {
            var next = successors[name] ?? []
            if let loop = Self.loop(at: name, in: graph, successors, predecessors) {
                next.removeAll { $0 == loop.name }
                elements[elements.count - 1].recurrent = loop
                visited.insert(loop.name)
            }
            guard next.count == 1, let target = next.first, let node = graph.nodes[target] else {
                throw ExchangeError(
                    "node '\(name)': leads to \(next.isEmpty ? "nothing" : "several nodes"); "
                        + "only a chain of layers, each perhaps recurrent, can be run")
            }
            if node.isOutput { break }
            guard visited.insert(target).inserted else {
                throw ExchangeError(
                    "node '\(target)': closes a loop over more than one layer, which cannot be run")
            }
            elements.append(try Self.element(target, node))
            name = target
        }
        if let stray = graph.nodes.keys.sorted().first(where: {
            !visited.contains($0) && !outputs.keys.contains($0)
        }) {
            throw ExchangeError(
                "node '\(stray)': is not on the way from input to output; "
                    + "only a chain of layers, each perhaps recurrent, can be run")
        }
    }

    /// A Linear node that takes only this population's spikes and gives only to it.
    private static func loop(
        at name: String, in graph: NIRGraph, _ successors: [String: [String]],
        _ predecessors: [String: Int]
    ) -> (name: String, kind: NIRNode.Kind)? {
        for target in successors[name] ?? [] where successors[target] == [name] {
            guard predecessors[target] == 1, let node = graph.nodes[target] else { continue }
            return (target, node.kind)
        }
        return nil
    }

    /// A node, or the population and its recurrent weights in a graph of four nodes.
    private static func element(
        _ name: String, _ node: NIRNode
    ) throws(ExchangeError) -> Element {
        guard case .graph(let inner) = node.kind else {
            return Element(name: name, kind: node.kind)
        }
        let chain: GraphChain
        do throws(ExchangeError) {
            chain = try GraphChain(inner)
        } catch {
            throw ExchangeError("within '\(name)': \(error.description)")
        }
        guard chain.elements.count == 1, let only = chain.elements.first else {
            throw ExchangeError(
                "node '\(name)': holds \(chain.elements.count) layers; a graph within a graph can "
                    + "be run when it is one population with recurrent weights")
        }
        return Element(
            name: name, kind: only.kind,
            recurrent: only.recurrent.map { ("\(name)/\($0.name)", $0.kind) })
    }
}
