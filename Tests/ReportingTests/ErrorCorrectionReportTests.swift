import Foundation
import Reporting
import Testing

@Suite struct ErrorCorrectionReportTests {
    private func entry(
        _ scheme: String, _ title: String, lost: Int = 0, estimate: Double, range: [Double],
        anchor: Int = 9, rule: Double?, burstiness: Double = 3
    ) -> EvaluationRecord.CodedErrors {
        .init(
            scheme: scheme, title: title, usesReliabilities: rule == nil, correctableSymbols: 15,
            frames: 1200, frameErrors: lost, miscorrectedFrames: 0,
            frameErrorRateInterval: lost == 0 ? [0, 3.1e-3] : [0.02, 0.04],
            frameErrorRateBound: lost == 0 ? 2.5e-3 : 0.039, decodedBits: 6_000_000,
            decodedBitErrors: 25 * lost, decodedBERInterval: lost == 0 ? [0, 1.5e-3] : [1e-4, 2e-4],
            inner: rule == nil ? .init(words: 10, failures: 1, bits: 1200, bitErrors: 4) : nil,
            symbolErrorHistogram: [1000, 150, 50],
            extrapolation: .init(
                frameErrorRate: estimate, range: range, overdispersion: 1.4, anchor: anchor,
                framesAtAnchor: 31, scatteredFrameErrorRate: estimate / burstiness,
                burstiness: burstiness,
                ruleOfThumb: rule.map {
                    .init(
                        frameErrorRate: $0, frameErrorRatio: estimate / $0, bitErrorRatio: 1.7)
                }))
    }

    /// The sample report, its first receiver with decoded bits at 20 dB.
    private func report(
        estimate: Double, range: [Double], rule: Double, lost: Int = 0, anchor: Int = 9
    ) throws -> Report {
        var report = try SampleReport.make()
        report.receivers[0].record.points[5].errorCorrection = [
            entry(
                "kr4", "RS(528,514) <KR4>", lost: 40, estimate: 0.9, range: [0.8, 1], anchor: 16,
                rule: 0.8),
            entry(
                "kp4", "RS(544,514) KP4", lost: lost, estimate: estimate, range: range,
                anchor: anchor, rule: rule),
            entry(
                "hamming_kp4", "Hamming(128,120) + KP4, soft", estimate: 1e-40,
                range: [0, 1e-35], rule: nil),
        ]
        return report
    }

    @Test func pageShowsDecodedReceiversOnlyWhereThereAreSome() throws {
        let decoded = try report(estimate: 3.4e-6, range: [1e-7, 8e-5], rule: 1.7e-9)
        let page = HTMLReport(decoded, drawings: [:]).plainText
        #expect(page.contains("<section id=\"error-correction\">"))
        #expect(page.contains("<h3>linear-7</h3>\n<p>Before decoding, 2.9e-3 [2.6, 3.1]e-3 of"))
        #expect(page.contains("3.4e-6 [1.0e-7, 8.0e-5] est."))
        #expect(page.contains("RS(528,514) &lt;KR4&gt;"))
        #expect(page.contains("&lt; 2.5e-3") && page.contains("&lt; 1e-30 [0, &lt; 1e-30] est."))
        #expect(page.ranges(of: "Error correction at every noise level").count == 1)
        #expect(page.contains("<dt>Burstiness</dt>"))
        #expect(ReceiverTable(decoded).text.contains("lost share"))

        let plain = try SampleReport.make()
        let other = HTMLReport(plain, drawings: [:]).plainText
        #expect(!other.contains("error-correction") && !other.contains("Error correction"))
        #expect(!other.contains("Burstiness") && !other.contains("rule of thumb"))
        #expect(!ReceiverTable(plain).text.contains("lost share"))
        #expect(!plain.verdicts.contains { $0.question.contains("lose as many frames") })
    }

    @Test func tableKeepsItsWidth() throws {
        let text = ReceiverTable(
            try report(estimate: 3.4e-6, range: [1e-7, 8e-5], rule: 1.7e-9)
        ).text
        for line in text.split(separator: "\n") {
            #expect(line.count <= ReceiverTable.maximumWidth, "\(line)")
        }
        #expect(text.contains("linear-7: The rule of thumb is too kind"))
    }

