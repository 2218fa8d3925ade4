import PhysicalQuantities

/// All codes of a chip.
public struct ChipConfiguration: Sendable, Hashable, Codable {
    /// By circuit; nil where none is used.
    public internal(set) var circuits: [NeuronCodes?]
    /// By quadrant.
    public internal(set) var quadrants: [QuadrantCodes]
    /// Numbers -128...127 added to each channel's code, by circuit.
    public internal(set) var digitalOffsets: [Int]

    /// The codes with which average circuits meet their targets.
    ///
    /// The strength of the inputs decides the capacitance: at its full value as long as the
    /// transconductors need no more than their default bias, then smaller; where that does not reach,
    /// more bias, and at last more for the weight converters of the quadrant.
    ///
    /// - Parameter cells: by circuit, nil where none is used.
    public init(common cells: [CellModel?]) {
        precondition(cells.count == NeuronIndex.count, "one cell per circuit")
        quadrants = Array(repeating: .nominal, count: 4)
        digitalOffsets = Array(repeating: 0, count: NeuronIndex.count)
        for (index, cell) in cells.enumerated() {
            guard let cell, Self.relativeStrength(cell) > Self.converterNeeded else { continue }
            quadrants[NeuronIndex(index).quadrant].synapseDACBias = Self.largestDACBias
        }
        let quadrants = quadrants
        circuits = cells.enumerated().map { index, cell in
            cell.map {
                Self.codes($0, converter: quadrants[NeuronIndex(index).quadrant].synapseDACBias)
            }
        }
    }

    static let largestDACBias = CapMemCode(1020)
    /// Bias that average circuits take at most, so that weak ones have room.
    static let largestTransconductance = 750.0

    /// Drive relative to that of the public defaults at the cell's membrane time constant.
    static func relativeStrength(_ cell: CellModel) -> Double {
        cell.targets.excitatoryDrive
            / (CircuitTransfer.driveRate * cell.targets.membraneTimeConstant.microseconds)
    }

    /// Relative strength beyond which the converters' default bias does not reach.
    static let converterNeeded =
        largestTransconductance / CircuitTransfer.defaultTransconductance
        * CircuitTransfer.fullCapacitance / CircuitTransfer.smallestCapacitance
    /// The largest relative strength that average circuits reach, about 27.
    public static let largestStrength =
        converterNeeded * Double(largestDACBias.index) / CircuitTransfer.defaultDACBias

    private static func codes(_ cell: CellModel, converter: CapMemCode) -> NeuronCodes {
        typealias T = CircuitTransfer
        let targets = cell.targets
        let membrane = targets.membraneTimeConstant.microseconds
        let strength =
            relativeStrength(cell) * T.defaultDACBias / Double(converter.index)
        let capacitance = min(
            T.fullCapacitance, max(T.smallestCapacitance, (T.fullCapacitance / strength).rounded()))
        let conductance = { (drive: Double) in
            drive / (T.driveRate * membrane)
                * T.defaultDACBias / Double(converter.index)
                * capacitance / T.fullCapacitance * T.defaultTransconductance
        }
        func input(_ span: TimeSpan, _ drive: Double) -> SynapticInputCodes {
            let synapse = span.microseconds
            let isHigh = 1022 / (synapse * T.highResistanceLineRate) <= 400
            return SynapticInputCodes(
                timeConstantBias: CapMemCode(
                    saturating: 1022 / (synapse * T.lineRate(isHighResistance: isHigh))),
                hasHighResistance: isHigh,
                transconductance: CapMemCode(saturating: conductance(drive)),
                reference: CapMemCode(T.defaultReference))
        }
        // The finest range whose code for an average circuit leaves room for weak ones.
        let code = { (range: LeakRange) in
            1022 * capacitance / T.fullCapacitance / (membrane * T.leakRate * range.factor)
        }
        let range = LeakRange.allCases.first { code($0) <= 450 } ?? .multiplied
        let spiking = cell.spiking
        return NeuronCodes(
            leak: T.voltageCode(targets.leak),
            reset: T.voltageCode(spiking?.reset ?? targets.leak),
            threshold: T.voltageCode(spiking?.threshold ?? 220),
            hasThreshold: spiking != nil,
            leakBias: CapMemCode(saturating: code(range)), leakRange: range,
            capacitance: Int(capacitance),
            excitatory: input(targets.excitatoryTimeConstant, targets.excitatoryDrive),
            inhibitory: input(targets.inhibitoryTimeConstant, targets.inhibitoryDrive),
            refractoryPeriod: RefractoryPeriod(
                target: spiking?.refractoryTime ?? .microseconds(0.04)))
    }
}
