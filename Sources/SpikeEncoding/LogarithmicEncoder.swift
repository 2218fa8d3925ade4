import Foundation
import NumericKernels

/// One spike per sample, the earlier the larger its magnitude, on a logarithmic scale; one of two
/// neurons fires, by the sign.
///
/// With x = |y - mean| / largest, the spike comes in step floor(-steps ln x / ln(range)), that is at
/// once for the largest magnitude and in the last step near largest / range; smaller ones stay
/// silent. The name and the idea are those of the field (arXiv 2211.04756 compares it with ternary
/// bits); step count and range are parameters here.
public struct LogarithmicEncoder: Sendable, Hashable, Codable {
    /// Samples below the mean, and above it.
    public static let neuronsPerTap = 2

    public let tapCount: Int
    public let stepCount: Int
    public let mean: Double
    public let largest: Double
    /// Ratio of the largest to the smallest magnitude that is still sent.
    public let range: Double

    /// - Precondition: 1 to 254 steps, a positive largest magnitude, a range above 1.
    public init(tapCount: Int, stepCount: Int, mean: Double, largest: Double, range: Double) {
        precondition(tapCount > 0 && (1...254).contains(stepCount))
        precondition(mean.isFinite && largest > 0 && largest.isFinite)
        precondition(range > 1 && range.isFinite)
        self.tapCount = tapCount
        self.stepCount = stepCount
        self.mean = mean
        self.largest = largest
        self.range = range
    }

    func encode(_ window: UnsafePointer<Float>, into events: inout LIFNetwork.Events) {
        let perStep = Double(stepCount) / log(range)
        var count = 0
        for tap in 0..<tapCount {
            let y = Double(window[tap]) - mean
            if y == 0 { continue }
            let exact = max(0, -perStep * log(abs(y) / largest))
            if exact >= Double(stepCount) { continue }
            events.inputs[count] = UInt16(truncatingIfNeeded: 2 * tap + (y > 0 ? 1 : 0))
            events.steps[count] = UInt8(exact)
            count += 1
        }
        events.stepEnd = stepCount
        events.count = count
    }

    /// Samples at which the step changes.
    var breakpoints: Set<Double> {
        var points: Set<Double> = [mean]
        for step in 1...stepCount {
            let distance = largest * pow(range, -Double(step) / Double(stepCount))
            points.insert(mean - distance)
            points.insert(mean + distance)
        }
        return points
    }
}
