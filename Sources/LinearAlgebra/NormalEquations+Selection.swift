extension NormalEquations {
    /// The unknowns that explain a target best, one after the other.
    ///
    /// Each step takes the regressor that lowers the squared error most, given those already
    /// taken: the largest c_i^2 / G_ii of what is left after eliminating them (orthogonal least
    /// squares; Chen, Billings and Luo, "Orthogonal least squares methods and their application to
    /// non-linear system identification", 1989). Greedy: the set is near the best of its size, not
    /// the best.
    ///
    /// - Parameters:
    ///   - count: How many, those always taken included.
    ///   - always: Taken first, in this order.
    /// - Returns: Indices in the order taken; fewer if the rest adds nothing.
    /// - Complexity: O(count order^2).
    public func forwardSelection(_ count: Int, always: [Int] = [], target: Int = 0) -> [Int] {
        var matrix = symmetricGram
        var side = (0..<order).map { correlation(target: target, $0) }
        let least = (0..<order).map { 1e-10 * matrix[$0 * order + $0] }
        var taken: [Int] = []
        var isTaken = [Bool](repeating: false, count: order)
        while taken.count < min(count, order) {
            let next: Int?
            if taken.count < always.count {
                next = always[taken.count]
            } else {
                next = (0..<order).filter {
                    !isTaken[$0] && matrix[$0 * order + $0] > least[$0]
                }.max {
                    side[$0] * side[$0] / matrix[$0 * order + $0]
                        < side[$1] * side[$1] / matrix[$1 * order + $1]
                }
            }
            guard let next else { break }
            taken.append(next)
            isTaken[next] = true
            let pivot = matrix[next * order + next]
            guard pivot > least[next] else { continue }
            let row = Array(matrix[next * order..<(next + 1) * order])
            for i in 0..<order where row[i] != 0 {
                let factor = row[i] / pivot
                for j in 0..<order { matrix[i * order + j] -= factor * row[j] }
                if i != next { side[i] -= factor * side[next] }
            }
        }
        return taken
    }
}
