public import Modulation

/// What a receiver does for one symbol: operations per symbol, as counted by the code that ran.
public struct Workload: Sendable, Hashable {
    /// Counts per symbol; operations that do not occur are absent.
    public private(set) var operationsPerSymbol: [PricedOperation: Double]

    /// - Precondition: Counts are finite and not negative.
    public init(operationsPerSymbol: [PricedOperation: Double]) {
        precondition(
            operationsPerSymbol.values.allSatisfy { $0.isFinite && $0 >= 0 },
            "operation counts must be finite and not negative")
        self.operationsPerSymbol = operationsPerSymbol.filter { $0.value > 0 }
    }

    /// Totals over a stream, divided by its symbols.
    ///
    /// - Parameter receivedSamplesPerSymbol: Conversions of the received signal per symbol; one
    ///   for a receiver that works on symbol-spaced samples.
    /// - Precondition: At least one symbol.
    public init(_ counts: OperationCounts, symbols: Int, receivedSamplesPerSymbol: Double) {
        precondition(symbols > 0, "operations per symbol need at least one symbol")
        let totals: [PricedOperation: Int] = [
            .multiplyAccumulates: counts.multiplyAccumulates,
            .products: counts.products,
            .activations: counts.activations,
            .comparisons: counts.comparisons,
            .synapticEvents: counts.synapticEvents,
            .neuronUpdates: counts.neuronUpdates,
            .inputSpikes: counts.inputSpikes,
            .hiddenSpikes: counts.hiddenSpikes,
            .membraneConversions: counts.membraneConversions,
            .plasticityCycles: counts.plasticityCycles,
            .hardwareNanoseconds: counts.hardwareNanoseconds,
        ]
        var perSymbol = totals.mapValues { Double($0) / Double(symbols) }
        perSymbol[.receivedSamples] = receivedSamplesPerSymbol
        self.init(operationsPerSymbol: perSymbol)
    }

    /// Count per symbol, zero if the operation does not occur.
    public subscript(operation: PricedOperation) -> Double {
        operationsPerSymbol[operation] ?? 0
    }
}
