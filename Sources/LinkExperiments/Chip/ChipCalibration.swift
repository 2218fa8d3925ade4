public import BrainScaleS2

/// How the circuits of a chip get their codes.
public enum ChipCalibration: Sendable, Hashable {
    /// The codes of average circuits.
    case none
    /// A calibration of the circuits in use to the cells of the network.
    case performed
    /// Calibrations made before, of several chips.
    case stored([Calibration])

    /// For records.
    var name: String {
        switch self {
        case .none: "none"
        case .performed: "performed"
        case .stored: "stored"
        }
    }

    /// A chip that runs a placed network.
    ///
    /// - Throws: `UnsupportedOnChip` when a stored calibration is of another chip or of other cells.
    func apply(to chip: ChipInstance, for placed: PlacedNetwork) throws -> ChipInstance {
        guard chip.fidelity != .ideal else { return chip }
        switch self {
        case .none: return chip
        case .performed: return chip.calibrated(for: placed)
        case .stored(let calibrations):
            guard let calibration = calibrations.first(where: { $0.chipSeed == chip.seed }) else {
                throw UnsupportedOnChip(
                    description: "there is no calibration of chip \(chip.seed), only of "
                        + calibrations.map { String($0.chipSeed) }.joined(separator: ", "))
            }
            guard calibration.covers(placed.cellsByCircuit) else {
                throw UnsupportedOnChip(
                    description: "the calibration of chip \(chip.seed) is for other neurons or "
                        + "circuits than this network's")
            }
            var copy = chip
            copy.operation = .calibrated(calibration)
            return copy
        }
    }
}
