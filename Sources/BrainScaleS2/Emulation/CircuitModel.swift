import PhysicalQuantities
import RealModule

/// One circuit in the units of the kernel.
struct CircuitModel {
    /// Leak potential, LSB; all others are relative to it.
    let leak: Double
    let rateMembrane: Double
    let rateExcitatory: Double
    let rateInhibitory: Double
    /// Relative to leak, LSB; infinite without comparator.
    let threshold: Double
    let reset: Double
    let refractoryTicks: Int
    /// Drive per weight LSB.
    let excitatoryDrive: Double
    let inhibitoryDrive: Double
    /// Strength of the excitatory input relative to its target.
    let relativeExcitatoryStrength: Double
    /// Code = offset + gain * (potential relative to leak).
    let readoutOffset: Double
    let readoutGain: Double

    /// A circuit that meets its targets, or did before conditions changed.
    init(_ cell: CellModel, _ conditions: ChipConditions = .nominal, circuit: Int = 0) {
        let targets = cell.targets
        let membrane = targets.membraneTimeConstant.microseconds
        let excitatory = targets.excitatoryTimeConstant.microseconds
        let inhibitory = targets.inhibitoryTimeConstant.microseconds
        let behavior = CircuitBehavior(
            leak: targets.leak, reset: cell.spiking?.reset ?? targets.leak,
            threshold: cell.spiking?.threshold ?? .infinity, resetTimeConstant: 0,
            membraneTimeConstant: membrane, excitatoryTimeConstant: excitatory,
            inhibitoryTimeConstant: inhibitory, excitatoryDrive: targets.excitatoryDrive,
            inhibitoryDrive: targets.inhibitoryDrive, readoutOffset: 0, readoutGain: 1)
        self.init(
            conditions.applied(to: behavior, circuit: circuit, chip: nil), of: cell,
            refractoryPeriod: cell.spiking.map { RefractoryPeriod(target: $0.refractoryTime) })
    }

    /// Circuits with their membranes joined, equal in capacitance: see `MismatchKey.circuit`. A joined
    /// neuron of c circuits is calibrated for the step of one, so charges keep it.
    init(joining models: [CircuitModel]) {
        let first = models[0]
        let count = Double(models.count)
        func mean(_ value: (CircuitModel) -> Double) -> Double {
            models.reduce(0) { $0 + value($1) } / count
        }
        rateMembrane = mean(\.rateMembrane)
        rateExcitatory = mean(\.rateExcitatory)
        rateInhibitory = mean(\.rateInhibitory)
        refractoryTicks = first.refractoryTicks
        excitatoryDrive = mean(\.excitatoryDrive)
        inhibitoryDrive = mean(\.inhibitoryDrive)
        relativeExcitatoryStrength = mean(\.relativeExcitatoryStrength)
        leak = mean { $0.leak * $0.rateMembrane } / rateMembrane
        // Thresholds and resets are potentials of the first circuit, seen from the joined leak.
        let shift = first.leak - leak
        threshold = first.threshold + shift
        reset = first.threshold.isFinite ? first.reset + shift : 0
        readoutGain = first.readoutGain
        readoutOffset = first.readoutOffset - first.readoutGain * shift
    }

    init(_ behavior: CircuitBehavior, of cell: CellModel, refractoryPeriod: RefractoryPeriod?) {
        let tick = ChipTime.tickInMicroseconds
        leak = behavior.leak
        rateMembrane = tick / behavior.membraneTimeConstant
        rateExcitatory = tick / behavior.excitatoryTimeConstant
        rateInhibitory = tick / behavior.inhibitoryTimeConstant
        excitatoryDrive = behavior.excitatoryDrive
        inhibitoryDrive = behavior.inhibitoryDrive
        relativeExcitatoryStrength =
            behavior.excitatoryDrive / max(cell.targets.excitatoryDrive, 1e-12)
        threshold = behavior.threshold - behavior.leak
        refractoryTicks = max(1, refractoryPeriod?.ticks ?? 1)
        if behavior.threshold.isFinite {
            // What the reset leaves of the way from the threshold when it opens.
            let left =
                behavior.resetTimeConstant > 0
                ? Double.exp(-Double(refractoryTicks) * tick / behavior.resetTimeConstant) : 0
            let way = max(0, behavior.threshold - behavior.reset)
            reset = behavior.reset + left * way - behavior.leak
        } else {
            reset = 0
        }
        readoutGain = behavior.readoutGain
        readoutOffset = behavior.readoutOffset + behavior.readoutGain * behavior.leak
    }
}
