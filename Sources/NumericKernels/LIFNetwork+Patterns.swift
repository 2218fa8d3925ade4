/// Who fired in one step, as bytes that look up sums of readout weights.
///
/// The neurons of one lane of a chunk make a pattern, bit v for vector v of the chunk. Where the
/// chunk is narrow, lanes 2 l and 2 l + 1 share byte l, the second in the higher bits: half as many
/// lookups. Otherwise even lanes make the first word and odd ones the second. A byte holds twice
/// its pattern, so that eight times the byte is the offset of a quad in a table.
struct SpikePatterns {
    /// Vectors of a chunk.
    let width: Int

    /// Whether two lanes share a byte.
    @inline(always) var isFolded: Bool { width <= 3 }
    /// Words of eight bytes for each chunk and step.
    @inline(always) var words: Int { isFolded ? 1 : 2 }
    /// Patterns that a byte can hold.
    @inline(always) var count: Int { 1 << (isFolded ? 2 * width : width) }

    /// The lane and the vector within its chunk of a bit of a pattern.
    @inline(always)
    func place(byte: Int, bit: Int) -> (lane: Int, vector: Int) {
        let isSecond = isFolded && bit >= width
        let vector = isSecond ? bit &- width : bit
        return (2 &* (byte & 7) &+ (isSecond ? 1 : byte >> 3), vector)
    }
}

extension LIFNetwork {
    var patterns: SpikePatterns { SpikePatterns(width: chunkWidth) }

    /// Length of the sums that `fillReadoutSums` makes.
    public var readoutSumQuads: Int {
        outputQuads * chunkCount * 8 * patterns.words * patterns.count
    }

    /// Adds up the readout weights of every pattern: a step then costs the readouts eight or
    /// sixteen additions for a chunk, whoever fired, and no branch.
    ///
    /// - Parameters:
    ///   - rows: Weights as `weightVectors` says.
    ///   - sums: Receives them, [quad, chunk, byte, pattern].
    public func fillReadoutSums(
        _ rows: UnsafePointer<Lanes>, into sums: UnsafeMutablePointer<Quad>
    ) {
        let patterns = patterns
        for q in 0..<outputQuads {
            for chunk in 0..<chunkCount {
                for byte in 0..<8 * patterns.words {
                    let table = sums
                        + ((q * chunkCount + chunk) * 8 * patterns.words + byte) * patterns.count
                    table[0] = .zero
                    for pattern in 1..<patterns.count {
                        let (lane, vector) = patterns.place(
                            byte: byte, bit: pattern.trailingZeroBitCount)
                        let column = rows + readoutStart + chunk * patterns.width + vector
                        var weight = Quad.zero
                        for k in 0..<4 {
                            weight[k] = column[(4 * q + k) * hiddenVectors][lane]
                        }
                        table[pattern] = table[pattern & (pattern - 1)] + weight
                    }
                }
            }
        }
    }

    /// The weights of one update in the forms that the passes read.
    public struct Weights {
        /// As `weightVectors` says.
        public var rows: UnsafePointer<Lanes>
        /// As `fillReadoutSums` says.
        public var readoutSums: UnsafePointer<Quad>
        /// Recurrent weights as [hidden lane driven, hidden vector of the spike].
        public var recurrentTransposed: UnsafePointer<Lanes>

        public init(
            rows: UnsafePointer<Lanes>, readoutSums: UnsafePointer<Quad>,
            recurrentTransposed: UnsafePointer<Lanes>
        ) {
            self.rows = rows
            self.readoutSums = readoutSums
            self.recurrentTransposed = recurrentTransposed
        }
    }

    /// Lists who fired when in the sample that `forward` has just simulated, in `scratch.spikes`
    /// and `scratch.spikeOffsets`.
    public func listSpikes(_ scratch: Scratch) {
        var count = 0
        scratch.spikeOffsets[0] = 0
        for t in 0..<stepCount { count = listSpikes(t, after: count, patterns, scratch) }
    }

    @inline(always)
    func listSpikes(
        _ step: Int, after count: Int, _ patterns: SpikePatterns, _ scratch: Scratch
    ) -> Int {
        var count = count
        for c in 0..<chunkCount {
            for word in 0..<patterns.words {
                var bits = scratch.fired[(step * chunkCount + c) * patterns.words + word]
                while bits != 0 {
                    let bit = bits.trailingZeroBitCount
                    bits &= bits &- 1
                    let (lane, vector) = patterns.place(
                        byte: bit >> 3 &+ word << 3, bit: (bit & 7) &- 1)
                    let neuron = (c &* patterns.width &+ vector) &* Lanes.scalarCount &+ lane
                    scratch.spikes[count] = UInt16(truncatingIfNeeded: neuron)
                    count &+= 1
                }
            }
        }
        scratch.spikeOffsets[step + 1] = Int32(truncatingIfNeeded: count)
        return count
    }
}
