import ErrorRates
import Foundation
import Modulation
import Testing

@Suite struct BitErrorCountTests {
    @Test func countsGrayLabels() {
        // neighbors differ in one bit, 0 and 2 in two, 0 and 3 in one
        let count = BitErrorCount(
            sent: [0, 0, 0, 0, 2], decided: [0, 1, 2, 3, 3], bitsPerSymbol: 2)
        #expect(count == BitErrorCount(bits: 10, bitErrors: 5, symbolErrors: 4))
        #expect(count.rate == 0.5)
    }

    @Test func addsAndSurvivesJSON() throws {
        let a = BitErrorCount(bits: 10, bitErrors: 3, symbolErrors: 2)
        let b = BitErrorCount(bits: 20, bitErrors: 1, symbolErrors: 1)
        #expect(a + b == BitErrorCount(bits: 30, bitErrors: 4, symbolErrors: 3))
        #expect(a + b == b + a && a + BitErrorCount() == a)
        let data = try JSONEncoder().encode(a)
        #expect(try JSONDecoder().decode(BitErrorCount.self, from: data) == a)
    }

    @Test func nothingCountedSaysNothing() {
        #expect(BitErrorCount().rate == 0)
        #expect(BitErrorCount().confidenceInterval() == 0...1)
    }
}

@Suite struct StoppingRuleTests {
    let rule = StoppingRule(minimumBitErrors: 10, maximumBits: 1000)

    @Test func stopsAtErrorsOrAtBitsAndOnlyThen() {
        #expect(rule.outcome(of: BitErrorCount(bits: 999, bitErrors: 9, symbolErrors: 9)) == nil)
        #expect(
            rule.outcome(of: BitErrorCount(bits: 100, bitErrors: 10, symbolErrors: 9))
                == .enoughErrors)
        #expect(
            rule.outcome(of: BitErrorCount(bits: 1000, bitErrors: 9, symbolErrors: 9))
                == .bitLimit)
    }

    @Test func blocksPastTheEndAreNotCounted() {
        let blocks = [3, 4, 5, 100, 7].map {
            BitErrorCount(bits: 200, bitErrors: $0, symbolErrors: $0)
        }
        var counting = BlockwiseErrorCount(rule: rule)
        let counted = blocks.map { counting.append($0) }
        #expect(counted == [true, true, true, false, false])
        #expect(counting.total == BitErrorCount(bits: 600, bitErrors: 12, symbolErrors: 12))
        #expect(counting.blocks == 3 && counting.outcome == .enoughErrors)
    }

    @Test func bitLimitEndsAQuietChannel() {
        var counting = BlockwiseErrorCount(rule: rule)
        while !counting.isFinished {
            counting.append(BitErrorCount(bits: 300, bitErrors: 0, symbolErrors: 0))
        }
        #expect(counting.total.bits == 1200 && counting.outcome == .bitLimit)
    }
}
