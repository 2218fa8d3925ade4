import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams
import RealModule
import Testing

extension LinkParameters {
    fileprivate func at(noise: Double) -> LinkParameters {
        var link = self
        link.noisePower = Decibels(noise)
        return link
    }
}

@Suite struct LinkStreamTests {
    static let links = [TaskLinks.lcd, TaskLinks.ssmf, TaskLinks.lcd.at(noise: -26)]

    /// The exact circular chain on the same symbols, away from the ends of its block: equal up to
    /// the block's own normalization, which is a factor, and an error 40 dB below the noise.
    @Test(arguments: links) func samplesAreThoseOfTheExactChain(link: LinkParameters) {
        let count = 6000
        let stream = LinkStream(link, stream: RandomStream(seed: 1))
        let (symbols, received) = stream.block(first: 5000, count: count, isNoisy: false)
        let exact = OpticalLink(link, blockLength: count).transmit(symbols, noise: nil)
        let inner = 200..<(count - 200)
        var product = 0.0
        var power = 0.0
        for n in inner {
            product += exact[n] * Double(received[n])
            power += Double(received[n]) * Double(received[n])
        }
        let factor = product / power
        // Power of 6000 random symbols: relative deviation 0.9 % on LCD, 1.3 % on SSMF, squared law.
        #expect(abs(factor - 1) < 0.04)
        let error = inner.reduce(0.0) { sum, n in
            let difference = exact[n] - factor * Double(received[n])
            return sum + difference * difference
        } / Double(inner.count)
        let noise = 3 * Double.exp10(link.noisePower.value / 10)
        #expect(error < 1e-4 * noise)
    }

    @Test func everyCutGivesTheSameBits() {
        let stream = LinkStream(TaskLinks.ssmf, stream: RandomStream(seed: 2))
        let whole = stream.block(first: 100, count: 20_000)
        for (first, count) in [(100, 1), (8190, 5), (12_345, 4000), (16_383, 2), (20_099, 1)] {
            let part = stream.block(first: first, count: count)
            #expect(part.symbols == Array(whole.symbols[(first - 100)..<(first - 100 + count)]))
            #expect(part.received == Array(whole.received[(first - 100)..<(first - 100 + count)]))
        }
    }

    /// Noise alone: noisy less noise-free samples.
    @Test func noiseIsWhiteAndHasTheVarianceBehindTheReceiveFilter() {
        let stream = LinkStream(TaskLinks.lcd, stream: RandomStream(seed: 3))
        let count = 1_000_000
        let noisy = stream.block(first: 0, count: count).received
        let clean = stream.block(first: 0, count: count, isNoisy: false).received
        let noise = zip(noisy, clean).map { Double($0 - $1) }
        let n = Double(count)
        let mean = noise.reduce(0, +) / n
        let variance = noise.reduce(0) { $0 + $1 * $1 } / n
        let expected = 0.03
        // Four standard errors each: by chance one of 16 000 seeds fails.
        #expect(abs(mean) < 4 * (expected / n).squareRoot())
        #expect(abs(variance / expected - 1) < 4 * (2 / n).squareRoot())
        let fourth = noise.reduce(0) { $0 + $1 * $1 * $1 * $1 } / n
        #expect(abs(fourth / (expected * expected) - 3) < 4 * (96 / n).squareRoot())
        for lag in [1, 2, 3, 7, 16, 32, 64, 100] {
            let correlation = product(noise, lag: lag)
            #expect(abs(correlation) < 4 * expected / n.squareRoot(), "lag \(lag)")
        }
    }

    /// The exact chain's noise of three samples a symbol, filtered: the same variance, and white.
    @Test func theExactChainAgreesOnTheNoise() {
        let link = OpticalLink(TaskLinks.lcd, blockLength: 100_000)
        var numbers = RandomStream(seed: 4)
        let symbols = numbers.symbols(count: 100_000, order: 4)
        let noisy = link.transmit(symbols, noise: RandomStream(seed: 5))
        let clean = link.transmit(symbols, noise: nil)
        let noise = zip(noisy, clean).map { $0 - $1 }
        let n = 100_000.0
        let variance = noise.reduce(0) { $0 + $1 * $1 } / n
        #expect(abs(variance / 0.03 - 1) < 4 * (2 / n).squareRoot())
        for lag in 1...5 {
            let correlation = product(noise, lag: lag)
            #expect(abs(correlation) < 4 * 0.03 / n.squareRoot())
        }
    }

    /// Means, variances and autocorrelations of both modes over a million symbols.
    @Test(arguments: [TaskLinks.lcd, TaskLinks.ssmf])
    func blocksAndStreamHaveTheSameStatistics(link: LinkParameters) {
        let count = 1_000_000
        let stream = LinkStream(link, stream: RandomStream(seed: 6)).block(
            first: 0, count: count)
        let blocks = OpticalLink(link, blockLength: 10_000)
        var exact: [Double] = []
        for index in 0..<(count / 10_000) {
            var symbols = RandomStream(seed: 7).substream("symbols", index)
            exact += blocks.transmit(
                symbols.symbols(count: 10_000, order: 4),
                noise: RandomStream(seed: 7).substream("noise", index))
        }
        func moments(_ values: [Double]) -> [Double] {
            let n = Double(values.count)
            let mean = values.reduce(0, +) / n
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
            let centered = values.map { $0 - mean }
            let lags = [1, 2, 3].map { product(centered, lag: $0) / variance }
            return [mean, variance] + lags
        }
        let a = moments(stream.received.map { Double($0) })
        let b = moments(exact)
        // Blocks fix their mean power; the stream's varies with its symbols: 0.1 % of a mean of 3,
        // and a few standard errors of a variance of two.
        #expect(abs(a[0] - b[0]) < 0.01)
        #expect(abs(a[1] / b[1] - 1) < 0.01)
        for k in 2..<5 { #expect(abs(a[k] - b[k]) < 0.005) }
    }

    /// Mean of x[n] x[n + lag].
    private func product(_ values: [Double], lag: Int) -> Double {
        var sum = 0.0
        for n in 0..<values.count - lag { sum += values[n] * values[n + lag] }
        return sum / Double(values.count)
    }

    @Test func linksWithABiasOfTheBlockAreNotStreamed() {
        var link = TaskLinks.lcd
        link.bias = .automatic
        #expect(!LinkStream.supports(link))
    }
}
