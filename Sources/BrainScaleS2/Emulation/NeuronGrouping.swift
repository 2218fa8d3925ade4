/// Populations that must be advanced together: those on a common loop of projections. Groups come
/// in an order in which no group feeds an earlier one, so each runs a whole trial before the next.
struct NeuronGrouping {
    /// Populations of each group.
    let groups: [[Int]]
    let isRecurrent: [Bool]

    /// Strongly connected components of the graph of populations (Tarjan 1972).
    init(_ network: NetworkDescription) {
        let count = network.populations.count
        var targets = [[Int]](repeating: [], count: count)
        for projection in network.projections {
            if case .population(let origin) = projection.origin {
                targets[origin.index].append(projection.target.index)
            }
        }
        var search = Search(targets: targets)
        for population in 0..<count where search.order[population] < 0 {
            search.visit(population)
        }
        // Tarjan finds a component after everything it feeds.
        groups = search.components.reversed().map { $0.sorted() }
        isRecurrent = groups.map { group in
            group.count > 1 || targets[group[0]].contains(group[0])
        }
    }

    /// Which neurons are recorded, all of them in order of groups, and where they lie in each group.
    func recording(_ network: NetworkDescription) -> (
        neurons: [Int], groups: [[(lane: Int, count: Int, channel: Int)]]
    ) {
        var firsts: [Int] = []
        var next = 0
        for population in network.populations {
            firsts.append(next)
            next += population.count
        }
        var neurons: [Int] = []
        let recordings = groups.map { populations in
            var lane = 0
            var list: [(lane: Int, count: Int, channel: Int)] = []
            for population in populations {
                let count = network.populations[population].count
                if network.populations[population].isRecorded {
                    list.append((lane, count, neurons.count))
                    neurons += Array(firsts[population]..<firsts[population] + count)
                }
                lane += count
            }
            return list
        }
        return (neurons, recordings)
    }

    private struct Search {
        let targets: [[Int]]
        var order: [Int]
        var low: [Int]
        var onStack: [Bool]
        var stack: [Int] = []
        var components: [[Int]] = []
        var counter = 0

        init(targets: [[Int]]) {
            self.targets = targets
            order = Array(repeating: -1, count: targets.count)
            low = order
            onStack = Array(repeating: false, count: targets.count)
        }

        mutating func visit(_ v: Int) {
            order[v] = counter
            low[v] = counter
            counter += 1
            stack.append(v)
            onStack[v] = true
            for w in targets[v] {
                if order[w] < 0 {
                    visit(w)
                    low[v] = min(low[v], low[w])
                } else if onStack[w] {
                    low[v] = min(low[v], order[w])
                }
            }
            guard low[v] == order[v] else { return }
            var component: [Int] = []
            while let w = stack.popLast() {
                onStack[w] = false
                component.append(w)
                if w == v { break }
            }
            components.append(component)
        }
    }
}
