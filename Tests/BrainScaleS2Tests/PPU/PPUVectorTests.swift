import BrainScaleS2
import TestSupport
import Testing

@Suite struct PPUVectorTests {
    static func v8(_ value: Int) -> PPUVector8 { PPUVector8(repeating: Int8(value)) }
    static func v16(_ value: Int) -> PPUVector16 { PPUVector16(repeating: Int16(value)) }

    /// Check vectors of the public PPU library's tests.
    @Test func fractionalEightBits() {
        let sums = [(-12, 80, 68), (68, 80, 127), (-12, -60, -72), (-72, -60, -128)]
        for (a, b, c) in sums { #expect(Self.v8(a).addingSaturating(Self.v8(b)) == Self.v8(c)) }
        for (a, b, c) in [(1, -127, 127), (-127, 2, -128)] {
            #expect(Self.v8(a).subtractingSaturating(Self.v8(b)) == Self.v8(c))
        }
        // 1 - (-127) = 128 is the first value that clamps.
        for (a, b, c) in [(-12, 42, -4), (-4, 42, -2), (-128, -128, 127), (127, 127, 126)] {
            #expect(Self.v8(a).multipliedFractional(by: Self.v8(b)) == Self.v8(c))
        }
        for (a, k, c) in [(5, 2, 20), (-5, 2, -20), (-80, -2, -20), (-20, -2, -5)] {
            #expect(Self.v8(a).shiftedFractional(left: k) == Self.v8(c))
        }
        #expect(Self.v8(-128).negatedSaturating() == Self.v8(127))
    }

    @Test func fractionalSixteenBits() {
        let sums = [
            (-3000, 20000, 17000), (17000, 20000, 32767), (-3000, -20000, -23000),
            (-23000, -20000, -32768),
        ]
        for (a, b, c) in sums { #expect(Self.v16(a).addingSaturating(Self.v16(b)) == Self.v16(c)) }
        for (a, b, c) in [(-3000, 20000, -1832), (-1832, 20000, -1119)] {
            #expect(Self.v16(a).multipliedFractional(by: Self.v16(b)) == Self.v16(c))
        }
        let least = Self.v16(-32768)
        #expect(least.multipliedFractional(by: least) == Self.v16(32767))
    }

    @Test func modularArithmeticWraps() {
        #expect(Self.v8(40).shiftedModular(left: 2) == PPUVector8(repeating: Int8(bitPattern: 160)))
        #expect(Self.v8(127).addingModular(Self.v8(1)) == Self.v8(-128))
        #expect(Self.v8(-128).subtractingModular(Self.v8(1)) == Self.v8(127))
        #expect(Self.v8(100).multipliedModular(by: Self.v8(3)) == Self.v8(300 - 256))
        #expect(Self.v8(-128).negatedModular() == Self.v8(-128))
        #expect(Self.v8(-2).shiftedModular(left: -1) == Self.v8(127))
    }

    @Test func conversionsKeepOrderAndPlace() {
        #expect(Self.v8(12).widenedFractional(half: 0) == Self.v16(3072))
        #expect(PPUVector8(highBytes: Self.v16(3072), Self.v16(-3072))[0] == 12)
        #expect(PPUVector8(highBytes: Self.v16(3072), Self.v16(-3072))[64] == -12)
        #expect(PPUVector8(lowBytes: Self.v16(12), Self.v16(-12))[127] == -12)
        for x in -128...127 {
            let code = Self.v8(x).contiguousExchanged()
            #expect(Int(UInt8(bitPattern: code[0])) == x + 128)
            #expect(code.contiguousExchanged() == Self.v8(x))
        }
    }

    @Test func weightsSaturate() {
        #expect(Self.v8(63).addingSaturating(Self.v8(10)).saturatedWeight() == Self.v8(63))
        #expect(Self.v8(5).subtractingSaturating(Self.v8(9)).saturatedWeight() == Self.v8(0))
        for (a, c) in [(10, 10), (-10, 0), (70, 63)] {
            #expect(Self.v8(a).saturatedWeight() == Self.v8(c))
        }
    }

    @Test(arguments: PPUCondition.allCases) func lanesAreSelectedByCondition(
        _ condition: PPUCondition
    ) {
        let values = PPUVector8((0..<128).map { Int8($0 % 3 - 1) })
        let selected = values.select(condition, Self.v8(1), else: Self.v8(0)).elements
        let expected: [Int8]
        switch condition {
        case .equal: expected = [0, 1, 0]
        case .notEqual: expected = [1, 0, 1]
        case .greater: expected = [0, 0, 1]
        case .less: expected = [1, 0, 0]
        case .greaterOrEqual: expected = [0, 1, 1]
        case .lessOrEqual: expected = [1, 1, 0]
        }
        #expect(selected == (0..<128).map { expected[$0 % 3] })
    }

    @Test func stochasticRoundingIsRightInTheMean() {
        var generators = ColumnRandomGenerators(seeds: (0..<256).map { UInt8($0) })
        for _ in 0..<32 { _ = generators.read(.even) }
        var results: [Double] = []
        for _ in 0..<10_000 {
            var random = generators.read(.even)
            for _ in 0..<7 { random = generators.read(.even) }
            let rounded = Self.v8(100).roundedStochastically(lowBits: 4, random: random)
            results.append(Double(rounded[11]))
        }
        #expect(Set(results) == [96, 112])
        #expect(abs(Statistics.mean(results) - 100) < 0.2)
    }

    @Test func registersShareSevenBitsAndColumnsAreIndependent() {
        let seeds = (0..<256).map { UInt8(($0 * 37 + 11) & 255) }
        var generators = ColumnRandomGenerators(seeds: seeds)
        var last = generators.read(.odd)
        var isShifted = true
        var a: [Double] = []
        var b: [Double] = []
        for _ in 0..<100_000 {
            let next = generators.read(.odd)
            let kept = UInt8(bitPattern: next[5]) >> 1
            isShifted = isShifted && kept == UInt8(bitPattern: last[5]) & 127
            a.append(Double(next[5]))
            b.append(Double(next[6]))
            last = next
        }
        #expect(isShifted)
        let (meanA, meanB) = (Statistics.mean(a), Statistics.mean(b))
        let covariance = Statistics.mean(zip(a, b).map { ($0 - meanA) * ($1 - meanB) })
        let r = covariance / (Statistics.variance(a) * Statistics.variance(b)).squareRoot()
        #expect(abs(r) < 0.02, "correlation \(r)")
        #expect(abs(meanA + 0.5) < 1)
    }
}
