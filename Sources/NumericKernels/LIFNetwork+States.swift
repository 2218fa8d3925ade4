/// The hidden neurons of a chunk between two steps: synaptic currents i, and v' of the step that
/// `fire` looks at next.
struct HiddenState<let width: Int> {
    private var current: InlineArray<width, Lanes>
    private var membrane: InlineArray<width, Lanes>
    private let rate: Lanes
    private let keepMembrane: Lanes
    private let keepCurrent: Lanes
    private let threshold: Lanes
    private let highestResponse: Float

    /// At rest.
    @inline(always)
    init(_ network: LIFNetwork) {
        current = InlineArray { _ in .zero }
        membrane = InlineArray { _ in .zero }
        rate = Lanes(repeating: network.membraneRate)
        keepMembrane = Lanes(repeating: 1 - network.membraneRate)
        keepCurrent = Lanes(repeating: 1 - network.synapticRate)
        threshold = Lanes(repeating: network.threshold)
        highestResponse = network.highestResponse
    }

    /// As `store` has left them.
    @inline(always)
    init(
        _ network: LIFNetwork, current: UnsafePointer<Lanes>, membrane: UnsafePointer<Lanes>
    ) {
        self.init(network)
        for h in 0..<width {
            self.current[h] = current[h]
            self.membrane[h] = membrane[h]
        }
    }

    @inline(always)
    func store(current: UnsafeMutablePointer<Lanes>, membrane: UnsafeMutablePointer<Lanes>) {
        for h in 0..<width {
            current[h] = self.current[h]
            membrane[h] = self.membrane[h]
        }
    }

    /// Adds input of the step that comes next.
    @inline(always)
    mutating func add(_ row: UnsafePointer<Lanes>) {
        for h in 0..<width { current[h] += row[h] }
    }

    /// From v' of a step to that of the next one, with its input.
    @inline(always)
    mutating func proceed(_ drive: UnsafePointer<Lanes>) {
        add(drive)
        proceed()
    }

    /// The same without input: v' = (1 - a) v + a j, where v is 0 after a spike.
    ///
    /// Reckoned as if nobody had fired and then corrected, because a comparison takes as long as
    /// the product.
    @inline(always)
    mutating func proceed() {
        for h in 0..<width {
            let reset = rate * current[h]
            membrane[h] = reset.addingProduct(membrane[h], keepMembrane)
                .replacing(with: reset, where: membrane[h] .> threshold)
            current[h] *= keepCurrent
        }
    }

    /// Moves membranes to the side of the threshold on which they were elsewhere: just above where
    /// `spikes` holds 1, no higher than the threshold where it holds 0.
    @inline(always)
    mutating func impose(_ spikes: UnsafePointer<Lanes>) {
        let above = threshold * Lanes(repeating: 1.000_001)
        let half = Lanes(repeating: 0.5)
        for h in 0..<width {
            let fires = spikes[h] .> half
            let isAbove = membrane[h] .> threshold
            membrane[h] = membrane[h].replacing(with: above, where: fires .& (.!isAbove))
                .replacing(with: threshold, where: isAbove .& (.!fires))
        }
    }

    /// Who fires in the step.
    @inline(always)
    func fire(trace: UnsafeMutablePointer<Lanes>?, into fired: UnsafeMutablePointer<UInt64>) {
        // The pattern of each lane as a sum, which stays a whole vector where the compiler would
        // take an integer apart.
        var pattern = Lanes.zero
        for h in 0..<width {
            let spiking = membrane[h] .> threshold
            pattern = pattern.replacing(
                with: pattern + Lanes(repeating: Float(2 << h)), where: spiking)
        }
        if let trace { for h in 0..<width { trace[h] = membrane[h] } }
        // Small whole numbers as bits: adding 2^23 leaves them in the lowest ones.
        let pairs = unsafeBitCast(
            pattern + Lanes(repeating: 8_388_608), to: SIMD8<UInt64>.self)
        let odd = pairs &>> 32
        if SpikePatterns(width: width).isFolded {
            fired[0] = Self.bytes(pairs | odd &<< SIMD8(repeating: UInt64(width)))
        } else {
            fired[0] = Self.bytes(pairs)
            fired[1] = Self.bytes(odd)
        }
    }

    /// The lowest byte of each number.
    @inline(always)
    private static func bytes(_ numbers: SIMD8<UInt64>) -> UInt64 {
        unsafeBitCast(SIMD8<UInt8>(truncatingIfNeeded: numbers), to: UInt64.self)
    }

    /// Whether nobody can reach the threshold any more without input: no membrane rises above what
    /// it holds plus the highest response to its current. The margin covers the rounding of 255
    /// steps.
    @inline(always)
    var isQuiet: Bool {
        let limit = threshold * Lanes(repeating: 0.999)
        let response = Lanes(repeating: highestResponse)
        let one = Lanes(repeating: 1)
        var reaching = Lanes.zero
        for h in 0..<width {
            let held = membrane[h].replacing(
                with: Lanes.zero, where: membrane[h] .< Lanes.zero)
            let driving = current[h].replacing(
                with: Lanes.zero, where: current[h] .< Lanes.zero)
            let bound = held.addingProduct(response, driving)
            reaching = reaching.replacing(with: one, where: bound .> limit)
        }
        // The exponent bits of 1 in either lane of a pair.
        let pairs = unsafeBitCast(reaching, to: SIMD8<UInt64>.self)
        return Self.bytes((pairs | pairs &>> 32) &>> 23) == 0
    }
}

