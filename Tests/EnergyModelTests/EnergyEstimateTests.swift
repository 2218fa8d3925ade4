import EnergyModel
import Modulation
import Testing

@Suite struct EnergyEstimateTests {
    static func sample() throws -> EnergyEstimate {
        let list = try PriceListTests.list([
            PriceListTests.price(.multiplyAccumulates, low: 0.1, nominal: 0.25, high: 1),
            PriceListTests.price(
                .activations, low: 0, nominal: 2, high: 3, status: .estimate),
            PriceListTests.price(.receivedSamples, low: 3, nominal: 8, high: 16),
            PriceListTests.price(.synapticEvents, status: .estimate),
        ])
        return try list.estimate(
            of: Workload(operationsPerSymbol: [
                .multiplyAccumulates: 440, .activations: 40, .receivedSamples: 1,
            ]), bitsPerSymbol: 2)
    }

    @Test func arithmeticByHand() throws {
        // 440 x 0.25 + 40 x 2 + 1 x 8 = 198; low 44 + 0 + 3; high 440 + 120 + 16.
        let energy = try Self.sample()
        #expect(energy.perSymbol.picojoules == 198)
        #expect(energy.perSymbol.lowPicojoules == 47)
        #expect(energy.perSymbol.highPicojoules == 576)
        #expect(energy.perBit.picojoules == 99)
        #expect(energy.perBit.lowPicojoules == 23.5)
        #expect(energy.perBit.highPicojoules == 288)
    }

    @Test func breakdownSumsToTheTotal() throws {
        let energy = try Self.sample()
        #expect(energy.terms.count == 3)
        #expect(energy.terms.reduce(0) { $0 + $1.perSymbol.picojoules } == 198)
        for term in energy.terms {
            #expect(term.perSymbol.lowPicojoules <= term.perSymbol.picojoules)
            #expect(term.perSymbol.picojoules <= term.perSymbol.highPicojoules)
        }
    }

    @Test func dominantTermIsTheLargest() throws {
        let dominant = try #require(try Self.sample().dominant)
        #expect(dominant.term.price.operation == .multiplyAccumulates)
        #expect(abs(dominant.share - 110.0 / 198) < 1e-15)
    }

    @Test func estimateMarksPropagateFromTermsThatOccur() throws {
        let energy = try Self.sample()
        #expect(energy.isEstimate)
        #expect(abs(energy.estimatedShare - 80.0 / 198) < 1e-15)
        // The list also holds an estimated price for synaptic events, which do not occur here.
        let list = try PriceListTests.list([
            PriceListTests.price(.multiplyAccumulates),
            PriceListTests.price(.synapticEvents, status: .estimate),
        ])
        let published = try list.estimate(
            of: Workload(operationsPerSymbol: [.multiplyAccumulates: 3]), bitsPerSymbol: 1)
        #expect(!published.isEstimate)
        #expect(published.estimatedShare == 0)
    }

    @Test func nothingDoneCostsNothing() throws {
        let energy = try PriceListTests.list([PriceListTests.price(.products)]).estimate(
            of: Workload(operationsPerSymbol: [:]), bitsPerSymbol: 2)
        #expect(energy.perSymbol.picojoules == 0)
        #expect(energy.dominant == nil)
        #expect(!energy.isEstimate)
    }

    @Test func severalTermsOfOneOperationAdd() throws {
        let list = try PriceListTests.list([
            PriceListTests.price(.hardwareNanoseconds, "static", low: 1, nominal: 2, high: 4),
            PriceListTests.price(.hardwareNanoseconds, "processor", low: 0, nominal: 3, high: 6),
        ])
        let energy = try list.estimate(
            of: Workload(operationsPerSymbol: [.hardwareNanoseconds: 10]), bitsPerSymbol: 1)
        #expect(energy.perSymbol.picojoules == 50)
        #expect(energy.perSymbol.highPicojoules == 100)
    }

    @Test func countsBecomeWorkPerSymbol() {
        var counts = OperationCounts()
        counts.multiplyAccumulates = 700
        counts.synapticEvents = 50
        counts.inputSpikes = 25
        counts.hardwareNanoseconds = 3_000_000
        let workload = Workload(counts, symbols: 100, receivedSamplesPerSymbol: 1)
        #expect(workload[.multiplyAccumulates] == 7)
        #expect(workload[.synapticEvents] == 0.5)
        #expect(workload[.inputSpikes] == 0.25)
        #expect(workload[.hardwareNanoseconds] == 30_000)
        #expect(workload[.receivedSamples] == 1)
        #expect(workload[.products] == 0)
        #expect(workload.operationsPerSymbol[.products] == nil)
    }
}
