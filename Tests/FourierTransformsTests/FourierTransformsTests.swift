import ComplexModule
import FourierTransforms
import RealModule
import Testing

struct FourierTransformsTests {
    /// A sequence without symmetries.
    private func sample(_ n: Int) -> Complex<Double> {
        Complex(Double.sin(1.3 * Double(n) + 0.1), Double.cos(0.7 * Double(n * n)))
    }

    @Test(arguments: [1, 2, 3, 5, 16, 45, 97, 101])
    func agreesWithTheDefiningSum(length: Int) {
        let transform = ComplexFourierTransform(length: length)
        let values = SampleBuffer<Complex<Double>>(repeating: .zero, count: length)
        for n in 0..<length { values.pointer[n] = sample(n) }
        transform.forward(values)
        for k in 0..<length {
            var sum = Complex<Double>.zero
            for n in 0..<length {
                let phase = -2 * Double.pi * Double(k * n % length) / Double(length)
                sum += sample(n) * Complex(length: 1, phase: phase)
            }
            #expect((values[k] - sum).length < 1e-11 * Double(length))
        }
        transform.inverse(values)
        for n in 0..<length {
            #expect((values[n].divided(by: Double(length)) - sample(n)).length < 1e-13 * 100)
        }
    }

    @Test(arguments: [1, 2, 7, 30, 97])
    func realTransformIsHalfOfTheComplexOne(length: Int) {
        let real = RealFourierTransform(length: length)
        let complex = ComplexFourierTransform(length: length)
        let x = SampleBuffer<Double>(repeating: 0, count: length)
        let z = SampleBuffer<Complex<Double>>(repeating: .zero, count: length)
        for n in 0..<length {
            x.pointer[n] = sample(n).real
            z.pointer[n] = Complex(sample(n).real)
        }
        let half = SampleBuffer<Complex<Double>>(repeating: .zero, count: real.halfLength)
        real.forward(x, into: half)
        complex.forward(z)
        for k in 0..<real.halfLength { #expect((half[k] - z[k]).length < 1e-12 * 100) }
        real.inverse(half, into: x)
        for n in 0..<length {
            #expect(abs(x[n] / Double(length) - sample(n).real) < 1e-12)
        }
    }
}