/// Four readouts from step to step.
struct ReadoutState {
    private var current = Quad.zero
    private var membrane = Quad.zero
    private var highest = Quad(repeating: -.infinity)
    private let rate: Quad
    private let keepMembrane: Quad
    private let keepCurrent: Quad
    private let readout: LIFNetwork.Readout

    @inline(always)
    init(_ network: LIFNetwork) {
        rate = Quad(repeating: network.membraneRate)
        keepMembrane = Quad(repeating: 1 - network.membraneRate)
        keepCurrent = Quad(repeating: 1 - network.synapticRate)
        readout = network.readout
    }

    /// One step with the weights of those who fired.
    @inline(always)
    mutating func advance(_ weights: Quad, trace: UnsafeMutablePointer<Quad>?) {
        current += weights
        if readout == .sum { return }
        membrane = (rate * current).addingProduct(membrane, keepMembrane)
        current *= keepCurrent
        trace?.pointee = membrane
        highest = highest.replacing(with: membrane, where: membrane .> highest)
    }

    /// The last steps, in which nobody fires. A call of its own: where it looks at single readouts,
    /// the compiler would take the vectors of the caller's loop apart.
    @inline(never)
    mutating func finish(_ steps: Int) {
        if readout == .sum { return }
        for step in 0..<steps {
            if readout == .maximum && step & 3 == 0 && isFalling { return }
            advance(.zero, trace: nil)
        }
    }

    /// Whether no readout can reach a new maximum any more: a membrane moves toward its current,
    /// the current toward 0. The margin covers the rounding of 255 steps.
    @inline(always)
    private var isFalling: Bool {
        var bound = membrane.replacing(with: current, where: current .> membrane)
        bound = bound.replacing(with: Quad.zero, where: bound .< Quad.zero)
        return (bound * 1.0001 - highest).highest <= 0
    }

    @inline(always)
    var score: Quad {
        switch readout {
        case .maximum: highest
        case .last: membrane
        case .sum: current
        }
    }
}

/// Adjoints of v and i of the hidden neurons of a chunk, from step to step backward.
struct HiddenAdjoint<let width: Int> {
    private var membrane: InlineArray<width, Lanes>
    private var current: InlineArray<width, Lanes>
    private let rate: Lanes
    private let keepMembrane: Lanes
    private let keepCurrent: Lanes
    private let threshold: Lanes
    private let slope: Lanes
    /// 1, or 0 where no gradient flows through the z of the reset.
    private let resetShare: Lanes

    /// After the last step.
    @inline(always)
    init(_ network: LIFNetwork) {
        membrane = InlineArray { _ in .zero }
        current = InlineArray { _ in .zero }
        rate = Lanes(repeating: network.membraneRate)
        keepMembrane = Lanes(repeating: 1 - network.membraneRate)
        keepCurrent = Lanes(repeating: 1 - network.synapticRate)
        threshold = Lanes(repeating: network.threshold)
        slope = Lanes(repeating: network.surrogateSlope)
        resetShare = Lanes(repeating: network.resetIsDetached ? 0 : 1)
    }

    /// As `store` has left them.
    @inline(always)
    init(
        _ network: LIFNetwork, membrane: UnsafePointer<Lanes>, current: UnsafePointer<Lanes>
    ) {
        self.init(network)
        for h in 0..<width {
            self.membrane[h] = membrane[h]
            self.current[h] = current[h]
        }
    }

    @inline(always)
    func store(membrane: UnsafeMutablePointer<Lanes>, current: UnsafeMutablePointer<Lanes>) {
        for h in 0..<width {
            membrane[h] = self.membrane[h]
            current[h] = self.current[h]
        }
    }

    /// One step.
    ///
    /// - Parameters:
    ///   - trace: v' of the step.
    ///   - spike: What a spike of each neuron does to the loss.
    ///   - drive: Receives the adjoint of j.
    @inline(always)
    mutating func retreat(
        trace: UnsafePointer<Lanes>, spike: InlineArray<width, Lanes>,
        into drive: UnsafeMutablePointer<Lanes>
    ) {
        let surrogates = surrogates(trace)
        for h in 0..<width {
            let v = trace[h]
            let later = membrane[h] * keepMembrane
            let kept = later.replacing(with: Lanes.zero, where: v .> threshold)
            membrane[h] = kept.addingProduct(surrogates[h], spike[h] - (later * resetShare) * v)
            current[h] = (rate * membrane[h]).addingProduct(current[h], keepCurrent)
            drive[h] = current[h]
        }
    }

    /// 1 / (1 + c |v' - theta|)^2, two or three for one division.
    @inline(always)
    private func surrogates(_ trace: UnsafePointer<Lanes>) -> InlineArray<width, Lanes> {
        let one = Lanes(repeating: 1)
        var x = InlineArray<width, Lanes> { _ in one }
        for h in 0..<width {
            let u = trace[h] - threshold
            x[h] = one.addingProduct(slope, u.replacing(with: -u, where: u .< Lanes.zero))
        }
        var first = 0
        while first < width {
            switch width - first {
            case 1:
                x[first] = one / x[first]
                first += 1
            case 2, 4:
                let both = one / (x[first] * x[first + 1])
                (x[first], x[first + 1]) = (both * x[first + 1], both * x[first])
                first += 2
            default:
                let pair = x[first] * x[first + 1]
                let all = one / (pair * x[first + 2])
                let both = all * x[first + 2]
                x[first + 2] = all * pair
                (x[first], x[first + 1]) = (both * x[first + 1], both * x[first])
                first += 3
            }
        }
        for h in 0..<width { x[h] *= x[h] }
        return x
    }
}
