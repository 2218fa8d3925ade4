import ArrayFiles
import BrainScaleS2
import Foundation
import LinkExperiments
import Modulation
import TestSupport
import Testing

@Suite struct TrackingStudyTests {
    private func study(
        _ shape: DriftCourse.Shape, pilotInterval: Int, symbols: Int = 40_000,
        rewardRate: Double? = nil, rules: TrackingRules = TrackingRules()
    ) throws -> TrackingStudy {
        var rules = rules
        if let rewardRate { rules.rewardRate = rewardRate }
        let catalog = Catalog(roots: [Repository.root])
        var link = try LinkDescription(file: catalog.file(.channels, "lcd"))
        link.drift = Drift(reason: "test", courses: [DriftCourse(.receivedPower, shape)])
        let model = try ModelDescription(folder: catalog.modelFolder("lcd-snn-40"))
        return TrackingStudy(
            link: link, receiver: try TrainedReceiver.make(model, for: link),
            noisePowerInDecibels: -20, symbols: symbols, pilotInterval: pilotInterval,
            rules: rules, seed: 3)
    }

    /// Where nothing is learned, all chips decide alike; pilots are not counted.
    @Test func withoutLearningAllChipsAreOne() throws {
        let study = try study(
            .step(at: 0, change: 0), pilotInterval: 4, rules: TrackingRules(tolerance: 1))
        let runs = try study.run(
            [.fixed, .readout, .bothLayers], on: ChipInstance(seed: 2, fidelity: .fixedPattern),
            calibration: .performed)
        let record = TrackingRecord(
            study, fidelity: .full, calibration: .performed, runs: runs)
        #expect(runs.count == 3)
        for run in runs {
            #expect(run.windows.count == 4)
            #expect(run.windows.map(\.errors) == runs[0].windows.map(\.errors))
            for window in run.windows {
                #expect(window.bits == 15_000)
                #expect(window.pilots == (run.receiver == "static" ? 0 : 2500))
                #expect(window.weightMovement == 0)
            }
        }
        #expect(abs(record.netShare(runs[0]) - 1) < 1e-9)
        #expect(abs(record.netShare(runs[1]) - 0.75) < 0.01)
    }

    /// A drop of power that a static chip does not survive; pilots bring most of it back.
    @Test func pilotsTrackAStep() throws {
        let study = try study(
            .step(at: 10_000, change: -0.4), pilotInterval: 2, rules: TrackingRules())
        let runs = try study.run(
            [.fixed, .readout, .bothLayers], on: ChipInstance(seed: 2, fidelity: .full),
            calibration: .performed)
        let record = TrackingRecord(
            study, fidelity: .full, calibration: .performed, runs: runs)
        let last = 20_000..<40_000
        let fixed = runs[0].share(last)
        #expect(fixed.rate > 5 * runs[0].share(0..<10_000).rate)
        for run in runs[1...] {
            let adapted = run.share(last)
            #expect(adapted.rate < 0.6 * fixed.rate, "\(run.receiver)")
            #expect(adapted.interval.contains(adapted.rate))
            #expect(record.recovery(run, since: 10_000) != nil)
            #expect(run.busyShare > 0 && run.busyShare < 1)
            // With pilots no guard stands in the way, whatever a step does to the decisions.
            #expect(run.windows.allSatisfy { !$0.isReturned })
        }
        #expect(record.changes[0] == ["received_power_dB": 0])
        #expect(record.changes[1] == ["received_power_dB": -0.4])
    }

    /// Outputs that fire learn from reward alone what a drop of power took, in part.
    @Test func rewardTracksAStep() throws {
        let study = try study(
            .step(at: 10_000, change: -0.3), pilotInterval: 2, symbols: 80_000, rewardRate: 0.01)
        let runs = try study.run(
            [.fixedSpiking, .rewarded], on: ChipInstance(seed: 2, fidelity: .full),
            calibration: .performed)
        let last = 60_000..<80_000
        let (fixed, rewarded) = (runs[0].share(last), runs[1].share(last))
        #expect(fixed.rate > 4 * runs[0].share(0..<10_000).rate)
        #expect(rewarded.rate < 0.8 * fixed.rate)
        #expect(runs[0].operations.membraneConversions == 0)
        #expect(runs[0].windows.allSatisfy { $0.pilots == 0 && $0.weightMovement == 0 })
        #expect(runs[1].windows.allSatisfy { $0.pilots == 5000 && $0.plasticityCycles > 0 })
        // Few updates are longer than the wait.
        #expect(runs[1].windows.reduce(0) { $0 + $1.overruns } < 40_000 / 10)
    }

