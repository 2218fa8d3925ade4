import SpikeEncoding
import Testing

struct ReceptiveFieldEncoderTests {
    /// The published encoding: ten centers on 0...7, 16 steps per unit, dropped after 30 steps.
    let encoder = ReceptiveFieldEncoder(
        count: 10, from: 0, to: 7, stepsPerUnit: 16, stepCount: 30, lateSpikes: .dropped)

    @Test func centersIncludeBothEnds() {
        #expect(encoder.centers.first == 0 && encoder.centers.last == 7)
        #expect(abs(encoder.centers[1] - 7.0 / 9) < 1e-15)
    }

    @Test func closerMeansEarlier() {
        let steps = encoder.encode([3.0])
        for n in 0..<10 {
            let distance = abs(3.0 - encoder.centers[n])
            let exact = (16 * distance).rounded(.down)
            #expect(steps[n] == (exact < 30 ? UInt8(exact) : 255))
        }
    }

    @Test func sampleOnACenterFiresAtOnceAndFarOnesNever() {
        #expect(encoder.encode([0])[0] == 0)
        #expect(encoder.encode([0])[9] == 255)
        #expect(encoder.encode([100]).allSatisfy { $0 == 255 })
    }

    @Test func clippedSpikesAllArrive() {
        let clipped = ReceptiveFieldEncoder(
            count: 10, from: 0, to: 7, stepsPerUnit: 11.67, stepCount: 10, lateSpikes: .inLastStep)
        #expect(clipped.encode([100, -3, 2.5]).allSatisfy { $0 < 10 })
        #expect(clipped.encode([100]).allSatisfy { $0 == 9 })
    }
}
