import Reporting
import Testing

@Suite struct ReceiverTableTests {
    @Test func snapshot() throws {
        let lines = ReceiverTable(try SampleReport.make()).text
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let expected = """
                                                                                 hamming
                                          BER at 20 dB              kp4    task     +kp4               work        pJ/bit
            receiver            on        [95 % interval]        2.4e-4  2.0e-3   4.8e-3         per symbol  (first list)
            ──────────────────  ────────  ─────────────────────  ──────  ──────  ───────  ─────────────────  ────────────
            linear-7            software  2.9e-3 [2.6, 3.1]e-3       --   20.56    19.16              7 MAC      4.1 est.
            volterra-7-7-7      software  9.7e-4 [8.9, 10.5]e-4   21.62   19.06    17.80            119 MAC       14 est.
            perceptron-7-40-4   software  8.2e-4 [7.5, 8.9]e-4    21.46   18.80    17.50            440 MAC       45 est.
            lcd-snn-40          software  6.4e-4 [5.9, 6.9]e-4    21.21   18.50    17.27  1 302 syn. events  120 000 est.
            lcd-snn-40 adapted  chip 3    1.1e-3 [1.0, 1.2]e-3       --   19.08    17.73  1 340 syn. events    2.3e6 est.
            """.split(separator: "\n").map(String.init)
        #expect(Array(lines.prefix(expected.count)) == expected)
    }

    @Test func noLineIsTooWide() throws {
        for line in ReceiverTable(try SampleReport.make()).text.split(separator: "\n") {
            #expect(line.count <= ReceiverTable.maximumWidth)
        }
    }

    @Test func longNamesAreCutAndEveryReceiverHasItsRow() throws {
        var report = try SampleReport.make()
        for index in report.receivers.indices {
            report.receivers[index].label =
                "\(index) a receiver with a name as long as a sentence, or longer"
        }
        let lines = ReceiverTable(report).text.split(separator: "\n")
        for line in lines { #expect(line.count <= ReceiverTable.maximumWidth) }
        for index in report.receivers.indices {
            #expect(lines.contains { $0.hasPrefix("\(index) a ") && $0.contains("…") })
        }
    }

    @Test func columnsAlign() {
        var table = TextTable(columns: [.init("name"), .init("two\nlines", .right)])
        table.append(["a", "1 000"])
        table.append(["long name", "2"])
        #expect(
            table.lines(maximumWidth: 80) == [
                "             two",
                "name       lines",
                "─────────  ─────",
                "a          1 000",
                "long name      2",
            ])
    }

    @Test func aReceiverWithoutTheReferenceLevelHasNoFigures() throws {
        var report = try SampleReport.make()
        report.referenceNoiseDB = -25
        let row = ReceiverTable(report).text.split(separator: "\n").first {
            $0.hasPrefix("linear-7")
        }
        #expect(try #require(row).contains("software  --"))
    }
}
