/// The events of a tap window under receptive fields: input (tap, neuron) fires in step
/// floor(s |y - c|) with a center c and a scale s of its own.
public enum ReceptiveFieldEvents {
    /// Encodes one window.
    ///
    /// - Parameters:
    ///   - window: Samples, [tap].
    ///   - centers: [tap, vector]; lanes beyond `neurons` are not read into events.
    ///   - scales: Steps per unit, same shape.
    ///   - neurons: Encoding neurons of a tap.
    ///   - stepCount: Steps in which a spike may lie.
    ///   - dropsLate: Whether later spikes are left out or put into the last step.
    ///   - events: Receives inputs tap * neurons + neuron and their steps; needs room for seven
    ///     more than there are inputs.
    public static func encode(
        window: UnsafePointer<Float>, tapCount: Int, centers: UnsafePointer<Lanes>,
        scales: UnsafePointer<Lanes>, neurons: Int, stepCount: Int, dropsLate: Bool,
        events: inout LIFNetwork.Events
    ) {
        let vectors = (neurons + 7) / 8
        let limit = Float(stepCount)
        let clipped = Lanes(repeating: limit)
        let last = UInt8(truncatingIfNeeded: stepCount - 1)
        var count = 0
        for tap in 0..<tapCount {
            let y = Lanes(repeating: window[tap])
            for vector in 0..<vectors {
                let distance = y - centers[tap * vectors + vector]
                let magnitude = distance.replacing(with: -distance, where: distance .< .zero)
                let exact = magnitude * scales[tap * vectors + vector]
                let steps = floor(exact.replacing(with: clipped, where: .!(exact .< clipped)))
                let base = tap * neurons + vector * 8
                for lane in 0..<min(8, neurons - vector * 8) {
                    let step = steps[lane]
                    let isLate = Int(step) >= stepCount
                    events.inputs[count] = UInt16(truncatingIfNeeded: base + lane)
                    events.steps[count] = isLate ? last : UInt8(truncatingIfNeeded: step)
                    // Without a branch: a late spike is overwritten by the next one.
                    count &+= isLate && dropsLate ? 0 : 1
                }
            }
        }
        events.count = count
    }

    /// Whole numbers not above values of 0 to 2^22: adding 2^23 leaves no room for a fraction.
    @inline(__always)
    private static func floor(_ values: Lanes) -> SIMD8<Int32> {
        let large = Lanes(repeating: 8_388_608)
        let nearest = (values + large) - large
        let below = nearest.replacing(
            with: nearest - Lanes(repeating: 1), where: nearest .> values)
        return unsafeBitCast(below + large, to: SIMD8<Int32>.self)
            &- unsafeBitCast(large, to: SIMD8<Int32>.self)
    }
}
