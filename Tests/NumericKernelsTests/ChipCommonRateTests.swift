import NumericKernels
import RandomStreams
import Testing

/// The short way for neurons of one rate against the general one.
@Suite struct ChipCommonRateTests {
    private struct Outcome {
        var spikes: [UInt64]
        var potentials: [Float]
    }

    private static func run(_ seed: UInt64, takesShortWay: Bool) -> Outcome {
        var group = ChipNeuronGroup(
            neuronCount: 21, rowCount: 8, hasThresholds: true, isRecurrent: false,
            latencyTicks: 16)
        defer { group.deallocate() }
        var stream = RandomStream(seed: seed)
        for lane in 0..<21 {
            group.rateMembrane[lane] = 0.0012
            group.rateExcitatory[lane] = 0.0012
            group.rateInhibitory[lane] = 0.0012
            // Some fire at rest, some never rest long.
            group.threshold[lane] = Float(-5 + 60 * stream.uniform())
            group.reset[lane] = group.threshold[lane] - Float(3 + 40 * stream.uniform())
            group.refractoryTicks[lane] = Int32(20 + stream.next() % 400)
            for row in 0..<8 {
                group.excitatoryWeights[row * group.laneCount + lane] = Float(
                    80 * stream.uniform())
                group.inhibitoryWeights[row * group.laneCount + lane] = Float(
                    50 * stream.uniform())
            }
        }
        if takesShortWay { group.findCommonRate() }
        #expect((group.commonRate > 0) == takesShortWay)
        var events = (0..<60).map { _ in (stream.next() % 3600) << 32 | stream.next() % 8 }
        events.sort()
        let ticks = (0..<80).map { Int32(45 * $0) }
        var samples = [Float](repeating: 0, count: 80 * group.laneCount)
        var spikes = [UInt64](repeating: 0, count: 4096)
        var tally = ChipKernelTally()
        group.rest()
        let count = chipRunTrial(
            group, events: events, eventCount: events.count, sampleTicks: ticks, sampleCount: 80,
            samples: &samples, duration: 3750, spikes: &spikes, spikeCapacity: 4096,
            tally: &tally)
        return Outcome(
            spikes: Array(spikes.prefix(count)),
            potentials: (0..<80).flatMap { s in (0..<21).map { samples[s * group.laneCount + $0] } })
    }

    @Test func bothWaysAgree() {
        var total = 0
        var differing = 0
        for seed in 1...200 {
            let short = Self.run(UInt64(seed), takesShortWay: true)
            let long = Self.run(UInt64(seed), takesShortWay: false)
            total += long.spikes.count
            // Rounding moves a stamp by a tick now and then, and what follows from it a little.
            #expect(short.spikes.count == long.spikes.count, "seed \(seed)")
            differing += zip(short.spikes, long.spikes).count { $0 != $1 }
            for (a, b) in zip(short.potentials, long.potentials) { #expect(abs(a - b) < 0.5) }
        }
        #expect(total > 10_000)
        #expect(Double(differing) < 0.01 * Double(total))
    }
}
