import ComplexModule
import FourierTransforms
import Modulation
import PhysicalQuantities
import RandomStreams
import RealModule

/// The filters of a streamed link, cut to as many symbols as accuracy needs.
///
/// A link of real levels, real pulses and a linear fiber is a complex filter on the levels, at two
/// samples a symbol: field(t) = bias + sum over k of levels[k] p(t - k T), p being the transmit
/// filter behind the fiber. The field ends at (1 + beta)/2 symbol rates, its squared magnitude at
/// (1 + beta); at two samples a symbol what folds ends above 2 - (1 + beta), and the receive filter,
/// which ends at (1 + beta)/2, sees none of it for beta <= 1/3: nothing is lost against three or more
/// samples a symbol.
///
/// p and the receive filter die out like 1/t^2 and are cut off, which leaves out the least energy for
/// a given length. What that does to received samples is measured on a circle of random symbols,
/// against the filters in full; its mean is taken out again.
struct LinkStreamFilters {
    /// Symbols before and after the one that a sample belongs to, of each filter.
    let reach: Int
    /// Real and imaginary part at both phases, shape [tap, 4]; tap j weighs the symbol j - reach
    /// from the sample's own.
    let transmit: [Float]
    /// Weights of even and odd samples, shape [tap, 2].
    let receive: [Float]
    let bias: Float
    /// Added to every received sample: what the cut takes from their mean.
    let offset: Float
    /// Measured variance of what the cut does to a received sample.
    let errorVariance: Double

    /// The shortest filters whose error is below a variance; 256 symbols on each side at most.
    init(_ parameters: LinkParameters, errorVariance limit: Double) {
        let chain = ImpulseResponses(parameters)
        let exact = chain.received(reach: nil)
        var reach = 8
        var error = chain.error(reach: reach, exact: exact)
        while error.variance > limit && reach < 256 {
            reach += 2
            error = chain.error(reach: reach, exact: exact)
        }
        self.reach = reach
        errorVariance = error.variance
        offset = Float(-error.mean)
        bias = Float(chain.bias)
        var transmit: [Float] = []
        var receive: [Float] = []
        for distance in -reach...reach {
            // The sample at phase p of symbol n is p/2 after it; symbol n + distance acts from
            // `distance` symbols later.
            for phase in 0..<2 {
                let value = chain.pulse(at: phase - 2 * distance)
                transmit.append(Float(value.real))
                transmit.append(Float(value.imaginary))
            }
            for phase in 0..<2 {
                receive.append(Float(chain.filter(at: -(2 * distance + phase))))
            }
        }
        self.transmit = transmit
        self.receive = receive
    }
}

/// The impulse responses of a link at two samples a symbol on a long circle, in full, and what a
/// circle of random symbols becomes behind them.
private struct ImpulseResponses {
    /// Symbols of the circle.
    private static let length = 4096
    private static let count = 2 * length

    /// The constant part of the field, and below all else, of unit mean power in expectation.
    let bias: Double
    private let pulse: [Complex<Double>]
    private let filter: [Complex<Double>]
    private let levels: [Double]
    private let transform: ComplexFourierTransform

