import RandomStreams
import RealModule

/// The deviations of one neuron circuit, its synaptic inputs and its readout channel from an average
/// one: a function of (chip seed, coordinate, parameter name).
///
/// - Determinism: stream seed / "chip" / parameter name, index of the coordinate.
struct CircuitDevice {
    /// Offsets of potentials, LSB.
    let leak, reset, threshold: Double
    /// Factors.
    let leakConductance: Double
    let resetConductance: Double
    let excitatory, inhibitory: Input
    let channelGain: Double
    /// LSB.
    let channelOffset: Double
    let quadrant: Quadrant

    struct Input {
        let lineConductance: Double
        let strength: Double
        /// Code at which its standing current vanishes.
        let reference: Double
    }

    /// What all circuits of a quadrant share.
    struct Quadrant {
        let converter: Double
        let rampGain: Double
        let rampOffset: Double

        init(_ index: Int, _ draw: Draw, _ mismatch: DeviceMismatch) {
            converter = draw.factor("weight converter", index, mismatch.converter)
            rampGain = draw.factor("ramp gain", index, mismatch.rampGain)
            rampOffset = draw.offset("ramp offset", index, mismatch.rampOffset)
        }
    }

    /// Normal numbers by name and place.
    struct Draw {
        let root: RandomStream

        func offset(_ parameter: String, _ index: Int, _ sigma: Double) -> Double {
            var stream = root.substream(parameter, index)
            return sigma * stream.gaussian()
        }

        func factor(_ parameter: String, _ index: Int, _ sigma: Double) -> Double {
            Double.exp(offset(parameter, index, sigma))
        }
    }

    init(of neuron: NeuronIndex, on chip: ChipInstance) {
        self.init(
            Draw(root: RandomStream(seed: chip.seed).substream("chip")), neuron.index,
            quadrant: neuron.quadrant, chip.mismatch)
    }

    init(_ draw: Draw, _ index: Int, quadrant: Int, _ mismatch: DeviceMismatch) {
        let m = mismatch
        let voltage = m.voltage * CircuitTransfer.lsbPerCode
        leak = draw.offset("leak", index, voltage)
        reset = draw.offset("reset", index, voltage)
        threshold = draw.offset("threshold", index, voltage)
        leakConductance = draw.factor("leak conductance", index, m.leakConductance)
        resetConductance = draw.factor("reset conductance", index, m.resetConductance)
        func input(_ name: String) -> Input {
            Input(
                lineConductance: draw.factor(name + " line conductance", index, m.lineConductance),
                strength: draw.factor(name + " strength", index, m.inputStrength),
                reference: Double(CircuitTransfer.defaultReference)
                    + draw.offset(name + " reference", index, m.reference))
        }
        excitatory = input("excitatory")
        inhibitory = input("inhibitory")
        channelGain = draw.factor("channel gain", index, m.channelGain)
        channelOffset = draw.offset("channel offset", index, m.channelOffset)
        self.quadrant = Quadrant(quadrant, draw, m)
    }

