public import BrainScaleS2
public import Modulation
import NumericKernels
import PhysicalQuantities
public import RandomStreams
import RealModule
import SpikeEncoding
public import SpikingNetworks

/// A spiking receiver on an emulated BrainScaleS-2 chip.
///
/// The software network is configured onto the chip once: weights to 6 bit and a sign, threshold
/// and readout range to CADC codes, time constants so that the chip's exponentials fall by the
/// same factor per time step as the Euler steps of the software. Each symbol is one trial: the
/// encoder's spikes at multiples of the step, the readouts sampled by the CADC, and the decision
/// for the readout that rose highest above its resting code, or, where readouts fire, that fired most.
public struct ChipReceiver: SymbolDetector {
    /// How the network lies on the chip, and what its outputs are.
    public enum Form: Sendable, Hashable {
        /// The outputs integrate, and the CADC samples their membranes.
        case integratingOutputs
        /// The same on the even columns alone, so that a vector of the plasticity processor holds all
        /// neurons; the hidden membranes are sampled too.
        case reachableHiddenLayer
        /// The outputs fire, also on the even columns: no membrane is sampled, spikes are counted.
        case firingOutputs
    }

    public let tapCount: Int
    public let chip: ChipInstance
    private let encoder: SpikeEncoder
    /// The network on the chip.
    public let placed: PlacedNetwork
    private let plan: TrialPlan
    let hidden: ProjectionID
    let readout: ProjectionID
    private let stepTicks: Double
    private let stepCount: Int
    let form: Form
    let outputCount: Int
    let hiddenCount: Int
    /// The software weights that become 63.
    private let largestHidden: Double
    private let largestReadout: Double
    /// Software units per unit of the scores as they are read.
    let scoreScale: Float
    /// Resting codes of the readouts, measured through the CADC, in quarters of an LSB; none of outputs
    /// that fire.
    let restingCodes: [Int]
    let mapping: ChipMapping
    /// Time constants on the chip.
    let membraneMicroseconds: Double
    let synapseMicroseconds: Double
    /// Resting code of the hidden neurons, and how far above it they fire, CADC LSB.
    static let hiddenLeak = 80.0
    static let thresholdDistance = 45.0
    /// The same of outputs that fire: lower, and they integrate rather than show the maximum their
    /// weights were trained for; higher, and few spikes leave many ties (chosen on chip and seed 101).
    static let outputThresholdDistance = 30.0
    /// Readout weights after adaptation; nil while they are as configured.
    var adaptedWeights: [Int]?

    /// Places the network, calibrates its circuits and measures the resting codes.
    ///
    /// - Throws: `PlacementError` when the network does not fit the chip.
    public init(
        _ receiver: SpikingReceiver, model: ModelDescription.SpikingModel, chip: ChipInstance,
        calibration: ChipCalibration = .performed, form: Form = .integratingOutputs
    ) throws {
        let network = receiver.network
        let mapping = try Self.mapping(receiver, model)
        // The largest software weights become 63; the training has kept all within them.
        let largestHidden = model.policy.weights.largestHidden
        let largestReadout = model.policy.weights.largestReadout
        self.largestHidden = largestHidden
        self.largestReadout = largestReadout
        stepCount = network.stepCount
        tapCount = receiver.tapCount
        encoder = receiver.encoder
        self.mapping = mapping
        self.form = form
        outputCount = network.outputCount
        hiddenCount = network.hiddenCount
        stepTicks = mapping.stepInMicroseconds * 125

        var description = NetworkDescription()
        let input = description.addSource("input", count: network.inputCount)
        let time = HardwareTime(neuron: network.neuron, mapping: mapping)
        membraneMicroseconds = time.membrane
        synapseMicroseconds = time.synapse
        let hiddenNeurons = description.addPopulation(
            "hidden", count: network.hiddenCount,
            cell: .leakyIntegrateAndFire(
                time.targets(
                    leak: Self.hiddenLeak,
                    drivePerLSB: Self.thresholdDistance / network.neuron.threshold * largestHidden / 63),
                SpikeTargets(
                    threshold: Self.hiddenLeak + Self.thresholdDistance, reset: Self.hiddenLeak,
                    refractoryTime: .microseconds(1))))
        let outputTargets = time.targets(
            leak: mapping.readoutLeakInLSB,
            drivePerLSB: mapping.readoutLSBPerUnit * largestReadout / 63)
        let output = description.addPopulation(
            "readout", count: network.outputCount,
            cell: form == .firingOutputs
                ? .leakyIntegrateAndFire(
                    outputTargets,
                    SpikeTargets(
                        threshold: mapping.readoutLeakInLSB + Self.outputThresholdDistance,
                        reset: mapping.readoutLeakInLSB, refractoryTime: .microseconds(1)))
                : .leakyIntegrator(outputTargets))
        hidden = description.connect(
            input, to: hiddenNeurons,
            weights: Self.signedWeights(
                network.hiddenWeights, rows: network.hiddenCount, columns: network.inputCount,
                largest: largestHidden))
        readout = description.connect(
            hiddenNeurons, to: output,
            weights: Self.signedWeights(
                network.readoutWeights, rows: network.outputCount, columns: network.hiddenCount,
                largest: largestReadout))
        if form != .firingOutputs { description.record(output) }
        if form == .reachableHiddenLayer { description.record(hiddenNeurons) }
        var strategy = PlacementStrategy.automatic
        if form != .integratingOutputs {
            let columns = stride(from: 0, to: 2 * (hiddenCount + outputCount), by: 2).map {
                NeuronIndex($0)
            }
            strategy = .explicit([
                Array(columns[..<hiddenCount]), Array(columns[hiddenCount...]),
            ])
        }
        placed = try PlacedNetwork(description, strategy: strategy)
        let chip = try calibration.apply(to: chip, for: placed)
        self.chip = chip
        plan = TrialPlan(
            duration: .microseconds(Double(network.stepCount) * mapping.stepInMicroseconds),
            cadc: CADCSchedule(
                first: .microseconds(0),
                interval: .microseconds(mapping.sampleIntervalInMicroseconds)),
            separation: .settled)
        if form == .firingOutputs {
            scoreScale = Float(Self.outputThresholdDistance / mapping.readoutLSBPerUnit)
            restingCodes = []
        } else {
            scoreScale = 1 / Float(4 * mapping.readoutLSBPerUnit)
            restingCodes = Self.measureRestingCodes(
                placed: placed, chip: chip, plan: plan, outputs: network.outputCount)
        }
    }

