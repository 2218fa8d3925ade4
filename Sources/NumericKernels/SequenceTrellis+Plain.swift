extension SequenceTrellis {
    /// One step forward, one branch at a time, any number of symbol values.
    ///
    /// - Parameters:
    ///   - moved: targets of `rest`, then gains of the pairs [new, old]; nil for the sample alone.
    ///   - survivors: the dropped symbol on the best way to each state, if wanted.
    func plainForwardStep(
        means: UnsafePointer<Float>, sample: Float, moved: UnsafePointer<Float>?,
        from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>,
        survivors: UnsafeMutablePointer<UInt8>?
    ) {
        for new in 0..<order {
            for rest in 0..<restCount {
                var best = Float.infinity
                var winner = 0
                for old in 0..<order {
                    let pair = new * order + old
                    let target = moved.map { $0[rest] - $0[restCount + pair] } ?? sample
                    let d = target - means[pair * restCount + rest]
                    let cost = from[old * restCount + rest].addingProduct(d, d)
                    if cost < best {
                        best = cost
                        winner = old
                    }
                }
                to[rest * order + new] = best
                if let survivors {
                    survivors[rest * order + new] = UInt8(truncatingIfNeeded: winner)
                }
            }
        }
    }

    /// One step backward.
    func plainBackwardStep(
        means: UnsafePointer<Float>, sample: Float, moved: UnsafePointer<Float>?,
        from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>
    ) {
        for old in 0..<order {
            for rest in 0..<restCount {
                var best = Float.infinity
                for new in 0..<order {
                    let pair = new * order + old
                    let target = moved.map { $0[rest] - $0[restCount + pair] } ?? sample
                    let d = target - means[pair * restCount + rest]
                    let cost = from[rest * order + new].addingProduct(d, d)
                    best = cost < best ? cost : best
                }
                to[old * restCount + rest] = best
            }
        }
    }
}
