import BrainScaleS2
import RandomStreams
import TestSupport
import Testing

@Suite struct PerceptronModeTests {
    private func quiet(_ inputs: [Int], _ weights: [Int], columns: Int = 1) throws -> [Int] {
        var stream = RandomStream(seed: 1)
        return try PerceptronMode(noise: 0).multiply(
            inputs, weights, columns: columns, noise: &stream)
    }

    @Test func productsFollowTheFormula() throws {
        // 0.002 * 128 * 31 * 63 = 499.97 clamps; 0.002 * 100 * 15 * 21 = 63.
        #expect(
            try quiet(Array(repeating: 31, count: 128), Array(repeating: 63, count: 128)) == [127])
        #expect(
            try quiet(Array(repeating: 21, count: 100), Array(repeating: 15, count: 100)) == [63])
        #expect(
            try quiet(Array(repeating: 31, count: 128), Array(repeating: -63, count: 128)) == [-128])
        // Rounded down, also below zero.
        #expect(try quiet([1], [-1]) == [-1] && quiet([1], [1]) == [0])
        #expect(try quiet([1, 2], [63, -63, 63, 0], columns: 2) == [0, -1])
    }

    /// Tiles of 128 rows are clamped one by one before they are added.
    @Test func tilesAreClampedFirst() throws {
        let inputs = Array(repeating: 31, count: 256)
        let weights = Array(repeating: 63, count: 128) + Array(repeating: -10, count: 128)
        // 127 + floor(0.002 * 128 * 31 * -10) = 127 - 80.
        #expect(try quiet(inputs, weights) == [47])
    }

    @Test func rectifiersConvert() {
        #expect([-5, 63, 127].map { PerceptronMode.converted($0) } == [0, 15, 31])
        #expect([-5, 63, 200].map(PerceptronMode.rectified) == [0, 63, 127])
    }

    @Test func noiseHasItsSpread() throws {
        var stream = RandomStream(seed: 2)
        let mode = PerceptronMode()
        let values = try (0..<4000).map { _ in
            Double(try mode.multiply([20], [50], columns: 1, noise: &stream)[0])
        }
        // Noise of 2 and the rounding's 1/12.
        let expected = (4 + 1.0 / 12).squareRoot()
        #expect(abs(Statistics.variance(values).squareRoot() / expected - 1) < 0.06)
        #expect(abs(Statistics.mean(values) - (2 - 0.5)) < 0.17)
    }

    @Test func operandsOutOfRangeAreRefused() {
        #expect(throws: PerceptronMode.Failure.inputOutOfRange(32)) { try quiet([32], [1]) }
        #expect(throws: PerceptronMode.Failure.weightOutOfRange(-64)) { try quiet([1], [-64]) }
        #expect(throws: PerceptronMode.Failure.shape(inputs: 2, weights: 3, columns: 2)) {
            try quiet([1, 2], [1, 2, 3], columns: 2)
        }
    }
}
