
/// A quantity a calibration adjusts, in the order it does.
public enum CalibratedQuantity: String, Sendable, Hashable, Codable, CaseIterable {
    case channelOffset = "CADC offset"
    case excitatoryTimeConstant = "excitatory time constant"
    case inhibitoryTimeConstant = "inhibitory time constant"
    case membraneTimeConstant = "membrane time constant"
    case excitatoryStrength = "excitatory strength"
    case inhibitoryStrength = "inhibitory strength"
    case reset = "reset"
    case threshold = "threshold"
    case leak = "leak"
}

/// The result of a calibration: codes, and for each quantity whether its target was met.
public struct Calibration: Sendable, Hashable, Codable {
    public let chipSeed: UInt64
    /// What was asked of each circuit, nil for unused ones.
    public let cells: [CellModel?]
    public internal(set) var configuration: ChipConfiguration
    /// Measured value over or less the target where the search ended, by quantity and circuit: of
    /// time constants and strengths the relative deviation, of the rest LSB; nil for unused circuits.
    public internal(set) var residuals: [CalibratedQuantity: [Double?]]
    /// Measurements, and the time the chip would have taken for them (estimate: 20 ms each for cells
    /// to settle).
    public internal(set) var measurementCount = 0
    public internal(set) var hardwareMilliseconds = 0.0

    /// The residual of a search that ran into an end.
    static let outOfReach = 1e6

    /// The largest residual with which a quantity counts as met.
    public static func tolerance(_ quantity: CalibratedQuantity) -> Double {
        switch quantity {
        case .excitatoryTimeConstant, .inhibitoryTimeConstant, .membraneTimeConstant: 0.1
        case .excitatoryStrength, .inhibitoryStrength: 0.1
        case .channelOffset, .reset, .leak: 2
        case .threshold: 3
        }
    }

    /// Circuits that missed the target of a quantity.
    public func failures(_ quantity: CalibratedQuantity) -> [NeuronIndex] {
        (residuals[quantity] ?? []).enumerated().compactMap { index, residual in
            guard let residual, !(abs(residual) <= Self.tolerance(quantity)) else { return nil }
            return NeuronIndex(index)
        }
    }

    /// Whether every target of a circuit was met.
    public var success: [Bool] {
        var mask = cells.map { $0 != nil }
        for quantity in CalibratedQuantity.allCases {
            for neuron in failures(quantity) { mask[neuron.index] = false }
        }
        return mask
    }

    /// Whether the arrays have the lengths of a chip: a decoded value may not.
    public var isWellFormed: Bool {
        cells.count == NeuronIndex.count && configuration.circuits.count == NeuronIndex.count
            && configuration.quadrants.count == 4
            && configuration.digitalOffsets.count == NeuronIndex.count
            && residuals.values.allSatisfy { $0.count == NeuronIndex.count }
            && zip(cells, configuration.circuits).allSatisfy { ($0 == nil) == ($1 == nil) }
    }

    /// Whether these cells are among those calibrated, on the same circuits.
    public func covers(_ cells: [CellModel?]) -> Bool {
        zip(cells, self.cells).allSatisfy { $0 == nil || $0 == $1 }
    }
}
