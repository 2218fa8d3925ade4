import RealModule

/// Where a measured curve of bit error rate over noise power crosses a threshold.
public enum ThresholdCrossing {
    /// One measured point of the curve.
    public struct Point: Sendable, Hashable {
        /// Noise power in dB: more is worse.
        public var noiseDB: Double
        public var count: BitErrorCount
        public init(noiseDB: Double, count: BitErrorCount) {
            self.noiseDB = noiseDB
            self.count = count
        }
    }

    /// The noise power at which the curve crosses `bitErrorRate`, log BER interpolated linearly
    /// in dB between the two points around it.
    ///
    /// A point without errors enters with half an error; if its bits are too few to tell half an
    /// error from the threshold, it says nothing and is left out, as are points without bits. A
    /// curve that crosses several times, by chance or because a receiver fails at low noise, has
    /// the crossing of least noise: the careful one.
    ///
    /// - Parameter points: in any order.
    /// - Returns: nil if the curve does not go from above the threshold to below it, or onto it,
    ///   between the measured points.
    public static func noiseDB(of points: [Point], at bitErrorRate: Double) -> Double? {
        precondition(bitErrorRate > 0, "a threshold is positive")
        let curve = points.filter { $0.count.bits > 0 }
            .map { point in
                (noise: point.noiseDB, rate: max(point.count.rate, 0.5 / Double(point.count.bits)),
                    hasErrors: point.count.bitErrors > 0)
            }
            .filter { $0.hasErrors || $0.rate < bitErrorRate }
            .sorted { $0.noise < $1.noise }
        for (better, worse) in zip(curve, curve.dropFirst())
        where better.rate <= bitErrorRate && worse.rate > bitErrorRate {
            let low = Double.log(better.rate)
            let share = (Double.log(bitErrorRate) - low) / (Double.log(worse.rate) - low)
            return better.noise + share * (worse.noise - better.noise)
        }
        // A last point exactly on the threshold is a crossing without a point beyond it.
        return curve.last.flatMap { $0.rate == bitErrorRate ? $0.noise : nil }
    }
}
