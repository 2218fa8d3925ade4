import Foundation

/// What one candidate did in turns that alternate with those of others, so that a change of the
/// machine's load meets all of them.
struct Turns {
    let name: String
    /// Millions of units per second of processor time, one for each turn.
    var rates: [Double] = []

    var median: Double { Self.median(rates) }

    static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// Seconds of processor time that this process has used.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// - Parameter candidates: names, and work that returns how many units it did.
    static func time(
        _ candidates: [(String, () -> Int)], repeats: Int, atLeast seconds: Double = 0.1
    ) -> [Turns] {
        var result = candidates.map { Turns(name: $0.0) }
        for (_, run) in candidates { _ = run() }
        for _ in 0..<repeats {
            for (i, (_, run)) in candidates.enumerated() {
                let start = processorTime()
                var units = 0
                var spent = 0.0
                repeat {
                    units += run()
                    spent = processorTime() - start
                } while spent < seconds
                result[i].rates.append(Double(units) / spent * 1e-6)
            }
        }
        return result
    }
}
