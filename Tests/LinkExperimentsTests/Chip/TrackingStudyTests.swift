import BrainScaleS2
import LinkExperiments
import TestSupport
import Testing

@Suite struct TrackingStudyTests {
    private func study(
        _ shape: DriftCourse.Shape, pilotInterval: Int, rules: TrackingRules
    ) throws -> TrackingStudy {
        let catalog = Catalog(roots: [Repository.root])
        var link = try LinkDescription(file: catalog.file(.channels, "lcd"))
        link.drift = Drift(reason: "test", courses: [DriftCourse(.receivedPower, shape)])
        let model = try ModelDescription(folder: catalog.modelFolder("lcd-snn-40"))
        return TrackingStudy(
            link: link, receiver: try TrainedReceiver.make(model, for: link),
            noisePowerInDecibels: -20, symbols: 40_000, pilotInterval: pilotInterval,
            rules: rules, seed: 3)
    }

    /// Where nothing is learned, all chips decide alike; pilots are not counted.
    @Test func withoutLearningAllChipsAreOne() throws {
        let study = try study(
            .step(at: 0, change: 0), pilotInterval: 4, rules: TrackingRules(tolerance: 1))
        let runs = try study.run(
            [.fixed, .readout, .bothLayers], on: ChipInstance(seed: 2, fidelity: .fixedPattern),
            calibration: .performed)
        let record = TrackingRecord(study, runs: runs)
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
        let record = TrackingRecord(study, runs: runs)
        let last = 20_000..<40_000
        let fixed = runs[0].share(last)
        #expect(fixed.rate > 5 * runs[0].share(0..<10_000).rate)
        for run in runs[1...] {
            let adapted = run.share(last)
            #expect(adapted.rate < 0.6 * fixed.rate, "\(run.receiver)")
            #expect(adapted.interval.contains(adapted.rate))
            #expect(record.recovery(run, since: 10_000) != nil)
            #expect(run.busyShare > 0 && run.busyShare < 1)
        }
        #expect(record.changes[0] == ["received_power_dB": 0])
        #expect(record.changes[1] == ["received_power_dB": -0.4])
    }
}
