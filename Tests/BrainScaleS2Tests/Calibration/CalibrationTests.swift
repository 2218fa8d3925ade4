import BrainScaleS2
import Foundation
import PhysicalQuantities
import RandomStreams
import TestSupport
import Testing

/// Whole chips at the public default targets. Spreads are of what circuits really do, which the
/// calibration does not see; five percent are trimmed at each side, as the public test does.
@Suite struct CalibrationTests {
    static let cell = CellModel.leakyIntegrateAndFire(.calibrationDefaults, .calibrationDefaults)
    static let cells = [CellModel?](repeating: cell, count: NeuronIndex.count)

    static func trimmedSpread(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let cut = values.count / 20
        return Statistics.variance(Array(sorted[cut..<sorted.count - cut])).squareRoot()
    }

    static func behaviors(_ chip: ChipInstance) -> [CircuitBehavior] {
        NeuronIndex.all.map { chip.behavior(of: $0, with: cells) }
    }

    @Test(arguments: 1...10)
    func spreadShrinksAsThePublicTestAsks(seed: Int) {
        let chip = ChipInstance(seed: UInt64(seed), fidelity: .full)
        var calibrated = chip
        let calibration = Calibration(of: chip, for: Self.cells)
        calibrated.operation = .calibrated(calibration)
        let (before, after) = (Self.behaviors(chip), Self.behaviors(calibrated))
        func ratio(_ value: (CircuitBehavior) -> Double) -> Double {
            Self.trimmedSpread(after.map(value)) / Self.trimmedSpread(before.map(value))
        }
        let ratios: [(String, Double, Double)] = [
            ("leak", ratio(\.leak), 0.3), ("reset", ratio(\.reset), 0.2),
            ("threshold", ratio(\.threshold), 0.35),
            ("tau_mem", ratio(\.membraneTimeConstant), 0.45),
            ("tau_syn exc", ratio(\.excitatoryTimeConstant), 0.2),
            ("tau_syn inh", ratio(\.inhibitoryTimeConstant), 0.2),
            ("strength exc", ratio(\.excitatoryDrive), 0.5),
            ("strength inh", ratio(\.inhibitoryDrive), 0.5),
        ]
        for (name, ratio, limit) in ratios {
            #expect(ratio < limit, "\(name)")
        }
        // Codes of a common potential of 120 LSB.
        func channel(_ behaviors: [CircuitBehavior]) -> [Double] {
            behaviors.map { $0.readoutOffset + $0.readoutGain * 120 }
        }
        #expect(Statistics.variance(channel(before)).squareRoot() > 8)
        #expect(Statistics.variance(channel(after)).squareRoot() < 3)
        #expect(Statistics.variance(before.map(\.leak)).squareRoot() > 10)
        // The public mapping: voltages of codes 70 and 550 read 20 and 220 within 5 LSB.
        for potential in [20.0, 220] {
            let codes = after.map { $0.readoutOffset + $0.readoutGain * potential }
            #expect(codes.count { abs($0 - potential) <= 5 } > 490)
            #expect(abs(Statistics.mean(codes) - potential) < 2)
        }
        // Resting potentials read what was asked for within 2 LSB.
        let resting = after.map { $0.readoutOffset + $0.readoutGain * $0.leak }
        #expect(resting.count { abs($0 - 80) <= 2 } > 490)
        #expect(calibration.success.count { $0 } > 480)
    }
}
