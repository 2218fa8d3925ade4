import BaselineEqualizers
import ErrorRates
import LinkExperiments
import Modulation
import RandomStreams
import Reporting
import TestSupport
import Testing

struct ReliabilityTests {
    let catalog = Catalog(roots: [Repository.root])

    private func link() throws -> LinkDescription {
        try LinkDescription(file: catalog.file(.channels, "lcd"))
    }

    private func receiver(_ name: String) throws -> TrainedReceiver {
        try TrainedReceiver.make(
            ModelDescription(folder: catalog.modelFolder(name)), for: link())
    }

    private func evaluation(
        noise: [Double], errors: Int, seed: UInt64 = 4, threads: Int = 2,
        calibration: CalibrationPolicy? = .standard
    ) throws -> Evaluation {
        Evaluation(
            link: try link(), noisePowersInDecibels: noise, bitErrors: errors, seed: seed,
            parallel: Parallel(threads: threads), calibration: calibration)
    }

    /// Trained at 18 or 20 dB, evaluated there and at 15 dB: within 1 % of recalibrated scores
    /// everywhere, and better than the scores as they are where these are far off.
    @Test(arguments: ["linear-7", "volterra-7-7-7", "lcd-snn-40"])
    func ratiosKeepTheInformationOfTheScores(model: String) throws {
        let record = try evaluation(noise: [-18, -15], errors: 400).run(receiver(model))
        for point in record.points {
            let reliability = try #require(point.reliability)
            #expect(abs(reliability.ratio - 1) < 0.01)
            // Of the information lost, too, of which a percent of the whole would be all.
            let lost = 2 - reliability.information.value
            #expect(abs(reliability.deficit.value) < 0.03 * lost)
            #expect(lost < 30 * point.ber && lost > 2 * point.ber)
            let information = reliability.information
            #expect(information.interval?.contains(information.value) == true)
            // 400 errors in some eight bins scatter by 15 %.
            #expect(reliability.expectedCalibrationError < 0.3 * point.ber)
            #expect(
                abs(Double(reliability.signBitErrors) / Double(point.bitErrors) - 1) < 0.05)
            #expect(reliability.bins.reduce(0) { $0 + $1.bits } == point.bits)
            #expect(reliability.calibration.stream == "validation")
        }
        let noisy = try #require(record.points[1].reliability)
        #expect(noisy.uncalibratedInformation.value < noisy.information.value - 0.001)
        #expect(noisy.calibration.scale < 0.8)
    }

    @Test func measuringReliabilitiesChangesNoCount() throws {
        let receiver = try receiver("linear-7")
        var soft = try evaluation(noise: [-17], errors: 400).run(receiver)
        let hard = try evaluation(noise: [-17], errors: 400, calibration: nil).run(receiver)
        #expect(hard.points[0].reliability == nil && soft.points[0].reliability != nil)
        soft.points[0].reliability = nil
        #expect(soft.points == hard.points)
    }

    @Test func threadsDoNotChangeAReliability() throws {
        let receiver = try receiver("lcd-snn-40")
        let records = try [1, 2, 3].map { threads in
            try RecordFile.encode([
                evaluation(noise: [-16], errors: 300, threads: threads).run(receiver)
            ])
        }
        #expect(records[0].contains("recalibrated_information"))
        #expect(records[0] == records[1] && records[0] == records[2])
    }

    /// What a decoder gets is what the record says: same parameters, from symbols not counted.
    @Test func calibrationsForDecodersAreThoseOfTheRecord() throws {
        let receiver = try receiver("linear-7")
        let evaluation = try evaluation(noise: [-18], errors: 200)
        let calibration = try evaluation.calibrated(receiver.detector, noise: -18)
        let recorded = try #require(evaluation.run(receiver).points[0].reliability).calibration
        #expect(calibration.scale == recorded.scale && calibration.biases == recorded.biases)
        #expect(recorded.symbols >= 80_000 && recorded.noiseDB == -18 && recorded.seed == 4)
    }

    /// A detector with endless scores is refused with a line that says which.
    @Test func unusableScoresEndTheEvaluation() throws {
        struct Broken: SymbolDetector {
            let tapCount = 1
            func detect(_ received: [Double]) -> Detection {
                Detection(
                    symbols: [UInt8](repeating: 0, count: received.count),
                    scores: [Float](repeating: .infinity, count: 4 * received.count),
                    operations: OperationCounts())
            }
        }
        let evaluation = try evaluation(noise: [-18], errors: 200)
        let failure = #expect(throws: CalibrationError.self) {
            try evaluation.run(receiver("linear-7"), detector: Broken())
        }
        #expect(failure?.description.contains("score of class 0 is not finite") == true)
    }
}
