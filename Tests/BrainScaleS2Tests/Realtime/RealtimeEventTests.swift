import BrainScaleS2
import PhysicalQuantities
import RandomStreams
import Testing

@Suite struct RealtimeEventTests {
    private static func run(
        _ experiment: RealtimeExperiment, _ input: [[InputSpike]]? = nil,
        chip: ChipInstance = .ideal, kernels: [String: any PlasticityKernel] = [:]
    ) throws -> RealtimeResults {
        let emulation = try RealtimeEmulation(
            experiment, on: chip, stream: RandomStream(seed: 1).substream("run"))
        return try emulation.run(
            input: input ?? experiment.snippets.map { _ in [] }, kernels: kernels)
    }

    private static func bypassNetwork(_ source: SourceKind, weights: [Int]) -> NetworkDescription {
        projected(source, weights: weights).network
    }

    private static func projected(
        _ source: SourceKind, weights: [Int]
    ) -> (network: NetworkDescription, projection: ProjectionID) {
        var network = NetworkDescription()
        let input = network.addSource("source", count: 1, kind: source)
        let cells = network.addPopulation(
            "cells", count: weights.count, cell: .bypass(BypassTargets()))
        let projection = network.connect(input, to: cells, weights: weights)
        return (network, projection)
    }

    /// A hundred events of weight 63 are a hundred spikes, of weight 0 none.
    @Test func bypassGivesOneSpikePerEvent() throws {
        let experiment = RealtimeExperiment(
            network: Self.bypassNetwork(.external, weights: [63, 0, 63]),
            snippets: [Snippet(duration: .microseconds(300))])
        let input = (0..<100).map { InputSpike(tick: 250 * $0, source: 0) }
        for fidelity in Fidelity.allCases {
            let results = try Self.run(
                experiment, [input], chip: ChipInstance(seed: 4, fidelity: fidelity))
            #expect((0..<3).map { results.spikeCount(of: $0, in: 0..<37_500) } == [100, 0, 100])
            #expect(results.health.crossbarDrops == 0)
        }
    }

    /// Period 1000: an event every 8 us, the first after one period.
    @Test func regularGeneratorReachesItsNeurons() throws {
        let experiment = RealtimeExperiment(
            network: Self.bypassNetwork(.regular(rate: 125_000), weights: [63]),
            snippets: [Snippet(duration: .microseconds(100))])
        let spikes = try Self.run(experiment).spikes
        #expect(spikes.map(\.tick) == (1...12).map { 1000 * $0 })
    }

