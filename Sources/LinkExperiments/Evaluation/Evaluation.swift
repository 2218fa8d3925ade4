import BaselineEqualizers
public import ErrorRates
public import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams
public import Reporting

/// Counts the bit errors of a receiver on test streams, noise level by noise level.
public struct Evaluation: Sendable {
    public var link: LinkDescription
    public var noisePowersInDecibels: [Double]
    /// Counting stops at the first whole block that reaches so many bit errors.
    public var bitErrors: Int
    /// Counting stops at the latest here; the interval then tells how little is known.
    public var maximumBits: Int
    public var seed: UInt64
    public var parallel: Parallel

    public init(
        link: LinkDescription, noisePowersInDecibels: [Double], bitErrors: Int,
        maximumBits: Int = 2_000_000_000, seed: UInt64, parallel: Parallel
    ) {
        self.link = link
        self.noisePowersInDecibels = noisePowersInDecibels
        self.bitErrors = bitErrors
        self.maximumBits = maximumBits
        self.seed = seed
        self.parallel = parallel
    }

    /// How far a point is.
    public struct Progress: Sendable {
        public var receiver: String
        public var noiseDB: Double
        public var bitErrors: Int
        public var wantedBitErrors: Int
        public var point: Int
        public var points: Int
    }

    /// Measures one receiver.
    ///
    /// Blocks are computed several at a time and counted in order, so that neither the number of
    /// threads nor their timing can change a figure.
    public func run(
        _ receiver: TrainedReceiver, detector: (any SymbolDetector)? = nil,
        substrate: Substrate = .software, progress: (Progress) throws -> Void = { _ in }
    ) throws -> EvaluationRecord {
        var points: [EvaluationRecord.Point] = []
        var counts: [ThresholdCrossing.Point] = []
        for (index, noise) in noisePowersInDecibels.enumerated() {
            let (count, operations) = try count(
                detector ?? receiver.detector(noisePowerInDecibels: noise), noise: noise
            ) { errors in
                try progress(
                    Progress(
                        receiver: receiver.record.name, noiseDB: noise, bitErrors: errors,
                        wantedBitErrors: bitErrors, point: index,
                        points: noisePowersInDecibels.count))
            }
            points.append(Self.point(count, operations, noise: noise, order: link.parameters.alphabet))
            counts.append(ThresholdCrossing.Point(noiseDB: noise, count: count))
        }
        let crossings = ForwardErrorCorrectionThreshold.all.map { threshold in
            EvaluationRecord.Crossing(
                threshold: threshold.name, ber: threshold.bitErrorRate,
                noiseDB: ThresholdCrossing.noiseDB(of: counts, at: threshold.bitErrorRate))
        }
        return EvaluationRecord(
            channel: link.json, receiver: receiver.record, substrate: substrate.name,
            chipSeed: substrate.chipSeed, seed: seed, training: receiver.training,
            revision: Provenance.revision, toolchain: Provenance.toolchain, points: points,
            crossings: crossings)
    }

    /// Where a receiver runs.
    public enum Substrate: Sendable, Hashable {
        case software
        case chip(seed: UInt64)
        var name: String { self == .software ? "software" : "chip" }
        var chipSeed: UInt64? { if case .chip(let seed) = self { seed } else { nil } }
    }

    /// Counts errors at one noise power.
    public func count(
        _ detector: any SymbolDetector, noise: Double, purpose: SymbolStreams.Purpose = .test,
        progress: (Int) throws -> Void = { _ in }
    ) throws -> (BitErrorCount, OperationCounts) {
        let streams = SymbolStreams(
            link.at(noisePower: Decibels(noise)), purpose: purpose, seed: seed)
        let bitsPerSymbol = link.parameters.alphabet.bitsPerSymbol
        var counter = BlockwiseErrorCount(
            rule: StoppingRule(minimumBitErrors: bitErrors, maximumBits: maximumBits))
        var operations = OperationCounts()
        var next = 0
        while !counter.isFinished {
            let first = next
            let wave = try parallel.map(Self.waveLength) { offset in
                let block = streams.block(first + offset)
                let detection = detector.detect(
                    block.received, noise: streams.receiverNoise(first + offset))
                let count = BitErrorCount(
                    sent: block.symbols, decided: detection.symbols,
                    bitsPerSymbol: bitsPerSymbol)
                return (count, detection.operations)
            }
            for (count, work) in wave where counter.append(count) { operations += work }
            next += Self.waveLength
            try progress(counter.total.bitErrors)
        }
        return (counter.total, operations)
    }

    /// Blocks computed at a time.
    private static let waveLength = 4

    private static func point(
        _ count: BitErrorCount, _ operations: OperationCounts, noise: Double,
        order alphabet: PAMAlphabet
    ) -> EvaluationRecord.Point {
        let symbols = Double(count.bits / alphabet.bitsPerSymbol)
        let interval = count.confidenceInterval()
        var perSymbol = EvaluationRecord.Operations()
        perSymbol.multiplyAccumulates = Double(operations.multiplyAccumulates) / symbols
        perSymbol.products = Double(operations.products) / symbols
        perSymbol.activations = Double(operations.activations) / symbols
        perSymbol.comparisons = Double(operations.comparisons) / symbols
        perSymbol.synapticEvents = Double(operations.synapticEvents) / symbols
        perSymbol.neuronUpdates = Double(operations.neuronUpdates) / symbols
        perSymbol.membraneConversions = Double(operations.membraneConversions) / symbols
        perSymbol.plasticityCycles = Double(operations.plasticityCycles) / symbols
        perSymbol.hardwareNanoseconds = Double(operations.hardwareNanoseconds) / symbols
        return EvaluationRecord.Point(
            noiseDB: noise, bits: count.bits, bitErrors: count.bitErrors, ber: count.rate,
            ci95: [interval.lowerBound, interval.upperBound], symbolErrors: count.symbolErrors,
            inputSpikesPerSymbol: Double(operations.inputSpikes) / symbols,
            hiddenSpikesPerSymbol: Double(operations.hiddenSpikes) / symbols,
            operationsPerSymbol: perSymbol)
    }
}
