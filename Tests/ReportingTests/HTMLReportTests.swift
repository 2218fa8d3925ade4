import EnergyModel
import Reporting
import Testing

@Suite struct HTMLReportTests {
    @Test func everyReceiverAndItsOriginIsOnThePage() throws {
        let report = try SampleReport.make()
        let page = HTMLReport(report, drawings: [:]).text
        for receiver in report.receivers {
            #expect(page.contains("<h3>\(receiver.label)</h3>"))
            #expect(page.contains(receiver.command))
            #expect(page.contains(receiver.record.training.policy))
        }
        #expect(page.contains("0123abc"))
        #expect(page.contains("spikelink demo -o demo"))
        #expect(page.contains("The reference level of the task"))
        #expect(page.contains("not a signal-to-noise ratio"))
        #expect(page.contains("no standard code sits there"))
    }

    @Test func pageStandsAlone() throws {
        let page = HTMLReport(
            try SampleReport.make(), drawings: ["ber": "<?xml?><svg><g id='a'/></svg>"]
        ).text
        #expect(!page.contains("<script"))
        #expect(!page.contains("<link"))
        #expect(!page.contains("src="))
        #expect(!page.contains("<?xml"))
        #expect(page.contains("prefers-color-scheme: dark"))
        #expect(page.contains("@media print"))
        #expect(page.contains("<g id='ber-a'/>"))
    }

    @Test func textFromOutsideIsEscaped() throws {
        let evil = "<img src=x onerror=\"a('b')\"> & more\u{0}"
        var report = try SampleReport.make()
        report.title = evil
        report.summary = evil
        report.command = evil
        report.receivers[0].label = evil
        report.receivers[0].command = evil
        report.receivers[0].record.training.policy = evil
        report.receivers[0].record.revision = evil
        report.receivers[0].record.receiver.summary = evil
        report.receivers[0].record.receiver.kind = evil
        report.thresholds[0].name = evil
        report.thresholds[0].note = evil
        report.bounds[0].source = evil
        report.chipStudies[0].name = evil
        report.chipStudies[0].note = evil
        report.priceLists[0].description = evil
        report.priceLists[0].notIncluded = [evil]
        let page = HTMLReport(report, drawings: [:]).text
        #expect(!page.contains("<img"))
        #expect(!page.contains("\u{0}"))
        #expect(page.contains("&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt; &amp; more"))
    }

    @Test func tagsAreBalanced() throws {
        let page = HTMLReport(try SampleReport.make(), drawings: [:]).text
        for tag in [
            "section", "table", "tr", "td", "th", "ul", "li", "details", "article", "dl", "div",
            "figure", "main", "h2", "h3", "p", "pre",
        ] {
            let opened = page.ranges(of: "<\(tag)>").count + page.ranges(of: "<\(tag) ").count
            #expect(opened == page.ranges(of: "</\(tag)>").count, "\(tag)")
        }
    }

    @Test func estimatesAndSourcesAreShown() throws {
        let page = HTMLReport(try SampleReport.make(), drawings: [:]).text
        #expect(page.contains("sample source &lt;of receiver ADC&gt;"))
        #expect(page.contains("<td>published</td>"))
        #expect(page.contains("<td>estimate</td>"))
        #expect(page.contains("4.1 [1.9, 20] est."))
        #expect(page.contains("Idle power."))
        #expect(page.contains("received samples: samples come from a host"))
    }

    @Test func anEmptyReportIsStillAPage() {
        let report = Report(
            title: "Nothing", summary: "", referenceNoiseDB: -20, receivers: [], thresholds: [],
            command: "")
        let page = HTMLReport(report, drawings: [:]).text
        #expect(page.contains("<h1>Nothing</h1>"))
        #expect(!page.contains("<table"))
        #expect(report.plots.isEmpty)
        #expect(report.verdicts.isEmpty)
    }
}
