public import ComplexModule
import Modulation
import PhysicalQuantities
public import RandomStreams
public import RealModule

/// A link of physical parts for circular blocks of one length.
///
/// Drive -> converter, driver -> laser and modulator -> fiber -> polarization-mode dispersion ->
/// optical amplifier -> attenuator -> photodiode with shot noise -> amplifier noise and filter ->
/// matched filter -> clock -> converter. Received samples are currents scaled to a mean of three, the
/// mean of the published tasks, so that receivers find a familiar range.
///
/// Whole symbols of delay are found once, on a noise-free block, as a frame synchronization would.
/// What is left out: reflections, polarization-dependent loss, relaxation oscillations, memory of the
/// laser, four-wave mixing with neighbors.
public final class PhysicalLink: SymbolLink {
    public let parameters: LinkParameters
    public let physical: PhysicalLinkParameters
    public let blockLength: Int
    private let chain: PhysicalChain
    /// Delay of the whole chain in samples, and the phase that a clock recovery reads there.
    private let delay: Double
    private let recoveredPhase: Double

    /// Mean of the received samples.
    public static let mean = 3.0

    /// - Precondition: `blockLength` is positive.
    public init(
        _ parameters: LinkParameters, _ physical: PhysicalLinkParameters, blockLength: Int
    ) {
        precondition(blockLength > 0, "a block has symbols")
        self.parameters = parameters
        self.physical = physical
        self.blockLength = blockLength
        let spectral = SpectralBlock(
            count: blockLength * parameters.samplesPerSymbol,
            sampleRate: parameters.symbolRate.baud * Double(parameters.samplesPerSymbol))
        var stream = RandomStream(seed: 0).substream("synchronization")
        let symbols = stream.symbols(count: blockLength, order: parameters.alphabet.order)
        chain = PhysicalChain(parameters, physical, spectral)
        let waveform = chain.electrical(symbols, noise: nil)
        delay = chain.delay(of: waveform, symbols)
        recoveredPhase = chain.clockPhase(waveform)
    }

    /// Samples per second of the simulation.
    public var sampleRate: Double { chain.spectral.sampleRate }

    /// The field behind the transmitter in sqrt(W), shape [sample].
    public func transmittedField(_ symbols: [UInt8], noise: RandomStream?) -> [Complex<Double>] {
        chain.transmitted(symbols, noise: noise)
    }

    /// The current in front of the sampler in A, shape [sample].
    public func photocurrent(_ symbols: [UInt8], noise: RandomStream?) -> [Double] {
        chain.electrical(symbols, noise: noise)
    }

    public func transmit(_ symbols: [UInt8], noise: RandomStream?, outputRate: Int) -> [Double] {
        precondition(symbols.count == blockLength, "one block of symbols")
        let waveform = chain.electrical(symbols, noise: noise)
        var instant = delay + physical.timingOffset * Double(parameters.samplesPerSymbol)
        if physical.hasClockRecovery {
            var moved = chain.clockPhase(waveform) - recoveredPhase
            moved -= moved.rounded()
            instant += moved * Double(parameters.samplesPerSymbol)
        }
        return chain.sampled(
            waveform, from: instant, count: blockLength * outputRate, outputRate: outputRate,
            noise: noise)
    }
}

/// The steps of one block.
private struct PhysicalChain {
    let link: LinkParameters
    let physical: PhysicalLinkParameters
    let spectral: SpectralBlock
    let rate: Int
    /// Responses on the bins of a block, made once.
    private let shape: [Complex<Double>]?
    private let driver: [Complex<Double>]?
    private let receiverFilter: [Complex<Double>]?
    /// Of a linear fiber; nil for one that is not, or none.
    private let fiber: [Complex<Double>]?

    init(_ link: LinkParameters, _ physical: PhysicalLinkParameters, _ spectral: SpectralBlock) {
        self.link = link
        self.physical = physical
        self.spectral = spectral
        rate = link.samplesPerSymbol
        let baud = link.symbolRate.baud
        let pulse = RootRaisedCosine(rollOff: link.rollOff)
        shape =
            physical.pulse == .rectangular
            ? nil
            : spectral.realResponse {
                Complex(pulse.transfer(relativeFrequency: abs($0) / baud))
            }
        driver = physical.driver.map { filter in
            spectral.realResponse(filter.prepared)
        }
        receiverFilter = physical.receiverFilter.map { filter in
            spectral.realResponse(filter.prepared)
        }
        let span = physical.fiber
        fiber =
            span.nonlinearity != 0 || span.lengthInMetres == 0
            ? nil
            : spectral.response {
                span.transfer(frequencyInHertz: $0, distance: span.lengthInMetres)
            }
    }

