import RandomStreams
import RealModule

/// How much of the physical chip is emulated. One description, one value that differs.
public enum Fidelity: String, Sendable, Hashable, Codable, CaseIterable {
    /// Every circuit meets its targets; digital rules, grids and resolutions stay.
    case ideal
    /// Circuits deviate as the chip seed says.
    case fixedPattern
    /// Circuits deviate, and membranes and conversions are noisy.
    case full
}

/// Which codes the circuits run with.
public enum ChipOperation: Sendable, Hashable, Codable {
    /// The codes of an average circuit in every circuit: a chip without calibration.
    case commonCodes
    /// Those a calibration of this chip found.
    case calibrated(Calibration)
}

/// One chip: its seed says how its circuits deviate, whichever experiment runs on it.
public struct ChipInstance: Sendable, Hashable, Codable {
    public var seed: UInt64
    public var fidelity: Fidelity
    public var mismatch: DeviceMismatch
    public var noise: TemporalNoise
    public var operation: ChipOperation
    /// Where its circuits have moved since.
    public var conditions = ChipConditions.nominal

    public init(
        seed: UInt64, fidelity: Fidelity, mismatch: DeviceMismatch = .estimated,
        noise: TemporalNoise = .typical, operation: ChipOperation = .commonCodes
    ) {
        self.seed = seed
        self.fidelity = fidelity
        self.mismatch = mismatch
        self.noise = noise
        self.operation = operation
    }

    /// A chip on which every circuit meets its targets.
    public static let ideal = ChipInstance(seed: 0, fidelity: .ideal)

    /// This chip after a calibration of the circuits of a network to their targets; the ideal chip
    /// needs none.
    public func calibrated(for placed: PlacedNetwork) -> ChipInstance {
        guard fidelity != .ideal else { return self }
        var copy = self
        copy.operation = .calibrated(Calibration(of: self, for: placed.cellsByCircuit))
        return copy
    }

    /// The codes in force for circuits with these cells, [circuit], nil for unused ones.
    ///
    /// - Precondition: a calibrated chip was calibrated with these cells on these circuits.
    func configuration(for cells: [CellModel?]) -> ChipConfiguration {
        switch operation {
        case .commonCodes: return ChipConfiguration(common: cells)
        case .calibrated(let calibration):
            precondition(
                calibration.covers(cells), "the chip was calibrated for other cells or circuits")
            return calibration.configuration
        }
    }

    /// What a circuit does with a cell on it.
    func model(
        of cell: CellModel, on circuit: NeuronIndex, _ configuration: ChipConfiguration
    ) -> CircuitModel {
        guard fidelity != .ideal, let codes = configuration.circuits[circuit.index] else {
            return CircuitModel(cell, conditions, circuit: circuit.index)
        }
        return CircuitModel(
            behavior(of: circuit, codes, configuration), of: cell,
            refractoryPeriod: cell.spiking == nil ? nil : codes.refractoryPeriod)
    }

    /// What a circuit does when the circuits of the chip are configured for these cells: hidden on a
    /// real chip, for comparisons of a calibration with the truth.
    ///
    /// - Parameter cells: by circuit, nil for unused ones.
    /// - Precondition: the circuit is used.
    public func behavior(of circuit: NeuronIndex, with cells: [CellModel?]) -> CircuitBehavior {
        let configuration = configuration(for: cells)
        guard let codes = configuration.circuits[circuit.index] else {
            preconditionFailure("circuit \(circuit.index) is not used")
        }
        return behavior(of: circuit, codes, configuration)
    }

    private func behavior(
        of circuit: NeuronIndex, _ codes: NeuronCodes, _ configuration: ChipConfiguration
    ) -> CircuitBehavior {
        var random = RandomStream(seed: seed).substream("chip")
            .substream("cell scatter", circuit.index)
        let behavior = CircuitDevice(of: circuit, on: self).behavior(
            codes, configuration.quadrants[circuit.quadrant],
            digitalOffset: configuration.digitalOffsets[circuit.index],
            scatter: CellScatter(mismatch.cellScatter, from: &random))
        return conditions.applied(
            to: behavior, circuit: circuit.index,
            chip: RandomStream(seed: seed).substream("chip"))
    }

    /// The factor by which one synapse's current deviates.
    public func factor(of synapse: SynapseCoordinate) -> Double {
        guard fidelity != .ideal else { return 1 }
        var stream = RandomStream(seed: seed).substream("chip")
            .substream("synapse", synapse.index)
        return Double.exp(mismatch.synapse * stream.gaussian())
    }
}
