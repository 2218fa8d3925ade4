import Modulation
import RealModule

/// What log-likelihood ratios are worth, measured against the sent bits: information, and how
/// often a stated confidence was right.
///
/// The information per symbol is the rate that bit-metric decoding can reach with these ratios,
/// also known as the generalized mutual information at the receiver's own metric:
/// I = sum over bits i of (1 - mean of log2(1 + exp(-(1 - 2 b) L))), b being the sent bit.
/// It is the mutual information of bits and received samples if the ratios are true posteriors,
/// and less by what their falsehood costs: wrong confidence lowers it, down to below zero.
///
/// - Source: Boecherer, "Achievable rates for probabilistic shaping", arXiv 1707.01134, and
///   Alvarado et al., J. Lightwave Technol. 36 (2018) 424.
public struct SoftBitCount: Sendable, Hashable {
    public let bitsPerSymbol: Int
    public private(set) var symbols = 0
    /// Bits of which the sign of the ratio is wrong.
    public private(set) var bitErrors = 0
    /// Loss against the bits per symbol, in bits per symbol, over stretches of 1000 symbols:
    /// links and receivers remember tens, so that stretches are all but independent.
    public private(set) var loss = MeanEstimate()
    /// Losses of each bit of the label, summed over symbols, in bits.
    private var lossPerBit: [Double]
    public private(set) var bins: [Bin]

    /// Bits whose ratio has about the same size.
    public struct Bin: Sendable, Hashable {
        public var bits = 0
        public var errors = 0
        /// Sum over bits of the stated probability of error, 1 / (1 + exp |L|).
        public var statedErrors = 0.0

        /// Mean stated probability of error; zero without bits.
        public var stated: Double { bits == 0 ? 0 : statedErrors / Double(bits) }
        /// Share of errors; zero without bits.
        public var observed: Double { bits == 0 ? 0 : Double(errors) / Double(bits) }
    }

    /// Width of a bin in |L|, in nats.
    public static let binWidth = 1.0
    /// The last bin takes all |L| of 15 and more: one error in three millions or fewer.
    public static let binCount = 16
    private static let stretch = 1000

    public init(bitsPerSymbol: Int) {
        precondition(bitsPerSymbol > 0 && bitsPerSymbol <= 8, "an alphabet has 2 to 256 symbols")
        self.bitsPerSymbol = bitsPerSymbol
        lossPerBit = [Double](repeating: 0, count: bitsPerSymbol)
        bins = [Bin](repeating: Bin(), count: Self.binCount)
    }

    /// Counts one block.
    ///
    /// - Parameters:
    ///   - ratios: shape [symbol, bit], in nats, positive for 0.
    ///   - sent: shape [symbol].
    public init(ratios: [Double], sent: [UInt8], bitsPerSymbol: Int) {
        self.init(bitsPerSymbol: bitsPerSymbol)
        for loss in add(ratios: ratios, sent: sent) { self.loss.add(loss) }
    }

    /// What other ratios for the same bits are worth.
    public struct Comparison: Sendable, Hashable {
        public var count: SoftBitCount
        /// Loss of the first ratios above that of these; its interval is much narrower than that
        /// of either loss, since they share the noise.
        public var deficit = MeanEstimate()

        public init(bitsPerSymbol: Int) { count = SoftBitCount(bitsPerSymbol: bitsPerSymbol) }

        public static func += (total: inout Comparison, part: Comparison) {
            total.count += part.count
            total.deficit += part.deficit
        }
    }

    /// Counts one block with several kinds of ratios.
    ///
    /// - Returns: the count of the first kind, and those of the others against it.
    public static func compare(
        ratios: [Double], with others: [[Double]], sent: [UInt8], bitsPerSymbol: Int
    ) -> (count: SoftBitCount, others: [Comparison]) {
        var first = SoftBitCount(bitsPerSymbol: bitsPerSymbol)
        let losses = first.add(ratios: ratios, sent: sent)
        for loss in losses { first.loss.add(loss) }
        let comparisons = others.map { ratios -> Comparison in
            var other = Comparison(bitsPerSymbol: bitsPerSymbol)
            for (own, loss) in zip(other.count.add(ratios: ratios, sent: sent), losses) {
                other.count.loss.add(own)
                other.deficit.add(loss - own)
            }
            return other
        }
        return (first, comparisons)
    }

    /// - Returns: loss per symbol over each stretch, not yet part of `loss`.
    private mutating func add(ratios: [Double], sent: [UInt8]) -> [Double] {
        precondition(ratios.count == sent.count * bitsPerSymbol, "a ratio for each bit")
        guard !sent.isEmpty else { return [] }
        symbols += sent.count
        let stretches = max(1, sent.count / Self.stretch)
        return (0..<stretches).map { index in
            let range = index * sent.count / stretches..<(index + 1) * sent.count / stretches
            var total = 0.0
            for k in range {
                let label = PAMAlphabet.grayLabel(of: sent[k])
                for i in 0..<bitsPerSymbol {
                    let isOne = (label >> UInt8(bitsPerSymbol - 1 - i)) & 1 == 1
                    let loss = add(ratios[k * bitsPerSymbol + i], isOne: isOne)
                    lossPerBit[i] += loss
                    total += loss
                }
            }
            return total / Double(range.count)
        }
    }

    /// One bit.
    ///
    /// - Returns: log2(1 + exp(-(1 - 2 b) L)).
    private mutating func add(_ ratio: Double, isOne: Bool) -> Double {
        let size = abs(ratio)
        let isWrong = (ratio < 0) != isOne
        let e = Double.exp(-size)
        let bin = size < Self.binWidth * Double(Self.binCount) ? Int(size / Self.binWidth)
            : Self.binCount - 1
        bins[bin].bits += 1
        bins[bin].statedErrors += e / (1 + e)
        if isWrong {
            bins[bin].errors += 1
            bitErrors += 1
        }
        return (Double.log(onePlus: e) + (isWrong ? size : 0)) / Double.log(2)
    }

    public static func += (total: inout SoftBitCount, part: SoftBitCount) {
        precondition(total.bitsPerSymbol == part.bitsPerSymbol)
        total.symbols += part.symbols
        total.bitErrors += part.bitErrors
        total.loss += part.loss
        for i in total.lossPerBit.indices { total.lossPerBit[i] += part.lossPerBit[i] }
        for b in total.bins.indices {
            total.bins[b].bits += part.bins[b].bits
            total.bins[b].errors += part.bins[b].errors
            total.bins[b].statedErrors += part.bins[b].statedErrors
        }
    }

    /// I, in bits per symbol.
    public var information: Double { Double(bitsPerSymbol) - loss.mean }

    /// Its 95 % interval.
    public var informationInterval: ClosedRange<Double>? {
        loss.interval.map {
            Double(bitsPerSymbol) - $0.upperBound...Double(bitsPerSymbol) - $0.lowerBound
        }
    }

    /// The part of each bit of the label, most significant first, in bits.
    public var informationPerBit: [Double] {
        lossPerBit.map { 1 - (symbols == 0 ? 0 : $0 / Double(symbols)) }
    }

    /// Mean difference of stated and observed probability of error, weighted by the bits of each
    /// bin: the expected calibration error.
    public var expectedCalibrationError: Double {
        let bits = bins.reduce(0) { $0 + $1.bits }
        guard bits > 0 else { return 0 }
        return bins.reduce(0) { $0 + abs($1.statedErrors - Double($1.errors)) } / Double(bits)
    }
}
