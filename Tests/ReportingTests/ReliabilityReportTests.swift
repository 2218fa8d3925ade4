import Foundation
import Reporting
import Testing

@Suite struct ReliabilityReportTests {
    @Test func diagramShowsWhatWasStatedAgainstWhatWasObserved() throws {
        let plot = try SampleReport.make().reliabilityPlot
        let names = plot.series.map(\.name).prefix(3)
        #expect(names == ["stated = observed", "linear-7", "lcd-snn-40"])
        // The color is the receiver's place in the report, as in the plot of bit errors.
        #expect(plot.series[1].color == 0 && plot.series[2].color == 3)
        let tooSure = plot.series[1].segments[0]
        let right = plot.series[2].segments[0]
        #expect(tooSure.count > 8 && right.count > 8)
        for point in tooSure.prefix(6) { #expect(abs(point.y / point.x - 2) < 0.1) }
        for point in right.prefix(6) { #expect(abs(point.y / point.x - 1) < 0.05) }
        let first = try #require(right.first?.yInterval)
        #expect(first.contains(right[0].y))
        let range = try #require(plot.xAxis.range)
        #expect(plot.yAxis.range == range && range.upperBound == 1)
        let marks = plot.series.dropFirst().flatMap { $0.segments.joined() }
        #expect(marks.allSatisfy { range.contains($0.x) && $0.y >= range.lowerBound })
    }

    /// A bin in which errors were due but none was seen is drawn open, at the end of its interval;
    /// bins in which none was due are drawn as one.
    @Test func binsWithFewErrorsAreOpenOrPooled() throws {
        var report = try SampleReport.make()
        var bins = report.receivers[0].record.points[5].reliability!.bins
        bins[4].errors = 0
        bins[4].ci95 = [0, 9.2e-5]
        let due = bins.map { $0.stated * Double($0.bits) }
        let first = try #require(due.firstIndex { $0 < 3 })
        #expect(first > 5 && first < 15)
        bins[15].errors = 2
        report.receivers[0].record.points[5].reliability!.bins = bins.reversed()
        let plot = report.reliabilityPlot
        let open = try #require(plot.series.first { $0.style == .openMarkers && $0.color == 0 })
        #expect(open.segments[0].map(\.y) == [9.2e-5])
        #expect(plot.caption.contains("Open marks"))
        let marks = plot.series[1].segments[0]
        #expect(marks.count == first)
        let last = try #require(marks.last)
        let bits = bins[first...].reduce(0) { $0 + $1.bits }
        let errors = bins[first...].reduce(0) { $0 + $1.errors }
        #expect(last.y == Double(errors) / Double(bits) && errors >= 2)
        #expect(abs(last.x - due[first...].reduce(0, +) / Double(bits)) < 1e-12)
        for index in bins.indices { bins[index].errors = index < first ? bins[index].errors : 0 }
        report.receivers[0].record.points[5].reliability!.bins = bins
        #expect(report.reliabilityPlot.series[1].segments[0].count == first - 1)
    }

    @Test func pageListsEveryMeasuredReceiver() throws {
        let report = try SampleReport.make()
        let page = HTMLReport(report, drawings: ["reliability": "<svg></svg>"]).text
        #expect(page.contains("<section id=\"reliability\">"))
        #expect(page.contains("1.9949 [1.9939, 1.9959]"))
        #expect(page.contains("Soft decisions at every noise level"))
        #expect(page.contains("sample &lt;policy&gt; of scales"))
        #expect(page.contains("positive favors 0"))
        #expect(page.ranges(of: "<details>\n<summary>Soft decisions").count == 2)
    }

    @Test func verdictNamesReceiversWhoseRatiosLoseInformation() throws {
        var report = try SampleReport.make()
        let lossy = try #require(report.verdicts.first { $0.question.contains("trust the soft") })
        #expect(lossy.answer.hasPrefix("Not of linear-7 (98.8 %): "))
        #expect(lossy.answer.contains("lcd-snn-40, 1.9949 bit per symbol"))
        report.receivers.remove(at: 0)
        let good = try #require(report.verdicts.first { $0.question.contains("trust the soft") })
        #expect(good.answer.hasPrefix("Yes: calibrated ratios keep at least 100.0 %"))
    }

    /// Records of before, and those measured without reliabilities.
    @Test func recordsWithoutReliabilitiesStayReadableAndUnmentioned() throws {
        var report = try SampleReport.make()
        let whole = try JSONEncoder().encode(report.receivers[0].record)
        let old = String(decoding: whole, as: UTF8.self)
        #expect(old.contains("\"reliability\""))
        report.receivers.removeAll { $0.record.points[0].reliability != nil }
        let bare = try JSONEncoder().encode(report.receivers[0].record)
        #expect(!String(decoding: bare, as: UTF8.self).contains("reliability"))
        let back = try JSONDecoder().decode(EvaluationRecord.self, from: bare)
        #expect(back.points[0].reliability == nil && back.points.count == 8)
        let page = HTMLReport(report, drawings: [:]).text
        #expect(!page.contains("Soft decisions") && !page.contains("Log-likelihood"))
        #expect(!report.plots.contains { $0.name == "reliability" })
        #expect(!report.verdicts.contains { $0.question.contains("soft") })
    }

    @Test func reliabilitiesSurviveTheirFile() throws {
        let record = try SampleReport.make().receivers[0].record
        let back = try JSONDecoder().decode(
            EvaluationRecord.self, from: JSONEncoder().encode(record))
        #expect(back.points == record.points)
        let text = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
        for key in [
            "information_per_bit", "recalibrated_information", "uncalibrated_information",
            "sign_bit_errors", "expected_calibration_error", "least_ratio", "ci95",
        ] { #expect(text.contains("\"\(key)\""), "\(key)") }
    }
}
