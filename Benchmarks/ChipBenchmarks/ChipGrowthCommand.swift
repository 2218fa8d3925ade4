import ArgumentParser
import BrainScaleS2
import Foundation
import PhysicalQuantities
import RandomStreams

/// How the cost of an experiment in real time grows with events and neurons.
struct ChipGrowthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth",
        abstract: "Cost in real time against events and neurons, up to 512 neurons and 131 072 synapses.")

    @Option(name: .shortAndLong, help: "Results as JSON.") var output: String?
    @Option(help: "Turns of every point.") var turns = 5

    struct Point: Encodable {
        let neurons: Int
        let synapses: Int
        let events: Int
        let synapticEvents: Int
        let spikes: Int
        let seconds: Turns
        let emulatedOverWall: Double
    }

    func run() throws {
        var points: [Point] = []
        for neurons in [8, 32, 128, 512] {
            points.append(try measure(neurons: neurons, events: 20_000, strength: 0.015))
        }
        for events in [2000, 6000, 60_000] {
            points.append(try measure(neurons: 512, events: events, strength: 0.015))
        }
        var firing = [points[3]]
        for strength in [0.08, 0.1, 0.13] {
            firing.append(try measure(neurons: 512, events: 20_000, strength: strength))
        }
        points += firing.dropFirst()
        print("neurons  synapses   events  spikes   ms (range)                 ns per event  emulated/wall")
        for p in points {
            print(
                String(
                    format: "%7d  %8d  %7d  %6d   ", p.neurons, p.synapses, p.events, p.spikes)
                    + Turns([p.seconds.least, p.seconds.median, p.seconds.largest].map { $0 * 1e3 })
                    .text("%.1f")
                    + String(
                        format: "   %8.0f      %.2f", p.seconds.median / Double(p.events) * 1e9,
                        p.emulatedOverWall))
        }
        Self.fit("events", [points[3]] + points[4...6]) { Double($0.events) }
        Self.fit("neurons", Array(points[0...3])) { Double($0.neurons) }
        Self.fit("spikes", firing) { Double($0.spikes) }
        if let output { try ChipResultFile.write(points, to: output) }
    }

    /// Cost = offset + slope x by least squares, and its largest deviation.
    private static func fit(_ name: String, _ points: [Point], _ x: (Point) -> Double) {
        let xs = points.map(x)
        let ys = points.map { $0.seconds.median * 1e3 }
        let n = Double(points.count)
        let (mx, my) = (xs.reduce(0, +) / n, ys.reduce(0, +) / n)
        let slope =
            zip(xs, ys).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
            / xs.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
        let offset = my - slope * mx
        let worst = zip(xs, ys).map { abs(offset + slope * $0 - $1) / $1 }.max() ?? 0
        print(
            String(
                format: "against %@: %.3g ms + %.3g us each, within %.0f %%", name as NSString, offset,
                slope * 1e3, 100 * worst))
    }

    /// 256 sources (128 drivers in each hemisphere, all to all, excitatory and inhibitory rows) onto
    /// neurons of both hemispheres, Poisson events over 20 ms, noise and mismatch on.
    private func measure(neurons: Int, events: Int, strength: Double) throws -> Point {
        var network = NetworkDescription()
        let sources = network.addSource("input", count: 128)
        let cells = network.addPopulation(
            "cells", count: neurons,
            cell: .leakyIntegrateAndFire(
                NeuronTargets(
                    leak: 80, membraneTimeConstant: .microseconds(10),
                    excitatoryTimeConstant: .microseconds(10),
                    inhibitoryTimeConstant: .microseconds(10), strength: .peakResponse(strength)),
                .calibrationDefaults))
        var draw = RandomStream(seed: 1).substream("weights")
        network.connect(
            sources, to: cells,
            weights: (0..<128 * neurons).map { _ in Int(draw.next() % 64) - 20 })
        let placement = PlacementStrategy.explicit([
            (0..<neurons).map { NeuronIndex(256 * ($0 % 2) + $0 / 2) }
        ])
        let duration = 20_000.0
        let experiment = RealtimeExperiment(
            network: network, placement: placement,
            snippets: [Snippet(duration: .microseconds(duration))])
        var stream = RandomStream(seed: 2).substream("events")
        let input = (0..<events).map { _ in
            InputSpike(
                tick: Int(stream.uniform() * duration * 125), source: Int(stream.next() % 128))
        }
        let placed = try PlacedNetwork(network, strategy: placement)
        let chip = ChipInstance(seed: 1, fidelity: .full).calibrated(for: placed)
        var times: [Double] = []
        var health = ChipHealth()
        for _ in 0..<turns {
            let emulation = try RealtimeEmulation(
                experiment, placed: placed, on: chip, stream: RandomStream(seed: 3))
            let start = processorTime()
            health = try emulation.run(input: [input]).health
            times.append(processorTime() - start)
        }
        return Point(
            neurons: neurons, synapses: 2 * 128 * neurons, events: events,
            synapticEvents: health.synapticEvents, spikes: health.neuronSpikes,
            seconds: Turns(times),
            emulatedOverWall: health.hardwareNanoseconds * 1e-9 / Turns(times).median)
    }
}
