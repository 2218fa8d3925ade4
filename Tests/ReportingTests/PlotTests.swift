import Foundation
import Reporting
import Testing

@Suite struct PlotTests {
    static let simple = Plot(
        title: "It's `touch spikelink-plot-test` $x", caption: "", xAxis: .init("x"),
        yAxis: .init("y", scale: .logarithmic, range: 1e-4...1e-1),
        series: [
            .init(
                "a\nb", .lineAndMarkers, color: 0,
                points: [
                    .init(1, 1e-2, yInterval: 0.9e-2...1.1e-2), .init(2, 1e-3),
                ]),
            .init("none", .markers, color: 1, points: []),
        ])

    /// Whether drawings can be made where the tests run.
    static let hasGnuplot: Bool = {
        do throws(Gnuplot.Failure) {
            _ = try Gnuplot().render(simple, as: .svg)
            return true
        } catch {
            return error.code != .notInstalled
        }
    }()

    @Test func theSamePlotGivesTheSameScript() throws {
        let once = try SampleReport.make().plots.map { PlotScript($0.plot).text(.svg) }
        let twice = try SampleReport.make().plots.map { PlotScript($0.plot).text(.svg) }
        #expect(once == twice)
        #expect(Set(once).count == once.count)
    }

    @Test func textsCannotEndTheirCommand() {
        let script = PlotScript(Self.simple).text(.svg)
        #expect(script.contains("set title 'It''s `touch spikelink-plot-test` $x' noenhanced"))
        #expect(script.contains("'a b'"))
    }

    @Test func dataStandsInline() {
        let lines = PlotScript(Self.simple).text(.png).split(separator: "\n")
        #expect(lines.contains("1.0 0.01 1.0 1.0 0.009 0.011"))
        #expect(lines.contains("2.0 0.001 2.0 2.0 0.001 0.001"))
        #expect(lines.contains("$data1 << EOD"))
        #expect(lines.contains("set logscale y 10"))
        #expect(!lines.contains("set logscale x 10"))
    }

    @Test func bitErrorRatesHaveThresholdsAndAxes() throws {
        let report = try SampleReport.make()
        let plot = report.bitErrorRatePlot
        #expect(plot.xAxis.label == "noise level (dB)")
        #expect(plot.caption.contains("10^(-x/10)"))
        #expect(plot.referenceLines.map(\.position) == [2.4e-4, 2e-3, 4.8e-3])
        #expect(plot.series.count == 7)
        let points = try #require(plot.series.first?.segments.first)
        #expect(points.map(\.x) == SampleReport.levels)
        #expect(points[5].y == 2.88e-3)
        let interval = try #require(points[5].yInterval)
        #expect(interval.contains(2.88e-3) && interval.lowerBound < 2.7e-3)
        // What receivers reach sets the range, not the bound that runs on to 1.3e-5.
        #expect(plot.yAxis.range?.lowerBound == 1e-4)
    }

    @Test func pointsWithoutErrorsAreNotDrawnOnALogarithm() throws {
        var report = try SampleReport.make()
        report.receivers[0].record.points[7].ber = 0
        let points = try #require(report.bitErrorRatePlot.series[0].segments.first)
        #expect(points.count == 7)
    }

    @Test func chipsAreJoinedInPairs() throws {
        let report = try SampleReport.make()
        let plot = report.chipsPlot
        let pairs = plot.series[0].segments
        #expect(pairs.count == 20)
        for (pair, chip) in zip(pairs, report.chipStudies.flatMap(\.chips)) {
            #expect(pair.map(\.y) == [chip.before, chip.after])
            #expect(pair[0].x == pair[1].x)
        }
        let seeds = (1...10).map { "\($0)" }
        #expect(plot.xAxis.ticks.map(\.label) == seeds + seeds)
    }

    @Test func histogramCountsEverySampleOnce() {
        let samples = (0..<1000).map { Double($0 % 97) / 10 }
        let symbols = (0..<1000).map { $0 % 4 }
        let plot = LinkPlots.histogram(
            title: "", caption: "", valueLabel: "", samples: samples, symbols: symbols,
            symbolNames: ["0", "1", "2", "3"], bins: 13)
        for series in plot.series {
            let total = series.segments[0].map(\.y).reduce(0, +)
            #expect(total == 250)
            #expect(series.segments[0].count == 13)
        }
    }

    @Test func eyeDiagramLaysTracesOneSymbolApart() {
        let plot = LinkPlots.eyeDiagram(
            title: "", caption: "", valueLabel: "", waveform: (0..<40).map(Double.init),
            samplesPerSymbol: 4, symbolsPerTrace: 2, maximumTraces: 5)
        let traces = plot.series[0].segments
        #expect(traces.count == 5)
        #expect(traces.map { $0[0].y } == [0, 4, 8, 12, 16])
        #expect(traces.allSatisfy { $0.count == 9 && $0[8].x == 2 })
    }

    @Test(.enabled(if: hasGnuplot), arguments: PlotScript.Format.allCases)
    func gnuplotDraws(format: PlotScript.Format) throws {
        let marker = FileManager.default.currentDirectoryPath + "/spikelink-plot-test"
        let data = try Gnuplot().render(Self.simple, as: format)
        switch format {
        case .svg:
            let text = String(decoding: data, as: UTF8.self)
            #expect(text.contains("<svg") && text.contains("</svg>"))
            #expect(text.contains("`touch spikelink-plot-test` $x"))
        case .png:
            #expect(data.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
            // Width and height of the header, big-endian: twice 800 pixels wide.
            let width = data[16..<20].reduce(0) { $0 * 256 + Int($1) }
            #expect(width == 1600)
        }
        // The back-quoted command of the title must not have run.
        #expect(!FileManager.default.fileExists(atPath: marker))
    }

    @Test(.enabled(if: hasGnuplot)) func everyPlotOfAReportIsDrawn() throws {
        let report = try SampleReport.make()
        let files = try report.files(drawnWith: Gnuplot())
        #expect(
            files.map(\.name) == [
                "ber.svg", "ber.png", "reliability.svg", "reliability.png", "energy.svg",
                "energy.png", "chips.svg", "chips.png",
                "learning-1.svg", "learning-1.png", "report.html",
            ])
        let page = String(decoding: files[10].contents, as: UTF8.self)
        #expect(page.ranges(of: "<svg").count == 5)
        #expect(page.contains("id='chips-gpPt0'") && page.contains("href='#chips-gp"))
    }

    @Test func withoutGnuplotTheErrorSaysWhatToInstall() throws {
        for name in ["gnuplot-that-is-not-installed", "./no/such/gnuplot"] {
            let failure = try #require(throws: Gnuplot.Failure.self) {
                try Gnuplot(executable: name).render(Self.simple, as: .svg)
            }
            #expect(failure.code == .notInstalled)
            #expect(failure.message.hasPrefix("\(name) not found"))
            #expect(failure.message.contains("gnuplot-nox"))
            #expect(!failure.message.contains("\n"))
        }
    }

    @Test func aFailingProgramIsReportedInOneLine() throws {
        let failure = try #require(throws: Gnuplot.Failure.self) {
            try Gnuplot(executable: "false").render(Self.simple, as: .svg)
        }
        #expect(failure.code == .failed)
        #expect(failure.message.contains("It's `touch spikelink-plot-test` $x"))
        #expect(!failure.message.contains("\n"))
    }
}
