import BrainScaleS2
import PhysicalQuantities
import RandomStreams
import TestSupport
import Testing

/// The two public demonstrations of on-chip plasticity, on chips with mismatch and noise.
@Suite struct PlasticityDemonstrationTests {
    /// Writes one row of a picture per call into the weights of one driver.
    private struct Painter: PlasticityKernel {
        let driver: SynapseDriver
        let columns: [SynapseColumn]
        /// [line][pixel], weights.
        let picture: [[UInt8]]
        var line = 0

        mutating func update(on ppu: inout PPU) {
            guard ppu.hemisphere == .top else { return }
            for parity in ColumnParity.allCases {
                var weights = PPUVector8(repeating: 0)
                for (pixel, column) in columns.enumerated() where column.parity == parity {
                    weights[column.lane] = Int8(picture[line][pixel])
                }
                ppu.writeWeights(weights, driver.excitatoryRow, parity)
            }
            line += 1
        }
    }

    /// A disc with a ring around it and a diagonal.
    private static func isBright(_ line: Int, _ pixel: Int) -> Bool {
        let (x, y) = (Double(pixel) - 31.5, Double(line) - 31.5)
        let r = x * x + y * y
        return r < 120 || (400...600).contains(r) || abs(x - y) < 1.5
    }

    /// 64 bypass neurons draw 64 lines of a millisecond each; a pixel's brightness is the spikes of
    /// its neuron in its millisecond.
    @Test(arguments: [1, 2, 3]) func weightsDrawAPicture(seed: Int) throws {
        var network = NetworkDescription()
        let source = network.addSource("source", count: 1, kind: .poisson(rate: 40_000, seed: 3))
        let cells = network.addPopulation("pixels", count: 64, cell: .bypass(BypassTargets()))
        network.connect(source, to: cells, weights: Array(repeating: 0, count: 64))
        let placed = try PlacedNetwork(network)
        let picture = (0..<64).map { line in
            (0..<64).map { Self.isBright(line, $0) ? UInt8(63) : 0 }
        }
        let driver = try #require(placed.drivers[0][0])
        let painter = Painter(
            driver: driver, columns: placed.circuits[0].map(\.column), picture: picture)
        let timer = PlasticityTimer(
            kernel: "paint", start: .microseconds(0), period: .microseconds(1000), count: 64)
        let chip = ChipInstance(seed: UInt64(seed), fidelity: .full)
        let emulation = try RealtimeEmulation(
            RealtimeExperiment(
                network: network, snippets: [Snippet(duration: .microseconds(64_000))],
                timers: [timer]),
            placed: placed, on: chip, stream: RandomStream(seed: 1))
        let results = try emulation.run(input: [[]], kernels: ["paint": painter])
        var counts = Array(repeating: 0, count: 64 * 64)
        for spike in results.spikes { counts[min(spike.tick / 125_000, 63) * 64 + spike.neuron] += 1 }
        // Share of (bright, dark) pairs of pixels in the right order; ties count half.
        var bright = [Int](repeating: 0, count: 200)
        var dark = bright
        for line in 0..<64 {
            for pixel in 0..<64 {
                let count = min(counts[64 * line + pixel], 199)
                if Self.isBright(line, pixel) { bright[count] += 1 } else { dark[count] += 1 }
            }
        }
        var right = 0.0
        for b in bright.indices {
            for d in dark.indices where bright[b] > 0 && dark[d] > 0 {
                right += Double(bright[b] * dark[d]) * (b > d ? 1 : b == d ? 0.5 : 0)
            }
        }
        let area = right / Double(bright.reduce(0, +) * dark.reduce(0, +))
        #expect(area >= 0.98)
        #expect(results.missedPeriods == [0])
    }

    /// Moves the weight of every neuron by one towards a rate, every 10 ms.
    private struct Homeostasis: PlasticityKernel {
        /// Drivers of the noise sources, [hemisphere][source].
        let drivers: [[SynapseDriver]]
        let target: Int

