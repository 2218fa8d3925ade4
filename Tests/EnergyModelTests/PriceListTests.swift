import EnergyModel
import Foundation
import Modulation
import Testing

@Suite struct PriceListTests {
    static func price(
        _ operation: PricedOperation, _ term: String = "term", low: Double = 1, nominal: Double = 2,
        high: Double = 4, status: PriceStatus = .published
    ) throws -> Price {
        try Price(
            operation: operation, term: term, picojoules: nominal, lowPicojoules: low,
            highPicojoules: high, status: status, source: "source")
    }

    static func list(
        _ entries: [Price], unpriced: [PricedOperation: String] = [:], supply: Double? = 1
    ) throws -> PriceList {
        try PriceList(
            name: "sample", description: "sample",
            technology: TechnologyNode(nodeInNanometres: 28, supplyInVolts: supply),
            assumptions: [], notIncluded: [], unpriced: unpriced, entries: entries)
    }

    // The shape of a file under prices/, as JSON.
    static let file = """
        { "name": "dsp", "description": "sample", "technology": {"node_nm": 7, "supply_V": 0.7},
          "assumptions": ["a"], "not_included": ["b"],
          "unpriced": {"input_spikes": "free"},
          "entries": [
            {"operation": "multiply_accumulates", "term": "int8 MAC", "picojoules": 0.1,
             "low_picojoules": 0.077, "high_picojoules": 0.59, "bit_width": 8, "node_nm": 7,
             "year": 2021, "status": "estimate", "source": "s", "note": "n"},
            {"operation": "received_samples", "term": "ADC", "picojoules": 7.41,
             "low_picojoules": 3.2, "high_picojoules": 35.71, "status": "published",
             "source": "s"}]}
        """

    @Test func fileShapeDecodes() throws {
        let list = try JSONDecoder().decode(PriceList.self, from: Data(Self.file.utf8))
        #expect(list.technology.nodeInNanometres == 7)
        #expect(list.technology.supplyInVolts == 0.7)
        #expect(list.notIncluded == ["b"])
        #expect(list.unpriced == [.inputSpikes: "free"])
        #expect(list.entries.map(\.operation) == [.multiplyAccumulates, .receivedSamples])
        #expect(list.entries[0].bitWidth == 8)
        #expect(list.entries[0].status == .estimate)
        #expect(list.entries[1].note.isEmpty)
        #expect(list.entries[1].year == nil)
    }

    @Test func encodingRoundTrips() throws {
        let list = try JSONDecoder().decode(PriceList.self, from: Data(Self.file.utf8))
        let again = try JSONDecoder().decode(PriceList.self, from: JSONEncoder().encode(list))
        #expect(again == list)
    }

    @Test(arguments: [
        ("\"low_picojoules\": 0.077", "\"low_picojoules\": 0.2", PriceListError.Code.invalidRange),
        ("\"low_picojoules\": 0.077", "\"low_picojoules\": -1", .invalidRange),
        ("\"high_picojoules\": 0.59", "\"high_picojoules\": 0.05", .invalidRange),
        ("\"source\": \"s\"}", "\"source\": \"\"}", .missingSource),
        ("\"node_nm\": 7, \"supply_V\"", "\"node_nm\": 0, \"supply_V\"", .invalidRange),
        ("\"input_spikes\"", "\"received_samples\"", .contradiction),
    ])
    func impossibleFilesAreRefused(
        original: String, replacement: String, code: PriceListError.Code
    ) throws {
        let file = Self.file.replacing(original, with: replacement)
        #expect(file != Self.file)
        let error = try #require(throws: PriceListError.self) {
            try JSONDecoder().decode(PriceList.self, from: Data(file.utf8))
        }
        #expect(error.code == code)
        #expect(!error.message.contains("\n"))
    }

    @Test func oneTermTwiceIsRefused() throws {
        let price = try Self.price(.products)
        #expect(throws: PriceListError.self) { try Self.list([price, price]) }
    }

    @Test func workWithoutAPriceIsAnErrorThatNamesIt() throws {
        let list = try Self.list([Self.price(.multiplyAccumulates)])
        let workload = Workload(operationsPerSymbol: [.multiplyAccumulates: 1, .activations: 2])
        #expect(list.missingPrices(for: workload) == [.activations])
        let error = try #require(throws: PriceListError.self) {
            try list.estimate(of: workload, bitsPerSymbol: 2)
        }
        #expect(error.code == .unpricedOperation)
        #expect(error.message == "price list sample has no price for activations")
    }

    @Test func workLeftOutOnPurposeIsNamed() throws {
        let list = try Self.list(
            [Self.price(.multiplyAccumulates)], unpriced: [.activations: "free", .products: "x"])
        let energy = try list.estimate(
            of: Workload(operationsPerSymbol: [.multiplyAccumulates: 1, .activations: 2]),
            bitsPerSymbol: 2)
        #expect(energy.leftOut == ["activations: free"])
    }

    @Test func scalingFollowsCapacitanceAndSupply() throws {
        let from = try TechnologyNode(nodeInNanometres: 28, supplyInVolts: 0.8)
        let to = try TechnologyNode(nodeInNanometres: 7, supplyInVolts: 0.6)
        // 7/28 x (0.6/0.8)^2 = 0.25 x 0.5625
        #expect(abs(try #require(from.energyRatio(to: to)) - 0.140625) < 1e-15)
        let unknown = try TechnologyNode(nodeInNanometres: 7, supplyInVolts: nil)
        #expect(from.energyRatio(to: unknown) == nil)
    }

    @Test func scalingTouchesOnlyTheNamedOperations() throws {
        let list = try Self.list([Self.price(.multiplyAccumulates), Self.price(.receivedSamples)])
        let half = try TechnologyNode(nodeInNanometres: 14, supplyInVolts: 1)
        let scaled = try list.scaled(to: half, operations: [.multiplyAccumulates])
        #expect(scaled.entries[0].picojoules == 1)
        #expect(scaled.entries[0].lowPicojoules == 0.5)
        #expect(scaled.entries[0].highPicojoules == 2)
        #expect(scaled.entries[0].status == .estimate)
        #expect(scaled.entries[0].note.contains("scaled by 0.5"))
        #expect(scaled.entries[1] == list.entries[1])
        let unknown = try Self.list([Self.price(.products)], supply: nil)
        let error = try #require(throws: PriceListError.self) {
            try unknown.scaled(to: half, operations: [])
        }
        #expect(error.code == .missingSupply)
    }
}
