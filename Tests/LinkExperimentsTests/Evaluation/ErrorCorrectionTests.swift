import BaselineEqualizers
import ErrorCorrection
import ErrorRates
import Foundation
import LinkExperiments
import Modulation
import PhysicalQuantities
import RandomStreams
import Reporting
import TestSupport
import Testing

struct ErrorCorrectionTests {
    let catalog = Catalog(roots: [Repository.root])

    private func link(_ name: String) throws -> LinkDescription {
        try LinkDescription(file: catalog.file(.channels, name))
    }

    private func receiver(_ name: String, _ link: LinkDescription) throws -> TrainedReceiver {
        try TrainedReceiver.make(ModelDescription(folder: catalog.modelFolder(name)), for: link)
    }

    private func evaluation(
        _ link: LinkDescription, noise: Double, errors: Int, threads: Int = 2,
        schemes: [CodingScheme] = CodingScheme.all,
        calibration: CalibrationPolicy? = .standard
    ) -> Evaluation {
        var evaluation = Evaluation(
            link: link, noisePowersInDecibels: [noise], bitErrors: errors, seed: 6,
            parallel: Parallel(threads: threads), calibration: calibration)
        evaluation.codingSchemes = schemes
        return evaluation
    }

    @Test func threadsDoNotChangeADecodedFrame() throws {
        let link = try link("lcd")
        let receiver = try receiver("linear-7", link)
        let records = try [1, 2, 3].map { threads in
            try RecordFile.encode([
                evaluation(link, noise: -18, errors: 3000, threads: threads).run(receiver)
            ])
        }
        #expect(records[0].contains("\"error_correction\""))
        #expect(records[0] == records[1] && records[0] == records[2])
    }