    /// What the chip's mapping cannot carry is refused.
    private static func mapping(
        _ receiver: SpikingReceiver, _ model: ModelDescription.SpikingModel
    ) throws -> ChipMapping {
        func refuse(_ reason: String) -> UnsupportedOnChip {
            UnsupportedOnChip(description: "this receiver cannot run on the chip: \(reason)")
        }
        guard let mapping = model.chip else {
            throw refuse("its model.yaml has no chip section")
        }
        let weights = model.policy.weights
        guard weights.largestHidden.isFinite, weights.largestReadout.isFinite else {
            throw refuse(
                "training.largest_hidden_weight and largest_readout_weight must say what becomes 63")
        }
        guard !receiver.encoder.isGraded else { throw refuse("its input spikes are graded") }
        guard receiver.network.readout == .maximum else {
            throw refuse("scores other than the readouts' maximum are not read")
        }
        guard !receiver.network.isRecurrent, receiver.feedbackCount == 0 else {
            throw refuse("recurrence and decision feedback are not placed")
        }
        return mapping
    }

    /// Weights [post, pre] as signed 6-bit weights [pre, post].
    private static func signedWeights(
        _ weights: [Float], rows: Int, columns: Int, largest: Double
    ) -> [Int] {
        var result: [Int] = []
        result.reserveCapacity(weights.count)
        for n in 0..<columns {
            for h in 0..<rows {
                let weight = Double(weights[h * columns + n])
                result.append(SignedWeight(transforming: weight, scale: 63 / largest).value)
            }
        }
        return result
    }

    /// Trials without events, as a calibration would run them.
    private static func measureRestingCodes(
        placed: PlacedNetwork, chip: ChipInstance, plan: TrialPlan, outputs: Int
    ) -> [Int] {
        var events = TrialEvents()
        for _ in 0..<32 { events.endTrial() }
        var results = TrialResults()
        let emulation = ChipEmulation(placed, on: chip, plan: plan)
        emulation.run(
            events, stream: RandomStream(seed: chip.seed).substream("resting codes"),
            into: &results)
        // Hidden neurons, where they are recorded, come before.
        let recorded = emulation.recordedNeurons.count
        return results.restingCodes(
            outputs: recorded - outputs..<recorded, samples: emulation.sampleTicks.count,
            recorded: recorded)
    }

    public func detect(_ received: [Double]) -> Detection {
        detect(received, noise: RandomStream(seed: chip.seed).substream("trials"))
    }

    public func detect(_ received: [Double], noise: RandomStream) -> Detection {
        let emulation = makeEmulation()
        var results = TrialResults()
        emulation.run(events(received), stream: noise, into: &results)
        var scores: [Int] = []
        self.scores(of: results, emulation, into: &scores)
        return Detection(
            symbols: decisions(scores).map(UInt8.init), scores: scores.map { Float($0) * scoreScale },
            operations: Self.operations(of: results.health))
    }

    /// Counters of a run over received samples.
    public func health(_ received: [Double], noise: RandomStream) -> ChipHealth {
        var results = TrialResults()
        makeEmulation().run(events(received), stream: noise, into: &results)
        return results.health
    }

