public import RandomStreams
import RealModule

/// What the scatter of blocks says of crossings and of differences between receivers that saw the
/// same blocks.
///
/// Block i of a seed holds the same symbols and the same noise, but for its strength, for every
/// receiver and noise level, so their errors rise and fall together, and a difference is known far
/// better than either rate. Each replicate gives every block a Poisson weight of mean 1, the same
/// weight wherever the block was counted, and reckons all rates, crossings and differences again;
/// the 2.5 and 97.5 % quantiles over replicates are the interval. Blocks are whole, so errors that
/// come together stay together.
///
/// - Source: Efron and Tibshirani, "An Introduction to the Bootstrap"; Poisson weights: Hanley and
///   MacGibbon, "Creating non-parametric bootstrap samples using Poisson frequencies", 2006.
public struct PairedBootstrap: Sendable {
    /// A curve of blocks over noise levels.
    public struct Curve: Sendable, Hashable {
        public var points: [Point]
        public init(points: [Point]) { self.points = points }
        public struct Point: Sendable, Hashable {
            public var noiseDB: Double
            public var blocks: BlockErrors
            public init(noiseDB: Double, blocks: BlockErrors) {
                self.noiseDB = noiseDB
                self.blocks = blocks
            }
        }
    }

    /// A value with its 95 % interval; an end is nil where too many replicates have no value.
    public struct Estimate: Sendable, Hashable {
        public var value: Double
        public var low: Double?
        public var high: Double?
        /// Both ends, if there are.
        public var interval: ClosedRange<Double>? {
            guard let low, let high, low <= high else { return nil }
            return low...high
        }
    }

    public static let replicateCount = 1000

    /// Bits and errors of every replicate, replicate 0 being the data: [curve][point][replicate].
    private let counts: [[[BitErrorCount]]]
    private let noiseLevels: [[Double]]

    /// - Parameter stream: of the weights; the same stream gives the same intervals.
    public init(_ curves: [Curve], stream: RandomStream) {
        noiseLevels = curves.map { $0.points.map(\.noiseDB) }
        let longest = curves.flatMap(\.points).map { $0.blocks.errors.count }.max() ?? 0
        var counts = curves.map { curve in
            curve.points.map { point in
                [
                    BitErrorCount(
                        bits: point.blocks.bitsPerBlock * point.blocks.errors.count,
                        bitErrors: point.blocks.total, symbolErrors: 0)
                ]
            }
        }
        let thresholds = Self.poissonThresholds
        var weights = [Int](repeating: 0, count: longest)
        for replicate in 0..<Self.replicateCount {
            var numbers = stream.substream("bootstrap", replicate)
            for block in 0..<longest {
                let u = numbers.uniform()
                weights[block] = thresholds.firstIndex { u < $0 } ?? thresholds.count
            }
            for (c, curve) in curves.enumerated() {
                for (p, point) in curve.points.enumerated() {
                    var blocks = 0
                    var errors = 0
                    for (weight, count) in zip(weights, point.blocks.errors) {
                        blocks += weight
                        errors += weight * count
                    }
                    counts[c][p].append(
                        BitErrorCount(
                            bits: blocks * point.blocks.bitsPerBlock, bitErrors: errors,
                            symbolErrors: 0))
                }
            }
        }
        self.counts = counts
    }

    /// Cumulative probabilities of 0, 1, 2, ... at mean 1.
    private static let poissonThresholds: [Double] = {
        var term = Double.exp(-1)
        var sum = term
        return [sum]
            + (1...15).map { k in
                term /= Double(k)
                sum += term
                return sum
            }
    }()

    /// Where a curve crosses a bit error rate, in dB of noise power; nil if it does not.
    public func crossing(of curve: Int, at bitErrorRate: Double) -> Estimate? {
        estimate { crossing(curve, bitErrorRate, $0) }
    }

    /// By how many dB more noise curve `a` bears than `b` at a bit error rate; nil if one of them
    /// does not cross it.
    public func advantage(of a: Int, over b: Int, at bitErrorRate: Double) -> Estimate? {
        estimate { replicate in
            guard let first = crossing(a, bitErrorRate, replicate),
                let second = crossing(b, bitErrorRate, replicate)
            else { return nil }
            return first - second
        }
    }

    /// Bit error rate of curve `a` over that of `b` at a noise level; nil if one of them was not measured there or has no errors.
    public func ratio(of a: Int, over b: Int, atNoiseDB noise: Double) -> Estimate? {
        guard let first = noiseLevels[a].firstIndex(where: { abs($0 - noise) < 1e-3 }),
            let second = noiseLevels[b].firstIndex(where: { abs($0 - noise) < 1e-3 })
        else { return nil }
        return estimate { replicate in
            let top = counts[a][first][replicate]
            let bottom = counts[b][second][replicate]
            guard top.bits > 0, bottom.bitErrors > 0 else { return nil }
            return top.rate / bottom.rate
        }
    }

    private func crossing(_ curve: Int, _ bitErrorRate: Double, _ replicate: Int) -> Double? {
        ThresholdCrossing.noiseDB(
            of: zip(noiseLevels[curve], counts[curve]).map {
                ThresholdCrossing.Point(noiseDB: $0, count: $1[replicate])
            }, at: bitErrorRate)
    }

    private func estimate(_ value: (Int) -> Double?) -> Estimate? {
        guard let center = value(0) else { return nil }
        let values = (1...Self.replicateCount).compactMap(value).sorted()
        let missing = Self.replicateCount - values.count
        let tail = Self.replicateCount * 25 / 1000
        // Replicates without a value may lie on either side.
        guard values.count > 2 * tail, missing < tail else {
            return Estimate(value: center, low: nil, high: nil)
        }
        return Estimate(
            value: center, low: values[tail - missing], high: values[values.count - 1 - tail + missing])
    }
}
