import RandomStreams
import TestSupport
import Testing

struct RandomStreamTests {
    /// Known answers of the Random123 distribution (file kat_vectors, philox4x32 10 rounds).
    @Test func philoxKnownAnswers() {
        #expect(
            Philox.block(counter: .zero, key: .zero)
                == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
        #expect(
            Philox.block(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
                == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
        #expect(
            Philox.block(
                counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344),
                key: SIMD2(0xA409_3822, 0x299F_31D0))
                == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
    }

    @Test func substreamsDependOnNameAndIndexOnly() {
        let root = RandomStream(seed: 7)
        var a = root.substream("noise", 3)
        var drawn = root
        _ = drawn.next()
        var b = drawn.substream("noise", 3)
        #expect(a.next() == b.next())
        var values = Set<UInt64>()
        for label in ["a", "b", "ab", "ba", ""] {
            for index in 0..<100 {
                var stream = root.substream(label, index)
                values.insert(stream.next())
            }
        }
        #expect(values.count == 500)
    }

    @Test func gaussianMomentsAndTails() {
        var stream = RandomStream(seed: 11)
        let n = 400_000
        let values = (0..<n).map { _ in stream.gaussian() }
        let rootN = Double(n).squareRoot()
        // Five standard errors each: mean 1, variance sqrt 2, third moment sqrt 15, fourth sqrt 96.
        #expect(abs(Statistics.mean(values)) < 5 / rootN)
        #expect(abs(Statistics.variance(values) - 1) < 5 * 1.4143 / rootN)
        #expect(abs(Statistics.mean(values.map { $0 * $0 * $0 })) < 5 * 3.873 / rootN)
        #expect(abs(Statistics.mean(values.map { $0 * $0 * $0 * $0 }) - 3) < 5 * 9.798 / rootN)
        // P(|x| > 3) = 2.6998e-3.
        let tail = Double(values.count { abs($0) > 3 }) / Double(n)
        #expect(abs(tail - 2.6998e-3) < 5 * (2.7e-3 / Double(n)).squareRoot())
    }

    @Test func symbolsAreUniformAndStepwiseTheSame() {
        var stream = RandomStream(seed: 12)
        let symbols = stream.symbols(count: 100_003, order: 4)
        for q in 0..<4 {
            let count = Double(symbols.count { $0 == UInt8(q) })
            #expect(abs(count - 25_000.75) < 5 * (100_003 * 3.0 / 16).squareRoot())
        }
    }

    @Test func permutationsContainEverythingOnce() {
        var stream = RandomStream(seed: 13)
        #expect(stream.permutation(count: 1000).sorted() == Array(0..<1000))
    }

    @Test func savedStreamContinues() throws {
        var stream = RandomStream(seed: 14)
        for _ in 0..<5 { _ = stream.next() }
        var copy = stream
        #expect(stream.next() == copy.next() && stream.next() == copy.next())
    }
}
