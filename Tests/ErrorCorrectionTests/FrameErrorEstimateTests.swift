import ErrorCorrection
import Foundation
import TestSupport
import Testing

@Suite struct FrameErrorEstimateTests {
    /// Where too few frames were counted to lose one, the extrapolation of independent errors finds
    /// the closed form. The range is wider than 95 %; a false alarm in a few percent of seeds for
    /// each rate.
    @Test(arguments: [2.4e-4, 6e-4, 1e-3])
    func independentErrorsAreExtrapolatedToTheClosedForm(p: Double) throws {
        let scheme = CodingScheme.kp4
        let record = decode(.independent(p), scheme, frames: 4000, seed: 1)
        let estimate = try #require(FrameErrorEstimate(record, scheme: scheme))
        let truth = scheme.outer.frameErrorRate(bitErrorRate: p)
        #expect(record.frameErrors.events < 5)
        #expect(estimate.low <= truth && truth <= estimate.high)
        #expect(estimate.low <= estimate.rate && estimate.rate <= estimate.high)
        #expect(abs(estimate.overdispersion - 1) < 0.1)
        // The bound from counting holds and says far less.
        #expect(record.frameErrors.upperBound() > truth)
        let ratio = try #require(estimate.equivalentBitErrorRatio)
        #expect(abs(ratio - 1) < 0.2)
    }

    /// Runs of wrong decisions in 1000 frames, against 12 000 frames of the same kind of errors.
    @Test func runsAreExtrapolatedToWhatALongerCountFinds() throws {
        let kind = ErrorStream.Kind.runs(start: 1.2e-3, goesOn: 0.7)
        let scheme = CodingScheme.kp4(inTurn: 1)
        let short = decode(kind, scheme, frames: 1000, seed: 2)
        let long = decode(kind, scheme, frames: 12_000, seed: 3)
        let estimate = try #require(FrameErrorEstimate(short, scheme: scheme))
        #expect(long.frameErrors.events > 20)
        #expect(short.frameErrors.events < FrameErrorEstimateTests.anchorFrames)
        #expect(estimate.anchor < 16)
        #expect(estimate.low < long.frameErrors.rate && long.frameErrors.rate < estimate.high)
        #expect(abs(log(estimate.rate / long.frameErrors.rate)) < log(2.5))
        #expect(estimate.overdispersion > 1.2)
    }

    /// A run spoils neighboring symbols of one codeword; the more codewords take turns, the nearer
    /// to independent errors, at the same bit error rate.
    @Test func turnsTakeTheBurstsOutOfTheErrors() throws {
        let kind = ErrorStream.Kind.runs(start: 3e-4, goesOn: 0.9)
        var burstiness: [Double] = []
        for codewords in [1, 2, 4] {
            let scheme = CodingScheme.kp4(inTurn: codewords)
            let record = decode(kind, scheme, frames: 3000, seed: 4)
            let estimate = try #require(FrameErrorEstimate(record, scheme: scheme))
            burstiness.append(try #require(estimate.burstiness))
            // As many wrong bits spread evenly would spoil more symbols: the rule of thumb from
            // the bit error rate errs to the other side than the bursts do.
            let rule = try #require(estimate.ruleOfThumbRate)
            #expect(rule > estimate.independentRate)
        }
        #expect(burstiness[0] > 3 * burstiness[1], "\(burstiness)")
        #expect(burstiness[1] > burstiness[2], "\(burstiness)")
        #expect(burstiness[2] > 0.5, "\(burstiness)")
    }

    /// With enough lost frames the estimate is the count and its exact interval.
    @Test func manyLostFramesAreCountedNotExtrapolated() throws {
        let scheme = CodingScheme.kr4
        let record = decode(.independent(2e-3), scheme, frames: 500, seed: 5)
        let estimate = try #require(FrameErrorEstimate(record, scheme: scheme))
        #expect(estimate.anchor == 8)
        #expect(estimate.rate == record.frameErrors.rate)
        let interval = record.frameErrors.confidenceInterval()
        #expect(estimate.low == interval.lowerBound && estimate.high == interval.upperBound)
    }

    @Test func withoutLostFramesTheBoundIsThreeOverTheFrames() {
        let rate = EventRate(events: 0, trials: 10_000)
        #expect(abs(rate.upperBound() - (1 - pow(0.05, 1e-4))) < 1e-15)
        #expect(abs(rate.upperBound(confidence: 0.99) - (1 - pow(0.01, 1e-4))) < 1e-15)
        // One-sided: half of what lies outside of the two-sided interval of twice the rest.
        let some = EventRate(events: 7, trials: 10_000)
        #expect(some.upperBound(confidence: 0.975) == some.confidenceInterval().upperBound)
    }

    @Test func nothingToExtrapolateFrom() {
        let record = decode(.independent(1e-7), .kp4, frames: 100, seed: 6)
        #expect(FrameErrorEstimate(record, scheme: .kp4) == nil)
    }

    @Test func estimatesSurviveJSON() throws {
        let record = decode(.independent(1e-3), .kp4, frames: 400, seed: 7)
        let estimate = try #require(FrameErrorEstimate(record, scheme: .kp4))
        let data = try JSONEncoder().encode(estimate)
        #expect(try JSONDecoder().decode(FrameErrorEstimate.self, from: data) == estimate)
    }

    /// As of `FrameErrorEstimate`.
    static let anchorFrames = 30
}