    /// Four Poisson sources share one generator: each has its own rate and its own train, and
    /// neurons of both hemispheres see the same.
    @Test func poissonSourcesShareAGenerator() throws {
        var network = NetworkDescription()
        let noise = network.addSource(
            "noise", count: 4, kind: .poisson(rate: 100_000, seed: 5))
        let cells = network.addPopulation("cells", count: 8, cell: .bypass(BypassTargets()))
        // Neuron k and k + 4 listen to source k.
        network.connect(
            noise, to: cells, weights: (0..<4).flatMap { s in (0..<8).map { $0 % 4 == s ? 63 : 0 } })
        let experiment = RealtimeExperiment(
            network: network,
            placement: .explicit([(0..<8).map { NeuronIndex($0 < 4 ? $0 : 300 + $0) }]),
            snippets: [Snippet(duration: .microseconds(20_000))])
        let spikes = try Self.run(experiment).spikes
        let trains = (0..<8).map { n in spikes.filter { $0.neuron == n }.map(\.tick) }
        for n in 0..<8 {
            // 2000 expected, five standard deviations of a Poisson count.
            #expect(abs(trains[n].count - 2000) < 225, "source \(n)")
        }
        for n in 0..<4 { #expect(trains[n] == trains[n + 4]) }
        #expect(Set(trains[0]).intersection(trains[1]).isEmpty)
    }

    /// Two neuron outputs on one bus at full rate cannot both pass: drops are counted, never silent.
    @Test func overloadIsCounted() throws {
        var network = NetworkDescription()
        let input = network.addSource("input", count: 1)
        let cells = network.addPopulation("cells", count: 64, cell: .bypass(BypassTargets()))
        network.connect(input, to: cells, weights: Array(repeating: 63, count: 64))
        let experiment = RealtimeExperiment(
            network: network,
            placement: .explicit([(0..<64).map { NeuronIndex($0 < 32 ? $0 : 128 + $0 - 32) }]),
            snippets: [Snippet(duration: .microseconds(20))])
        // 32 neurons of two outputs fire at once: 16 wait, the rest is lost, and so every time.
        let input3 = (0..<3).map { InputSpike(tick: 500 * $0, source: 0) }
        let results = try Self.run(experiment, [input3])
        #expect(results.health.neuronSpikes == 3 * 64)
        #expect(results.health.crossbarDrops > 0)
        #expect(results.spikes.count + results.health.crossbarDrops == 3 * 64)
    }

    @Test func eventsWithoutARouteAreCounted() throws {
        let experiment = RealtimeExperiment(
            network: Self.bypassNetwork(.external, weights: [63]),
            snippets: [Snippet(duration: .microseconds(10))])
        let results = try Self.run(
            experiment,
            [[
                InputSpike(tick: 5, source: 0), InputSpike(tick: -1, source: 0),
                InputSpike(tick: 1250, source: 0), InputSpike(tick: 5, source: 7),
            ]])
        #expect(results.health.eventsOffered == 4 && results.health.eventsDelivered == 1)
        #expect(results.health.eventsDropped == 3 && results.spikes.count == 1)
    }

    /// Weights written at an absolute time act on events from that tick on, and snippets have
    /// weights of their own.
    @Test func writesAndSnippetsChangeWeights() throws {
        let (network, projection) = Self.projected(.external, weights: [0])
        let experiment = RealtimeExperiment(
            network: network,
            snippets: [
                Snippet(
                    duration: .microseconds(80),
                    writes: [
                        .init(time: .microseconds(40), projection: projection, weights: [63])
                    ]),
                Snippet(
                    duration: .microseconds(80),
                    writes: [.init(time: .microseconds(0), projection: projection, weights: [0])]),
            ])
        let input = (0..<10).map { InputSpike(tick: 1000 * $0, source: 0) }
        let results = try Self.run(experiment, [input, input])
        #expect(results.spikes.map { $0.tick } == [5000, 6000, 7000, 8000, 9000])
        #expect(results.weights == [[0]])
        let clock = 160.0 + 8e-3 * Double(RealtimeEmulation.configurationTicks)
        #expect(abs(results.health.hardwareNanoseconds / 1000 - clock) < 1e-9)
    }

    /// A kernel that takes two and a half of its periods.
    private struct Slow: PlasticityKernel {
        mutating func update(on ppu: inout PPU) {
            ppu.charge(625_000)
            ppu.record([1])
        }
    }

    /// Periods that a slow kernel misses are counted on both processors, and none is made up for.
    @Test func overrunsOfKernelsAreCounted() throws {
        let experiment = RealtimeExperiment(
            network: Self.bypassNetwork(.external, weights: [63]),
            snippets: [Snippet(duration: .microseconds(70_000))],
            timers: [
                PlasticityTimer(
                    kernel: "slow", start: .microseconds(1000), period: .microseconds(1000),
                    count: 64)
            ])
        let results = try Self.run(experiment, kernels: ["slow": Slow()])
        #expect(results.health.missedTimers == results.missedPeriods[0])
        #expect(results.missedPeriods[0] > 60)
        #expect(results.recordings.count + results.missedPeriods[0] == 2 * 64)
        let ticks = results.recordings.filter { $0.hemisphere == .top }.map { $0.tick }
        #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $1 - $0 >= 312_500 })
    }

    @Test func wrongExperimentsSayWhatWouldBeRight() {
        let (network, projection) = Self.projected(.external, weights: [63])
        func message(_ experiment: RealtimeExperiment, input: Int = 1) -> String {
            do {
                _ = try Self.run(experiment, Array(repeating: [], count: input))
                return ""
            } catch { return "\(error)" }
        }
        let snippet = Snippet(duration: .microseconds(10))
        #expect(message(.init(network: network, snippets: [])).contains("at least one"))
        #expect(
            message(.init(network: network, snippets: [Snippet(duration: .seconds(20))]))
                .contains("16 s"))
        #expect(
            message(.init(network: network, snippets: [snippet]), input: 2)
                .contains("the experiment has 1"))
        let timer = PlasticityTimer(
            kernel: "learn", start: .microseconds(0), period: .microseconds(5), count: 1)
        #expect(
            message(.init(network: network, snippets: [snippet], timers: [timer]))
                .contains("no plasticity kernel 'learn'"))
        #expect(
            message(
                .init(network: network, snippets: [snippet], timers: [timer], cadc: CADCSchedule()))
                .contains("conversion engine"))
        let write = Snippet.WeightWrite(
            time: .microseconds(2), projection: projection, weights: [64])
        #expect(
            message(
                .init(
                    network: network,
                    snippets: [Snippet(duration: .microseconds(10), writes: [write])]))
                .contains("-63...63"))
        #expect(
            message(
                .init(
                    network: Self.bypassNetwork(.poisson(rate: 1e9, seed: 1), weights: [63]),
                    snippets: [snippet])
            ).contains("15...15000000"))
    }
}