    /// A second reading of the same blocks, one by one, through the counters: all that count, in
    /// order, with the ratios of the calibration, and no other.
    @Test func decodedBitsAreTheCountedOnes() throws {
        let link = try link("lcd")
        let receiver = try receiver("linear-7", link)
        let evaluation = evaluation(link, noise: -17, errors: 1500)
        let point = try evaluation.run(receiver).points[0]
        let coded = try #require(point.errorCorrection)
        #expect(coded.map(\.scheme) == CodingScheme.all.map(\.name))
        let blocks = point.bits / (2 * SymbolStreams.blockLength)
        #expect(blocks % 4 != 0, "the last wave has blocks that do not count")

        let detector = receiver.detector(noisePowerInDecibels: -17)
        let calibration = try evaluation.calibrated(detector, noise: -17)
        let streams = SymbolStreams(
            link.at(noisePower: Decibels(-17)), purpose: .test, seed: evaluation.seed)
        var counts = CodingScheme.all.map { CodedErrorCount($0) }
        for index in 0..<blocks {
            let block = streams.block(index)
            let detection = detector.detect(
                block.received, noise: streams.receiverNoise(index))
            for i in counts.indices {
                counts[i].append(
                    sent: BitReliabilities.bits(of: block.symbols, bitsPerSymbol: 2),
                    decided: BitReliabilities.bits(of: detection.symbols, bitsPerSymbol: 2),
                    logLikelihoodRatios: calibration.logLikelihoodRatios(of: detection.scores))
            }
        }
        for (entry, count) in zip(coded, counts) {
            let record = count.record
            #expect(record.channelBits == point.bits)
            #expect(record.channelBitErrors == point.bitErrors)
            #expect(entry.frames == record.frames && record.frames > 0)
            #expect(entry.frameErrors == record.frameErrors.events)
            #expect(entry.decodedBitErrors == record.decodedBitErrors)
            #expect(entry.inner?.bitErrors ?? 0 == record.innerBitErrors)
            let rest = record.symbolErrorHistogram.dropFirst(entry.symbolErrorHistogram.count)
            #expect(
                Array(record.symbolErrorHistogram.prefix(entry.symbolErrorHistogram.count))
                    == entry.symbolErrorHistogram)
            #expect(rest.allSatisfy { $0 == 0 } && entry.symbolErrorHistogram.last != 0)
            let estimate = FrameErrorEstimate(record, scheme: count.scheme)
            #expect(entry.extrapolation?.frameErrorRate == estimate?.rate)
            #expect(entry.extrapolation?.ruleOfThumb?.frameErrorRate == estimate?.ruleOfThumbRate)
            #expect(entry.frameErrorRateBound == record.frameErrors.upperBound())
        }
        // Soft decoding leaves fewer errors behind the inner code than hard decoding.
        let hard = try #require(coded.first { $0.scheme == "hamming_kp4_hard" }?.inner)
        let soft = try #require(coded.first { $0.scheme == "hamming_kp4" }?.inner)
        #expect(hard.bits == soft.bits && soft.bitErrors < hard.bitErrors)
    }

    @Test func decodingChangesNoCountAndSoftCodesNeedCalibration() throws {
        let link = try link("lcd")
        let receiver = try receiver("linear-7", link)
        let plain = try evaluation(link, noise: -17, errors: 400, schemes: []).run(receiver)
        #expect(plain.points[0].errorCorrection == nil)
        #expect(try !RecordFile.encode([plain]).contains("error_correction"))
        var coded = try evaluation(link, noise: -17, errors: 400).run(receiver)
        let hard = try evaluation(link, noise: -17, errors: 400, calibration: nil).run(receiver)
        let names = hard.points[0].errorCorrection?.map(\.scheme)
        #expect(names == ["kr4", "gfec", "kp4", "hamming_kp4_hard"])
        #expect(hard.points[0].errorCorrection == coded.points[0].errorCorrection?.dropLast())
        coded.points[0].errorCorrection = nil
        #expect(coded.points == plain.points)
    }

    @Test func decodedRecordsSurviveTheirFile() throws {
        let link = try link("lcd")
        let record = try evaluation(link, noise: -18, errors: 4000).run(receiver("linear-7", link))
        try TemporaryFolder.with { folder in
            let text = try RecordFile.encode([record])
            try text.write(toFile: folder + "/r.json", atomically: true, encoding: .utf8)
            let back = try RecordFile.read(folder + "/r.json")
            #expect(back[0].points == record.points)
            #expect(text.contains("\"status\" : \"estimate\""))
        }
    }

    /// At the same bit error rate, wrong decisions that are fed back come together. Within a
    /// ten-bit symbol that spares frames, so that the rule of thumb is too strict; beyond it frames
    /// are lost oftener than if as many wrong symbols were scattered. A linear equalizer's errors
    /// do either less. Each difference is above three of its standard errors.
    @Test func burstsOfDecisionFeedbackAreSeen() throws {
        let link = try link("ssmf")
        func codes(
            _ model: String, noise: Double
        ) throws -> (ber: Double, codes: [EvaluationRecord.CodedErrors]) {
            let point = try evaluation(
                link, noise: noise, errors: 40_000, schemes: [.kr4, .kp4], calibration: nil
            ).run(receiver(model, link)).points[0]
            return (point.ber, try #require(point.errorCorrection))
        }
        let linear = try codes("linear-21", noise: -42)
        let feedback = try codes("dfe-21-10", noise: -28)
        #expect(abs(feedback.ber / linear.ber - 1) < 0.1, "\(feedback.ber) \(linear.ber)")
        let estimates = try [linear, feedback].map { side in
            try side.codes.map { try #require($0.extrapolation) }
        }
        #expect(estimates[1][0].overdispersion > estimates[0][0].overdispersion + 0.1)
        let burstiness = try estimates.map { try #require($0[1].burstiness) }
        #expect(burstiness[1] > burstiness[0] && abs(burstiness[0] - 1) < 0.2, "\(burstiness)")
        let rules = try estimates.map { try #require($0[1].ruleOfThumb?.frameErrorRatio) }
        #expect(rules[1] < 0.5 && rules[0] > 0.7, "\(rules)")
        #expect(linear.codes[1].frameErrorRate > 2 * feedback.codes[1].frameErrorRate)
    }
}
