import EnergyModel
import Reporting
import Testing

@Suite struct VerdictTests {
    static func answer(_ report: Report, to question: String) throws -> String {
        try #require(report.verdicts.first { $0.question.contains(question) }).answer
    }

    @Test func aboveTheThresholdSaysWhereItGetsThere() throws {
        let report = try SampleReport.make()
        let answer = try Self.answer(report, to: "Below KP4 (2.4e-4) at 20 dB?")
        #expect(
            answer == "No receiver; the best is lcd-snn-40 with 6.4e-4 [5.9, 6.9]e-4. "
                + "It gets there at 21.21 dB.")
    }

    @Test func belowTheThresholdNeedsTheWholeInterval() throws {
        var report = try SampleReport.make()
        report.receivers[3].record.points[5].ber = 2.2e-4
        report.receivers[3].record.points[5].ci95 = [2.0e-4, 2.5e-4]
        #expect(try Self.answer(report, to: "Below KP4").hasPrefix("Undecided"))
        report.receivers[3].record.points[5].ci95 = [2.1e-4, 2.3e-4]
        #expect(
            try Self.answer(report, to: "Below KP4") == "Yes: lcd-snn-40 2.2e-4 [2.1, 2.3]e-4.")
    }

    @Test func neverReachedIsSaid() throws {
        var report = try SampleReport.make()
        report.receivers = [report.receivers[0]]
        #expect(
            try Self.answer(report, to: "Below KP4")
                .hasSuffix("It does not get there in the measured range."))
    }

    @Test func cheapestAtAllAndBelowAThreshold() throws {
        let answer = try Self.answer(try SampleReport.make(), to: "cheapest")
        #expect(
            answer == "linear-7, 4.1 [1.9, 20] pJ/bit on price list dsp-sample (estimate); "
                + "below task reference: volterra-7-7-7, 14 [10, 72] pJ/bit on price list "
                + "dsp-sample (estimate).")
    }

    @Test func spikingIsComparedOnOneList() throws {
        var report = try SampleReport.make()
        // 574.47 over 8.11 pJ per symbol
        #expect(
            try Self.answer(report, to: "price list dsp-sample")
                == "lcd-snn-40 costs 71 times as much per bit as linear-7, the cheapest other "
                + "receiver; none of the others makes as few errors.")
        // A perceptron as good as the network: 574.47 over 89.01 pJ per symbol.
        report.receivers[2].record.points[5].ber = 6.4e-4
        #expect(
            try Self.answer(report, to: "price list dsp-sample")
                .hasSuffix(
                    "and 6.5 times as much as perceptron-7-40-4, which makes no more errors."))
        #expect(!report.verdicts.contains { $0.question.contains("neuromorphic-sample") })
    }

    @Test func eventsAreComparedWithMultiplyAccumulates() throws {
        var report = try SampleReport.make()
        #expect(
            try Self.answer(report, to: "More synaptic events")
                == "Yes: lcd-snn-40 does 1 302 synaptic events per symbol, perceptron-7-40-4 440 "
                + "multiply-accumulates.")
        report.receivers[3].record.points[5].operationsPerSymbol.synapticEvents = 400
        #expect(try Self.answer(report, to: "More synaptic events").hasPrefix("No: "))
    }

    @Test func chipsAreSummedUpByMedians() throws {
        var report = try SampleReport.make()
        report.chipStudies = [
            .init(
                name: "sample", note: "",
                chips: [
                    .init(seed: 1, before: 1e-3, after: 1.1e-3),
                    .init(seed: 2, before: 4e-3, after: 2e-3),
                    .init(seed: 3, before: 3e-3, after: 1.5e-3),
                ], mismatchFree: nil)
        ]
        #expect(
            try Self.answer(report, to: "sample chips")
                == "Median of 3: 3.0e-3 before, 1.5e-3 after; 1 got worse.")
    }

    @Test func aReceiverBelowABoundIsAWarning() throws {
        var report = try SampleReport.make()
        #expect(!report.verdicts.contains { $0.isWarning })
        report.bounds[0].points[1].ber = 6.8e-4
        // 6.4e-4 has an interval up to 6.9e-4: not significant.
        #expect(!report.verdicts.contains { $0.isWarning })
        report.bounds[0].points[1].ber = 7.2e-4
        let warnings = report.verdicts.filter(\.isWarning)
        #expect(warnings.count == 1)
        #expect(try #require(warnings.first).answer.hasPrefix("lcd-snn-40 at 20 dB"))
    }

    @Test func recordsBecomeWorkloads() throws {
        let point = try #require(SampleReport.chip.point(atNoiseDB: -20))
        let workload = point.workload(receivedSamplesPerSymbol: 1)
        #expect(workload[.synapticEvents] == 1340)
        #expect(workload[.inputSpikes] == 32.6)
        #expect(workload[.membraneConversions] == 60)
        #expect(workload[.hardwareNanoseconds] == 30_000)
        #expect(workload[.receivedSamples] == 1)
        #expect(workload[.multiplyAccumulates] == 0)
        #expect(SampleReport.chip.point(atNoiseDB: -20.5) == nil)
    }
}
