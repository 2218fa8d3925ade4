import ErrorRates
import RandomStreams
import Reporting
import TestSupport
import Testing

@Suite struct ComparisonTests {
    /// The sample receivers with errors by block: independent ones at their rates.
    static func report() throws -> Report {
        var report = try SampleReport.make()
        for r in report.receivers.indices {
            for p in report.receivers[r].record.points.indices {
                let point = report.receivers[r].record.points[p]
                var numbers = RandomStream(seed: 1).substream(
                    report.receivers[r].label, p)
                var blocks = BlockErrors(bitsPerBlock: 20_000)
                for _ in 0..<60 {
                    // A normal with a binomial's moments is one to the accuracy needed here.
                    let mean = 20_000 * point.ber
                    blocks.append(
                        max(0, Int((mean + mean.squareRoot() * numbers.gaussian()).rounded())))
                }
                report.receivers[r].record.points[p].blocks = .init(blocks)
            }
        }
        return report
    }

    @Test func bestComesFirstAndOthersAreSoManyDecibelsBehind() throws {
        let comparison = try #require(try Self.report().comparison())
        let ranking = try #require(comparison.rankings.first { $0.threshold.key == "task" })
        #expect(ranking.entries.first?.behindBest == nil)
        let levels = ranking.entries.map { -$0.crossing.value }
        #expect(levels == levels.sorted())
        // Independent of the bootstrap: interpolation of the sample curves, 0.05 dB for their noise.
        let linear = try #require(ranking.entries.first { $0.label == "linear-7" })
        #expect(abs(-linear.crossing.value - 20.56) < 0.05)
        for entry in ranking.entries.dropFirst() {
            let behind = try #require(entry.behindBest)
            #expect(behind.value > 0)
            let interval = try #require(behind.interval)
            #expect(interval.contains(behind.value))
        }
    }

    @Test func receiversOfAnotherStreamAreLeftOut() throws {
        var report = try Self.report()
        report.receivers[1].record.seed = 2
        let comparison = try #require(report.comparison())
        #expect(comparison.leftOut == ["volterra-7-7-7"])
    }

    @Test func recordsWithoutBlocksAreNotCompared() throws {
        #expect(try SampleReport.make().comparison() == nil)
        #expect(!HTMLReport(try SampleReport.make(), drawings: [:]).text.contains("Differences"))
        #expect(HTMLReport(try Self.report(), drawings: [:]).text.contains("Differences"))
    }
}

@Suite struct EnergyAtThresholdTests {
    /// Every receiver priced at every point alike, with crossings of the task's reference level.
    static func report(networkCrossing: Double) throws -> Report {
        var report = try SampleReport.make()
        for r in report.receivers.indices {
            let receiver = report.receivers[r]
            report.receivers[r].pointEnergies = receiver.record.points.map {
                .init(noiseDB: $0.noiseDB, energies: receiver.energies)
            }
            report.receivers[r].record.crossings = [
                .init(
                    threshold: "kp4", ber: 2.4e-4,
                    noiseDB: receiver.label == "lcd-snn-40"
                        ? networkCrossing : -21.5 - Double(r) / 10)
            ]
        }
        return report
    }

    @Test func frontHoldsWhatNoOtherUndercuts() throws {
        let report = try Self.report(networkCrossing: -20.5)
        let front = report.paretoFront(at: report.thresholds[0], under: "dsp-sample")
        #expect(front.map(\.receiver.label) == ["linear-7", "lcd-snn-40"])
        let worse = try Self.report(networkCrossing: -21.6)
        #expect(
            worse.paretoFront(at: worse.thresholds[0], under: "dsp-sample")
                .map(\.receiver.label) == ["linear-7"])
    }

    /// 1302 x 0.03 + 2640 x 0.2 = 567.06 pJ for spiking, 7.41 for the converter; linear-7 has
    /// 8.11 pJ, which leaves 0.7 pJ: 810 times less.
    @Test func winningAssumptionIsArithmetic() throws {
        let report = try Self.report(networkCrossing: -20.5)
        let verdict = try #require(
            report.verdicts.first {
                $0.question == "Cheapest at KP4 on lcd, price list dsp-sample?"
            })
        #expect(verdict.answer.hasPrefix("linear-7, 4.1 [1.9, 20] est. pJ/bit at 21.50 dB; "))
        #expect(verdict.answer.contains("lcd-snn-40, costs 71 times as much"))
        #expect(verdict.answer.contains("were 810 times cheaper"))
        #expect(verdict.answer.contains("No other one reaches it at that noise level."))
    }
}
