import ComplexModule
import Foundation
import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams
import RealModule
import TestSupport
import Testing

struct OpticalLinkTests {
    struct Vectors: Decodable {
        let symbols: [UInt8]
        let received_noiseless: [Double]
        let transmitted_first24: [Double]
        let intensity_first24: [Double]
    }

    @Test(arguments: ["lcd", "ssmf"])
    func reproducesIndependentVectors(task: String) throws {
        let vectors = try #require(
            try ReferenceFile.decode(
                [String: Vectors].self, from: "link_vectors.json", in: Bundle.module)[task])
        var parameters = task == "lcd" ? TaskLinks.lcd : TaskLinks.ssmf
        if task == "ssmf" {
            // The program that made the vectors held the levels in single precision. With the
            // roots in double precision the samples differ by up to 5.4e-8 for that reason alone.
            let exact = OpticalLink(parameters, blockLength: vectors.symbols.count)
                .transmit(vectors.symbols, noise: nil)
            #expect(worstBeyondRounding(exact, vectors.received_noiseless) < 6e-8)
            parameters.alphabet = PAMAlphabet(
                levels: parameters.alphabet.levels.map { Double(Float($0)) })
        }
        let link = OpticalLink(parameters, blockLength: vectors.symbols.count)
        let received = link.transmit(vectors.symbols, noise: nil)
        #expect(received.count == vectors.received_noiseless.count)
        #expect(worstBeyondRounding(received, vectors.received_noiseless) < 1e-9)
        let field = link.transmittedField(vectors.symbols).map(\.real)
        #expect(worstBeyondRounding(field, vectors.transmitted_first24) < 1e-9)
        let current = link.photocurrent(vectors.symbols)
        #expect(worstBeyondRounding(current, vectors.intensity_first24) < 1e-9)
    }

    /// The largest deviation from a decimal written with nine significant digits, beyond the half
    /// unit of the ninth digit that the writing itself loses.
    private func worstBeyondRounding(_ values: [Double], _ written: [Double]) -> Double {
        zip(values, written).map { value, decimal in
            let ninthDigit = Double.exp10(Double.log10(max(abs(decimal), 1e-300)).rounded(.down) - 8)
            return abs(value - decimal) - ninthDigit / 2
        }.max() ?? .infinity
    }

    @Test(arguments: [1, 2, 3, 64, 97, 101, 1000, 1009])
    func anyBlockLengthHasUnitLaunchPowerAndTheFiberConservesEnergy(length: Int) {
        var stream = RandomStream(seed: 1).substream("symbols", length)
        let symbols = stream.symbols(count: length, order: 4)
        let link = OpticalLink(TaskLinks.lcd, blockLength: length)
        let launched = link.transmittedField(symbols)
        let launchedPower = launched.reduce(0) { $0 + $1.lengthSquared } / Double(launched.count)
        #expect(abs(launchedPower - 1) < 1e-12)
        let current = link.photocurrent(symbols)
        let receivedPower = current.reduce(0, +) / Double(current.count)
        #expect(abs(receivedPower - 1) < 1e-12)
        let received = link.transmit(symbols, noise: nil)
        #expect(received.allSatisfy { $0.isFinite })
    }

    @Test func circularShiftOfTheBlockShiftsTheSamples() {
        var stream = RandomStream(seed: 2)
        let symbols = stream.symbols(count: 211, order: 4)
        let link = OpticalLink(TaskLinks.ssmf, blockLength: 211)
        let shifted = Array(symbols[50...] + symbols[..<50])
        let a = link.transmit(symbols, noise: nil)
        let b = link.transmit(shifted, noise: nil)
        for k in 0..<211 { #expect(abs(b[k] - a[(k + 50) % 211]) < 1e-11) }
    }

    @Test func signOfTheDispersionDoesNotMatterForARealField() {
        var stream = RandomStream(seed: 3)
        let symbols = stream.symbols(count: 128, order: 4)
        var opposite = TaskLinks.lcd
        opposite.dispersion = .picosecondsPerNanometreKilometre(5)
        let a = OpticalLink(TaskLinks.lcd, blockLength: 128).transmit(symbols, noise: nil)
        let b = OpticalLink(opposite, blockLength: 128).transmit(symbols, noise: nil)
        for (x, y) in zip(a, b) { #expect(abs(x - y) < 1e-12) }
    }

    @Test func automaticBiasKeepsTheFieldFromBeingNegative() {
        var stream = RandomStream(seed: 4)
        let symbols = stream.symbols(count: 500, order: 4)
        var parameters = TaskLinks.lcd
        parameters.bias = .automatic
        let field = OpticalLink(parameters, blockLength: 500).transmittedField(symbols)
        let minimum = field.map(\.real).min() ?? -1
        #expect(abs(minimum) < 1e-12)
    }

    /// Symbol-rate noise after the receive filter is white with variance s sigma^2.
    @Test func receivedNoiseIsWhiteWithThePredictedVariance() {
        let n = 120_000
        let link = OpticalLink(TaskLinks.lcd, blockLength: n)
        let symbols = [UInt8](repeating: 2, count: n)
        let clean = link.transmit(symbols, noise: nil)
        let noisy = link.transmit(symbols, noise: RandomStream(seed: 5))
        let noise = zip(noisy, clean).map { $0 - $1 }
        let expected = 3 * 0.01
        // Standard error of a variance: sqrt(2/n); five of them, false alarm below 1e-6.
        #expect(abs(Statistics.variance(noise) / expected - 1) < 5 * (2 / Double(n)).squareRoot())
        for lag in 1...5 {
            var sum = 0.0
            for i in 0..<n { sum += noise[i] * noise[(i + lag) % n] }
            #expect(abs(sum / Double(n) / expected) < 5 / Double(n).squareRoot())
        }
    }

    @Test func noiseComesFromItsStreamAlone() {
        let link = OpticalLink(TaskLinks.lcd, blockLength: 100)
        let symbols = [UInt8](repeating: 1, count: 100)
        let stream = RandomStream(seed: 6).substream("noise", 3)
        #expect(
            link.transmit(symbols, noise: stream) == link.transmit(symbols, noise: stream))
        #expect(
            link.transmit(symbols, noise: stream)
                != link.transmit(symbols, noise: RandomStream(seed: 6).substream("noise", 4)))
    }

    @Test func derivedQuantitiesMatchHandComputation() {
        #expect(abs(TaskLinks.lcd.bitRateInGigabitsPerSecond - 224) < 1e-9)
        // beta_2 = 5e-6 (1270e-9)^2 / (2 pi 3e8) = 4.2784e-27 s^2/m; T^2 = 7.9719e-23 s^2.
        #expect(abs(TaskLinks.lcd.dispersionLengthInKilometres - 18.633) < 2e-3)
        #expect(abs(TaskLinks.lcd.memoryInSymbols - 2.6186) < 1e-3)
    }
}
