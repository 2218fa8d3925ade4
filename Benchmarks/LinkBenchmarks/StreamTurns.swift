import Foundation
import LinkExperiments
import Modulation
import OpticalLink
import RandomStreams

/// The published tasks, and how long parts of them take.
struct StreamTurns {
    static let tasks = ["lcd", "ssmf"]

    static func link(_ name: String) throws -> LinkParameters {
        try LinkDescription(file: Catalog.standard().file(.channels, name)).parameters
    }

    /// Seconds of processor time of this thread.
    static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Largest resident size so far, in MB.
    static func residentMegabytes() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) / 1024
    }

    private let stream: LinkStream
    private let workspace = LinkStream.Workspace()
    private var symbols = [UInt8](repeating: 0, count: 10_000)
    private var received = [Float](repeating: 0, count: 10_000)
    /// Of what was computed, so that nothing can be left out.
    private(set) var sum: Float = 0

    init(_ link: LinkParameters) { stream = LinkStream(link, stream: RandomStream(seed: 1)) }

    /// Runs through `count` symbols in pieces of 10 000; returns seconds of processor time.
    mutating func run(_ count: Int) -> Double {
        let start = Self.processorTime()
        for first in stride(from: 0, to: count, by: 10_000) {
            stream.fill(
                first: first, count: min(10_000, count - first), symbols: &symbols,
                received: &received, workspace: workspace)
            sum += received[0]
        }
        return Self.processorTime() - start
    }
}
