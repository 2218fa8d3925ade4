/// Steps of a radix-4 trellis along vectors of `rest`; see `SequenceTrellis` for the shapes.
///
/// A branch takes a difference, a fused square-and-add and a minimum; the metrics of the four
/// states that a vector of branches starts from stay in registers for all sixteen.
enum VectorTrellis<V: TrellisLanes> {
    @inline(__always)
    static func forward(
        rest count: Int, means: UnsafePointer<Float>, sample: Float,
        moved: UnsafePointer<Float>?, from: UnsafePointer<Float>,
        to: UnsafeMutablePointer<Float>, survivors: UnsafeMutablePointer<UInt8>?
    ) {
        // Each call has its own copy of the loop, without what is nil.
        switch (moved, survivors) {
        case (nil, nil):
            forwardLoop(count, means, sample, nil, from, to, nil)
        case (nil, let survivors?):
            forwardLoop(count, means, sample, nil, from, to, survivors)
        case (let moved?, nil):
            forwardLoop(count, means, sample, moved, from, to, nil)
        case (let moved?, let survivors?):
            forwardLoop(count, means, sample, moved, from, to, survivors)
        }
    }

    @inline(__always)
    static func backward(
        rest count: Int, means: UnsafePointer<Float>, sample: Float,
        moved: UnsafePointer<Float>?, from: UnsafePointer<Float>,
        to: UnsafeMutablePointer<Float>
    ) {
        if let moved {
            backwardLoop(count, means, sample, moved, from, to)
        } else {
            backwardLoop(count, means, sample, nil, from, to)
        }
    }

    @inline(__always)
    static func leastSum(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int
    ) -> Float {
        var least = V.load(a) + V.load(b)
        var r = V.scalarCount
        while r < count {
            least = least.lesser(V.load(a + r) + V.load(b + r))
            r += V.scalarCount
        }
        var result = least[0]
        for lane in 1..<V.scalarCount { result = least[lane] < result ? least[lane] : result }
        return result
    }

    @inline(__always)
    private static func forwardLoop(
        _ count: Int, _ means: UnsafePointer<Float>, _ sample: Float,
        _ moved: UnsafePointer<Float>?, _ from: UnsafePointer<Float>,
        _ to: UnsafeMutablePointer<Float>, _ survivors: UnsafeMutablePointer<UInt8>?
    ) {
        let pairs = moved.map { $0 + count }
        var target = V(repeating: sample)
        var r = 0
        while r < count {
            let a = (
                V.load(from + r), V.load(from + count + r), V.load(from + 2 * count + r),
                V.load(from + 3 * count + r)
            )
            if let moved { target = V.load(moved + r) }
            let m = means + 16 * r
            if let survivors {
                let (v0, w0) = marked(a, target, m, pairs)
                let (v1, w1) = marked(a, target, m + 4 * V.scalarCount, pairs.map { $0 + 4 })
                let (v2, w2) = marked(a, target, m + 8 * V.scalarCount, pairs.map { $0 + 8 })
                let (v3, w3) = marked(a, target, m + 12 * V.scalarCount, pairs.map { $0 + 12 })
                V.storeInTurn(v0, v1, v2, v3, to: to + 4 * r)
                V.storePacked(w0, w1, w2, w3, to: survivors + r)
            } else {
                V.storeInTurn(
                    least(a, target, m, pairs, 1),
                    least(a, target, m + 4 * V.scalarCount, pairs.map { $0 + 4 }, 1),
                    least(a, target, m + 8 * V.scalarCount, pairs.map { $0 + 8 }, 1),
                    least(a, target, m + 12 * V.scalarCount, pairs.map { $0 + 12 }, 1),
                    to: to + 4 * r)
            }
            r += V.scalarCount
        }
    }

    @inline(__always)
    private static func backwardLoop(
        _ count: Int, _ means: UnsafePointer<Float>, _ sample: Float,
        _ moved: UnsafePointer<Float>?, _ from: UnsafePointer<Float>,
        _ to: UnsafeMutablePointer<Float>
    ) {
        let pairs = moved.map { $0 + count }
        var target = V(repeating: sample)
        var r = 0
        while r < count {
            let b = V.loadInTurn(from + 4 * r)
            if let moved { target = V.load(moved + r) }
            for old in 0..<4 {
                least(
                    b, target, means + 16 * r + old * V.scalarCount, pairs.map { $0 + old }, 4
                ).store(to: to + old * count + r)
            }
            r += V.scalarCount
        }
    }

    /// The least of four metrics, each plus the cost of its branch.
    ///
    /// - Parameter step: pairs from one branch to the next, 1 along `old` and 4 along `new`.
    @inline(__always)
    private static func least(
        _ a: (V, V, V, V), _ target: V, _ m: UnsafePointer<Float>,
        _ pairs: UnsafePointer<Float>?, _ step: Int
    ) -> V {
        let stride = step * V.scalarCount
        let c0 = cost(a.0, target, m, pairs)
        let c1 = cost(a.1, target, m + stride, pairs.map { $0 + step })
        let c2 = cost(a.2, target, m + 2 * stride, pairs.map { $0 + 2 * step })
        let c3 = cost(a.3, target, m + 3 * stride, pairs.map { $0 + 3 * step })
        return c0.lesser(c1).lesser(c2.lesser(c3))
    }

    /// As `least`, with the number of the branch; the lower one of equals.
    @inline(__always)
    private static func marked(
        _ a: (V, V, V, V), _ target: V, _ m: UnsafePointer<Float>,
        _ pairs: UnsafePointer<Float>?
    ) -> (V, V) {
        let stride = V.scalarCount
        let c0 = cost(a.0, target, m, pairs)
        let c1 = cost(a.1, target, m + stride, pairs.map { $0 + 1 })
        let c2 = cost(a.2, target, m + 2 * stride, pairs.map { $0 + 2 })
        let c3 = cost(a.3, target, m + 3 * stride, pairs.map { $0 + 3 })
        let low = V(repeating: 0).marked(V(repeating: 1), where: c1, isBelow: c0)
        let high = V(repeating: 2).marked(V(repeating: 3), where: c3, isBelow: c2)
        let lowBest = c0.lesser(c1)
        let highBest = c2.lesser(c3)
        return (
            lowBest.lesser(highBest), low.marked(high, where: highBest, isBelow: lowBest)
        )
    }

    @inline(__always)
    private static func cost(
        _ metric: V, _ target: V, _ mean: UnsafePointer<Float>, _ pair: UnsafePointer<Float>?
    ) -> V {
        let moved = pair.map { target - V(repeating: $0.pointee) } ?? target
        let d = moved - V.load(mean)
        return metric.addingProduct(d, d)
    }
}