    private func propagated(_ field: [Complex<Double>]) -> [Complex<Double>] {
        fiber.map { spectral.filtered(field, $0) }
            ?? physical.fiber.propagate(field, sampleRate: spectral.sampleRate)
    }

    private var carrier: Double { FiberSpan.speedOfLight / physical.fiber.wavelengthInMetres }

    /// The drive of a block, -1...1 but for overshoot.
    private func drive(_ symbols: [UInt8], stream: RandomStream?) -> [Double] {
        let levels = link.alphabet.levels
        let middle = (levels[0] + levels[levels.count - 1]) / 2
        let reach = (levels[levels.count - 1] - levels[0]) / 2
        let scale = physical.driveSwing / reach
        var drive = [Double](repeating: 0, count: spectral.count)
        switch physical.pulse {
        case .rectangular:
            for n in drive.indices { drive[n] = (levels[Int(symbols[n / rate])] - middle) * scale }
        case .rootRaisedCosine:
            for (k, symbol) in symbols.enumerated() {
                drive[k * rate] = (levels[Int(symbol)] - middle) * scale * Double(rate)
            }
            if let shape { drive = spectral.filtered(drive, shape) }
        }
        if let converter = physical.digitalToAnalog { drive = quantized(drive, converter) }
        if let driver { drive = spectral.filtered(drive, driver) }
        return drive
    }