    init(_ parameters: LinkParameters) {
        transform = ComplexFourierTransform(length: Self.count)
        let shape = RootRaisedCosine(rollOff: parameters.rollOff)
        let fiber = parameters.chromaticDispersion
        let samples = Double(parameters.samplesPerSymbol)
        let alphabet = parameters.alphabet.levels
        let mean = alphabet.reduce(0, +) / Double(alphabet.count)
        let variance =
            alphabet.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(alphabet.count)
        var constant = 0.0
        if case .fixed(let value) = parameters.bias { constant = value }
        // E|field|^2 = (mean/s + bias)^2 + variance / s^2, since the pulse has the energy of one
        // sample a symbol.
        let power =
            (mean / samples + constant) * (mean / samples + constant)
            + variance / (samples * samples)
        let gain = (DecibelScale.powerRatio(parameters.receivedPowerChange) / power).squareRoot()
        bias = constant * gain
        // Zero insertion before a filter of unit gain scales the levels by 1 / s.
        pulse = Self.response(transform) { f in
            fiber.transfer(frequencyInHertz: f * parameters.symbolRate.baud)
                .multiplied(by: shape.transfer(relativeFrequency: abs(f)) * gain / samples)
        }
        // Every s-th sample times s of a filter at s samples a symbol is, for a waveform sampled
        // twice a symbol, half the sum over its samples, times s.
        filter = Self.response(transform) { f in
            Complex(
                length: shape.transfer(relativeFrequency: abs(f)) * samples / 2,
                phase: 2 * .pi * f * parameters.timingOffset)
        }
        var stream = RandomStream(seed: 0).substream("length of filters")
        levels = stream.symbols(count: Self.length, order: alphabet.count).map {
            alphabet[Int($0)]
        }
    }

    /// The impulse response of a transfer function over frequency in symbol rates.
    private static func response(
        _ transform: ComplexFourierTransform, _ transfer: (Double) -> Complex<Double>
    ) -> [Complex<Double>] {
        let spectrum = SampleBuffer<Complex<Double>>(repeating: .zero, count: count)
        for k in 0..<count {
            let signed = k <= count / 2 ? k : k - count
            spectrum.pointer[k] = transfer(Double(signed) / Double(length))
        }
        transform.inverse(spectrum)
        return (0..<count).map { spectrum.pointer[$0].multiplied(by: 1 / Double(length)) }
    }

    /// Half symbols from the middle, of either sign.
    func pulse(at half: Int) -> Complex<Double> { pulse[(half + Self.count) % Self.count] }
    func filter(at half: Int) -> Double { filter[(half + Self.count) % Self.count].real }

    /// Mean and variance of the difference that a cut makes.
    func error(reach: Int, exact: [Double]) -> (mean: Double, variance: Double) {
        let differences = zip(received(reach: reach), exact).map { $0 - $1 }
        let n = Double(differences.count)
        let mean = differences.reduce(0, +) / n
        return (mean, differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n)
    }

    /// Noise-free samples of the circle, shape [symbol], behind filters of a reach or in full.
    func received(reach: Int?) -> [Double] {
        let count = Self.count
        func spectrum(_ value: (Int) -> Complex<Double>) -> SampleBuffer<Complex<Double>> {
            let buffer = SampleBuffer<Complex<Double>>(repeating: .zero, count: count)
            for n in 0..<count { buffer.pointer[n] = value(n) }
            transform.forward(buffer)
            return buffer
        }
        // Samples 2 d + p for symbols at most `reach` away: one more on the later side of the
        // pulse, on the earlier side of the receive filter.
        func isKept(_ n: Int, later: Bool) -> Bool {
            guard let reach else { return true }
            let half = n < count / 2 ? n : n - count
            return later
                ? half >= -2 * reach && half <= 2 * reach + 1
                : half <= 2 * reach && half >= -2 * reach - 1
        }
        let field = spectrum { $0 % 2 == 0 ? Complex(levels[$0 / 2]) : .zero }
        let transmit = spectrum { isKept($0, later: true) ? pulse[$0] : .zero }
        for k in 0..<count {
            field.pointer[k] *= transmit.pointer[k]
            field.pointer[k] = field.pointer[k].multiplied(by: 1 / Double(count))
        }
        transform.inverse(field)
        for n in 0..<count {
            field.pointer[n] = Complex((field.pointer[n] + Complex(bias)).lengthSquared)
        }
        transform.forward(field)
        let receive = spectrum { isKept($0, later: false) ? filter[$0] : .zero }
        for k in 0..<count {
            field.pointer[k] *= receive.pointer[k]
            field.pointer[k] = field.pointer[k].multiplied(by: 1 / Double(count))
        }
        transform.inverse(field)
        return (0..<Self.length).map { field.pointer[2 * $0].real }
    }
}
