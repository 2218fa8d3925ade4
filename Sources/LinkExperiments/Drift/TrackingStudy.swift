import BaselineEqualizers
public import BrainScaleS2
import ErrorRates
import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams

/// A chip on a link that drifts: once with the weights it began with, once adapting its readout on
/// pilots among the symbols. Both see the same symbols, samples and noise.
public struct TrackingStudy: Sendable {
    public var link: LinkDescription
    public var receiver: TrainedReceiver
    /// Of the link as it begins.
    public var noisePowerInDecibels: Double
    public var symbols: Int
    /// Every so many-th symbol is a pilot: known to the receiver, and not counted.
    public var pilotInterval: Int
    /// Weight LSB per unit of error and spike.
    public var learningRate: Double
    public var seed: UInt64

    public init(
        link: LinkDescription, receiver: TrainedReceiver, noisePowerInDecibels: Double,
        symbols: Int, pilotInterval: Int, learningRate: Double, seed: UInt64
    ) {
        self.link = link
        self.receiver = receiver
        self.noisePowerInDecibels = noisePowerInDecibels
        self.symbols = symbols
        self.pilotInterval = pilotInterval
        self.learningRate = learningRate
        self.seed = seed
    }

    /// Blocks of symbols that the study counts in; a beginning block counts whole.
    var blockCount: Int {
        (symbols + SymbolStreams.blockLength - 1) / SymbolStreams.blockLength
    }

    /// Runs one chip.
    ///
    /// - Parameter progress: called after each block with what has been counted.
    public func run(
        _ chip: ChipInstance, calibration: ChipCalibration,
        progress: (TrackingRecord.Chip) throws -> Void = { _ in }
    ) throws -> TrackingRecord.Chip {
        guard case .spiking(let model) = receiver.model.kind, let spiking = receiver.spiking else {
            throw UnsupportedOnChip(description: "only spiking receivers run on the chip")
        }
        let configured = try ChipReceiver(spiking, model: model, chip: chip, calibration: calibration)
        let streams = DriftingStreams(
            link, noisePower: Decibels(noisePowerInDecibels), purpose: .tracking, seed: seed,
            blocks: blockCount)
        var rule = try configured.deltaRule(learningRate, halvingInterval: nil)
        var fixed = configured.makeEmulation()
        var adapting = configured.makeEmulation()
        let start = configured.readoutWeights(of: adapting)
        let isPilot = (0..<SymbolStreams.blockLength).map { $0 % pilotInterval == 0 }
        var record = TrackingRecord.Chip(
            chipSeed: chip.seed,
            trialNanoseconds: (adapting.plan.duration.microseconds + adapting.gap.microseconds) * 1e3)
        var conditions = ChipConditions.nominal
        var results = TrialResults()
        for index in 0..<blockCount {
            let wanted = ChipConditions(streams.changes[index])
            if wanted != conditions {
                conditions = wanted
                fixed = configured.makeEmulation(wanted)
                let next = configured.makeEmulation(wanted)
                next.continueFrom(adapting)
                adapting = next
            }
            let block = streams.block(index)
            let noise = streams.receiverNoise(index)
            let events = configured.events(block.received)
            func bitErrors(_ emulation: ChipEmulation) -> Int {
                let decisions = configured.decisions(of: results, emulation)
                return block.symbols.indices.reduce(0) { sum, k in
                    isPilot[k]
                        ? sum : sum + PAMAlphabet.bitErrors(UInt8(decisions[k]), block.symbols[k])
                }
            }
            fixed.run(events, stream: noise, into: &results)
            let fixedErrors = bitErrors(fixed)
            let host = block.symbols.indices.map {
                isPilot[$0] ? block.symbols[$0] : SupervisedDeltaRule.noTarget
            }
            adapting.run(events, stream: noise, rule: &rule, hostBlock: host, into: &results)
            let weights = configured.readoutWeights(of: adapting)
            let pilots = isPilot.count { $0 }
            record.windows.append(
                TrackingRecord.Window(
                    symbol: index * SymbolStreams.blockLength,
                    bits: (isPilot.count - pilots) * link.parameters.alphabet.bitsPerSymbol,
                    staticErrors: fixedErrors, adaptingErrors: bitErrors(adapting), pilots: pilots,
                    weightMovement: Self.rootMeanSquare(weights, start),
                    plasticityCycles: results.health.ppuCycles,
                    overruns: results.health.ppuOverruns,
                    hardwareNanoseconds: results.health.hardwareNanoseconds,
                    changes: Dictionary(
                        uniqueKeysWithValues: streams.changes[index].map {
                            ($0.key.rawValue, $0.value)
                        })))
            try progress(record)
        }
        return record
    }

    private static func rootMeanSquare(_ a: [Int], _ b: [Int]) -> Double {
        let sum = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return (Double(sum) / Double(max(1, a.count))).squareRoot()
    }
}

extension ChipConditions {
    /// The chip's part of a drift.
    init(_ changes: [DriftParameter: Double]) {
        self.init()
        leak = changes[.chipLeak] ?? 0
        threshold = changes[.chipThreshold] ?? 0
        membraneTimeConstant = changes[.chipMembraneTimeConstant] ?? 0
        synapticTimeConstant = changes[.chipSynapticTimeConstant] ?? 0
        temperature = changes[.chipTemperature] ?? 0
    }
}
