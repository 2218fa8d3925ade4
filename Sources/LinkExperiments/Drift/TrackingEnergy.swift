public import EnergyModel
import Modulation

extension TrackingRecord {
    /// What a run's net bits cost, by a model: nothing of it is measured.
    public struct Energy: Sendable, Codable {
        public var priceList: String
        public var perNetBit: EnergyRange
        public var status = "estimate"

        enum CodingKeys: String, CodingKey {
            case status
            case priceList = "price_list"
            case perNetBit = "per_net_bit"
        }
    }

    /// Prices every run: work, and for a chip its time, over all symbols, learning included, against
    /// the bits that are left without pilots. Time that updates take beyond the wait between trials is
    /// paid as the chip's time.
    ///
    /// - Throws: `PriceListError` for work without a price.
    public mutating func price(
        chip: PriceList, equalizers: PriceList, bitsPerSymbol: Int
    ) throws {
        for index in runs.indices {
            let run = runs[index]
            let symbols = Double(run.windows.count * SymbolStreams.blockLength)
            let pilots = Double(run.windows.reduce(0) { $0 + $1.pilots })
            guard symbols > pilots else { continue }
            let list = run.chipSeed == nil ? equalizers : chip
            let estimate = try list.estimate(
                of: Workload(run.operations, symbols: symbols),
                bitsPerSymbol: Double(bitsPerSymbol) * (1 - pilots / symbols))
            runs[index].energy = Energy(priceList: list.name, perNetBit: estimate.perBit)
        }
    }
}

extension Workload {
    /// Counts of a number of symbols with one sample each.
    init(_ counts: OperationCounts, symbols: Double) {
        self.init(
            operationsPerSymbol: [
                .multiplyAccumulates: counts.multiplyAccumulates, .products: counts.products,
                .activations: counts.activations, .comparisons: counts.comparisons,
                .synapticEvents: counts.synapticEvents, .neuronUpdates: counts.neuronUpdates,
                .inputSpikes: counts.inputSpikes, .hiddenSpikes: counts.hiddenSpikes,
                .membraneConversions: counts.membraneConversions,
                .plasticityCycles: counts.plasticityCycles,
                .hardwareNanoseconds: counts.hardwareNanoseconds,
            ].mapValues { Double($0) / symbols }
                .merging([.receivedSamples: 1]) { own, _ in own })
    }
}