    private func quantized(
        _ values: [Double], _ converter: PhysicalLinkParameters.Converter
    ) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        let power = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        let quantizer = Quantizer(
            bits: converter.bits,
            limit: max(converter.clippingRatio * power.squareRoot(), .leastNormalMagnitude))
        return values.map { mean + quantizer.quantize($0 - mean) }
    }

    func transmitted(_ symbols: [UInt8], noise: RandomStream?) -> [Complex<Double>] {
        let drive = drive(symbols, stream: noise)
        let laser = physical.laser
        let amplitude = laser.powerInWatts.squareRoot()
        var field: [Complex<Double>]
        switch physical.source {
        case .direct(let modulation):
            field = modulation.field(
                drive: drive, meanPowerInWatts: laser.powerInWatts,
                sampleRate: spectral.sampleRate)
        case .machZehnder(let modulator):
            field = drive.map {
                modulator.transmission(drive: $0).multiplied(by: amplitude)
            }
        case .electroAbsorption(let modulator):
            field = drive.map {
                modulator.transmission(drive: $0).multiplied(by: amplitude)
            }
        }
        guard let noise else { return field }
        if let factors = laser.intensityFactors(
            count: field.count, sampleRate: spectral.sampleRate,
            stream: noise.substream("relative intensity noise"))
        {
            for n in field.indices { field[n] = field[n].multiplied(by: factors[n].squareRoot()) }
        }
        if let phases = laser.phases(
            count: field.count, sampleRate: spectral.sampleRate,
            stream: noise.substream("phase noise"))
        {
            for n in field.indices { field[n] *= Complex(length: 1, phase: phases[n]) }
        }
        return field
    }

    /// Optical power on the photodiode, of the configured mean.
    private func power(_ symbols: [UInt8], noise: RandomStream?) -> [Double] {
        let field = propagated(transmitted(symbols, noise: noise))
        var polarizations = [field]
        if let dispersion = physical.polarizationModeDispersion {
            let parts = dispersion.split(field, sampleRate: spectral.sampleRate)
            polarizations = [parts.fast, parts.slow]
        }
        if let amplifier = physical.opticalAmplifier {
            if polarizations.count == 1 {
                polarizations.append([Complex<Double>](repeating: .zero, count: field.count))
            }
            for p in 0..<2 {
                amplifier.amplify(
                    &polarizations[p], carrierInHertz: carrier, sampleRate: spectral.sampleRate,
                    stream: noise?.substream("spontaneous emission", p))
            }
        }
        var power = [Double](repeating: 0, count: field.count)
        for polarization in polarizations {
            for n in power.indices { power[n] += polarization[n].lengthSquared }
        }
        let mean = power.reduce(0, +) / Double(power.count)
        let wanted = 1e-3 * Double.exp10(physical.receivedPowerInDBm / 10)
        for n in power.indices { power[n] *= wanted / mean }
        if let level = physical.neighborInDecibels, let noise {
            addNeighbor(level, wanted, noise, to: &power)
        }
        return power
    }

    /// A neighbor of the same kind with symbols of its own; its beat with the signal lies beyond
    /// the electronics, so that powers add.
    private func addNeighbor(
        _ level: Double, _ wanted: Double, _ noise: RandomStream, to power: inout [Double]
    ) {
        var stream = noise.substream("neighbor")
        let symbols = stream.symbols(
            count: spectral.count / rate, order: link.alphabet.order)
        let field = propagated(transmitted(symbols, noise: stream.substream("laser")))
        let mean = field.reduce(0) { $0 + $1.lengthSquared } / Double(field.count)
        let scale = wanted / mean * Double.exp10(level / 10)
        for n in power.indices { power[n] += scale * field[n].lengthSquared }
    }

    /// The current in front of the sampler.
    func electrical(_ symbols: [UInt8], noise: RandomStream?) -> [Double] {
        var current = physical.photodiode.detect(
            power(symbols, noise: noise), sampleRate: spectral.sampleRate,
            stream: noise?.substream("shot noise"))
        if var stream = noise?.substream("amplifier noise") {
            // One-sided density times the band 0...rate/2.
            stream.addGaussian(
                standardDeviation: physical.amplifierNoiseInAmperesPerRootHertz
                    * (spectral.sampleRate / 2).squareRoot(), to: &current)
        }
        if let receiverFilter { current = spectral.filtered(current, receiverFilter) }
        if let shape { current = spectral.filtered(current, shape) }
        return current
    }

    func clockPhase(_ waveform: [Double]) -> Double {
        rate >= 3 ? ClockRecovery.phase(waveform, samplesPerSymbol: rate) : 0
    }

    /// Delay in samples at which the waveform follows the symbols best: the peak of the correlation
    /// with their levels, between samples by a parabola.
    func delay(of waveform: [Double], _ symbols: [UInt8]) -> Double {
        let levels = link.alphabet.levels
        let middle = levels.reduce(0, +) / Double(levels.count)
        let mean = waveform.reduce(0, +) / Double(waveform.count)
        var impulses = [Complex<Double>](repeating: .zero, count: waveform.count)
        for (k, symbol) in symbols.enumerated() {
            impulses[k * rate] = Complex(levels[Int(symbol)] - middle)
        }
        // Correlation over all delays at once: waveform times conjugate spectrum of the impulses.
        let reversed = (0..<impulses.count).map {
            impulses[(impulses.count - $0) % impulses.count]
        }
        let spectrum = spectral.transformed(reversed)
        let correlation = spectral.filtered(
            waveform.map { Complex($0 - mean) },
            spectrum.map { $0.multiplied(by: 1 / Double(waveform.count)) }
        ).map(\.real)
        let best = correlation.indices.max { correlation[$0] < correlation[$1] } ?? 0
        let n = correlation.count
        let (a, b, c) = (
            correlation[(best + n - 1) % n], correlation[best], correlation[(best + 1) % n]
        )
        let curvature = a - 2 * b + c
        let fraction = curvature < 0 ? (a - c) / (2 * curvature) : 0
        let signed = best > n / 2 ? best - n : best
        return Double(signed) + min(max(fraction, -0.5), 0.5)
    }

    /// Samples at an instant of each symbol, converted and scaled.
    func sampled(
        _ waveform: [Double], from instant: Double, count: Int, outputRate: Int,
        noise: RandomStream?
    ) -> [Double] {
        // Move the waveform so that sample 0 is the instant, and take its slope for the jitter.
        let time = instant / spectral.sampleRate
        let moved = spectral.filtered(waveform) {
            Complex(length: 1, phase: 2 * Double.pi * $0 * time)
        }
        let converter = physical.analogToDigital
        var jitter: RandomStream?
        var slope: [Double] = []
        if let converter, converter.jitterInSeconds > 0, let noise {
            jitter = noise.substream("jitter")
            slope = spectral.filtered(moved) { Complex(0, 2 * Double.pi * $0) }
        }
        precondition(rate % outputRate == 0, "whole samples between outputs")
        var samples = (0..<count).map { k -> Double in
            let n = k * (rate / outputRate)
            guard var numbers = jitter, let converter else { return moved[n] }
            let late = converter.jitterInSeconds * numbers.gaussian()
            jitter = numbers
            return moved[n] + late * slope[n]
        }
        if let converter { samples = quantized(samples, converter) }
        let mean = waveform.reduce(0, +) / Double(waveform.count)
        return samples.map { $0 * PhysicalLink.mean / mean }
    }
}