        mutating func update(on ppu: inout PPU) {
            let h = ppu.hemisphere.index
            var recorded: [UInt8] = []
            for parity in ColumnParity.allCases {
                let weights = ppu.readWeights(drivers[h][0].excitatoryRow, parity)
                var steps = PPUVector8(repeating: 0)
                for column in SynapseColumn.all where column.parity == parity {
                    let neuron = NeuronIndex(hemisphere: ppu.hemisphere, column: column)
                    let count = Int(ppu.spikeCounter(neuron).value)
                    ppu.clearSpikeCounter(neuron)
                    steps[column.lane] = count < target ? 1 : count > target ? -1 : 0
                    ppu.charge(3 * ppu.costs.scalarOperation)
                }
                let changed = weights.addingSaturating(steps).saturatedWeight()
                ppu.charge(2 * ppu.costs.vectorOperation)
                for driver in drivers[h] {
                    ppu.writeWeights(changed, driver.excitatoryRow, parity)
                }
                recorded += changed.elements.map { UInt8(bitPattern: $0) }
            }
            ppu.record(recorded)
        }
    }

    /// 512 neurons under on-chip Poisson noise of four sources of 120 kHz find 6 kHz within a second.
    /// One weight per neuron serves its four synapses. Membranes of 60 us and weak synapses make
    /// single events and single weight steps small beside the threshold.
    @Test func neuronsFindTheirRate() throws {
        var network = NetworkDescription()
        let noise = network.addSource(
            "noise", count: 4, kind: .poisson(rate: 120_000, seed: 11))
        let cells = network.addPopulation(
            "cells", count: 512,
            cell: .leakyIntegrateAndFire(
                Networks.cell(membrane: 60, synapse: 5, strength: .drive(0.77)),
                .calibrationDefaults))
        network.connect(noise, to: cells, weights: Array(repeating: 0, count: 4 * 512))
        let placed = try PlacedNetwork(network)
        let kernel = Homeostasis(
            drivers: (0..<2).map { h in (0..<4).compactMap { placed.drivers[h][$0] } }, target: 60)
        let timer = PlasticityTimer(
            kernel: "homeostasis", start: .microseconds(10_000), period: .microseconds(10_000),
            count: 99)
        let chip = ChipInstance(seed: 1, fidelity: .full).calibrated(for: placed)
        let emulation = try RealtimeEmulation(
            RealtimeExperiment(
                network: network, snippets: [Snippet(duration: .microseconds(1_000_000))],
                timers: [timer]),
            placed: placed, on: chip, stream: RandomStream(seed: 1))
        let results = try emulation.run(input: [[]], kernels: ["homeostasis": kernel])
        // Counts of each neuron in each 10 ms after 0.8 s.
        var counts = Array(repeating: 0, count: 512 * 20)
        var early = 0
        for spike in results.spikes {
            let slot = spike.tick / 1_250_000
            if slot >= 80, slot < 100 { counts[(slot - 80) * 512 + spike.neuron] += 1 }
            if slot >= 30, slot < 40 { early += 1 }
        }
        let within = Double(counts.count { abs($0 - 60) <= 12 }) / Double(counts.count)
        #expect(within >= 0.95)
        // Mean rate by 0.3 s.
        #expect((5.0...7.0).contains(Double(early) / 512 / 0.1 / 1000))
        #expect(results.missedPeriods == [0])
        for hemisphere in Hemisphere.all {
            let rows = results.recordings.filter { $0.hemisphere == hemisphere }.map(\.values)
            #expect(rows.count == 99)
            for (a, b) in zip(rows, rows.dropFirst()) {
                #expect(zip(a, b).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
            }
        }
        // Where published weights end.
        #expect((15...30).contains(Statistics.mean(results.weights[0].map(Double.init))))
    }
}
