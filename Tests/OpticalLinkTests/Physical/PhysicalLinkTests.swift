import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams
import RealModule
import Testing

@Suite struct PhysicalLinkTests {
    /// 50 GBd PAM-4 back to back, Mach-Zehnder, PIN diode.
    static func link(
        _ change: (inout PhysicalLinkParameters) -> Void = { _ in }
    ) -> LinkParameters {
        var physical = PhysicalLinkParameters(
            laser: Laser(powerInWatts: 1e-3),
            source: .machZehnder(
                MachZehnderModulator(
                    halfWaveVoltage: 4, biasVoltage: -2, extinctionRatioInDecibels: 30)),
            pulse: .rootRaisedCosine, driveSwing: 0.3,
            fiber: FiberSpan(
                lengthInMetres: 0, wavelengthInMetres: 1310e-9, dispersion: 0),
            receivedPowerInDBm: -5,
            photodiode: PhotodiodeModel(responsivityInAmperesPerWatt: 0.8),
            amplifierNoiseInAmperesPerRootHertz: 15e-12)
        change(&physical)
        return LinkParameters(
            alphabet: PAMAlphabet(levels: [-3, -1, 1, 3]), symbolRate: .gigabaud(50),
            samplesPerSymbol: 8, rollOff: 0.2, bias: .fixed(0), wavelength: .nanometres(1310),
            dispersion: .picosecondsPerNanometreKilometre(0), fiberLength: .kilometres(0),
            noisePower: Decibels(5), physical: physical)
    }

    private static let symbols: [UInt8] = {
        var numbers = RandomStream(seed: 1)
        return numbers.symbols(count: 2000, order: 4)
    }()

    /// Mean samples of each symbol, and the variance around them.
    private func classes(_ samples: [Double]) -> (means: [Double], variance: Double) {
        var sums = [Double](repeating: 0, count: 4)
        var counts = sums
        for (sample, symbol) in zip(samples, Self.symbols) {
            sums[Int(symbol)] += sample
            counts[Int(symbol)] += 1
        }
        let means = zip(sums, counts).map { $0 / $1 }
        let variance = zip(samples, Self.symbols).reduce(0) {
            $0 + ($1.0 - means[Int($1.1)]) * ($1.0 - means[Int($1.1)])
        } / Double(samples.count)
        return (means, variance)
    }

    @Test func withoutNoiseOrFiberTheEyeIsOpen() {
        let link = Self.link { $0.driveSwing = 0.2 }.makeLink(blockLength: 2000)
        let samples = link.transmit(Self.symbols, noise: nil)
        #expect(abs(samples.reduce(0, +) / 2000 - PhysicalLink.mean) < 0.01)
        let (means, variance) = classes(samples)
        #expect(means == means.sorted())
        let spacing = (means[3] - means[0]) / 3
        #expect(variance.squareRoot() < 0.05 * spacing)
    }

    /// Amplifier noise alone, behind the matched filter: density x half a symbol rate, over the mean
    /// current, times three.
    @Test func amplifierNoiseIsThatOfTheMatchedBand() {
        let quiet = Self.link {
            $0.driveSwing = 0.2
            $0.photodiode.responsivityInAmperesPerWatt = 0.8
        }
        let link = quiet.makeLink(blockLength: 2000)
        let clean = link.transmit(Self.symbols, noise: nil)
        var sum = 0.0
        for seed in 0..<10 as Range<UInt64> {
            let noisy = link.transmit(Self.symbols, noise: RandomStream(seed: seed))
            sum += zip(noisy, clean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        let current = 0.8 * 1e-3 * Double.exp10(-0.5)
        // Root-raised cosine: noise bandwidth of half a symbol rate; shot noise of the mean current.
        let density = 15e-12 * 15e-12 + 2 * PhotodiodeModel.elementaryCharge * current
        let expected = density * 25e9 / (current * current) * 9
        #expect(abs(sum / 20_000 / expected - 1) < 0.05)
    }

    @Test func halfThePowerIsFourTimesTheNoise() {
        func noise(_ power: Double) -> Double {
            let link = Self.link { $0.receivedPowerInDBm = power }.makeLink(blockLength: 2000)
            let clean = link.transmit(Self.symbols, noise: nil)
            let noisy = link.transmit(Self.symbols, noise: RandomStream(seed: 2))
            return zip(noisy, clean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        // Shot noise grows slower, and is small here.
        let ratio = noise(-15) / noise(-12)
        #expect(ratio > 3.7 && ratio < 4.05)
    }

    @Test func blocksAreReproducibleAndNoiseSourcesAreSeparate() {
        let plain = Self.link()
        let other = Self.link { $0.laser.linewidthInHertz = 1e6 }
        let a = plain.makeLink(blockLength: 2000).transmit(Self.symbols, noise: RandomStream(seed: 3))
        let b = plain.makeLink(blockLength: 2000).transmit(Self.symbols, noise: RandomStream(seed: 3))
        #expect(a == b)
        // Phase noise before a photodiode without a fiber: nothing but rounding, so every other
        // source drew the same numbers.
        let c = other.makeLink(blockLength: 2000).transmit(Self.symbols, noise: RandomStream(seed: 3))
        for (x, y) in zip(a, c) { #expect(abs(x - y) < 1e-9) }
    }

    /// A delay of electrical filters is found, and a clock recovery follows a block that is late.
    @Test func filtersDoNotShiftSymbols() {
        let link = Self.link {
            $0.driveSwing = 0.2
            $0.receiverFilter = .butterworth(order: 4, bandwidthInHertz: 40e9)
            $0.hasClockRecovery = true
        }.makeLink(blockLength: 2000)
        let (means, variance) = classes(link.transmit(Self.symbols, noise: nil))
        #expect(variance.squareRoot() < 0.15 * (means[3] - means[0]) / 3)
    }

    @Test func convertersAddTheirNoise() {
        // Off the best instant, so that samples fill the range evenly enough.
        func samples(_ bits: Int?) -> [Double] {
            Self.link {
                $0.timingOffset = 0.3
                $0.analogToDigital = bits.map { .init(bits: $0, clippingRatio: 3) }
            }.makeLink(blockLength: 2000).transmit(Self.symbols, noise: nil)
        }
        let exact = samples(nil)
        let mean = exact.reduce(0, +) / 2000
        let power = exact.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2000
        for bits in [5, 6] {
            let error = zip(samples(bits), exact).reduce(0) {
                $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
            } / 2000
            let step = 6 * power.squareRoot() / Double(1 << bits)
            #expect(abs(error / (step * step / 12) - 1) < 0.1)
        }
    }

    @Test func aNeighborCostsMoreTheLessItIsSuppressed() {
        func noise(_ level: Double?) -> Double {
            let link = Self.link { $0.neighborInDecibels = level }.makeLink(blockLength: 2000)
            return classes(link.transmit(Self.symbols, noise: RandomStream(seed: 4))).variance
        }
        #expect(noise(-10) > noise(-15) && noise(-15) > noise(nil))
    }

    @Test func fasterOutputsLieOnTheSameWaveform() {
        let link = Self.link().makeLink(blockLength: 2000)
        let one = link.transmit(Self.symbols, noise: RandomStream(seed: 5), outputRate: 1)
        let two = link.transmit(Self.symbols, noise: RandomStream(seed: 5), outputRate: 2)
        for k in 0..<2000 { #expect(abs(two[2 * k] - one[k]) < 1e-9) }
    }
}
