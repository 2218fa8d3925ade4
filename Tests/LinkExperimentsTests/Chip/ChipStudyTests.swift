import ArrayFiles
import BaselineEqualizers
import BrainScaleS2
import Foundation
import LinkExperiments
import Modulation
import Reporting
import TestSupport
import Testing

struct ChipStudyTests {
    private func study(inTheLoop symbols: Int = 1000) throws -> ChipStudy {
        let catalog = Catalog(roots: [Repository.root])
        let link = try LinkDescription(file: catalog.file(.channels, "lcd"))
        var description = try ModelDescription(folder: catalog.modelFolder("lcd-snn-40"))
        if case .spiking(var model) = description.kind {
            model.chip?.inTheLoop?.symbols = symbols
            description.kind = .spiking(model)
        }
        return ChipStudy(
            evaluation: Evaluation(
                link: link, noisePowersInDecibels: [-18], bitErrors: 60, seed: 5,
                parallel: Parallel(threads: 2)),
            receiver: try TrainedReceiver.make(description, for: link), noisePowerInDecibels: -18)
    }

    private func errors(_ receiver: ChipReceiver, _ study: ChipStudy) -> Int {
        let streams = SymbolStreams(
            study.evaluation.link.parameters, purpose: .validation, seed: 3)
        return (0..<6).reduce(0) { sum, index in
            let block = streams.block(index)
            let detection = receiver.detect(block.received, noise: streams.receiverNoise(index))
            return sum + zip(detection.symbols, block.symbols).count { $0 != $1 }
        }
    }

    /// A chip as it comes is hardly a receiver; calibrated it is one; in the loop it gets better.
    @Test func calibrationAndTheLoopRepairAChip() throws {
        let study = try study(inTheLoop: 60_000)
        let chip = ChipInstance(seed: 1, fidelity: .full)
        let raw = errors(try study.chipReceiver(chip, calibration: .none), study)
        let calibrated = errors(try study.chipReceiver(chip), study)
        var loop = study
        let (trained, losses) = try study.trainedInTheLoop(chip)
        loop.receiver = trained
        let after = errors(try loop.chipReceiver(chip), study)
        #expect(calibrated < raw / 10)
        #expect(Double(after) < 0.9 * Double(calibrated))
        #expect(losses.allSatisfy { $0.isFinite } && losses.count == 6)
        #expect(trained.training.policy.contains("chip 1 in the loop"))
    }

    /// A calibration that was written and read is the one that is made on the spot.
    @Test func storedCalibrationsServe() throws {
        let study = try study()
        let chip = ChipInstance(seed: 3, fidelity: .full)
        let made = try study.chipReceiver(chip)
        guard case .calibrated(let calibration) = made.chip.operation else {
            Issue.record("the chip is not calibrated")
            return
        }
        try TemporaryFolder.with { folder in
            let path = folder + "/calibration.json"
            try AtomicFile.write(try CalibrationFile([calibration]).encoded(), to: path)
            let stored = try CalibrationFile.read(path)
            let again = try study.chipReceiver(chip, calibration: .stored(stored))
            let (a, b) = (errors(again, study), errors(made, study))
            #expect(a == b)
            #expect(throws: UnsupportedOnChip.self) {
                try study.chipReceiver(
                    ChipInstance(seed: 4, fidelity: .full), calibration: .stored(stored))
            }
            let other = CalibrationFile([
                Calibration(
                    of: chip, for: Array(repeating: .leakyIntegrator(.calibrationDefaults), count: 512))
            ])
            #expect(throws: UnsupportedOnChip.self) {
                try study.chipReceiver(chip, calibration: .stored(other.calibrations))
            }
            try AtomicFile.write("{\"schema\": \"other\"}", to: path)
            #expect(throws: FileError.self) { try CalibrationFile.read(path) }
        }
    }

    /// A study continues from its file, whole, and refuses that of another.
    @Test func penaltiesContinue() throws {
        try TemporaryFolder.with { folder in
            let study = try study()
            let first = try ChipPenalty(
                study: study, folder: folder, treatments: [.calibrated]
            ).run(seeds: [1])
            let second = try ChipPenalty(
                study: study, folder: folder, treatments: [.calibrated, .uncalibrated]
            ).run(seeds: [1, 2])
            #expect(first.chips.count == 1 && second.chips.count == 4)
            #expect(second.chips[0].evaluation.points[0].ber == first.chips[0].evaluation.points[0].ber)
            #expect(second.text.contains("uncalibrated") && second.text.contains("worst"))
            var other = study
            other.evaluation.bitErrors = 61
            #expect(throws: FileError.self) {
                try ChipPenalty(study: other, folder: folder, treatments: [.calibrated])
                    .run(seeds: [1])
            }
        }
    }

    @Test func quantilesCountWhatIsNotReached() {
        let penalties: [(seed: UInt64, penalty: Double?)] = [(1, 0.1), (2, nil), (3, 0.3)]
        #expect(ChipPenalty.Record.quantile(penalties, 0.5) == 0.3)
        #expect(ChipPenalty.Record.quantile(penalties, 1) == nil)
        #expect(ChipPenalty.Record.quantile([], 0.5) == nil)
    }

    @Test func reportsShowSpreadAndPlaces() throws {
        let placed = try study().chipReceiver(.ideal).placed
        let report = CalibrationReport(
            ChipInstance(seed: 2, fidelity: .full), cells: placed.cellsByCircuit)
        for quantity in report.quantities {
            let (before, after) = quantity.spreads
            #expect(after < 0.6 * before, "\(quantity.name)")
        }
        #expect(report.text.contains("44 of 44 circuits") || report.text.contains("missed"))
        let placement = PlacementReport(placed)
        #expect(placement.text.contains("top columns 0-39"))
        #expect(placement.picture.hasPrefix("<svg") && placement.picture.contains("hidden: 40"))
    }
}
