import EnergyModel
import LinkExperiments
import Modulation
import TestSupport
import Testing

struct ShippedDescriptionsTests {
    let catalog = Catalog(roots: [Repository.root])

    @Test func everyModelReads() throws {
        let names = catalog.names(.models)
        #expect(names.count >= 5)
        for name in names {
            let model = try ModelDescription(folder: catalog.modelFolder(name))
            #expect(model.name == name)
        }
    }

    @Test func everyPriceListReads() throws {
        let names = catalog.names(.prices)
        #expect(names == ["analog-what-if", "brainscales2", "digital-neuromorphic", "dsp-28nm", "dsp-7nm"])
        for name in names {
            let list = try PriceListFile.read(catalog.file(.prices, name))
            #expect(list.name == name && !list.entries.isEmpty)
            #expect(list.entries.allSatisfy { !$0.source.isEmpty })
        }
    }

    /// The published classification workload: below 200 mW at 85 000 inferences/s, 2.4 uJ each;
    /// the list must come within a factor of two.
    @Test func brainScaleSPricesMeetTheClassificationAnchor() throws {
        let list = try PriceListFile.read(catalog.file(.prices, "brainscales2"))
        for spikesPerNeuron in [0.0, 0.5, 1.0] {
            let events = spikesPerNeuron * Double(256 * 246 + 246 * 10)
            let workload = Workload(operationsPerSymbol: [
                .hardwareNanoseconds: 1e9 / 85_000, .synapticEvents: events,
                .inputSpikes: 256 * spikesPerNeuron,
            ])
            let energy = try list.estimate(of: workload, bitsPerSymbol: 1)
            let microjoules = energy.perSymbol.picojoules * 1e-6
            #expect(microjoules > 1.2 && microjoules < 4.8)
            #expect(energy.isEstimate)
        }
    }

    @Test func unknownNamesSuggestKnownOnes() {
        #expect(throws: ConfigurationError.self) { try catalog.file(.channels, "lcdd") }
        do {
            _ = try catalog.file(.channels, "lcdd")
        } catch {
            #expect("\(error)".contains("did you mean lcd?"))
        }
    }
}
