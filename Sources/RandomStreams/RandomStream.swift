import RealModule

/// A reproducible sequence of random numbers with a name.
///
/// A stream is a function of the experiment seed and of the labels and indices it was derived by,
/// and of nothing else: neither threads nor the order of other draws move its numbers. Its
/// generator is Philox4x32-10; the key is the derived 64-bit value, the counter is the position.
public struct RandomStream: Sendable, Hashable, Codable, RandomNumberGenerator {
    @usableFromInline let key: UInt64
    /// How many 128-bit blocks have been drawn; saving it saves the stream.
    @usableFromInline var blockIndex: UInt64 = 0
    @usableFromInline var pending: UInt64 = 0
    @usableFromInline var hasPending = false

    /// The root stream of an experiment.
    public init(seed: UInt64) { key = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15) }

    private init(key: UInt64) { self.key = key }

    /// The key of the stream's generator, for kernels that draw by position.
    public var counterKey: UInt64 { key }

    /// The stream named `label` below this one, at its beginning.
    public func substream(_ label: String, _ index: Int = 0) -> RandomStream {
        var h = key ^ 0xCBF2_9CE4_8422_2325
        for byte in label.utf8 { h = (h ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return RandomStream(key: Self.mix(Self.mix(h) ^ UInt64(bitPattern: Int64(index))))
    }

    /// Finalizer of SplitMix64: a bijection in which every input bit moves every output bit.
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    @inlinable
    mutating func nextBlock() -> SIMD2<UInt64> {
        let words = Philox.block(
            counter: SIMD4(
                UInt32(truncatingIfNeeded: blockIndex), UInt32(truncatingIfNeeded: blockIndex >> 32),
                0, 0),
            key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
        blockIndex &+= 1
        return SIMD2(
            UInt64(words[0]) | UInt64(words[1]) << 32, UInt64(words[2]) | UInt64(words[3]) << 32)
    }

    /// 64 uniformly random bits.
    @inlinable
    public mutating func next() -> UInt64 {
        if hasPending {
            hasPending = false
            return pending
        }
        let block = nextBlock()
        pending = block[1]
        hasPending = true
        return block[0]
    }

    /// A number uniform on [0, 1), a multiple of 2^-53.
    @inlinable
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Two independent standard normal numbers (Box and Muller 1958).
    public mutating func gaussianPair() -> (Double, Double) {
        let block = nextBlock()
        // (0, 1]: the logarithm is finite.
        let u = (Double(block[0] >> 11) + 1) * 0x1p-53
        let angle = 2 * Double.pi * (Double(block[1] >> 11) * 0x1p-53)
        let radius = (-2 * Double.log(u)).squareRoot()
        return (radius * Double.cos(angle), radius * Double.sin(angle))
    }

    /// One standard normal number; spends a whole block.
    public mutating func gaussian() -> Double { gaussianPair().0 }

    /// Adds independent normal numbers of the given standard deviation to every element.
    public mutating func addGaussian(standardDeviation: Double, to values: inout [Double]) {
        values.withUnsafeMutableBufferPointer {
            addGaussian(standardDeviation: standardDeviation, to: $0)
        }
    }

    /// The same for memory owned by a caller such as a transform's buffer.
    public mutating func addGaussian(
        standardDeviation: Double, to values: UnsafeMutableBufferPointer<Double>
    ) {
        var i = 0
        while i + 1 < values.count {
            let pair = gaussianPair()
            values[i] += standardDeviation * pair.0
            values[i + 1] += standardDeviation * pair.1
            i += 2
        }
        if i < values.count { values[i] += standardDeviation * gaussian() }
    }

    /// Uniformly random symbols 0..<order; `order` is a power of two up to 256.
    public mutating func symbols(count: Int, order: Int) -> [UInt8] {
        precondition(order > 0 && order <= 256 && order & (order - 1) == 0)
        let mask = UInt64(order - 1)
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var i = 0
            while i < count {
                var bits = next()
                for _ in 0..<Swift.min(8, count - i) {
                    buffer[i] = UInt8(truncatingIfNeeded: bits & mask)
                    bits >>= 8
                    i += 1
                }
            }
            filled = count
        }
    }

    /// A random order of 0..<count (Fisher and Yates).
    public mutating func permutation(count: Int) -> [Int] {
        var order = Array(0..<count)
        for i in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(i, Int(next() % UInt64(i + 1)))
        }
        return order
    }
}
