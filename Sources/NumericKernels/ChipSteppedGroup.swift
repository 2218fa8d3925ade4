/// Parameters and state of neurons that are integrated in fixed steps, where the exact solution of
/// `ChipNeuronGroup` does not hold: adaptation and exponential term, conductance-based and saturating
/// synaptic inputs, compartments.
///
/// Potentials are relative to the neuron's own leak potential, in CADC LSB; rates are per tick of 8 ns;
/// w, the drives e, i and the constant drive are currents over the leak conductance, so LSB too:
///     dv/dt = rateMembrane ( -v + exponential - w + I(e) - I(i) + constant
///                            + sum over couplings g (v_other - v) )
///     exponential = slope exp((v - onset) / slope), or 0 where slope is 0
///     dw/dt = rateAdaptation ( a v - w );  at a spike w += b
///     de/dt = -rateExcitatory e,  di/dt = -rateInhibitory i
/// with I(x) = limit tanh(x / limit) for a current input (the transconductor saturates; an infinite limit
/// leaves x), and x (reversal - v) / distance, added for both inputs, for a conductance input.
///
/// A step takes the midpoint rule: second order in the step. A crossing of the threshold is placed by
/// linear interpolation and stamped on the next tick.
public struct ChipSteppedGroup {
    public let neuronCount: Int
    public let laneCount: Int
    public let rowCount: Int
    /// Longest step, ticks.
    public let stepTicks: Int32

    public let rateMembrane: UnsafeMutablePointer<Float>
    public let rateExcitatory: UnsafeMutablePointer<Float>
    public let rateInhibitory: UnsafeMutablePointer<Float>
    public let threshold: UnsafeMutablePointer<Float>
    public let reset: UnsafeMutablePointer<Float>
    public let refractoryTicks: UnsafeMutablePointer<Int32>
    /// LSB; 0 for no exponential term.
    public let slope: UnsafeMutablePointer<Float>
    public let onset: UnsafeMutablePointer<Float>
    /// Per tick; 0 for no adaptation.
    public let rateAdaptation: UnsafeMutablePointer<Float>
    public let adaptationGain: UnsafeMutablePointer<Float>
    public let adaptationStep: UnsafeMutablePointer<Float>
    public let constant: UnsafeMutablePointer<Float>
    /// Largest current of an input, LSB; infinite for a linear one.
    public let excitatoryLimit: UnsafeMutablePointer<Float>
    public let inhibitoryLimit: UnsafeMutablePointer<Float>
    /// Reversal potential, and the distance from it at which a conductance input drives as much as a
    /// current one; a distance of 0 means a current input.
    public let excitatoryReversal: UnsafeMutablePointer<Float>
    public let excitatoryDistance: UnsafeMutablePointer<Float>
    public let inhibitoryReversal: UnsafeMutablePointer<Float>
    public let inhibitoryDistance: UnsafeMutablePointer<Float>

    /// State: v, w, e, i, one after the other.
    let state: UnsafeMutablePointer<Float>
    /// Midpoints and derivatives of a step.
    let work: UnsafeMutablePointer<Float>
    private let saved: UnsafeMutablePointer<Float>
    private let savedTicks: UnsafeMutablePointer<Int32>
    public let refractoryUntil: UnsafeMutablePointer<Int32>
    public let spikeCount: UnsafeMutablePointer<Int32>
    public let excitatoryWeights: UnsafeMutablePointer<Float>
    public let inhibitoryWeights: UnsafeMutablePointer<Float>
    public let activeSynapses: UnsafeMutablePointer<Int32>

    /// Conductances between neurons, relative to the leak of the one they act on.
    public struct Coupling: Sendable, Hashable {
        public var target: Int
        public var origin: Int
        public var conductance: Float
        public init(target: Int, origin: Int, conductance: Float) {
            self.target = target
            self.origin = origin
            self.conductance = conductance
        }
    }

    let couplings: [Coupling]
    /// Lanes whose spike resets another one as well, -1 for none.
    public let master: UnsafeMutablePointer<Int32>

    public var potential: UnsafeMutablePointer<Float> { state }
    public var adaptation: UnsafeMutablePointer<Float> { state + laneCount }
    public var excitatory: UnsafeMutablePointer<Float> { state + 2 * laneCount }
    public var inhibitory: UnsafeMutablePointer<Float> { state + 3 * laneCount }

