import ComplexModule
import FourierTransforms
import RealModule

/// Filters on circular blocks in the frequency domain.
struct SpectralBlock {
    let count: Int
    let sampleRate: Double
    private let transform: ComplexFourierTransform

    init(count: Int, sampleRate: Double) {
        self.count = count
        self.sampleRate = sampleRate
        transform = ComplexFourierTransform(length: count)
    }

    /// Frequency of bin k in Hz; negative in the upper half.
    func frequency(_ k: Int) -> Double {
        Double(k <= (count - 1) / 2 ? k : k - count) * sampleRate / Double(count)
    }

    /// A transfer function on the bins, divided by their number.
    func response(_ transfer: (Double) -> Complex<Double>) -> [Complex<Double>] {
        (0..<count).map { transfer(frequency($0)).multiplied(by: 1 / Double(count)) }
    }

    /// The spectrum of a block, X[k] = sum x[n] exp(-2 pi i k n / N).
    func transformed(_ values: [Complex<Double>]) -> [Complex<Double>] {
        let buffer = SampleBuffer<Complex<Double>>(repeating: .zero, count: count)
        for n in 0..<count { buffer.pointer[n] = values[n] }
        transform.forward(buffer)
        return (0..<count).map { buffer.pointer[$0] }
    }

    func filtered(_ values: [Complex<Double>], _ response: [Complex<Double>]) -> [Complex<Double>] {
        let buffer = SampleBuffer<Complex<Double>>(repeating: .zero, count: count)
        for n in 0..<count { buffer.pointer[n] = values[n] }
        transform.forward(buffer)
        for k in 0..<count { buffer.pointer[k] *= response[k] }
        transform.inverse(buffer)
        return (0..<count).map { buffer.pointer[$0] }
    }

    func filtered(
        _ values: [Complex<Double>], _ transfer: (Double) -> Complex<Double>
    ) -> [Complex<Double>] {
        filtered(values, response(transfer))
    }

    /// A response for real signals, the conjugate at negative frequencies.
    func realResponse(_ transfer: (Double) -> Complex<Double>) -> [Complex<Double>] {
        var response = response(transfer)
        // Half the sampling rate has no sign: a real signal needs a real gain there.
        if count % 2 == 0 { response[count / 2] = Complex(response[count / 2].real) }
        return response
    }

    func filtered(_ values: [Double], _ response: [Complex<Double>]) -> [Double] {
        let buffer = SampleBuffer<Complex<Double>>(repeating: .zero, count: count)
        for n in 0..<count { buffer.pointer[n] = Complex(values[n]) }
        transform.forward(buffer)
        for k in 0..<count { buffer.pointer[k] *= response[k] }
        transform.inverse(buffer)
        return (0..<count).map { buffer.pointer[$0].real }
    }

    func filtered(_ values: [Double], _ transfer: (Double) -> Complex<Double>) -> [Double] {
        filtered(values, realResponse(transfer))
    }
}
