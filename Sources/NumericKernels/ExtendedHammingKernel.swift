/// Decoding of an extended Hamming code of 128 bits, hard and by trial patterns.
///
/// Bits are bytes 0 and 1, shape [word, 128]. The column of a bit in the parity-check matrix has
/// eight bits: seven that differ from bit to bit and the highest, which is always set. An odd
/// syndrome therefore names the one bit whose flip gives a codeword, an even one that is not zero
/// belongs to two errors at least. The memory of the tables outlives every use.
public struct ExtendedHammingKernel {
    public static let length = 128
    /// Most positions whose flips are tried in all combinations.
    public static let mostTried = 8

    /// Shape [128].
    public let columns: UnsafePointer<UInt8>
    /// The bit whose column has these seven low bits, shape [128].
    public let places: UnsafePointer<UInt8>

    public init(columns: UnsafePointer<UInt8>, places: UnsafePointer<UInt8>) {
        self.columns = columns
        self.places = places
    }

    @inline(__always)
    func syndrome(_ bits: UnsafePointer<UInt8>) -> UInt8 {
        var sum: UInt8 = 0
        for i in 0..<Self.length { sum ^= columns[i] & (0 &- bits[i]) }
        return sum
    }

    /// Corrects single errors in place.
    ///
    /// - Parameter outcomes: 0 for a codeword, 1 for a corrected bit, -1 for a double error, whose
    ///   word stays as it is.
    public func decode(
        bits: UnsafeMutablePointer<UInt8>, count: Int, outcomes: UnsafeMutablePointer<Int8>
    ) {
        for w in 0..<count {
            let word = bits + w * Self.length
            let syndrome = syndrome(word)
            if syndrome & 0x80 != 0 {
                word[Int(places[Int(syndrome & 0x7F)])] ^= 1
                outcomes[w] = 1
            } else {
                outcomes[w] = syndrome == 0 ? 0 : -1
            }
        }
    }

    /// The codeword that costs the least reliability among those reached by flipping every
    /// combination of the `tried` least reliable bits and then decoding hard.
    ///
    /// The cost is the sum of reliabilities of the bits that differ from the hard decisions, which
    /// is the logarithm of the ratio of their likelihoods. Among equal costs the first combination
    /// wins, among equal reliabilities the first bit; neither looks at the values of the bits.
    ///
    /// - Parameters:
    ///   - bits: hard decisions; corrected in place.
    ///   - reliabilities: |log-likelihood ratio| of each bit, finite, shape [word, 128].
    ///   - outcomes: number of flipped bits, -1 where no combination decodes.
    /// - Source: Chase, IEEE Transactions on Information Theory 18 (1972) 170, algorithm 2.
    public func decode(
        bits: UnsafeMutablePointer<UInt8>, reliabilities: UnsafePointer<Float>, count: Int,
        tried: Int, outcomes: UnsafeMutablePointer<Int8>
    ) {
        precondition(tried >= 0 && tried <= Self.mostTried)
        let patterns = 1 << tried
        withUnsafeTemporaryAllocation(of: Float.self, capacity: patterns) { costs in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: patterns + 128 + 16) { bytes in
                let sums = bytes.baseAddress!
                // For each bit the pattern that holds it alone, zero for bits that are not tried.
                let masks = sums + patterns
                let weakest = masks + 128
                for i in 0..<Self.length { masks[i] = 0 }
                for w in 0..<count {
                    let word = bits + w * Self.length
                    let syndrome = syndrome(word)
                    outcomes[w] = 0
                    if syndrome != 0 {
                        outcomes[w] = decodeByPatterns(
                            word, reliabilities + w * Self.length, syndrome, tried,
                            costs.baseAddress!, sums, masks, weakest)
                    }
                }
            }
        }
    }

    @inline(__always)
    private func decodeByPatterns(
        _ word: UnsafeMutablePointer<UInt8>, _ reliability: UnsafePointer<Float>,
        _ syndrome: UInt8, _ tried: Int, _ costs: UnsafeMutablePointer<Float>,
        _ sums: UnsafeMutablePointer<UInt8>, _ masks: UnsafeMutablePointer<UInt8>,
        _ weakest: UnsafeMutablePointer<UInt8>
    ) -> Int8 {
        selectWeakest(reliability, tried, weakest)
        costs[0] = 0
        sums[0] = syndrome
        for j in 0..<tried {
            let place = Int(weakest[j])
            masks[place] = 1 &<< UInt8(j)
            let half = 1 << j
            for m in 0..<half {
                costs[half + m] = costs[m] + reliability[place]
                sums[half + m] = sums[m] ^ columns[place]
            }
        }
        var best = Float.infinity
        var bestPattern = -1
        var bestFlip = -1
        for m in 0..<(1 << tried) {
            let sum = sums[m]
            if sum & 0x80 != 0 {
                let place = Int(places[Int(sum & 0x7F)])
                // Flipping a bit of the pattern once more takes it back.
                let undone = Int(masks[place]) & m != 0
                let cost = costs[m] + (undone ? -reliability[place] : reliability[place])
                if cost < best {
                    best = cost
                    bestPattern = m
                    bestFlip = place
                }
            } else if sum == 0, costs[m] < best {
                best = costs[m]
                bestPattern = m
                bestFlip = -1
            }
        }
        for j in 0..<tried { masks[Int(weakest[j])] = 0 }
        if bestPattern < 0 { return -1 }
        for j in 0..<tried where bestPattern & (1 << j) != 0 { word[Int(weakest[j])] ^= 1 }
        var flips = bestPattern.nonzeroBitCount
        if bestFlip >= 0 {
            word[bestFlip] ^= 1
            var undone = false
            for j in 0..<tried where Int(weakest[j]) == bestFlip {
                undone = bestPattern & (1 << j) != 0
            }
            flips += undone ? -1 : 1
        }
        return Int8(truncatingIfNeeded: flips)
    }

    /// The bits of least reliability in ascending order of it, the first ones among equals.
    @inline(__always)
    private func selectWeakest(
        _ reliability: UnsafePointer<Float>, _ count: Int, _ weakest: UnsafeMutablePointer<UInt8>
    ) {
        if count == 0 { return }
        var held = 0
        var limit = Float.infinity
        for i in 0..<Self.length {
            let value = reliability[i]
            if held == count && !(value < limit) { continue }
            var j = held < count ? held : count - 1
            while j > 0 && value < reliability[Int(weakest[j - 1])] {
                weakest[j] = weakest[j - 1]
                j -= 1
            }
            weakest[j] = UInt8(truncatingIfNeeded: i)
            if held < count { held += 1 }
            limit = reliability[Int(weakest[held - 1])]
        }
    }
}
