import Modulation
import NumericKernels

/// Log-likelihood ratios of the bits of Gray-labeled symbols: what soft-decision error correction
/// takes in.
///
/// L[k, i] = log P(bit i of symbol k is 0 | received) / P(it is 1 | received), in nats: positive
/// favors 0, the size is the confidence, and the decision for the sign of L is wrong with
/// probability 1 / (1 + exp |L|). For equally likely symbols this is the ratio of likelihoods.
/// Bits are those of `PAMAlphabet`, the most significant first.
public enum BitReliabilities {
    /// Exact ratios from logarithmic class probabilities: with z[k, c] the logit of class c,
    /// L[k, i] = log sum over c with bit i = 0 of exp z[k, c] - the same over bit i = 1.
    ///
    /// - Parameters:
    ///   - logits: shape [symbol, class], finite, up to a constant for each symbol.
    ///   - bitsPerSymbol: 2^bitsPerSymbol is the number of classes.
    /// - Returns: shape [symbol, bit], in nats.
    public static func logLikelihoodRatios(logits: [Double], bitsPerSymbol: Int) -> [Double] {
        precondition(bitsPerSymbol > 0 && bitsPerSymbol <= 8, "an alphabet has 2 to 256 symbols")
        let classes = 1 << bitsPerSymbol
        precondition(logits.count % classes == 0, "one logit per class")
        let count = logits.count / classes
        let labels = (0..<classes).map { PAMAlphabet.grayLabel(of: UInt8($0)) }
        return [Double](unsafeUninitializedCapacity: count * bitsPerSymbol) { ratios, filled in
            filled = count * bitsPerSymbol
            guard count > 0 else { return }
            withUnsafeTemporaryAllocation(of: Double.self, capacity: classes) { workspace in
                logits.withUnsafeBufferPointer { logits in
                    labels.withUnsafeBufferPointer { labels in
                        DenseBitReliabilities.fill(
                            logits: logits.baseAddress!, count: count, classes: classes,
                            labels: labels.baseAddress!, bits: bitsPerSymbol,
                            workspace: workspace.baseAddress!, ratios: ratios.baseAddress!)
                    }
                }
            }
        }
    }

    /// The bits of symbols, most significant first, as 0 and 1; shape [symbol, bit].
    public static func bits(of symbols: [UInt8], bitsPerSymbol: Int) -> [UInt8] {
        var bits: [UInt8] = []
        bits.reserveCapacity(symbols.count * bitsPerSymbol)
        for symbol in symbols {
            let label = PAMAlphabet.grayLabel(of: symbol)
            for i in 0..<bitsPerSymbol { bits.append((label >> UInt8(bitsPerSymbol - 1 - i)) & 1) }
        }
        return bits
    }
}
