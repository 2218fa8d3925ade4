import ComplexModule
import FourierTransforms
import Modulation
import PhysicalQuantities
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
/// p and the receive filter die out like 1/t^2; each is multiplied by a Kaiser window of the length
/// that makes the error small beside the noise.
struct LinkStreamFilters {
    /// Symbols before and after the one that a sample belongs to, of each filter.
    let reach: Int
    /// Real and imaginary part at both phases, shape [tap, 4]; tap j weighs the symbol j - reach
    /// from the sample's own.
    let transmit: [Float]
    /// Weights of even and odd samples, shape [tap, 2].
    let receive: [Float]
    let bias: Float
    /// Estimated variance of what cutting the filters does to a received sample: the energy cut off
    /// the pulse acts on the squared magnitude of a field of unit power (factor 4), and through the
    /// receive filter (factor s^2 / 2); what is cut off that filter acts on a photocurrent of
    /// variance below 1.
    let errorVariance: Double

    /// The shortest filters whose error is below a variance; 256 symbols on each side at most.
    init(_ parameters: LinkParameters, errorVariance limit: Double) {
        var reach = 8
        while true {
            let filters = LinkStreamFilters(parameters, reach: reach)
            if filters.errorVariance <= limit || reach >= 256 {
                self = filters
                return
            }
            reach += reach < 64 ? 4 : 16
        }
    }

    /// - Parameter reach: symbols on each side.
    init(_ parameters: LinkParameters, reach: Int) {
        self.reach = reach
        let long = Self.impulseResponses(parameters, length: max(4096, 16 * reach))
        let length = long.pulse.count
        func at(_ values: [Complex<Double>], _ half: Int) -> Complex<Double> {
            values[((half % length) + length) % length]
        }
        var transmit: [Float] = []
        var receive: [Float] = []
        let gain = long.gain
        var cutFilter = long.filter.reduce(0) { $0 + $1.lengthSquared }
        var cutPulse = long.pulse.reduce(0) { $0 + $1.lengthSquared }
        for tap in 0...(2 * reach) {
            let distance = tap - reach
            // The sample at phase p of symbol n is p/2 after it; symbol n + distance acts from
            // distance symbols later.
            for phase in 0..<2 {
                let half = phase - 2 * distance
                let weight = Self.window(Double(half) / 2, reach: Double(reach) + 0.5)
                let value = at(long.pulse, half)
                cutPulse += ((1 - weight) * (1 - weight) - 1) * value.lengthSquared
                transmit.append(Float(weight * value.real * gain))
                transmit.append(Float(weight * value.imaginary * gain))
            }
            for phase in 0..<2 {
                let half = -(2 * distance + phase)
                let weight = Self.window(Double(half) / 2, reach: Double(reach) + 0.5)
                let value = at(long.filter, half).real
                cutFilter += ((1 - weight) * (1 - weight) - 1) * value * value
                receive.append(Float(weight * value))
            }
        }
        self.transmit = transmit
        self.receive = receive
        bias = Float(long.bias * gain)
        let samples = Double(parameters.samplesPerSymbol)
        errorVariance =
            4 * samples * samples / 2 * gain * gain * long.levelVariance * max(0, cutPulse) / 2
            + max(0, cutFilter)
    }

    /// Kaiser's window over -reach...reach symbols, beta 5: flat enough in the middle, small at the
    /// ends.
    private static func window(_ symbols: Double, reach: Double) -> Double {
        let x = symbols / reach
        guard abs(x) < 1 else { return 0 }
        let beta = 5.0
        return bessel(beta * (1 - x * x).squareRoot()) / bessel(beta)
    }

    /// Modified Bessel function of the first kind, order 0, by its power series.
    private static func bessel(_ x: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        for k in 1...40 {
            term *= (x / (2 * Double(k))) * (x / (2 * Double(k)))
            sum += term
        }
        return sum
    }

    /// Impulse responses at two samples a symbol on a circle of `length` symbols; the field with unit
    /// mean power in expectation.
    private static func impulseResponses(_ parameters: LinkParameters, length: Int) -> (
        pulse: [Complex<Double>], filter: [Complex<Double>], bias: Double, gain: Double,
        levelVariance: Double
    ) {
        let shape = RootRaisedCosine(rollOff: parameters.rollOff)
        let fiber = parameters.chromaticDispersion
        let count = 2 * length
        let transform = ComplexFourierTransform(length: count)
        func response(_ value: (Double) -> Complex<Double>) -> [Complex<Double>] {
            let spectrum = SampleBuffer<Complex<Double>>(repeating: .zero, count: count)
            for k in 0..<count {
                let signed = k <= count / 2 ? k : k - count
                spectrum.pointer[k] = value(Double(signed) / Double(length))
            }
            transform.inverse(spectrum)
            return (0..<count).map {
                spectrum.pointer[$0].multiplied(by: 1 / Double(length))
            }
        }
        let samples = Double(parameters.samplesPerSymbol)
        // Zero insertion before a filter of unit gain scales the levels by 1 / s.
        let pulse = response { f in
            fiber.transfer(frequencyInHertz: f * parameters.symbolRate.baud)
                .multiplied(by: shape.transfer(relativeFrequency: abs(f)) / samples)
        }
        // Every s-th sample times s of a filter at s samples a symbol is, for a waveform sampled
        // twice a symbol, half the sum over its samples, times s.
        let filter = response { f in
            Complex(shape.transfer(relativeFrequency: abs(f)) * samples / 2)
        }
        let levels = parameters.alphabet.levels
        let mean = levels.reduce(0, +) / Double(levels.count)
        let variance =
            levels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(levels.count)
        let bias: Double
        switch parameters.bias {
        case .fixed(let value): bias = value
        case .automatic: bias = 0
        }
        // E|field|^2 = (mean/s + bias)^2 + variance / s^2, since the pulse has the energy of one
        // sample a symbol.
        let power =
            (mean / samples + bias) * (mean / samples + bias) + variance / (samples * samples)
        return (pulse, filter, bias, 1 / power.squareRoot(), variance)
    }
}