    /// Too kind, too strict, right, and where nothing helps, in a sentence and in the headline.
    @Test func ruleOfThumbIsJudged() throws {
        let kind = try report(estimate: 3.4e-6, range: [1e-7, 8e-5], rule: 1.7e-9)
        #expect(
            HTMLReport(kind, drawings: [:]).plainText.contains(
                "The rule of thumb is too kind: it says that RS(544,514) KP4 loses 1.7e-9 of the "
                    + "frames; errors that come together make it 3.4e-6 (est.), 2\u{00A0}000 times "
                    + "as many, as if 1.7 times as many bits were wrong."))
        func headline(_ report: Report) -> String? {
            report.verdicts.first { $0.question.contains("lose as many frames") }?.answer
        }
        #expect(headline(kind) == "linear-7: no, 2 000 times as many are lost (est.).")

        let strict = try report(
            estimate: 0.03, range: [0.02, 0.04], rule: 0.06, lost: 36, anchor: 16)
        let page = HTMLReport(strict, drawings: [:]).plainText
        #expect(page.contains("too strict") && page.contains("3.0e-2 (counted), 2.0 times fewer"))
        #expect(page.contains("3.0e-2 [2.0e-2, 4.0e-2] counted"))
        #expect(headline(strict) == "linear-7: no, 2.0 times fewer are lost.")

        let right = try report(estimate: 3e-6, range: [1e-6, 8e-6], rule: 5e-6)
        #expect(
            HTMLReport(right, drawings: [:]).plainText.contains(
                "loses 3.0e-6 (est.) of the frames; the 5.0e-6 of the rule of thumb lie within"))
        #expect(headline(right) == "linear-7: yes.")

        let hopeless = try report(estimate: 0.99, range: [0.98, 1], rule: 0.97, lost: 1190)
        #expect(HTMLReport(hopeless, drawings: [:]).plainText.contains("loses most frames"))
        #expect(headline(hopeless) == nil)
    }

    /// Of an inner code decoded softly there is only the threshold to hold against.
    @Test func thresholdOfTheConcatenatedCodeIsJudged() throws {
        let estimates = [
            (1e-40, 0.0, 1e-35, 4.8e-3, "below its threshold of 4.8e-3, it loses < 1e-30 (est.) "),
            (1e-40, 0.0, 1e-35, 1e-3, "of the frames; the threshold is too strict."),
            (1e-9, 1e-11, 1e-7, 4.8e-3, "of the frames; the threshold is too kind."),
            (1e-12, 1e-15, 1e-9, 4.8e-3, "which the range does not tell from the promised 1e-12."),
        ]
        for (rate, low, high, threshold, expected) in estimates {
            var report = try SampleReport.make()
            report.thresholds[2].key = "hamming_kp4"
            report.thresholds[2].ber = threshold
            report.receivers[0].record.points[5].errorCorrection = [
                entry(
                    "hamming_kp4", "Hamming(128,120) + KP4, soft", estimate: rate,
                    range: [low, high], rule: nil)
            ]
            let lines = ReceiverTable(report).text.replacing("\n", with: " ")
            #expect(lines.contains(expected), "\(expected)")
        }
    }

    @Test func recordsOfBeforeStayAsTheyWere() throws {
        let old = try SampleReport.make().receivers[0].record
        let text = String(decoding: try JSONEncoder().encode(old), as: UTF8.self)
        #expect(!text.contains("error_correction"))
        let back = try JSONDecoder().decode(EvaluationRecord.self, from: Data(text.utf8))
        #expect(back.points == old.points && back.schema == "spikelink.evaluation/1")
        let new = try report(estimate: 3e-6, range: [1e-6, 8e-6], rule: 5e-6).receivers[0].record
        let again = try JSONDecoder().decode(
            EvaluationRecord.self, from: JSONEncoder().encode(new))
        #expect(again.points == new.points)
        #expect(again.points[5].errorCorrection?.count == 3)
    }
}
