import NumericKernels
import RandomStreams
import RealModule
import Testing

@Suite struct CounterNumbersTests {
    /// Words of the vector generator are those of the scalar one, in groups of sixteen counters.
    @Test func bytesAreThoseOfTheStream() {
        let stream = RandomStream(seed: 9).substream("test")
        var words = stream
        let scalar = (0..<64).map { _ in words.next() }
        var bytes = [UInt8](repeating: 0, count: 512)
        CounterNumbers.bytes(
            key: stream.counterKey, group: 0, groups: 2, mask: 255, into: &bytes)
        for counter in 0..<32 {
            for word in 0..<4 {
                let place = counter / 16 * 256 + word * 64 + counter % 16 * 4
                let value = bytes[place..<place + 4].reversed().reduce(UInt64(0)) {
                    $0 << 8 | UInt64($1)
                }
                let pair = scalar[2 * counter + word / 2]
                #expect(value == (word % 2 == 0 ? pair & 0xFFFF_FFFF : pair >> 32))
            }
        }
    }

    @Test func masksKeepSymbolsInTheAlphabet() {
        var bytes = [UInt8](repeating: 255, count: 256 * 40)
        CounterNumbers.bytes(key: 1, group: 3, groups: 40, mask: 3, into: &bytes)
        var counts = [Int](repeating: 0, count: 256)
        for byte in bytes { counts[Int(byte)] += 1 }
        #expect(counts[4...].allSatisfy { $0 == 0 })
        // 10 240 draws, four standard deviations of a binomial.
        for count in counts[..<4] { #expect(abs(Double(count) - 2560) < 4 * 43.8) }
    }

    @Test func positionsGiveTheSameNumbersInAnyPiece() {
        var whole = [Float](repeating: 0, count: 640)
        CounterNumbers.normals(
            key: 5, group: 100, groups: 10, standardDeviation: 2, into: &whole)
        var part = [Float](repeating: 0, count: 128)
        CounterNumbers.normals(key: 5, group: 104, groups: 2, standardDeviation: 2, into: &part)
        #expect(part == Array(whole[256..<384]))
    }

    /// Counts beyond 1, 2, 3, 4 and 5 standard deviations of 2^26 numbers against the normal law:
    /// four standard deviations of a Poisson number; 3.8 are expected beyond 5.5 on both sides.
    @Test func tailsAreNormal() {
        let groups = 4096
        var numbers = [Float](repeating: 0, count: 64 * groups)
        let limits: [Float] = [1, 2, 3, 4, 5]
        var counts = [Int](repeating: 0, count: limits.count)
        var largest: Float = 0
        let rounds = 256
        for round in 0..<rounds {
            CounterNumbers.normals(
                key: 77, group: UInt64(round * groups), groups: groups, standardDeviation: 1,
                into: &numbers)
            for (k, limit) in limits.enumerated() {
                counts[k] += numbers.reduce(0) { $0 + (abs($1) > limit ? 1 : 0) }
            }
            largest = max(largest, numbers.reduce(0) { max($0, abs($1)) })
        }
        let total = Double(64 * groups * rounds)
        for (k, limit) in limits.enumerated() {
            let expected = total * Double.erfc(Double(limit) / 2.0.squareRoot())
            #expect(abs(Double(counts[k]) - expected) < 4 * expected.squareRoot(), "\(limit)")
        }
        #expect(largest > 5.2 && largest < 6.8)
    }
}
