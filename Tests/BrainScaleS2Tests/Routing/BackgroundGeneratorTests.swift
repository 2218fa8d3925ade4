import BrainScaleS2
import Testing

@Suite struct BackgroundGeneratorTests {
    /// Period 1000: one event per 8 us, the first after one period.
    @Test func regularGeneratorKeepsItsPeriod() {
        var generator = BackgroundGenerator(
            period: 1000, rate: 0, isRandom: false, label: 5, seed: 1)
        let events = generator.events(before: 10_001)
        #expect(events.map(\.tick) == (1...10).map { 1000 * $0 })
        #expect(events.allSatisfy { $0.label == 5 })
        #expect(generator.meanRate == 125_000)
        // Nothing is handed out twice.
        #expect(generator.events(before: 11_001).map(\.tick) == [11_000])
    }

    /// Period 125, rate 127: 500 kHz; over 10 ms 5000 +- 150, three standard deviations of a binomial.
    @Test(arguments: [1, 77, 4_000_000_000] as [UInt32])
    func randomGeneratorHasItsRate(seed: UInt32) {
        var generator = BackgroundGenerator(
            period: 125, rate: 127, isRandom: true, label: 0, seed: seed)
        #expect(generator.meanRate == 500_000)
        let events = generator.events(before: 1_250_001)
        #expect(abs(events.count - 5000) <= 150)
    }

    @Test func maskSpreadsEventsOverItsSources() {
        var generator = BackgroundGenerator(
            period: 1, rate: 255, isRandom: true, label: 0x1230, mask: 0x07, seed: 3)
        var counts = [UInt16: Int]()
        for event in generator.events(before: 8001) { counts[event.label, default: 0] += 1 }
        #expect(counts.keys.sorted() == (0..<8).map { 0x1230 + $0 })
        // 8000 draws: four standard deviations of a binomial.
        for count in counts.values { #expect(abs(count - 1000) < 4 * 30) }
    }

    @Test func rateZeroIsOff() {
        var generator = BackgroundGenerator(
            period: 1, rate: 0, isRandom: true, label: 0, seed: 9)
        #expect(generator.events(before: 10_000).isEmpty)
    }
}

@Suite struct CrossbarQueuesTests {
    private let bus = CrossbarOutput(Hemisphere(0), PADIBus(0))

    /// Neuron outputs 0 and 4 both reach bus 0. One event each in the same tick: one waits a tick.
    @Test func oneEventATickLeavesAnOutput() {
        var crossbar = CrossbarQueues(nodes: [
            CrossbarInput(0): [bus: .passAll], CrossbarInput(4): [bus: .passAll],
        ])
        let deliveries = crossbar.run(
            until: 100,
            arriving: [
                CrossbarInput(0): [.init(tick: 10, label: 1)],
                CrossbarInput(4): [.init(tick: 10, label: 2)],
            ])
        #expect(deliveries.map(\.tick) == [10, 11])
        #expect(deliveries.map(\.label) == [1, 2])
        #expect(crossbar.drops.isEmpty)
    }

    /// Two sources at full rate into one output for 100 ticks: 100 pass, 16 still wait with the one
    /// that loses, the rest is dropped and counted there. All events are accounted for.
    @Test func persistentCollisionsAreDroppedAndCounted() {
        var crossbar = CrossbarQueues(nodes: [
            CrossbarInput(0): [bus: .passAll], CrossbarInput(4): [bus: .passAll],
        ])
        let full = (0..<100).map { CrossbarQueues.Event(tick: $0, label: 0) }
        let deliveries = crossbar.run(
            until: 100, arriving: [CrossbarInput(0): full, CrossbarInput(4): full])
        #expect(deliveries.count == 100)
        #expect(crossbar.drops[CrossbarInput(0)] == nil)
        #expect(crossbar.drops[CrossbarInput(4)] == 84)
        // What waited comes later.
        #expect(crossbar.run(until: 200, arriving: [:]).count == 16)
    }

    @Test func nodesLetPassWhatTheirMaskSays() {
        let other = CrossbarOutput(Hemisphere(1), PADIBus(0))
        var crossbar = CrossbarQueues(nodes: [
            .offChip(0): [
                bus: Crossbar.Node(mask: 1, target: 1), other: Crossbar.Node(mask: 1, target: 0),
            ],
            .offChip(1): [bus: .dropAll],
        ])
        let deliveries = crossbar.run(
            until: 100,
            arriving: [
                .offChip(0): [.init(tick: 0, label: 2), .init(tick: 1, label: 3)],
                .offChip(1): [.init(tick: 5, label: 0)],
            ])
        #expect(deliveries.map(\.output) == [other, bus])
    }
}
