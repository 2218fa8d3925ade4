package import NumericKernels

/// An encoder made ready for window after window: its constants in vector lanes.
package struct WindowEncoding: Sendable {
    package let encoder: SpikeEncoder
    /// Of receptive fields, [tap, vector of neurons]; empty otherwise.
    private let centers: [Lanes]
    private let scales: [Lanes]

    package init(_ encoder: SpikeEncoder) {
        self.encoder = encoder
        guard case .receptiveField(let fields) = encoder else {
            (centers, scales) = ([], [])
            return
        }
        let vectors = (fields.neuronsPerTap + 7) / 8
        func packed(_ values: [Double], padding: Float) -> [Lanes] {
            var result = [Lanes](
                repeating: Lanes(repeating: padding), count: fields.tapCount * vectors)
            for tap in 0..<fields.tapCount {
                for n in 0..<fields.neuronsPerTap {
                    result[tap * vectors + n / 8][n % 8] =
                        Float(values[tap * fields.neuronsPerTap + n])
                }
            }
            return result
        }
        centers = packed(fields.centers, padding: 0)
        scales = packed(fields.stepsPerUnit, padding: 1)
    }

    /// The spikes of one window.
    ///
    /// - Parameters:
    ///   - window: Samples, [tap].
    ///   - events: Has room for eight more than the inputs.
    package func encode(_ window: UnsafePointer<Float>, into events: inout LIFNetwork.Events) {
        switch encoder {
        case .receptiveField(let fields):
            centers.withUnsafeBufferPointer { centers in
                scales.withUnsafeBufferPointer { scales in
                    ReceptiveFieldEvents.encode(
                        window: window, tapCount: fields.tapCount, centers: centers.baseAddress!,
                        scales: scales.baseAddress!, neurons: fields.neuronsPerTap,
                        stepCount: fields.stepCount,
                        dropsLate: fields.lateSpikes == .dropped, events: &events)
                }
            }
        case .ternary(let ternary): ternary.encode(window, into: &events)
        case .logarithmic(let logarithmic): logarithmic.encode(window, into: &events)
        }
    }

    /// Carries derivatives by spike times on to the encoder's parameters.
    ///
    /// tau = s |y - c|, so d tau / d c = -s sign(y - c) and d tau / d s = |y - c|. A spike that was
    /// put into the last step does not move.
    ///
    /// - Parameters:
    ///   - times: Derivative of the loss by the time of each event, [event].
    ///   - gradient: Is added to: centers, then scales, [2, input].
    package func differentiate(
        _ window: UnsafePointer<Float>, events: LIFNetwork.Events, times: UnsafePointer<Float>,
        into gradient: UnsafeMutablePointer<Float>
    ) {
        guard case .receptiveField(let fields) = encoder else { return }
        let neurons = fields.neuronsPerTap
        let vectors = (neurons + 7) / 8
        let inputs = fields.inputCount
        let limit = Float(fields.stepCount)
        centers.withUnsafeBufferPointer { centers in
            scales.withUnsafeBufferPointer { scales in
                for e in 0..<events.count {
                    let input = Int(events.inputs[e])
                    let (tap, n) = input.quotientAndRemainder(dividingBy: neurons)
                    let vector = tap * vectors + n >> 3
                    let distance = window[tap] - centers[vector][n & 7]
                    let scale = scales[vector][n & 7]
                    if scale * abs(distance) >= limit { continue }
                    gradient[input] += distance > 0 ? -scale * times[e] : scale * times[e]
                    gradient[inputs + input] += abs(distance) * times[e]
                }
            }
        }
    }
}