    /// The counters of a run in the words of the link.
    static func operations(of health: ChipHealth) -> OperationCounts {
        var operations = OperationCounts()
        operations.inputSpikes = health.eventsOffered
        operations.hiddenSpikes = health.neuronSpikes
        operations.synapticEvents = health.synapticEvents
        operations.neuronUpdates = health.neuronUpdates
        operations.membraneConversions = health.conversions
        operations.plasticityCycles = health.ppuCycles
        operations.hardwareNanoseconds = Int(health.hardwareNanoseconds)
        return operations
    }

    /// Scores [trial, output]: quarters of a CADC LSB above rest, or spikes.
    func scores(of results: TrialResults, _ emulation: ChipEmulation, into scores: inout [Int]) {
        if form == .firingOutputs {
            let neurons = hiddenCount + outputCount
            scores.removeAll(keepingCapacity: true)
            for trial in 0..<results.trialCount {
                let first = trial * neurons + hiddenCount
                scores += results.spikeCounts[first..<first + outputCount].map(Int.init)
            }
            return
        }
        let recorded = emulation.recordedNeurons.count
        results.scores(
            outputs: recorded - outputCount..<recorded, baseline: .measured(restingCodes),
            samples: emulation.sampleTicks.count, recorded: recorded, into: &scores)
    }

    func scores(of results: TrialResults, _ emulation: ChipEmulation) -> [Int] {
        var scores: [Int] = []
        self.scores(of: results, emulation, into: &scores)
        return scores
    }

    /// The output with the largest score of each trial, the first of equals.
    func decisions(_ scores: [Int]) -> [Int] {
        stride(from: 0, to: scores.count, by: outputCount).map { first in
            (1..<outputCount).reduce(0) { scores[first + $1] > scores[first + $0] ? $1 : $0 }
        }
    }

    /// Writes a network's weights to a chip.
    func write(_ network: SpikingNetwork, to emulation: ChipEmulation) {
        emulation.setWeights(
            Self.signedWeights(
                network.hiddenWeights, rows: network.hiddenCount, columns: network.inputCount,
                largest: largestHidden), of: hidden)
        emulation.setWeights(
            Self.signedWeights(
                network.readoutWeights, rows: network.outputCount, columns: network.hiddenCount,
                largest: largestReadout), of: readout)
    }

    /// When an input spike of a time step arrives, ticks.
    func tick(ofStep step: Int) -> Int { Int((Double(step) * stepTicks).rounded()) }

    /// The time step in which the software network would have fired.
    func step(ofTick tick: Int) -> Int {
        min(max(Int((Double(tick) / stepTicks).rounded(.up)) - 1, 0), stepCount - 1)
    }

    /// The chip ready to run trials, with the weights of the receiver.
    public func makeEmulation(_ conditions: ChipConditions = .nominal) -> ChipEmulation {
        var chip = chip
        chip.conditions = conditions
        let emulation = ChipEmulation(placed, on: chip, plan: plan)
        if let adaptedWeights { emulation.setWeights(adaptedWeights, of: readout) }
        return emulation
    }

    /// The spikes of every symbol's window, one trial each.
    public func events(_ received: [Double]) -> TrialEvents {
        let samples = TapWindow(tapCount: tapCount).padded(received.map(Float.init))
        var events = TrialEvents()
        for k in 0..<received.count {
            for spike in encoder.encode(Array(samples[k..<k + tapCount])) {
                events.append(tick: tick(ofStep: spike.step), source: spike.input)
            }
            events.endTrial()
        }
        return events
    }
}

/// Time constants and gain at which the chip's exponentials meet the software's Euler steps.
///
/// An Euler step multiplies by 1 - dt/tau; an exponential with tau' = -dt / ln(1 - dt/tau) does the
/// same in hardware time. The response to one event at the end of step k is, for equal rates a,
/// a k (1 - a)^(k - 1) by Euler steps and (k dt/tau') (1 - a)^k exactly, which differ by the factor
/// (a / (1 - a)) / (dt / tau'). Different rates share the factor of the membrane (an estimate).
private struct HardwareTime {
    let membrane: Double
    let synapse: Double
    let gain: Double

    init(neuron: LeakyIntegrateAndFire, mapping: ChipMapping) {
        let step = mapping.stepInMicroseconds
        membrane = -step / Double.log(onePlus: -neuron.membraneRate)
        synapse = -step / Double.log(onePlus: -neuron.synapticRate)
        let a = neuron.membraneRate
        gain = a / (1 - a) / (step / membrane)
    }

    func targets(leak: Double, drivePerLSB: Double) -> NeuronTargets {
        NeuronTargets(
            leak: leak, membraneTimeConstant: .microseconds(membrane),
            excitatoryTimeConstant: .microseconds(synapse),
            inhibitoryTimeConstant: .microseconds(synapse), strength: .drive(drivePerLSB * gain))
    }
}

/// A receiver that the mapping onto the chip does not know.
public struct UnsupportedOnChip: Error, CustomStringConvertible {
    public let description: String
}
