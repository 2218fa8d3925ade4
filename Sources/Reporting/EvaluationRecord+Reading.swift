public import EnergyModel

extension EvaluationRecord {
    /// The point measured at a noise power, within a thousandth of a decibel.
    public func point(atNoiseDB noiseDB: Double) -> Point? {
        points.first { abs($0.noiseDB - noiseDB) < 1e-3 }
    }

    /// The noise power at which the curve crosses a threshold, by the threshold's name.
    public func crossing(_ threshold: String) -> Double? {
        crossings.first { $0.threshold == threshold }?.noiseDB
    }

    /// Where it ran, in words: `software`, `chip 3`.
    public var substrateText: String {
        guard substrate == "chip", let chipSeed else { return substrate }
        return "chip \(chipSeed)"
    }
}

extension EvaluationRecord.Point {
    /// The 95 % interval of the bit error rate, if the record holds one.
    public var interval: ClosedRange<Double>? {
        guard ci95.count == 2, ci95[0] <= ci95[1] else { return nil }
        return ci95[0]...ci95[1]
    }

    /// Noise level in dB: x means a noise variance of 10^(-x/10).
    public var noiseLevel: Double { 0 - noiseDB }

    /// What an energy model prices, as counted while the point was measured.
    ///
    /// - Parameter receivedSamplesPerSymbol: One for receivers of symbol-spaced samples.
    public func workload(receivedSamplesPerSymbol: Double) -> Workload {
        Workload(operationsPerSymbol: [
            .multiplyAccumulates: operationsPerSymbol.multiplyAccumulates,
            .products: operationsPerSymbol.products,
            .activations: operationsPerSymbol.activations,
            .comparisons: operationsPerSymbol.comparisons,
            .synapticEvents: operationsPerSymbol.synapticEvents,
            .neuronUpdates: operationsPerSymbol.neuronUpdates,
            .inputSpikes: inputSpikesPerSymbol,
            .hiddenSpikes: hiddenSpikesPerSymbol,
            .membraneConversions: operationsPerSymbol.membraneConversions,
            .plasticityCycles: operationsPerSymbol.plasticityCycles,
            .hardwareNanoseconds: operationsPerSymbol.hardwareNanoseconds,
            .receivedSamples: receivedSamplesPerSymbol,
        ])
    }

    /// The work that characterizes the receiver, in one expression: `119 MAC`,
    /// `1 302 syn. events`.
    public var workText: String {
        if operationsPerSymbol.synapticEvents > 0 {
            return "\(NumberText.count(operationsPerSymbol.synapticEvents)) syn. events"
        }
        if operationsPerSymbol.multiplyAccumulates > 0 {
            return "\(NumberText.count(operationsPerSymbol.multiplyAccumulates)) MAC"
        }
        if operationsPerSymbol.comparisons > 0 {
            return "\(NumberText.count(operationsPerSymbol.comparisons)) comparisons"
        }
        return "--"
    }
}
