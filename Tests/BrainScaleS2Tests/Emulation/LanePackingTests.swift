import NumericKernels
import RandomStreams
import Testing

/// Whether neighbors in a vector change the bits of a neuron.
@Suite struct LanePackingTests {
    /// Sampled potentials of neurons 0..<`probes`, as bits; later neurons have faster synapses and
    /// so need another formula.
    static func bits(
        neurons: Int, probes: Int, shift: Int, _ packing: ChipLanePacking
    ) -> [UInt32] {
        let rows = 6
        let samples = 40
        let group = ChipNeuronGroup(
            neuronCount: neurons, rowCount: rows, hasThresholds: true, isRecurrent: false,
            latencyTicks: 16, packing: packing)
        defer { group.deallocate() }
        for lane in 0..<neurons {
            let neuron = (lane + neurons - shift) % neurons
            group.rateMembrane[lane] = 0.008 / 10
            group.rateExcitatory[lane] = 0.008 / (neuron < probes ? 6 + Float(neuron) : 0.5)
            group.rateInhibitory[lane] = 0.008 / 8
            group.threshold[lane] = 20
            group.reset[lane] = -5
            group.refractoryTicks[lane] = 125
            var stream = RandomStream(seed: 1).substream("neuron", neuron)
            for row in 0..<rows {
                let place = row * group.laneCount + lane
                group.excitatoryWeights[place] = Float(stream.uniform() * 40)
                group.inhibitoryWeights[place] = Float(stream.uniform() * 10)
            }
        }
        let events = (0..<20).map { UInt64($0 * 170) << 32 | UInt64($0 % rows) }
        let ticks = (0..<samples).map { Int32(90 * $0) }
        var potentials = [Float](repeating: 0, count: samples * group.laneCount)
        var spikes = [UInt64](repeating: 0, count: 4096)
        var tally = ChipKernelTally()
        group.rest()
        let count = chipRunTrial(
            group, events: events, eventCount: events.count, sampleTicks: ticks,
            sampleCount: samples, samples: &potentials, duration: 3750, spikes: &spikes,
            spikeCapacity: spikes.count, tally: &tally)
        #expect(count > 0)
        return (0..<samples).flatMap { sample in
            (0..<probes).map {
                potentials[sample * group.laneCount + ($0 + shift) % neurons].bitPattern
            }
        }
    }

    /// Alone, beside others, and elsewhere in the vector.
    @Test func independentNeuronsKeepTheirBits() {
        let alone = Self.bits(neurons: 5, probes: 5, shift: 0, .independent)
        #expect(Self.bits(neurons: 8, probes: 5, shift: 0, .independent) == alone)
        #expect(Self.bits(neurons: 19, probes: 5, shift: 3, .independent) == alone)
        #expect(Self.bits(neurons: 19, probes: 5, shift: 6, .independent) == alone)
        // The fast way differs in last bits.
        let fast = Self.bits(neurons: 5, probes: 5, shift: 0, .fastest)
        #expect(Self.bits(neurons: 8, probes: 5, shift: 0, .fastest) != fast)
    }
}
