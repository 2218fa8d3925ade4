import BaselineEqualizers
public import ErrorCorrection
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
    /// What symbols are counted on: a test, or validation for those who still choose something.
    public var stream = SymbolStreams.Purpose.test
    public var parallel: Parallel
    /// How scores are calibrated to measure reliabilities; nil leaves those out.
    public var calibration: CalibrationPolicy?
    /// Codes that the counted bits go through; those decoded from reliabilities are left out where
    /// scores are not calibrated.
    public var codingSchemes: [CodingScheme] = []

    public init(
        link: LinkDescription, noisePowersInDecibels: [Double], bitErrors: Int,
        maximumBits: Int = 2_000_000_000, seed: UInt64, parallel: Parallel,
        calibration: CalibrationPolicy? = .standard
    ) {
        self.link = link
        self.noisePowersInDecibels = noisePowersInDecibels
        self.bitErrors = bitErrors
        self.maximumBits = maximumBits
        self.seed = seed
        self.parallel = parallel
        self.calibration = calibration
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
        var curve = PairedBootstrap.Curve(points: [])
        for (index, noise) in noisePowersInDecibels.enumerated() {
            let detector = detector ?? receiver.detector(noisePowerInDecibels: noise)
            func show(_ errors: Int) throws {
                try progress(
                    Progress(
                        receiver: receiver.record.name, noiseDB: noise, bitErrors: errors,
                        wantedBitErrors: bitErrors, point: index,
                        points: noisePowersInDecibels.count))
            }
            let soft = try calibration.map { policy in
                try SoftOutputs(
                    calibrationSymbols(detector, noise: noise, policy: policy) { try show(0) })
            }
            let bitsPerSymbol = link.parameters.alphabet.bitsPerSymbol
            var sums = SoftOutputs.Sums(bitsPerSymbol: bitsPerSymbol)
            var coded = CodedStreams(codingSchemes, hasReliabilities: soft != nil)
            let isCoded = !coded.isEmpty
            let (count, blocks, operations) = try count(
                detector, noise: noise, purpose: stream, progress: show
            ) { block, detection in
                var measures = BlockMeasures()
                let ratios = soft?.calibration.logLikelihoodRatios(of: detection.scores)
                if let soft, let ratios {
                    measures.soft = soft.measure(
                        detection.scores, ratios: ratios, sent: block.symbols)
                }
                if isCoded {
                    measures.bits = CodedStreams.Block(
                        sent: block.symbols, decided: detection.symbols, ratios: ratios,
                        bitsPerSymbol: bitsPerSymbol)
                }
                return measures
            } collect: { parts in
                for part in parts { if let soft = part.soft { sums += soft } }
                try coded.append(parts.compactMap(\.bits), parallel: parallel)
            }
            var point = Self.point(
                count, operations, noise: noise, order: link.parameters.alphabet)
            point.sentFedBack = try sentFedBack(detector, noise: noise, bits: count.bits)
            point.reliability = soft?.record(sums, noise: noise, seed: seed)
            point.errorCorrection = isCoded ? coded.record : nil
            point.blocks = EvaluationRecord.Point.Blocks(blocks)
            points.append(point)
            curve.points.append(PairedBootstrap.Curve.Point(noiseDB: noise, blocks: blocks))
        }
        let bootstrap = PairedBootstrap([curve], stream: RandomStream(seed: seed))
        let crossings = ForwardErrorCorrectionThreshold.all.map { threshold in
            let crossing = bootstrap.crossing(of: 0, at: threshold.bitErrorRate)
            return EvaluationRecord.Crossing(
                threshold: threshold.name, ber: threshold.bitErrorRate,
                noiseDB: crossing?.value,
                ci95: crossing?.interval.map { [$0.lowerBound, $0.upperBound] })
        }
        var record = EvaluationRecord(
            channel: link.json, receiver: receiver.record, substrate: substrate.name,
            chipSeed: substrate.chipSeed, seed: seed, training: receiver.training,
            revision: Provenance.revision, toolchain: Provenance.toolchain, points: points,
            crossings: crossings)
        if !receiver.model.folder.hasSuffix("models/\(receiver.model.name)") {
            record.receiver.folder = receiver.model.folder
        }
        if stream != .test { record.stream = stream.rawValue }
        record.stopping = EvaluationRecord.Stopping(
            bitErrors: bitErrors, maximumBits: maximumBits)
        return record
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
        let (count, _, operations) = try count(
            detector, noise: noise, purpose: purpose, progress: progress, measure: { _, _ in },
            collect: { _ in })
        return (count, operations)
    }

    /// What is kept of a block until it is known to count.
    private struct BlockMeasures: Sendable {
        var soft: SoftOutputs.Sums?
        var bits: CodedStreams.Block?
    }

    /// Counts errors, and collects what else `measure` says of every counted block, in order, the
    /// blocks of a wave together.
    private func count<Part: Sendable>(
        _ detector: any SymbolDetector, noise: Double, purpose: SymbolStreams.Purpose,
        progress: (Int) throws -> Void,
        measure: @Sendable (TrainingBlock, Detection) -> Part,
        collect: ([Part]) throws -> Void
    ) throws -> (BitErrorCount, BlockErrors, OperationCounts) {
        let streams = streams(
            noise: noise, purpose: purpose, samplesPerSymbol: detector.samplesPerSymbol)
        let bitsPerSymbol = link.parameters.alphabet.bitsPerSymbol
        var counter = BlockwiseErrorCount(
            rule: StoppingRule(minimumBitErrors: bitErrors, maximumBits: maximumBits))
        var blocks = BlockErrors(bitsPerBlock: bitsPerSymbol * SymbolStreams.blockLength)
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
                return (count, detection.operations, measure(block, detection))
            }
            var parts: [Part] = []
            for (count, work, part) in wave where counter.append(count) {
                blocks.append(count.bitErrors)
                operations += work
                parts.append(part)
            }
            try collect(parts)
            next += Self.waveLength
            try progress(counter.total.bitErrors)
        }
        return (counter.total, blocks, operations)
    }

    /// What decision feedback would do without errors in what it sees, on the symbols just counted.
    private func sentFedBack(_ detector: any SymbolDetector, noise: Double, bits: Int) throws
        -> EvaluationRecord.Point.Count?
    {
        guard let detector = detector as? any DecisionFeedback, detector.feedbackCount > 0 else {
            return nil
        }
        let streams = streams(
            noise: noise, purpose: stream, samplesPerSymbol: detector.samplesPerSymbol)
        let bitsPerSymbol = link.parameters.alphabet.bitsPerSymbol
        let blocks = bits / (bitsPerSymbol * SymbolStreams.blockLength)
        let total = try parallel.map(blocks) { index in
            let block = streams.block(index)
            return BitErrorCount(
                sent: block.symbols,
                decided: detector.detect(block.received, sentBefore: block.symbols).symbols,
                bitsPerSymbol: bitsPerSymbol)
        }.reduce(into: BitErrorCount()) { $0 += $1 }
        let interval = total.confidenceInterval()
        return EvaluationRecord.Point.Count(
            bits: total.bits, bitErrors: total.bitErrors, ber: total.rate,
            ci95: [interval.lowerBound, interval.upperBound])
    }

    func streams(
        noise: Double, purpose: SymbolStreams.Purpose, samplesPerSymbol: Int = 1
    ) -> SymbolStreams {
        SymbolStreams(
            link.at(noisePower: Decibels(noise)), purpose: purpose, seed: seed,
            samplesPerSymbol: samplesPerSymbol)
    }

    /// Blocks computed at a time.
    static let waveLength = 4

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
