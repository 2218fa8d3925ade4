import ErrorRates
import RandomStreams
import RealModule
import Testing

@Suite struct BlockErrorsTests {
    @Test func textHoldsTheCounts() {
        let blocks = BlockErrors(bitsPerBlock: 100, errors: [3, 0, 0, 0, 1, 1, 7])
        #expect(blocks.text == "3 0*3 1*2 7")
        #expect(BlockErrors(bitsPerBlock: 100, text: blocks.text) == blocks)
        #expect(BlockErrors(bitsPerBlock: 100, text: "")?.errors == [])
    }

    @Test(arguments: ["-1", "101", "1*", "1*0", "x", "1*2*3", "1*99999999999", "1.5"])
    func textThatIsNoneIsRefused(text: String) {
        #expect(BlockErrors(bitsPerBlock: 100, text: text) == nil)
    }

    /// Independent errors: the index is 1 within four of its standard errors (seed fixed; by
    /// chance one seed in 16 000 fails). In pairs: 2, as two errors come as one event.
    @Test(arguments: [1, 2]) func dispersionTellsErrorsThatComeTogether(cluster: Int) {
        var numbers = RandomStream(seed: 61)
        var blocks = BlockErrors(bitsPerBlock: 2000)
        for _ in 0..<1000 {
            var errors = 0
            for _ in 0..<2000 / cluster where numbers.uniform() < 0.002 { errors += cluster }
            blocks.append(errors)
        }
        let dispersion = blocks.dispersion!
        #expect(
            abs(dispersion.index / Double(cluster) - 1) < 4 * dispersion.standardError)
        #expect(blocks.isOverdispersed == (cluster == 2))
        let interval = blocks.rateInterval!
        let width = Double.log(interval.upperBound / interval.lowerBound)
        let expected = 2 * 1.96 * (dispersion.index / Double(blocks.total)).squareRoot()
        #expect(abs(width - expected) < 1e-12)
    }

    @Test func nothingIsSaidOfNothing() {
        #expect(BlockErrors(bitsPerBlock: 10, errors: [1]).dispersion == nil)
        #expect(BlockErrors(bitsPerBlock: 10, errors: [0, 0]).dispersion == nil)
    }
}

@Suite struct PairedBootstrapTests {
    /// Receivers that see the same noise: errors of block i are Poisson with a mean that both
    /// share. `excess` multiplies the rate of the second.
    private static func curves(excess: Double, seed: UInt64) -> [PairedBootstrap.Curve] {
        let root = RandomStream(seed: seed)
        return [1, excess].enumerated().map { receiver, factor in
            PairedBootstrap.Curve(
                points: [(-20.0, 5.0), (-19.0, 50.0)].map { noise, mean in
                    var blocks = BlockErrors(bitsPerBlock: 20_000)
                    for index in 0..<200 {
                        var shared = root.substream("block", index)
                        let hardness = Double.exp(0.5 * shared.gaussian() - 0.125)
                        var own = root.substream("own \(receiver) \(noise)", index)
                        let wanted = mean * factor * hardness
                        var errors = 0
                        for _ in 0..<2000 where own.uniform() < wanted / 2000 { errors += 1 }
                        blocks.append(errors)
                    }
                    return PairedBootstrap.Curve.Point(noiseDB: noise, blocks: blocks)
                })
        }
    }

    /// BER 2.5e-4 at -20 dB, 2.5e-3 at -19 dB: a decade a decibel; twice the errors cross a
    /// threshold log10(2) = 0.301 dB earlier.
    @Test func differencesHoldTheTruthAndAreSharperThanTheirParts() {
        var held = 0
        for seed in 0..<20 as Range<UInt64> {
            let bootstrap = PairedBootstrap(
                Self.curves(excess: 2, seed: seed), stream: RandomStream(seed: 7))
            let difference = bootstrap.advantage(of: 0, over: 1, at: 1e-3)!
            let interval = difference.interval!
            if interval.contains(Double.log10(2)) { held += 1 }
            let own = bootstrap.crossing(of: 0, at: 1e-3)!.interval!
            #expect(
                interval.upperBound - interval.lowerBound
                    < own.upperBound - own.lowerBound)
        }
        // 95 % of 20: fewer than 15 by chance once in 3000.
        #expect(held >= 15)
    }

    @Test func ratioIsOfRates() {
        let curves = Self.curves(excess: 2, seed: 3)
        let bootstrap = PairedBootstrap(curves, stream: RandomStream(seed: 7))
        let ratio = bootstrap.ratio(of: 1, over: 0, atNoiseDB: -19)!
        let direct =
            Double(curves[1].points[1].blocks.total) / Double(curves[0].points[1].blocks.total)
        #expect(abs(ratio.value - direct) < 1e-12)
        #expect(ratio.interval!.contains(direct))
        #expect(ratio.interval!.contains(2))
    }

    @Test func whatIsNotCrossedHasNoValue() {
        let bootstrap = PairedBootstrap(
            Self.curves(excess: 2, seed: 1), stream: RandomStream(seed: 7))
        #expect(bootstrap.crossing(of: 0, at: 1e-5) == nil)
        #expect(bootstrap.advantage(of: 0, over: 1, at: 0.4) == nil)
        // Just inside the last point: half of the replicates do not get there.
        let edge = bootstrap.crossing(of: 0, at: 2.51e-4)
        #expect(edge == nil || edge!.interval == nil)
    }

    @Test func aReceiverIsNotBetterThanItself() {
        let curve = Self.curves(excess: 1, seed: 5)[0]
        let bootstrap = PairedBootstrap([curve, curve], stream: RandomStream(seed: 7))
        #expect(bootstrap.advantage(of: 0, over: 1, at: 1e-3)!.interval == 0...0)
    }
}
