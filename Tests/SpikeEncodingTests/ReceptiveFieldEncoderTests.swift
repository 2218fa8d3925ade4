import SpikeEncoding
import Testing

struct ReceptiveFieldEncoderTests {
    /// The published encoding: ten centers on 0...7, 16 steps per unit, dropped after 30 steps.
    let fields = ReceptiveFieldEncoder(
        tapCount: 1, count: 10, from: 0, to: 7, stepsPerUnit: 16, stepCount: 30,
        lateSpikes: .dropped)

    private func steps(_ sample: Float, _ fields: ReceptiveFieldEncoder) -> [Int: Int] {
        let spikes = SpikeEncoder.receptiveField(fields).encode([sample])
        return Dictionary(uniqueKeysWithValues: spikes.map { ($0.input, $0.step) })
    }

    @Test func centersIncludeBothEnds() {
        #expect(fields.centers.first == 0 && fields.centers.last == 7)
        #expect(abs(fields.centers[1] - 7.0 / 9) < 1e-15)
    }

    @Test func closerMeansEarlier() {
        for sample in stride(from: -1.0, through: 8, by: 0.0625) {
            let steps = steps(Float(sample), fields)
            for n in 0..<10 {
                let exact = 16 * abs(Float(sample) - Float(fields.centers[n]))
                #expect(steps[n] == (exact < 30 ? Int(exact) : nil))
            }
        }
    }

    @Test func sampleOnACenterFiresAtOnceAndFarOnesNever() {
        #expect(steps(0, fields)[0] == 0)
        #expect(steps(0, fields)[9] == nil)
        for far: Float in [100, -100, 1e30, .infinity, .nan] {
            #expect(steps(far, fields).isEmpty)
        }
    }

    @Test func clippedSpikesAllArrive() {
        let clipped = ReceptiveFieldEncoder(
            tapCount: 1, count: 10, from: 0, to: 7, stepsPerUnit: 11.67, stepCount: 10,
            lateSpikes: .inLastStep)
        for sample: Float in [100, -3, 2.5] { #expect(steps(sample, clipped).count == 10) }
        #expect(steps(100, clipped).values.allSatisfy { $0 == 9 })
    }

    /// Taps are independent of each other, with numbers of their own.
    @Test func everyTapHasItsOwnNeurons() {
        let encoder = SpikeEncoder.receptiveField(
            ReceptiveFieldEncoder(
                tapCount: 3, centers: [0, 1, 2, 3, 4, 5], stepsPerUnit: [1, 2, 3, 4, 5, 6],
                stepCount: 20, lateSpikes: .dropped))
        let spikes = encoder.encode([0.5, 2.5, 4.25])
        #expect(spikes.map(\.input) == [0, 1, 2, 3, 4, 5])
        #expect(spikes.map(\.step) == [0, 1, 1, 2, 1, 4])
        #expect(encoder.inputCount == 6 && encoder.neuronsPerTap == 2)
    }
}
