public import ComplexModule
import FourierTransforms
import Modulation
import PhysicalQuantities
public import RandomStreams
public import RealModule

/// A simulated link for circular blocks of one length: symbols in, received samples out.
///
/// Chain: levels -> root-raised cosine at s samples per symbol -> bias -> unit mean power ->
/// chromatic dispersion -> |field|^2 -> power ratio -> white Gaussian noise -> root-raised cosine -> one sample
/// per symbol, scaled by s. All filters act circularly on the block, in the frequency domain.
///
/// Zero insertion repeats the N-point spectrum of the levels s times, and taking every s-th sample
/// folds s aliases onto N points; both are done on spectra, so that only two of the four
/// transforms have s N points. This changes rounding, nothing else.
///
/// Reference: the task definition in arXiv 2412.03129.
public final class OpticalLink: SymbolLink {
    public let parameters: LinkParameters
    public let blockLength: Int

    private let symbolTransform: RealFourierTransform
    private let waveformTransform: ComplexFourierTransform
    private let currentTransform: RealFourierTransform
    /// Root-raised cosine at k / (N T), k = 0..., as far as it is not zero.
    private let pulse: [Double]
    /// Dispersion at the same frequencies.
    private let dispersion: [Complex<Double>]
    /// Phase of a sampling instant off the best one at the same frequencies; empty without.
    private let timing: [Complex<Double>]
    private let powerRatio: Double

    /// - Precondition: `blockLength` is positive; any length will do.
    public init(_ parameters: LinkParameters, blockLength: Int) {
        precondition(blockLength > 0, "a block has symbols")
        self.parameters = parameters
        self.blockLength = blockLength
        let waveformLength = blockLength * parameters.samplesPerSymbol
        symbolTransform = RealFourierTransform(length: blockLength)
        waveformTransform = ComplexFourierTransform(length: waveformLength)
        currentTransform = RealFourierTransform(length: waveformLength)
        let filter = RootRaisedCosine(rollOff: parameters.rollOff)
        let fiber = parameters.chromaticDispersion
        let n = Double(blockLength)
        // The band ends below half the sampling rate, since s > 1 + roll-off.
        let band = min(waveformLength / 2, Int((1 + parameters.rollOff) / 2 * n))
        pulse = (0...band).map { filter.transfer(relativeFrequency: Double($0) / n) }
        dispersion = (0...band).map {
            fiber.transfer(frequencyInHertz: Double($0) / n * parameters.symbolRate.baud)
        }
        let offset = parameters.timingOffset
        timing =
            offset == 0
            ? [] : (0...band).map { Complex(length: 1, phase: 2 * .pi * offset * Double($0) / n) }
        powerRatio = DecibelScale.powerRatio(parameters.receivedPowerChange)
    }

    /// Sends one block.
    ///
    /// - Parameters:
    ///   - symbols: Indices into the alphabet, shape [symbol], `blockLength` of them.
    ///   - noise: The stream that the noise of this block is drawn from, from its beginning;
    ///     nil for the noise-free samples.
    ///   - outputRate: Samples r that the receiver takes of each symbol, the first on the symbol
    ///     itself. The receive filter ends at (1 + roll-off)/2 symbol rates, so two lose nothing of
    ///     what it passes, and one is what symbol-spaced receivers get.
    /// - Returns: Received samples, shape [symbol * r].
    /// - Complexity: O(n log n), a handful of allocations.
    public func transmit(_ symbols: [UInt8], noise: RandomStream?, outputRate: Int) -> [Double] {
        receive(intensity(of: launchedField(symbols)), noise: noise, outputRate: outputRate)
    }

    /// The normalized field at the transmitter, shape [sample]; its imaginary part is zero up to
    /// rounding.
    public func transmittedField(_ symbols: [UInt8]) -> [Complex<Double>] {
        let field = launchedField(symbols)
        waveformTransform.inverse(field)
        return (0..<field.count).map { field[$0] }
    }

    /// The noise-free photocurrent, shape [sample].
    public func photocurrent(_ symbols: [UInt8]) -> [Double] {
        let current = intensity(of: launchedField(symbols))
        return (0..<current.count).map { current[$0] }
    }

    public func photocurrent(_ symbols: [UInt8], noise: RandomStream?) -> [Double] {
        var current = photocurrent(symbols)
        if var stream = noise {
            stream.addGaussian(
                standardDeviation: parameters.noiseStandardDeviation, to: &current)
        }
        return current
    }