    /// A decision is no reward: where pilots end, what reward has taught stays.
    @Test func rewardEndsWithThePilots() throws {
        var study = try study(
            .step(at: 0, change: -0.3), pilotInterval: 2, symbols: 30_000, rewardRate: 1)
        study.pilotEnd = 20_000
        let run = try study.run(
            [.rewarded], on: ChipInstance(seed: 2, fidelity: .full), calibration: .performed)[0]
        #expect(run.windows.map(\.bits) == [10_000, 10_000, 20_000])
        #expect(run.windows.map(\.pilots) == [5000, 5000, 0])
        #expect(run.windows.allSatisfy { $0.ownDecisions == 0 && !$0.isReturned })
        #expect(run.windows[1].weightMovement > 0)
        #expect(run.windows[2].weightMovement == run.windows[1].weightMovement)
    }

    /// After the pilots every bit is counted, and a receiver learns from as many of its own decisions.
    @Test func decisionsTakeOverFromPilots() throws {
        var study = try study(
            .ramp(from: 20_000, to: 40_000, change: -0.1), pilotInterval: 4,
            rules: TrackingRules())
        study.pilotEnd = 20_000
        let run = try study.run(
            [.readout], on: ChipInstance(seed: 2, fidelity: .full), calibration: .performed)[0]
        #expect(run.windows.map(\.bits) == [15_000, 15_000, 20_000, 20_000])
        #expect(run.windows.map(\.pilots) == [2500, 2500, 0, 0])
        #expect(run.windows.map(\.ownDecisions) == [0, 0, 2500, 2500])
        #expect(run.windows[3].weightMovement > run.windows[1].weightMovement)
        #expect(run.windows.allSatisfy { !$0.isReturned && $0.doubtful > 0 })
        #expect(run.share(20_000..<40_000).rate < 5e-3)
    }

    /// An adaptive equalizer on the same symbols needs no chip, and makes up for less light.
    @Test func equalizersTrackAStep() throws {
        var study = try study(
            .step(at: 20_000, change: -1), pilotInterval: 2, rules: TrackingRules())
        let catalog = Catalog(roots: [Repository.root])
        var model = try ModelDescription(folder: catalog.modelFolder("linear-21-lms"))
        model.training.symbolCount = 100_000
        let receiver = try TrainedReceiver.make(model, for: study.link)
        let run = try study.run(equalizers: [receiver])[0]
        #expect(run.chipSeed == nil)
        #expect(run.windows.map(\.pilots) == [5000, 5000, 5000, 5000])
        let before = run.share(0..<20_000).rate
        study.pilotEnd = 0
        study.pilotInterval = 10_000
        let still = try study.run(equalizers: [receiver])[0]
        // The linear equalizer errs by dispersion rather than noise: less light costs it its levels.
        #expect(still.share(30_000..<40_000).rate > 1.25 * before)
        #expect(run.share(30_000..<40_000).rate < 1.1 * before)
    }

    /// A record read back is the record; it goes on with the same study only.
    @Test func recordsComeBack() throws {
        let study = try study(
            .step(at: 20_000, change: -1), pilotInterval: 2, rules: TrackingRules())
        func record(_ study: TrackingStudy, _ runs: [TrackingRecord.Run] = []) -> TrackingRecord {
            TrackingRecord(study, fidelity: .full, calibration: .performed, runs: runs)
        }
        let run = TrackingRecord.Run(
            receiver: "static", chipSeed: 4,
            windows: [
                TrackingRecord.Window(
                    symbol: 0, bits: 10, errors: 1, pilots: 2, ownDecisions: 0, doubtful: 3,
                    isReturned: false, weightMovement: 0.5, plasticityCycles: 6, overruns: 7,
                    hardwareNanoseconds: 8)
            ])
        let folder = NSTemporaryDirectory() + "tracking-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let written = record(study, [run])
        try written.write(toFolder: folder)
        let read = try TrackingRecord.read(folder + "/" + TrackingRecord.fileName)
        let isSame = try read.json == written.json
        #expect(isSame)
        #expect(read.run(.fixed, chip: 4)?.windows.count == 1)
        #expect(read.run(.fixed, chip: 5) == nil)
        #expect(read.isOfSameStudy(as: record(study)))
        var other = study
        other.seed += 1
        #expect(!read.isOfSameStudy(as: record(other)))
        #expect(throws: FileError.self) { try TrackingRecord.read(folder) }
    }
}
