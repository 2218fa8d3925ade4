import Modulation
import NumericKernels

/// Exact comparison of a few sequences where a search was unsure.
///
/// Symbols whose second-best value is less than `doubt` behind the best are unreliable; those
/// within `reach` of each other belong together. For each such group all patterns of best and
/// second-best values are tried, the rest of the block as decided, and compared by what they cost
/// under the whole series: sum over the samples that they change of
/// (sample - mean)^2 / (2 variance). This is the way in which D. Chase (1972) decodes: try all
/// patterns of the least reliable positions.
struct ChaseSearch {
    let series: SymbolSeries
    let variance: Double
    /// Most symbols of a group that are tried, the least reliable ones.
    let positions: Int

    /// Log likelihood by which a second-best value must be behind to be left alone.
    private static let doubt: Float = 6
    /// Symbols further apart are tried one after the other.
    private static let reach = 6

    private struct Unreliable {
        var position: Int
        var best: UInt8
        var second: UInt8
        var gap: Float
    }

    /// Improves decisions and scores of a block.
    func refine(_ detection: inout Detection, received: [Double]) {
        let doubtful = unreliable(detection)
        guard !doubtful.isEmpty else { return }
        for group in groups(doubtful, count: received.count) {
            var chosen = group
            if chosen.count > positions {
                let kept = chosen.sorted { ($0.gap, $0.position) < ($1.gap, $1.position) }
                chosen = Array(kept[..<positions])
            }
            decide(chosen, detection: &detection, received: received)
        }
    }

    private func unreliable(_ detection: Detection) -> [Unreliable] {
        let order = series.levels.count
        var result: [Unreliable] = []
        for (k, best) in detection.symbols.enumerated() {
            var second = best
            var gap = Self.doubt
            for c in 0..<order where c != Int(best) {
                // The decision's score is zero, all others are below.
                let behind = -detection.scores[k * order + c]
                if behind < gap { (gap, second) = (behind, UInt8(c)) }
            }
            if second != best {
                result.append(Unreliable(position: k, best: best, second: second, gap: gap))
            }
        }
        return result
    }

    /// Runs of unreliable symbols around the circle; positions may pass its end.
    private func groups(_ all: [Unreliable], count: Int) -> [[Unreliable]] {
        func distance(before i: Int) -> Int {
            i > 0
                ? all[i].position - all[i - 1].position
                : all[0].position + count - all[all.count - 1].position
        }
        // Where all hang together, the circle is cut anywhere.
        let start = all.indices.first { distance(before: $0) > Self.reach } ?? 0
        var result: [[Unreliable]] = []
        for n in all.indices {
            let i = (start + n) % all.count
            if n == 0 || distance(before: i) > Self.reach { result.append([]) }
            result[result.count - 1].append(all[i])
        }
        return result
    }

    private func decide(
        _ group: [Unreliable], detection: inout Detection, received: [Double]
    ) {
        let count = received.count
        let half = series.span / 2
        var samples: [Int] = []
        for symbol in group {
            for k in symbol.position - half...symbol.position + half {
                samples.append(((k % count) + count) % count)
            }
        }
        samples = Array(Set(samples)).sorted()

        let order = series.levels.count
        var least = [Double](repeating: .infinity, count: group.count * 2)
        var winner = (cost: Double.infinity, pattern: 0)
        for pattern in 0..<(1 << group.count) {
            for (i, symbol) in group.enumerated() {
                detection.symbols[symbol.position] =
                    pattern >> i & 1 == 0 ? symbol.best : symbol.second
            }
            let cost = cost(
                detection.symbols, received: received, samples: samples,
                counting: &detection.operations)
            for i in group.indices {
                let value = 2 * i + (pattern >> i & 1)
                least[value] = min(least[value], cost)
            }
            if cost < winner.cost { winner = (cost, pattern) }
        }
        detection.operations.comparisons += (1 << group.count) * (group.count + 1)
        for (i, symbol) in group.enumerated() {
            detection.symbols[symbol.position] =
                winner.pattern >> i & 1 == 0 ? symbol.best : symbol.second
            let scores = symbol.position * order
            detection.scores[scores + Int(symbol.best)] = Float(winner.cost - least[2 * i])
            detection.scores[scores + Int(symbol.second)] = Float(winner.cost - least[2 * i + 1])
        }
    }

    private func cost(
        _ symbols: [UInt8], received: [Double], samples: [Int],
        counting operations: inout OperationCounts
    ) -> Double {
        let count = symbols.count
        let span = series.span
        var x = [Double](repeating: 0, count: span)
        var sum = 0.0
        for k in samples {
            for i in 0..<span {
                let n = k - span / 2 + i
                x[i] = series.levels[Int(symbols[((n % count) + count) % count])]
            }
            let d = received[k] - series.mean(x)
            sum += d * d
        }
        operations.multiplyAccumulates += samples.count * (series.weights.count + span)
        return sum / (2 * variance)
    }
}
