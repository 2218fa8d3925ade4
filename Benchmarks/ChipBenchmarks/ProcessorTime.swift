import Foundation

/// Seconds of processor time of this thread.
func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Median of measured values with their range.
struct Turns: Encodable {
    let median: Double
    let least: Double
    let largest: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        median = sorted[sorted.count / 2]
        least = sorted[0]
        largest = sorted[sorted.count - 1]
    }

    func text(_ format: String) -> String {
        String(
            format: "\(format) (\(format)..\(format))", median, least, largest)
    }
}
