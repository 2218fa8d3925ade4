import LinkExperiments
import RandomStreams
import Reporting
import TestSupport
import Testing

struct GenieBoundTests {
    /// One for each link and kind of samples; they serve all noise powers.
    private static let bounds = Result {
        let catalog = Catalog(roots: [Repository.root])
        var bounds: [String: [GenieBound.Samples: GenieBound]] = [:]
        for name in ["lcd", "ssmf"] {
            let link = try LinkDescription(file: catalog.file(.channels, name))
            bounds[name] = try Dictionary(
                uniqueKeysWithValues: GenieBound.Samples.allCases.map {
                    let bound = try GenieBound(
                        link, samples: $0, seed: 1, blocks: 60, parallel: Parallel(threads: 2))
                    return ($0, bound)
                })
        }
        return bounds
    }

    private func genie(_ channel: String, _ samples: GenieBound.Samples) throws -> GenieBound {
        try #require(Self.bounds.get()[channel]?[samples])
    }

    private func bound(
        _ channel: String, _ noise: Double, _ samples: GenieBound.Samples,
        _ competitors: GenieBound.Competitors
    ) throws -> GenieBound.Estimate {
        try genie(channel, samples).bitErrorRate(
            noisePowerInDecibels: noise, competitors: competitors)
    }

    /// Independent figures, two digits, which count the nearest wrong symbol alone: half a unit of
    /// the last digit, and three standard errors of ours.
    @Test(arguments: [
        ("lcd", -18.0, GenieBound.Samples.received, 1.7e-3, 0.05e-3),
        ("lcd", -20, .received, 2.4e-4, 0.05e-4), ("lcd", -22, .received, 1.3e-5, 0.05e-5),
        ("lcd", -20, .photocurrent, 1.9e-4, 0.05e-4),
        ("ssmf", -18, .received, 3.2e-3, 0.05e-3), ("ssmf", -20, .received, 5.4e-4, 0.05e-4),
        ("ssmf", -22, .received, 3.9e-5, 0.05e-5),
        ("ssmf", -20, .photocurrent, 4.8e-4, 0.05e-4),
    ])
    func nearestCompetitorGivesTheIndependentFigures(
        channel: String, noise: Double, samples: GenieBound.Samples, expected: Double,
        digit: Double
    ) throws {
        let bound = try bound(channel, noise, samples, .nearest)
        #expect(abs(bound.rate - expected) < digit + 3 * bound.standardError)
        #expect(bound.standardError / bound.rate < 0.025)
    }

    /// Computed by another program for the SSMF task with all competitors: 6.2e-4 at 20 dB and
    /// 3.8e-3 at 18 dB.
    @Test(arguments: [(-20.0, 6.2e-4, 0.05e-4), (-18, 3.8e-3, 0.05e-3)])
    func allCompetitorsGiveTheOtherIndependentFigures(
        noise: Double, expected: Double, digit: Double
    ) throws {
        let bound = try bound("ssmf", noise, .received, .all)
        #expect(abs(bound.rate - expected) < digit + 3 * bound.standardError)
    }

    /// The genie's decision among all symbols, drawn, errs as often as the sum over competitors
    /// says, in the same places, where the draws scatter by about 1.5 % (four times is allowed).
    @Test(arguments: ["lcd", "ssmf"])
    func sumOverCompetitorsIsTheGeniesErrorRate(channel: String) throws {
        let sum = try bound(channel, -17, .received, .all)
        let drawn = try genie(channel, .received).sampledBitErrorRate(
            noisePowerInDecibels: -17, draws: 100, stream: RandomStream(seed: 2))
        #expect(abs(drawn.rate / sum.rate - 1) < 0.06)
    }

    /// Fewer competitors or more samples only lower it.
    @Test(arguments: ["lcd", "ssmf"], [-22.0, -20, -17])
    func boundsAreOrdered(channel: String, noise: Double) throws {
        let all = try bound(channel, noise, .received, .all).rate
        #expect(try bound(channel, noise, .received, .nearest).rate < all)
        #expect(try bound(channel, noise, .photocurrent, .all).rate < all)
    }

    /// A record whose points are as stated.
    private func record(errors: Int, bits: Int) throws -> (LinkDescription, EvaluationRecord) {
        let catalog = Catalog(roots: [Repository.root])
        let link = try LinkDescription(file: catalog.file(.channels, "lcd"))
        var record = try Evaluation(
            link: link, noisePowersInDecibels: [-15], bitErrors: 1, seed: 1,
            parallel: Parallel(threads: 1), calibration: nil
        ).run(
            TrainedReceiver.make(
                ModelDescription(folder: catalog.modelFolder("linear-7")), for: link))
        record.points[0].noiseDB = -20
        record.points[0].bits = bits
        record.points[0].bitErrors = errors
        return (link, record)
    }

    /// At 20 dB no receiver is below 2.4e-4: 100 errors in a million bits cannot be, 200 can, and
    /// none in a thousand says nothing.
    @Test(arguments: [(100, 1_000_000, true), (200, 1_000_000, false), (0, 1000, false)])
    func figuresBelowTheBoundAreRefused(errors: Int, bits: Int, isRefused: Bool) throws {
        let (link, record) = try record(errors: errors, bits: bits)
        let check = try BoundCheck(link, parallel: Parallel(threads: 2))
        if isRefused {
            let error = #expect(throws: BelowBound.self) { try check.check(record) }
            #expect("\(try #require(error))".contains("100 errors in 1000000 bits"))
        } else {
            try check.check(record)
        }
    }
}
