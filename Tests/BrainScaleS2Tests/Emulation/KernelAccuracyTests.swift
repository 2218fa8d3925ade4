import Foundation
import NumericKernels
import RandomStreams
import TestSupport
import Testing

@Suite struct KernelAccuracyTests {
    /// Without thresholds the membrane is the sum of the closed responses to all events, whatever
    /// the intervals; ratios of time constants from a twentieth to twenty, equal ones included.
    @Test func membraneIsTheSumOfItsResponses() {
        let group = ChipNeuronGroup(
            neuronCount: 19, rowCount: 4, hasThresholds: false, isRecurrent: false,
            latencyTicks: 16)
        defer { group.deallocate() }
        var stream = RandomStream(seed: 4).substream("membrane")
        func rate() -> Float { Float(0.008 / (1 + 19 * stream.uniform())) }
        for lane in 0..<19 {
            group.rateMembrane[lane] = rate()
            group.rateExcitatory[lane] = lane % 3 == 0 ? group.rateMembrane[lane] : rate()
            group.rateInhibitory[lane] =
                lane % 4 == 0 ? group.rateMembrane[lane] * 1.0001 : rate()
            for row in 0..<4 {
                group.excitatoryWeights[row * group.laneCount + lane] = Float(stream.uniform())
                group.inhibitoryWeights[row * group.laneCount + lane] = Float(stream.uniform())
            }
        }
        group.rest()
        let events = (0..<60).map { _ in (Int(stream.next() % 3000), Int(stream.next() % 4)) }
            .sorted { $0.0 < $1.0 }
        let keys = events.map { UInt64($0.0) << 32 | UInt64($0.1) }
        let sampleTicks: [Int32] = [0, 250, 1000, 2999, 3750]
        var samples = [Float](repeating: 0, count: sampleTicks.count * group.laneCount)
        var spikes = [UInt64](repeating: 0, count: 1)
        var tally = ChipKernelTally()
        _ = samples.withUnsafeMutableBufferPointer { samples in
            spikes.withUnsafeMutableBufferPointer { spikes in
                chipRunTrial(
                    group, events: keys, eventCount: keys.count, sampleTicks: sampleTicks,
                    sampleCount: sampleTicks.count, samples: samples.baseAddress!,
                    duration: 3750, spikes: spikes.baseAddress!, spikeCapacity: 1, tally: &tally)
            }
        }
        for (k, sample) in sampleTicks.enumerated() {
            for lane in 0..<19 {
                var expected = 0.0
                for (tick, row) in events where tick < Int(sample) {
                    let t = 0.008 * Double(Int(sample) - tick)
                    let m = 0.008 / Double(group.rateMembrane[lane])
                    let place = row * group.laneCount + lane
                    expected +=
                        Double(group.excitatoryWeights[place])
                        * StrictNeuronTwin.response(
                            t, 0.008 / Double(group.rateExcitatory[lane]), m)
                    expected -=
                        Double(group.inhibitoryWeights[place])
                        * StrictNeuronTwin.response(
                            t, 0.008 / Double(group.rateInhibitory[lane]), m)
                }
                let found = Double(samples[k * group.laneCount + lane])
                #expect(abs(found - expected) < 1e-4, "tick \(sample), lane \(lane)")
            }
        }
    }

    /// Random membranes, all signs of rise and fall, thresholds near their maxima, some of them
    /// below leak: the first crossing agrees with a scan of a thousandth of the interval and bisection.
    @Test func firstCrossingAgreesWithAScan() {
        var stream = RandomStream(seed: 8).substream("crossing")
        var found = 0
        for _ in 0..<2000 {
            func rate() -> Double { 0.008 / (0.3 + 20 * stream.uniform() * stream.uniform()) }
            let membrane = ChipMembrane(
                potential: 60 * stream.uniform() - 30, excitatory: 200 * stream.uniform(),
                inhibitory: 200 * stream.uniform(), rateMembrane: rate(), rateExcitatory: rate(),
                rateInhibitory: rate())
            let duration = 10 + 2000 * stream.uniform()
            func v(_ t: Double) -> Double {
                let m = 1 / membrane.rateMembrane
                return membrane.potential * exp(-t / m)
                    + membrane.excitatory
                    * StrictNeuronTwin.response(t, 1 / membrane.rateExcitatory, m)
                    - membrane.inhibitory
                    * StrictNeuronTwin.response(t, 1 / membrane.rateInhibitory, m)
            }
            let grid = (0...1000).map { v(duration * Double($0) / 1000) }
            let top = grid.reduce(-1e9) { max($0, $1) }
            let side = stream.uniform() < 0.5 ? -1.0 : 1
            let threshold = top + side * (0.05 + 5 * stream.uniform())
            guard grid[0] < threshold else { continue }
            let crossing = membrane.firstCrossing(of: threshold, within: duration)
            guard let k = grid.firstIndex(where: { $0 >= threshold }) else {
                #expect(crossing == nil)
                continue
            }
            found += 1
            var (low, high) = (duration * Double(k - 1) / 1000, duration * Double(k) / 1000)
            for _ in 0..<60 {
                let middle = 0.5 * (low + high)
                if v(middle) >= threshold { high = middle } else { low = middle }
            }
            #expect(abs((crossing ?? -1) - high) < 0.1)
        }
        #expect(found > 300)
    }

    @Test func noiseIsStandardNormal() {
        var stream = RandomStream(seed: 5).substream("normals")
        let words = (0..<40_000).map { _ in stream.next() }
        var normals = [Float](repeating: 0, count: 80_000)
        normals.withUnsafeMutableBufferPointer {
            chipNormals(from: words, blockCount: 5000, into: $0.baseAddress!)
        }
        let values = normals.map(Double.init)
        // Four standard errors of mean, variance, fourth moment and of neighbors' products.
        #expect(abs(Statistics.mean(values)) < 4 / 80_000.0.squareRoot())
        #expect(abs(Statistics.variance(values) - 1) < 4 * (2 / 80_000.0).squareRoot())
        let fourth = Statistics.mean(values.map { $0 * $0 * $0 * $0 })
        #expect(abs(fourth - 3) < 4 * (96 / 80_000.0).squareRoot())
        let product = Statistics.mean(zip(values, values.dropFirst(8)).map(*))
        #expect(abs(product) < 4 / 80_000.0.squareRoot())
    }
}