    /// Spectrum of the field at the fiber input, divided by the number of samples so that the
    /// unscaled inverse transform gives the field.
    private func launchedField(_ symbols: [UInt8]) -> SampleBuffer<Complex<Double>> {
        precondition(symbols.count == blockLength, "one block of symbols")
        let levels = SampleBuffer<Double>(repeating: 0, count: blockLength)
        for (i, symbol) in symbols.enumerated() {
            levels.pointer[i] = parameters.alphabet.levels[Int(symbol)]
        }
        let half = SampleBuffer<Complex<Double>>(
            repeating: .zero, count: symbolTransform.halfLength)
        symbolTransform.forward(levels, into: half)

        let count = blockLength * parameters.samplesPerSymbol
        let field = SampleBuffer<Complex<Double>>(repeating: .zero, count: count)
        let scale = 1 / Double(count)
        for k in 0..<pulse.count {
            let value = symbolSpectrum(half, at: k).multiplied(by: pulse[k] * scale)
            field.pointer[k] = value
            // A real waveform: the negative frequency is the conjugate. At half the sampling rate
            // both are the same bin.
            if k > 0 && 2 * k != count { field.pointer[count - k] = value.conjugate }
        }
        field.pointer[0] += Complex(bias(of: field))
        // Parseval: with this scaling the mean power is the sum of the squared magnitudes.
        var power = 0.0
        for k in 0..<count { power += field.pointer[k].lengthSquared }
        let normalization = 1 / power.squareRoot()
        for k in 0..<count {
            field.pointer[k] = field.pointer[k].multiplied(by: normalization)
        }
        return field
    }

    /// The N-point spectrum of real levels at any k, from its stored half.
    private func symbolSpectrum(
        _ half: borrowing SampleBuffer<Complex<Double>>, at k: Int
    ) -> Complex<Double> {
        let wrapped = k % blockLength
        return wrapped <= blockLength / 2
            ? half.pointer[wrapped] : half.pointer[blockLength - wrapped].conjugate
    }

    private func bias(of spectrum: borrowing SampleBuffer<Complex<Double>>) -> Double {
        switch parameters.bias {
        case .fixed(let value): return value
        case .automatic:
            let waveform = SampleBuffer<Complex<Double>>(repeating: .zero, count: spectrum.count)
            waveform.pointer.update(from: spectrum.pointer, count: spectrum.count)
            waveformTransform.inverse(waveform)
            var minimum = Double.infinity
            for i in 0..<waveform.count { minimum = min(minimum, waveform.pointer[i].real) }
            return abs(minimum)
        }
    }

    /// Sends the field through the fiber and onto the photodiode; consumes the spectrum.
    private func intensity(
        of field: consuming SampleBuffer<Complex<Double>>
    ) -> SampleBuffer<Double> {
        for k in 0..<dispersion.count {
            field.pointer[k] *= dispersion[k]
            if k > 0 && 2 * k != field.count { field.pointer[field.count - k] *= dispersion[k] }
        }
        waveformTransform.inverse(field)
        let current = SampleBuffer<Double>(repeating: 0, count: field.count)
        for i in 0..<field.count {
            current.pointer[i] = powerRatio * Photodiode.detect(field.pointer[i])
        }
        return current
    }

    /// Adds noise, filters and takes `outputRate` samples per symbol.
    private func receive(
        _ current: consuming SampleBuffer<Double>, noise: RandomStream?, outputRate: Int
    ) -> [Double] {
        precondition(outputRate >= 1, "a receiver takes samples")
        let length = blockLength * outputRate
        let outputTransform =
            outputRate == 1 ? symbolTransform : RealFourierTransform(length: length)
        if var stream = noise {
            stream.addGaussian(
                standardDeviation: parameters.noiseStandardDeviation,
                to: UnsafeMutableBufferPointer(start: current.pointer, count: current.count))
        }
        let spectrum = SampleBuffer<Complex<Double>>(
            repeating: .zero, count: currentTransform.halfLength)
        currentTransform.forward(current, into: spectrum)

        // Every s-th sample times s: aliases add up. The inverse of N points divides by N, the
        // decimation of s N points by s more, which the factor s undoes. More samples per symbol
        // of the same waveform are the same sum over fewer aliases.
        let folded = SampleBuffer<Complex<Double>>(
            repeating: .zero, count: outputTransform.halfLength)
        let scale = 1 / Double(blockLength)
        for k in 0..<pulse.count {
            var value = spectrum.pointer[k].multiplied(by: pulse[k] * scale)
            if !timing.isEmpty { value *= timing[k] }
            addAlias(value, at: k, of: length, to: folded)
            if k > 0 && 2 * k != current.count {
                addAlias(value.conjugate, at: -k, of: length, to: folded)
            }
        }
        let received = SampleBuffer<Double>(repeating: 0, count: length)
        outputTransform.inverse(folded, into: received)
        return Array(UnsafeBufferPointer(start: received.pointer, count: length))
    }

    /// Adds a spectral line at k to the stored half 0...n/2 of an n-point spectrum.
    private func addAlias(
        _ value: Complex<Double>, at k: Int, of n: Int,
        to half: borrowing SampleBuffer<Complex<Double>>
    ) {
        let wrapped = ((k % n) + n) % n
        if wrapped <= n / 2 { half.pointer[wrapped] += value }
    }
}
