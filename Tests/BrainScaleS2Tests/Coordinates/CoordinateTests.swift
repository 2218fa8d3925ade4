import BrainScaleS2
import PhysicalQuantities
import Testing

@Suite struct CoordinateTests {
    @Test func driversServeTheirRowsAndBuses() {
        for driver in SynapseDriver.all {
            #expect(driver.excitatoryRow.index == 2 * driver.index)
            #expect(driver.inhibitoryRow.index == 2 * driver.index + 1)
            #expect(driver.excitatoryRow.driver == driver && driver.inhibitoryRow.driver == driver)
            #expect(SynapseDriver(bus: driver.bus, indexOnBus: driver.indexOnBus) == driver)
        }
        let perBus = Dictionary(grouping: SynapseDriver.all, by: \.bus)
        #expect(perBus.values.allSatisfy { $0.count == 32 })
    }

    @Test func rowSelectFiveOnBusTwoIsDriverTwentyTwo() {
        let event = PADIEvent(bus: PADIBus(2), rowSelect: 5, label: SynapseLabel(17))
        #expect(event.drivers() == [SynapseDriver(22)])
        #expect(event.drivers()[0].excitatoryRow == SynapseRow(44))
        #expect(event.drivers()[0].inhibitoryRow == SynapseRow(45))
        #expect(event.word == 5 << 6 | 17 && event.label == SynapseLabel(17))
    }

    @Test func clearedMaskBitAddressesTwoDrivers() {
        let event = PADIEvent(driver: SynapseDriver(22), label: SynapseLabel(0))
        #expect(event.drivers(compareMask: 0b11110) == [SynapseDriver(18), SynapseDriver(22)])
        #expect(event.drivers(compareMask: 0).count == 32)
    }

    @Test func neuronsSplitIntoHemisphereAndColumn() {
        for neuron in NeuronIndex.all {
            #expect(NeuronIndex(hemisphere: neuron.hemisphere, column: neuron.column) == neuron)
        }
        #expect(NeuronIndex(300).hemisphere == .bottom && NeuronIndex(300).column.index == 44)
        #expect(NeuronIndex(300).eventOutput.index == 1 && NeuronIndex(255).quadrant == 1)
    }

    @Test func quadsHoldEvenColumnsThenOddOnes() {
        var seen = Set<SynapseColumn>()
        for quad in 0..<64 {
            for entry in 0..<4 {
                let column = SynapseColumn(quad: quad, entry: entry)
                #expect(column.parity == (quad < 32 ? .even : .odd))
                seen.insert(column)
            }
        }
        #expect(seen.count == 256 && SynapseColumn(quad: 33, entry: 2).index == 13)
    }

    @Test func lanesInterleaveEvenAndOddColumns() {
        for column in SynapseColumn.all {
            #expect(column.index == 2 * column.lane + column.parity.rawValue)
            #expect(SynapseColumn(lane: column.lane, parity: column.parity) == column)
        }
    }

    @Test(arguments: [-1, 256, Int.max]) func numbersOutOfRangeAreNoRows(_ index: Int) {
        #expect(SynapseRow(checking: index) == nil)
        #expect(SynapseRow(checking: 255) != nil)
    }

    @Test func crossbarHasItsSeventySixNodes() {
        var nodes = 0
        for input in CrossbarInput.all {
            nodes += CrossbarOutput.all.count { Crossbar.hasNode(from: input, to: $0) }
        }
        #expect(nodes == 76)
        #expect(Crossbar.hasNode(from: .background(5), to: CrossbarOutput(.bottom, PADIBus(1))))
        #expect(!Crossbar.hasNode(from: .background(5), to: CrossbarOutput(.top, PADIBus(1))))
        #expect(!Crossbar.hasNode(from: .offChip(0), to: .offChip(1)))
        for neuron in NeuronIndex.all {
            let output = CrossbarOutput(.top, neuron.eventOutput.reachableBus)
            #expect(Crossbar.hasNode(from: CrossbarInput(neuron.eventOutput), to: output))
        }
        #expect(Crossbar.Node.passAll.passes(0x2ABC) && !Crossbar.Node.dropAll.passes(0x3FFF))
        #expect(Crossbar.Node(mask: 0xF0, target: 0x30).passes(0x1037))
    }

    @Test func timesFallOnTheGrid() {
        #expect(ChipTime.ticks(.microseconds(30)) == 3750)
        #expect(ChipTime.denseIndex(tick: 62, step: .microseconds(1)) == 0)
        #expect(ChipTime.denseIndex(tick: 63, step: .microseconds(1)) == 1)
    }

    @Test func refractoryCountsDivideTheClock() {
        let slow = RefractoryPeriod(clockScale: 4, count: 16)
        #expect(abs(slow.time.microseconds - 2.048) < 1e-9)
        let longest = RefractoryPeriod(clockScale: 15, count: 255)
        #expect(abs(longest.time.microseconds - 66_846.72) < 1e-6)
        for target in [0.5, 1, 2, 10, 32] {
            let period = RefractoryPeriod(target: .microseconds(target)).time.microseconds
            #expect(abs(period / target - 1) < 0.03, "\(target) us became \(period) us")
        }
    }

    /// Hold-off 15: the reset opens one count before the end. Hold-off 0 with 40 counts: nine counts.
    @Test func resetOpensBeforeTheRefractoryTimeEnds() {
        #expect(RefractoryPeriod(clockScale: 0, count: 200).resetCounts(holdOff: 15) == 199)
        #expect(RefractoryPeriod(clockScale: 0, count: 40).resetCounts(holdOff: 0) == 9)
        #expect(RefractoryPeriod(clockScale: 0, count: 20).resetCounts(holdOff: 0) == nil)
    }

    @Test func spikeCounterStopsAtItsTop() {
        #expect(SpikeCounter(counting: 300).value == 255)
        #expect(SpikeCounter(counting: 300).hasOverflowed)
        #expect(SpikeCounter(counting: 255).value == 255)
        #expect(!SpikeCounter(counting: 255).hasOverflowed)
    }
}
