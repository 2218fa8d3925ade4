/// Parameters and state of neurons that are advanced together, as the kernels see them.
///
/// Potentials are relative to the neuron's own leak potential, in CADC LSB; times are in ticks of
/// 8 ns; rates are per tick. Arrays hold `laneCount` numbers, a multiple of eight; lanes from
/// `neuronCount` on are padding with an infinite threshold and no input. The owner of the memory
/// outlives every use.
///
/// Dynamics between events, with e, i the excitatory and inhibitory drive in LSB:
///     dv/dt = rateMembrane (e - i - v),   de/dt = -rateExcitatory e,   di/dt = -rateInhibitory i.
public struct ChipNeuronGroup {
    public let neuronCount: Int
    public let laneCount: Int
    /// False for leaky integrators without a comparator: the search for crossings is skipped.
    public let hasThresholds: Bool
    /// How results may depend on which neurons lie side by side.
    public let packing: ChipLanePacking

    public let rateMembrane: UnsafeMutablePointer<Float>
    public let rateExcitatory: UnsafeMutablePointer<Float>
    public let rateInhibitory: UnsafeMutablePointer<Float>
    public let threshold: UnsafeMutablePointer<Float>
    public let reset: UnsafeMutablePointer<Float>
    public let refractoryTicks: UnsafeMutablePointer<Int32>

    public let potential: UnsafeMutablePointer<Float>
    public let excitatory: UnsafeMutablePointer<Float>
    public let inhibitory: UnsafeMutablePointer<Float>
    /// The threshold in force, with the present perturbation.
    public let presentThreshold: UnsafeMutablePointer<Float>
    /// The membrane is held at reset until this tick.
    public let refractoryUntil: UnsafeMutablePointer<Int32>
    public let spikeCount: UnsafeMutablePointer<Int32>

    /// Threshold perturbations in LSB, [4, laneCount]: the one in force after k spikes is k mod 4.
    public let thresholdNoise: UnsafeMutablePointer<Float>

    /// Drive in LSB that an event on an input row adds, [row, laneCount].
    public let excitatoryWeights: UnsafeMutablePointer<Float>
    public let inhibitoryWeights: UnsafeMutablePointer<Float>
    /// Synapses of each row with a weight that is not zero.
    public let activeSynapses: UnsafeMutablePointer<Int32>
    public let rowCount: Int

    /// Input row that a spike of each lane is routed back to in this group, -1 for none.
    public let recurrentRow: UnsafeMutablePointer<Int32>
    public let isRecurrent: Bool
    /// The one rate of membranes and currents, per tick, where all share it; 0 otherwise.
    public private(set) var commonRate: Float = 0
    /// exp(-commonRate k) for spans of k ticks, [decayCount]: the same spans come again and again.
    let decays: UnsafeMutablePointer<Float>
    static let decayCount = 512
    /// Ticks from a spike's time stamp to its arrival at the synapses.
    public let latencyTicks: Int32

    /// Allocates everything, zeroed; padding lanes get an infinite threshold.
    public init(
        neuronCount: Int, rowCount: Int, hasThresholds: Bool, isRecurrent: Bool,
        latencyTicks: Int32, packing: ChipLanePacking = .fastest
    ) {
        precondition(neuronCount > 0 && rowCount >= 0 && latencyTicks > 0)
        let lanes = (neuronCount + 7) / 8 * 8
        func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
            let raw = UnsafeMutableRawPointer.allocate(
                byteCount: max(count, 8) * 4, alignment: 32)
            let pointer = raw.bindMemory(to: Float.self, capacity: max(count, 8))
            pointer.initialize(repeating: 0, count: max(count, 8))
            return pointer
        }
        func integers(_ count: Int, _ value: Int32) -> UnsafeMutablePointer<Int32> {
            let raw = UnsafeMutableRawPointer.allocate(
                byteCount: max(count, 8) * 4, alignment: 32)
            let pointer = raw.bindMemory(to: Int32.self, capacity: max(count, 8))
            pointer.initialize(repeating: value, count: max(count, 8))
            return pointer
        }
        self.neuronCount = neuronCount
        laneCount = lanes
        self.rowCount = rowCount
        self.hasThresholds = hasThresholds
        self.packing = packing
        self.isRecurrent = isRecurrent
        self.latencyTicks = latencyTicks
        rateMembrane = floats(lanes)
        rateExcitatory = floats(lanes)
        rateInhibitory = floats(lanes)
        threshold = floats(lanes)
        threshold.update(repeating: .infinity, count: lanes)
        reset = floats(lanes)
        refractoryTicks = integers(lanes, 1)
        potential = floats(lanes)
        excitatory = floats(lanes)
        inhibitory = floats(lanes)
        presentThreshold = floats(lanes)
        presentThreshold.update(repeating: .infinity, count: lanes)
        refractoryUntil = integers(lanes, 0)
        spikeCount = integers(lanes, 0)
        thresholdNoise = floats(4 * lanes)
        excitatoryWeights = floats(rowCount * lanes)
        inhibitoryWeights = floats(rowCount * lanes)
        activeSynapses = integers(rowCount, 0)
        recurrentRow = integers(lanes, -1)
        decays = floats(Self.decayCount)
    }

    /// Looks whether all neurons share one rate, so that `advance` can take the short way; to be called
    /// when rates are set. Recurrent groups and independent neurons keep the general way.
    public mutating func findCommonRate() {
        guard !isRecurrent, packing == .fastest, let rate = sharedRate, rate > 0 else { return }
        commonRate = rate
        for k in 0..<Self.decayCount { decays[k] = decay(rate: rate, ticks: Int32(k)) }
    }

    /// Frees the memory; nothing may use the group afterwards.
    public func deallocate() {
        for pointer in [
            rateMembrane, rateExcitatory, rateInhibitory, threshold, reset, potential, excitatory,
            inhibitory, presentThreshold, thresholdNoise, excitatoryWeights, inhibitoryWeights,
            decays,
        ] { pointer.deallocate() }
        for pointer in [
            refractoryTicks, refractoryUntil, spikeCount, activeSynapses, recurrentRow,
        ] { pointer.deallocate() }
    }

    /// Puts every neuron at rest: v = 0 (its leak potential), no drive, not refractory, no spikes;
    /// the first threshold perturbation is in force.
    public func rest() {
        for lane in 0..<laneCount {
            potential[lane] = 0
            excitatory[lane] = 0
            inhibitory[lane] = 0
        }
        beginTrial()
    }

    /// Clears spike counts and refractory states and puts the first perturbation in force.
    public func beginTrial() {
        for lane in 0..<laneCount {
            presentThreshold[lane] = threshold[lane] + thresholdNoise[lane]
            refractoryUntil[lane] = 0
            spikeCount[lane] = 0
        }
    }
}

/// Whether the last bit of a neuron's potential may depend on its neighbors in a vector.
public enum ChipLanePacking: Sendable, Hashable {
    /// It may: one formula for all eight lanes, chosen by the most demanding one.
    case fastest
    /// It does not: a neuron has the same bits in whatever group it is emulated.
    case independent
}

/// What a kernel did, counted where it is done.
public struct ChipKernelTally: Sendable, Hashable {
    /// Events times synapses with a weight that is not zero.
    public var synapticEvents = 0
    /// Exact propagations of one neuron over one interval.
    public var neuronUpdates = 0
    /// Spikes beyond the capacity of the spike list.
    public var spikesDropped = 0
    public init() {}
}
