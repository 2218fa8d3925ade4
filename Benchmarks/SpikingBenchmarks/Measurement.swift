import Dispatch
import Foundation

/// Seconds of processor time per unit of work, from repeats that alternate with those of the other candidates.
struct Measurement: Codable {
    /// Median over the repeats.
    var median: Double
    var minimum: Double
    var maximum: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        median =
            sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        minimum = sorted[0]
        maximum = sorted[sorted.count - 1]
    }
}

/// Something to be timed: `run` does work and says how many units of it.
struct Candidate {
    var name: String
    var run: () -> Int
}

/// Times candidates in turns, so that a change of the machine's load meets all of them.
struct Stopwatch {
    /// Turns of every candidate.
    var repeats = 5
    /// Shortest time of one turn, in seconds.
    var turn = 0.12

    /// Seconds of monotonic time.
    static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

    /// Seconds of processor time that all threads of this process have used.
    static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// What a turn did and took.
    struct Turn {
        var units: Int
        var seconds: Double
        var processorSeconds: Double
    }

    static func time(atLeast seconds: Double, _ run: () -> Int) -> Turn {
        let start = now()
        let processorStart = processorTime()
        var turn = Turn(units: 0, seconds: 0, processorSeconds: 0)
        repeat {
            turn.units += run()
            turn.seconds = now() - start
        } while turn.seconds < seconds
        turn.processorSeconds = processorTime() - processorStart
        return turn
    }

    /// Seconds of processor time per unit of every turn, shape [candidate][turn]. Other programs
    /// that share the core do not count.
    func turns(_ candidates: [Candidate]) -> [[Double]] {
        for candidate in candidates { _ = candidate.run() }
        var result = [[Double]](repeating: [], count: candidates.count)
        for _ in 0..<repeats {
            for (i, candidate) in candidates.enumerated() {
                let turn = Self.time(atLeast: turn, candidate.run)
                result[i].append(turn.processorSeconds / Double(turn.units))
            }
        }
        return result
    }
}

/// What the process has used.
enum ProcessMemory {
    /// Highest resident memory so far in megabytes (VmHWM), nil where the system does not tell.
    static var peakInMegabytes: Double? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = Double(line.split(whereSeparator: { !$0.isNumber }).first ?? "")
        else { return nil }
        return kilobytes / 1024
    }
}

/// The machine in words: processor and cores, nothing that identifies it.
struct Machine: Codable {
    var processor: String
    var cores: Int

    static var current: Machine {
        let information =
            (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let name = information.split(separator: "\n").first { $0.hasPrefix("model name") }
            .flatMap { $0.split(separator: ":").last }
            .map { $0.trimmingCharacters(in: .whitespaces) }
        return Machine(
            processor: name ?? "unknown", cores: ProcessInfo.processInfo.activeProcessorCount)
    }
}
