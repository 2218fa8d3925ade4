/// The events of a tap window under receptive fields: input (tap, neuron) fires in step
/// floor(s |y - c|) with a center c and a scale s of its own.
///
/// Constants of the neurons are laid out as [tap, vector], each tap beginning a vector.
public struct ReceptiveFieldEvents: Sendable {
    public var tapCount: Int
    /// Encoding neurons of a tap.
    public var neurons: Int
    /// Steps in which a spike may lie, below 255.
    public var stepCount: Int
    /// Whether later spikes are left out or put into the last step.
    public var dropsLate: Bool

    public init(tapCount: Int, neurons: Int, stepCount: Int, dropsLate: Bool) {
        self.tapCount = tapCount
        self.neurons = neurons
        self.stepCount = stepCount
        self.dropsLate = dropsLate
    }

    /// Vectors of a tap.
    public var vectors: Int { (neurons + Lanes.scalarCount - 1) / Lanes.scalarCount }

    /// Encodes one window.
    ///
    /// - Parameters:
    ///   - window: Samples, [tap].
    ///   - centers: [tap, vector].
    ///   - scales: Steps per unit, same shape.
    ///   - events: Receives inputs tap * neurons + neuron and their steps; needs room for a vector
    ///     more than there are inputs.
    public func encode(
        window: UnsafePointer<Float>, centers: UnsafePointer<Lanes>,
        scales: UnsafePointer<Lanes>, events: inout LIFNetwork.Events
    ) {
        // First every input in its place, late ones in a step of their own or the last.
        let limit = Float(stepCount)
        let clipped = Lanes(repeating: limit)
        let latest = SIMD16<Int32>(repeating: Int32(dropsLate ? stepCount : stepCount - 1))
        let steps = UnsafeMutableRawPointer(events.steps)
        for tap in 0..<tapCount {
            let y = Lanes(repeating: window[tap])
            for vector in 0..<vectors {
                let distance = y - centers[tap * vectors + vector]
                let magnitude = distance.replacing(with: -distance, where: distance .< Lanes.zero)
                let exact = magnitude * scales[tap * vectors + vector]
                let whole = floor(exact.replacing(with: clipped, where: .!(exact .< clipped)))
                let step = whole.replacing(with: latest, where: whole .> latest)
                // Two steps of a pair of lanes become two bytes of its lowest sixteen bits.
                let pairs = unsafeBitCast(step, to: SIMD8<UInt64>.self)
                steps.storeBytes(
                    of: SIMD8<UInt16>(truncatingIfNeeded: pairs | pairs &>> 24),
                    toByteOffset: tap * neurons + vector * Lanes.scalarCount,
                    as: SIMD8<UInt16>.self)
            }
        }
        let count = tapCount * neurons
        events.stepEnd = stepCount
        events.count = dropsLate ? compact(count, events) : number(count, events)
    }

    /// Moves the events that are not late together, without a branch: a late one is overwritten by
    /// the next.
    @inline(always)
    private func compact(_ count: Int, _ events: LIFNetwork.Events) -> Int {
        var kept = 0
        for input in 0..<count {
            let step = events.steps[input]
            events.inputs[kept] = UInt16(truncatingIfNeeded: input)
            events.steps[kept] = step
            kept &+= Int(step) < stepCount ? 1 : 0
        }
        return kept
    }

    @inline(always)
    private func number(_ count: Int, _ events: LIFNetwork.Events) -> Int {
        for input in 0..<count { events.inputs[input] = UInt16(truncatingIfNeeded: input) }
        return count
    }

    /// Whole numbers not above values of 0 to 2^22: adding 2^23 leaves no room for a fraction.
    @inline(always)
    private func floor(_ values: Lanes) -> SIMD16<Int32> {
        let large = Lanes(repeating: 8_388_608)
        let nearest = (values + large) - large
        let below = nearest.replacing(
            with: nearest - Lanes(repeating: 1), where: nearest .> values)
        return unsafeBitCast(below + large, to: SIMD16<Int32>.self)
            &- unsafeBitCast(large, to: SIMD16<Int32>.self)
    }

    /// Carries derivatives by spike times on to centers and scales.
    ///
    /// tau = s |y - c|, so d tau / d c = -s sign(y - c) and d tau / d s = |y - c|. A spike that was
    /// dropped or put into the last step does not move.
    ///
    /// - Parameters:
    ///   - times: Derivative of the loss by the time of each input's event, anything for inputs
    ///     without one, [input]; a vector more is read than there are inputs.
    ///   - centerGradient: Is added to, [tap, vector]; lanes beyond the neurons hold anything.
    ///   - scaleGradient: The same for the scales.
    public func differentiate(
        window: UnsafePointer<Float>, centers: UnsafePointer<Lanes>,
        scales: UnsafePointer<Lanes>, times: UnsafePointer<Float>,
        centerGradient: UnsafeMutablePointer<Lanes>, scaleGradient: UnsafeMutablePointer<Lanes>
    ) {
        let limit = Lanes(repeating: Float(stepCount))
        let times = UnsafeRawPointer(times)
        for tap in 0..<tapCount {
            let y = Lanes(repeating: window[tap])
            for vector in 0..<vectors {
                let i = tap * vectors + vector
                let first = tap * neurons + vector * Lanes.scalarCount
                let time = times.loadUnaligned(
                    fromByteOffset: first * MemoryLayout<Float>.stride, as: Lanes.self)
                let distance = y - centers[i]
                let magnitude = distance.replacing(with: -distance, where: distance .< Lanes.zero)
                let isMovable = magnitude * scales[i] .< limit
                let byTime = Lanes.zero.replacing(with: time, where: isMovable)
                let byCenter = scales[i] * byTime
                centerGradient[i] += byCenter.replacing(
                    with: -byCenter, where: distance .> Lanes.zero)
                scaleGradient[i].addProduct(magnitude, byTime)
            }
        }
    }
}
