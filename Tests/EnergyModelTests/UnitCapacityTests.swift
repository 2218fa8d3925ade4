import EnergyModel
import Testing

@Suite struct UnitCapacityTests {
    private func list() throws -> PriceList {
        try PriceList(
            name: "test", description: "", technology: TechnologyNode(
                nodeInNanometres: 7, supplyInVolts: nil),
            assumptions: [], notIncluded: [], unpriced: [:],
            entries: [
                Price(
                    operation: .hardwareNanoseconds, term: "power", picojoules: 150,
                    lowPicojoules: 100, highPicojoules: 200, status: .estimate, source: "test")
            ],
            capacities: [
                UnitCapacity(
                    operation: .hardwareNanoseconds, unit: "chip", operationsPerSecond: 1e9,
                    status: .published, source: "test")
            ])
    }

    /// 30 us a symbol at 112 GBd: 3.36 million chips side by side.
    @Test func chipsThatKeepUpWithALineRate() throws {
        let estimate = try list().estimate(
            of: Workload(operationsPerSymbol: [.hardwareNanoseconds: 30_000]), bitsPerSymbol: 2)
        #expect(estimate.loads.count == 1)
        let units = estimate.loads[0].unitsNeeded(symbolsPerSecond: 112e9)
        #expect(abs(units / 3.36e6 - 1) < 1e-12)
    }

    @Test func aRateMustBePositive() {
        #expect(throws: PriceListError.self) {
            try UnitCapacity(
                operation: .products, unit: "x", operationsPerSecond: 0, status: .estimate,
                source: "test")
        }
    }
}