    /// Allocates everything; neurons are linear leaky integrators without a comparator until told
    /// otherwise.
    public init(neuronCount: Int, rowCount: Int, stepTicks: Int32, couplings: [Coupling] = []) {
        precondition(neuronCount > 0 && rowCount >= 0 && stepTicks > 0)
        let lanes = (neuronCount + 7) / 8 * 8
        precondition(
            couplings.allSatisfy {
                (0..<neuronCount).contains($0.target) && (0..<neuronCount).contains($0.origin)
            })
        func floats(_ count: Int, _ value: Float = 0) -> UnsafeMutablePointer<Float> {
            let pointer = UnsafeMutablePointer<Float>.allocate(capacity: max(count, 8))
            pointer.initialize(repeating: value, count: max(count, 8))
            return pointer
        }
        func integers(_ count: Int, _ value: Int32) -> UnsafeMutablePointer<Int32> {
            let pointer = UnsafeMutablePointer<Int32>.allocate(capacity: max(count, 8))
            pointer.initialize(repeating: value, count: max(count, 8))
            return pointer
        }
        self.neuronCount = neuronCount
        laneCount = lanes
        self.rowCount = rowCount
        self.stepTicks = stepTicks
        self.couplings = couplings
        rateMembrane = floats(lanes)
        rateExcitatory = floats(lanes)
        rateInhibitory = floats(lanes)
        threshold = floats(lanes, .infinity)
        reset = floats(lanes)
        refractoryTicks = integers(lanes, 1)
        slope = floats(lanes)
        onset = floats(lanes)
        rateAdaptation = floats(lanes)
        adaptationGain = floats(lanes)
        adaptationStep = floats(lanes)
        constant = floats(lanes)
        excitatoryLimit = floats(lanes, .infinity)
        inhibitoryLimit = floats(lanes, .infinity)
        excitatoryReversal = floats(lanes)
        excitatoryDistance = floats(lanes)
        inhibitoryReversal = floats(lanes)
        inhibitoryDistance = floats(lanes)
        state = floats(4 * lanes)
        work = floats(6 * lanes)
        saved = floats(4 * lanes)
        savedTicks = integers(2 * lanes, 0)
        refractoryUntil = integers(lanes, 0)
        spikeCount = integers(lanes, 0)
        excitatoryWeights = floats(rowCount * lanes)
        inhibitoryWeights = floats(rowCount * lanes)
        activeSynapses = integers(rowCount, 0)
        master = integers(lanes, -1)
    }

    public func deallocate() {
        for pointer in [
            rateMembrane, rateExcitatory, rateInhibitory, threshold, reset, slope, onset,
            rateAdaptation, adaptationGain, adaptationStep, constant, excitatoryLimit,
            inhibitoryLimit, excitatoryReversal, excitatoryDistance, inhibitoryReversal,
            inhibitoryDistance, state, work, saved, excitatoryWeights, inhibitoryWeights,
        ] { pointer.deallocate() }
        for pointer in [
            refractoryTicks, refractoryUntil, spikeCount, activeSynapses, master, savedTicks,
        ] {
            pointer.deallocate()
        }
    }

    /// All at rest: v = w = 0, no currents, no spikes.
    public func rest() {
        for i in 0..<4 * laneCount { state[i] = 0 }
        for lane in 0..<laneCount {
            refractoryUntil[lane] = 0
            spikeCount[lane] = 0
        }
    }

    /// Remembers the state.
    public func save() {
        saved.update(from: state, count: 4 * laneCount)
        savedTicks.update(from: refractoryUntil, count: laneCount)
        (savedTicks + laneCount).update(from: spikeCount, count: laneCount)
    }

    /// Returns to the state remembered last.
    public func restore() {
        state.update(from: saved, count: 4 * laneCount)
        refractoryUntil.update(from: savedTicks, count: laneCount)
        spikeCount.update(from: savedTicks + laneCount, count: laneCount)
    }

    /// Adds `factor` times the drive of one event on an input row.
    public func deliver(row: Int, factor: Float, tally: inout ChipKernelTally) {
        for lane in 0..<laneCount {
            excitatory[lane] += factor * excitatoryWeights[row * laneCount + lane]
            inhibitory[lane] += factor * inhibitoryWeights[row * laneCount + lane]
        }
        tally.synapticEvents += Int(activeSynapses[row])
    }
}
