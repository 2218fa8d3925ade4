import BrainScaleS2
import LinkExperiments
import TestSupport
import Testing

@Suite struct TrackingStudyTests {
    private func study(
        _ shape: DriftCourse.Shape, pilotInterval: Int, learningRate: Double
    ) throws -> TrackingStudy {
        let catalog = Catalog(roots: [Repository.root])
        var link = try LinkDescription(file: catalog.file(.channels, "lcd"))
        link.drift = Drift(reason: "test", courses: [DriftCourse(.receivedPower, shape)])
        let model = try ModelDescription(folder: catalog.modelFolder("lcd-snn-40"))
        return TrackingStudy(
            link: link, receiver: try TrainedReceiver.make(model, for: link),
            noisePowerInDecibels: -20, symbols: 40_000, pilotInterval: pilotInterval,
            learningRate: learningRate, seed: 3)
    }

    /// Where nothing is learned, both chips decide alike; pilots are not counted.
    @Test func withoutLearningBothChipsAreOne() throws {
        let record = try study(.step(at: 0, change: 0), pilotInterval: 4, learningRate: 1e-9)
            .run(ChipInstance(seed: 2, fidelity: .fixedPattern), calibration: .performed)
        #expect(record.windows.count == 4)
        for window in record.windows {
            #expect(window.bits == 15_000 && window.pilots == 2500)
            // A change below a 256th of a weight LSB is rounded up once in a while.
            #expect(abs(window.staticErrors - window.adaptingErrors) <= 6)
            #expect(window.weightMovement < 0.5)
        }
        #expect(abs(record.netShare - 0.75) < 0.01)
    }

    /// A drop of power that a static chip does not survive; pilots bring most of it back.
    @Test func pilotsTrackAStep() throws {
        let record = try study(
            .step(at: 10_000, change: -0.4), pilotInterval: 2, learningRate: 0.1
        ).run(ChipInstance(seed: 2, fidelity: .full), calibration: .performed)
        let before = record.share(0..<1, \.staticErrors)
        let left = record.share(2..<4, \.staticErrors)
        let adapted = record.share(2..<4, \.adaptingErrors)
        #expect(left.rate > 5 * before.rate)
        #expect(adapted.rate < 0.6 * left.rate)
        #expect(adapted.interval.contains(adapted.rate))
        #expect(record.windows[0].changes == ["received_power_dB": 0])
        #expect(record.windows[1].changes == ["received_power_dB": -0.4])
        #expect(record.recovery(since: 10_000) != nil)
    }
}
