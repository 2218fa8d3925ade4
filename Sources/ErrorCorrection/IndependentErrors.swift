import RealModule

/// What a code does to independent errors: the closed forms behind every published threshold.
///
/// With p the probability of a wrong bit, a symbol of m bits is wrong with s = 1 - (1 - p)^m, and a
/// codeword is lost with P = sum over i > t of C(n, i) s^i (1 - s)^(n - i). A "frame" is an outer
/// codeword throughout.
extension ReedSolomonCode {
    /// s.
    public func symbolErrorRate(bitErrorRate p: Double) -> Double {
        precondition(p >= 0 && p <= 1, "a probability")
        return -Double.expMinusOne(Double(field.symbolBits) * Double.log(onePlus: -p))
    }

    /// log P of independent symbol errors, exact where P itself would vanish.
    public func logFrameErrorRate(symbolErrorRate s: Double) -> Double {
        BinomialTail.logProbability(atLeast: correctable + 1, trials: length, probability: s)
    }

    /// P of independent symbol errors.
    public func frameErrorRate(symbolErrorRate s: Double) -> Double {
        Double.exp(logFrameErrorRate(symbolErrorRate: s))
    }

    /// P of independent bit errors.
    public func frameErrorRate(bitErrorRate p: Double) -> Double {
        frameErrorRate(symbolErrorRate: symbolErrorRate(bitErrorRate: p))
    }

    /// Bit error rate after decoding of independent bit errors, where lost codewords keep theirs:
    /// sum over i > t of (i / n) P(i), times the share p / s of wrong bits in a wrong symbol.
    public func decodedBitErrorRate(bitErrorRate p: Double) -> Double {
        if p == 0 { return 0 }
        let s = symbolErrorRate(bitErrorRate: p)
        // (i / n) C(n, i) = C(n - 1, i - 1): the sum is s times a tail of n - 1 trials.
        return p
            * Double.exp(
                BinomialTail.logProbability(
                    atLeast: correctable, trials: length - 1, probability: s))
    }

    /// The independent symbol error rate at which frames are lost at the given rate.
    public func symbolErrorRate(frameErrorRate target: Double) -> Double {
        solve(target) { logFrameErrorRate(symbolErrorRate: $0) }
    }

    /// The independent bit error rate at which frames are lost at the given rate: the threshold.
    public func bitErrorRate(frameErrorRate target: Double) -> Double {
        solve(target) { logFrameErrorRate(symbolErrorRate: symbolErrorRate(bitErrorRate: $0)) }
    }

    /// The independent bit error rate with the given bit error rate after decoding.
    public func bitErrorRate(decodedBitErrorRate target: Double) -> Double {
        solve(target) { Double.log(decodedBitErrorRate(bitErrorRate: $0)) }
    }

    /// Where an increasing function reaches log target, by halving intervals of log x.
    private func solve(_ target: Double, _ function: (Double) -> Double) -> Double {
        precondition(target > 0 && target < 1, "a rate between 0 and 1")
        let goal = Double.log(target)
        var low = Double.log(1e-30)
        var high = 0.0
        for _ in 0..<200 where high - low > 1e-14 {
            let middle = (low + high) / 2
            if function(Double.exp(middle)) < goal { low = middle } else { high = middle }
        }
        return Double.exp((low + high) / 2)
    }
}
