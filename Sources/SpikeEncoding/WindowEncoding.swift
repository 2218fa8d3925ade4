package import NumericKernels

/// An encoder made ready for window after window: its constants in vector lanes.
package struct WindowEncoding: Sendable {
    package let encoder: SpikeEncoder
    private let kernel: Kernel
    /// Of receptive fields, [tap, vector of neurons]; empty otherwise.
    private let centers: [Lanes]
    private let scales: [Lanes]

    private enum Kernel: Sendable {
        case receptiveField(ReceptiveFieldEvents)
        case ternary(TernaryEvents)
        case logarithmic(LogarithmicEncoder)
    }

    package init(_ encoder: SpikeEncoder) {
        self.encoder = encoder
        switch encoder {
        case .receptiveField(let fields):
            let kernel = ReceptiveFieldEvents(
                tapCount: fields.tapCount, neurons: fields.neuronsPerTap,
                stepCount: fields.stepCount, dropsLate: fields.lateSpikes == .dropped)
            self.kernel = .receptiveField(kernel)
            func packed(_ values: [Double], padding: Float) -> [Lanes] {
                var result = [Lanes](
                    repeating: Lanes(repeating: padding), count: kernel.tapCount * kernel.vectors)
                for (i, value) in values.enumerated() {
                    let (vector, lane) = Self.place(i, kernel)
                    result[vector][lane] = Float(value)
                }
                return result
            }
            centers = packed(fields.centers, padding: 0)
            scales = packed(fields.stepsPerUnit, padding: 1)
        case .ternary(let ternary):
            kernel = .ternary(ternary.kernel)
            (centers, scales) = ([], [])
        case .logarithmic(let logarithmic):
            kernel = .logarithmic(logarithmic)
            (centers, scales) = ([], [])
        }
    }

    /// Where an input lies in [tap, vector].
    private static func place(_ input: Int, _ kernel: ReceptiveFieldEvents)
        -> (vector: Int, lane: Int)
    {
        let (tap, neuron) = input.quotientAndRemainder(dividingBy: kernel.neurons)
        let (vector, lane) = neuron.quotientAndRemainder(dividingBy: Lanes.scalarCount)
        return (tap * kernel.vectors + vector, lane)
    }

    /// The spikes of one window.
    ///
    /// - Parameters:
    ///   - window: Samples, [tap].
    ///   - events: Has room for a vector more than the inputs.
    package func encode(_ window: UnsafePointer<Float>, into events: inout LIFNetwork.Events) {
        switch kernel {
        case .receptiveField(let kernel):
            centers.withUnsafeBufferPointer { centers in
                scales.withUnsafeBufferPointer { scales in
                    kernel.encode(
                        window: window, centers: centers.baseAddress!,
                        scales: scales.baseAddress!, events: &events)
                }
            }
        case .ternary(let kernel): kernel.encode(window, into: &events)
        case .logarithmic(let encoder): encoder.encode(window, into: &events)
        }
    }

    /// Length of what `differentiate` adds to.
    package var gradientVectors: Int { centers.count + scales.count }

    /// Carries derivatives by spike times on to the encoder's parameters, as
    /// `ReceptiveFieldEvents.differentiate` says.
    ///
    /// - Parameters:
    ///   - times: Derivative of the loss by the time of each input's event, [input], and a vector
    ///     more.
    ///   - gradient: Is added to: centers, then scales, [2, tap, vector].
    package func differentiate(
        _ window: UnsafePointer<Float>, times: UnsafePointer<Float>,
        into gradient: UnsafeMutablePointer<Lanes>
    ) {
        guard case .receptiveField(let kernel) = kernel else { return }
        centers.withUnsafeBufferPointer { centers in
            scales.withUnsafeBufferPointer { scales in
                kernel.differentiate(
                    window: window, centers: centers.baseAddress!, scales: scales.baseAddress!,
                    times: times, centerGradient: gradient,
                    scaleGradient: gradient + centers.count)
            }
        }
    }

    /// What `differentiate` has added up, [2, input].
    package func unpackGradient(_ gradient: [Lanes]) -> [Float] {
        guard case .receptiveField(let kernel) = kernel else { return [] }
        let inputs = encoder.inputCount
        return (0..<2 * inputs).map { i in
            let (vector, lane) = Self.place(i % inputs, kernel)
            return gradient[i / inputs * centers.count + vector][lane]
        }
    }
}