    /// What the circuit does with its codes; equations at `CircuitTransfer`.
    ///
    /// - Parameter scatter: what each cell holds beyond its code.
    func behavior(
        _ codes: NeuronCodes, _ shared: QuadrantCodes, digitalOffset: Int, scatter: CellScatter
    ) -> CircuitBehavior {
        typealias T = CircuitTransfer
        let capacitance = T.fullCapacitance / Double(max(codes.capacitance, 1))
        // A bias of zero leaves leakage: a thousandth of the full scale.
        func share(_ code: CapMemCode, _ cell: CellScatter.Cell) -> Double {
            max(Double(code.index) + scatter[cell], 1) / 1022
        }
        func potential(_ code: CapMemCode, _ cell: CellScatter.Cell) -> Double {
            T.potential(code) + scatter[cell] * T.lsbPerCode
        }
        let rate =
            T.leakRate * share(codes.leakBias, .leakBias) * codes.leakRange.factor * leakConductance * capacitance
        let membrane = 1 / rate
        let converter =
            Double(shared.synapseDACBias.index) / T.defaultDACBias * quadrant.converter
        func line(
            _ codes: SynapticInputCodes, _ input: Input, _ cell: CellScatter.Cell
        ) -> Double {
            1 / (T.lineRate(isHighResistance: codes.hasHighResistance)
                * share(codes.timeConstantBias, cell) * input.lineConductance)
        }
        /// Conductance of a transconductor relative to its default.
        func conductance(
            _ codes: SynapticInputCodes, _ input: Input, _ cell: CellScatter.Cell
        ) -> Double {
            max(0, Double(codes.transconductance.index) + scatter[cell]) / T.defaultTransconductance * input.strength
                * capacitance * membrane
        }
        let excitatoryGain = conductance(codes.excitatory, excitatory, .excitatoryConductance)
        let inhibitoryGain = conductance(codes.inhibitory, inhibitory, .inhibitoryConductance)
        func drift(_ code: CapMemCode, _ zero: Double, _ cell: CellScatter.Cell) -> Double {
            T.driftPerReferenceCode / 10 * (Double(code.index) + scatter[cell] - zero)
        }
        let gain =
            channelGain * quadrant.rampGain * Double(T.nominalRampSlope)
            / Double(max(shared.rampSlope.index, 1))
        let start = Double(shared.rampOffset.index - T.nominalRampOffset) * T.lsbPerCode
        return CircuitBehavior(
            leak: potential(codes.leak, .leak) + leak
                + excitatoryGain
                * drift(codes.excitatory.reference, excitatory.reference, .excitatoryReference)
                - inhibitoryGain
                * drift(codes.inhibitory.reference, inhibitory.reference, .inhibitoryReference),
            reset: potential(codes.reset, .reset) + reset,
            threshold: codes.hasThreshold
                ? potential(codes.threshold, .threshold) + threshold : .infinity,
            resetTimeConstant: T.resetTimeConstant / resetConductance,
            membraneTimeConstant: membrane,
            excitatoryTimeConstant: line(codes.excitatory, excitatory, .excitatoryLine),
            inhibitoryTimeConstant: line(codes.inhibitory, inhibitory, .inhibitoryLine),
            excitatoryDrive: T.driveRate * converter * excitatoryGain,
            inhibitoryDrive: T.driveRate * converter * inhibitoryGain,
            readoutOffset: channelOffset + quadrant.rampOffset + Double(digitalOffset)
                - gain * start,
            readoutGain: gain)
    }
}

/// What the analog cells of a circuit hold beyond their codes after one programming of the chip.
struct CellScatter {
    enum Cell: Int, CaseIterable {
        case leak, reset, threshold, leakBias, excitatoryLine, inhibitoryLine
        case excitatoryConductance, inhibitoryConductance, excitatoryReference, inhibitoryReference
    }

    private var values = InlineArray<10, Double>(repeating: 0)

    static let none = CellScatter()
    private init() {}

    init(_ sigma: Double, from random: inout RandomStream) {
        for i in 0..<5 {
            let pair = random.gaussianPair()
            values[2 * i] = sigma * pair.0
            values[2 * i + 1] = sigma * pair.1
        }
    }

    /// Codes.
    subscript(cell: Cell) -> Double { values[cell.rawValue] }
}

/// What a circuit does: potentials in CADC LSB, times in us, drives in LSB per weight LSB.
public struct CircuitBehavior: Sendable, Hashable, Codable {
    public var leak: Double
    public var reset: Double
    /// Infinite without comparator.
    public var threshold: Double
    /// Of the approach to the reset potential; 0 for an ideal switch.
    public var resetTimeConstant: Double
    public var membraneTimeConstant: Double
    public var excitatoryTimeConstant: Double
    public var inhibitoryTimeConstant: Double
    public var excitatoryDrive: Double
    public var inhibitoryDrive: Double
    /// Code = offset + gain times potential, before rounding and clamping.
    public var readoutOffset: Double
    public var readoutGain: Double
}
