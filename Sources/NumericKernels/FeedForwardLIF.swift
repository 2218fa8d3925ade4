// Goals in order: the arithmetic of the strict twin in Tests/TestSupport up to rounding; states of
// one sample in first-level cache; work proportional to spikes on the input and readout side.
//
// Hidden neurons lie in vector lanes, eight to a vector; inputs and hidden spikes are events.
// Nothing of shape [time, batch, input] exists. One sample is simulated and differentiated before
// the next one is touched.

/// Eight neurons side by side.
public typealias Lanes = SIMD8<Float>

/// Shape and constants of one hidden layer of leaky integrate-and-fire neurons with leaky
/// integrators as readouts.
///
/// One step of length dt, for input x (0 or 1) and weights W (forward Euler, arXiv 2412.03129):
/// j = i + W x; v' = v + a (j - v); i = j - b j; z = 1 if v' > theta; v = v' (1 - z),
/// with a = dt / tau_mem and b = dt / tau_syn. Readouts do the same without z, driven by the z of
/// the same step; a readout's score is the maximum of its v' over all steps. Where a run of
/// consecutive steps holds the same maximum (a readout that stays silent at first and negative
/// later), the gradient of the score is shared evenly among them.
public struct FeedForwardLIF: Sendable {
    public var inputCount: Int
    public var hiddenVectors: Int
    public var outputVectors: Int
    public var stepCount: Int
    public var membraneRate: Float
    public var synapticRate: Float
    public var threshold: Float
    /// Slope c of the surrogate derivative of z with respect to v': 1 / (1 + c |v' - theta|)^2.
    public var surrogateSlope: Float
    /// Derivative of the loss with respect to each hidden spike, besides its effect on the scores.
    public var spikePenalty: Float

    public init(
        inputCount: Int, hiddenVectors: Int, outputVectors: Int, stepCount: Int,
        membraneRate: Float, synapticRate: Float, threshold: Float, surrogateSlope: Float,
        spikePenalty: Float
    ) {
        self.inputCount = inputCount
        self.hiddenVectors = hiddenVectors
        self.outputVectors = outputVectors
        self.stepCount = stepCount
        self.membraneRate = membraneRate
        self.synapticRate = synapticRate
        self.threshold = threshold
        self.surrogateSlope = surrogateSlope
        self.spikePenalty = spikePenalty
    }

    public var hiddenLanes: Int { hiddenVectors * 8 }
    public var outputLanes: Int { outputVectors * 8 }
    /// Vectors of all weights: hidden rows [input, hidden vector], then readout rows
    /// [hidden lane, output vector].
    public var weightVectors: Int { inputCount * hiddenVectors + hiddenLanes * outputVectors }

    /// Scratch memory of one sample, owned by the caller; every pointer refers to the number of
    /// vectors or elements given.
    public struct Scratch {
        /// Synaptic current, membrane and a sum of the hidden layer, [3, hiddenVectors].
        public var hidden: UnsafeMutablePointer<Lanes>
        /// The same two of the readouts, and the length of the run of steps at the maximum,
        /// [3, outputVectors].
        public var output: UnsafeMutablePointer<Lanes>
        /// v' of the hidden layer, [step, hiddenVectors].
        public var membraneTrace: UnsafeMutablePointer<Lanes>
        /// Spiking hidden lanes in order of time, at most stepCount * hiddenLanes.
        public var spikes: UnsafeMutablePointer<UInt16>
        /// Where the spikes of each step begin, [step + 1].
        public var spikeOffsets: UnsafeMutablePointer<Int32>

        public init(
            hidden: UnsafeMutablePointer<Lanes>, output: UnsafeMutablePointer<Lanes>,
            membraneTrace: UnsafeMutablePointer<Lanes>, spikes: UnsafeMutablePointer<UInt16>,
            spikeOffsets: UnsafeMutablePointer<Int32>
        ) {
            self.hidden = hidden
            self.output = output
            self.membraneTrace = membraneTrace
            self.spikes = spikes
            self.spikeOffsets = spikeOffsets
        }
    }

    /// Simulates one sample.
    ///
    /// - Parameters:
    ///   - events: Input indices in order of time; those of step t are
    ///     events[offsets[t]..<offsets[t + 1]].
    ///   - weights: As `weightVectors` says.
    ///   - scores: Receives the scores, [output lane]; lanes without a readout hold 0.
    ///   - bestSteps: Receives the first step at which each score was reached.
    /// - Returns: The number of hidden spikes.
    public func forward(
        events: UnsafePointer<UInt16>, offsets: UnsafePointer<Int32>,
        weights: UnsafePointer<Lanes>, scratch: Scratch, scores: UnsafeMutablePointer<Lanes>,
        bestSteps: UnsafeMutablePointer<Lanes>
    ) -> Int {
        let hv = hiddenVectors
        let ov = outputVectors
        let a = Lanes(repeating: membraneRate)
        let keepCurrent = Lanes(repeating: 1 - synapticRate)
        let theta = Lanes(repeating: threshold)
        let zero = Lanes.zero
        let current = scratch.hidden
        let membrane = scratch.hidden + hv
        let outCurrent = scratch.output
        let outMembrane = scratch.output + ov
        let readoutWeights = weights + inputCount * hv
        for h in 0..<2 * hv { current[h] = zero }
        for o in 0..<2 * ov { outCurrent[o] = zero }
        let runLength = scratch.output + 2 * ov
        let one = Lanes(repeating: 1)
        for o in 0..<ov {
            scores[o] = Lanes(repeating: -.infinity)
            bestSteps[o] = zero
            runLength[o] = zero
        }
        var spikeCount = 0
        var trace = scratch.membraneTrace
        scratch.spikeOffsets[0] = 0
        for t in 0..<stepCount {
            for e in Int(offsets[t])..<Int(offsets[t + 1]) {
                let row = weights + Int(events[e]) * hv
                for h in 0..<hv { current[h] += row[h] }
            }
            var fired = SIMD8<Int32>.zero
            var bit = SIMD8<Int32>(repeating: 1)
            for h in 0..<hv {
                let j = current[h]
                let v = membrane[h]
                let next = v.addingProduct(a, j - v)
                trace[h] = next
                current[h] = j * keepCurrent
                let spiking = next .> theta
                membrane[h] = next.replacing(with: zero, where: spiking)
                fired = fired.replacing(with: fired | bit, where: spiking)
                bit = bit &+ bit
                // Thirty-two vectors fill the bits of a lane: flush at every multiple of them.
                if h & 31 == 31 {
                    spikeCount = appendSpikes(
                        fired, firstVector: h & ~31, count: spikeCount, weights: readoutWeights,
                        scratch: scratch)
                    fired = .zero
                    bit = SIMD8(repeating: 1)
                }
            }
            spikeCount = appendSpikes(
                fired, firstVector: (hv & ~31), count: spikeCount, weights: readoutWeights,
                scratch: scratch)
            scratch.spikeOffsets[t + 1] = Int32(truncatingIfNeeded: spikeCount)
            trace += hv
            let now = Lanes(repeating: Float(t))
            for o in 0..<ov {
                let j = outCurrent[o]
                let v = outMembrane[o]
                let next = v.addingProduct(a, j - v)
                outMembrane[o] = next
                outCurrent[o] = j * keepCurrent
                let better = next .> scores[o]
                let continued =
                    (next .== scores[o]) .& (now .== bestSteps[o] + runLength[o])
                scores[o] = scores[o].replacing(with: next, where: better)
                bestSteps[o] = bestSteps[o].replacing(with: now, where: better)
                runLength[o] = runLength[o].replacing(with: runLength[o] + one, where: continued)
                    .replacing(with: one, where: better)
            }
        }
        return spikeCount
    }

    /// Lists the lanes whose bits are set and delivers their spikes to the readouts.
    @inline(__always)
    private func appendSpikes(
        _ fired: SIMD8<Int32>, firstVector: Int, count: Int, weights: UnsafePointer<Lanes>,
        scratch: Scratch
    ) -> Int {
        // Most steps are silent; one comparison of the packed halves finds out.
        let halves = unsafeBitCast(fired, to: SIMD4<UInt64>.self)
        if halves[0] | halves[1] | halves[2] | halves[3] == 0 { return count }
        var count = count
        for lane in 0..<8 {
            var bits = UInt32(bitPattern: fired[lane])
            while bits != 0 {
                let vector = firstVector + bits.trailingZeroBitCount
                bits &= bits &- 1
                let neuron = vector &* 8 &+ lane
                scratch.spikes[count] = UInt16(truncatingIfNeeded: neuron)
                count &+= 1
                let row = weights + neuron * outputVectors
                for o in 0..<outputVectors { scratch.output[o] += row[o] }
            }
        }
        return count
    }

    /// Differentiates the loss of the sample that `forward` has just simulated.
    ///
    /// The reset is part of the graph: v = v' (1 - z) passes a gradient through z.
    ///
    /// - Parameters:
    ///   - readoutTransposed: Readout weights as [output, hidden vector].
    ///   - outputCount: Readouts in use.
    ///   - scoreGradient: Derivative of the loss with respect to each score, [output lane].
    ///   - gradient: Is added to, same shape as the weights.
    public func backward(
        events: UnsafePointer<UInt16>, offsets: UnsafePointer<Int32>,
        readoutTransposed: UnsafePointer<Lanes>, outputCount: Int, scratch: Scratch,
        scoreGradient: UnsafePointer<Lanes>, bestSteps: UnsafePointer<Lanes>,
        gradient: UnsafeMutablePointer<Lanes>
    ) {
        let hv = hiddenVectors
        let ov = outputVectors
        let a = Lanes(repeating: membraneRate)
        let keepMembrane = Lanes(repeating: 1 - membraneRate)
        let keepCurrent = Lanes(repeating: 1 - synapticRate)
        let theta = Lanes(repeating: threshold)
        let slope = Lanes(repeating: surrogateSlope)
        let one = Lanes(repeating: 1)
        let zero = Lanes.zero
        let penalty = Lanes(repeating: spikePenalty)
        // Adjoints: of v' and j of the hidden layer, of v' and j of the readouts.
        let adjointMembrane = scratch.hidden
        let adjointCurrent = scratch.hidden + hv
        let drive = scratch.hidden + 2 * hv
        let outAdjointMembrane = scratch.output
        let outAdjointCurrent = scratch.output + ov
        for h in 0..<2 * hv { adjointMembrane[h] = zero }
        for o in 0..<2 * ov { outAdjointMembrane[o] = zero }
        let readoutGradient = gradient + inputCount * hv

        let runLength = scratch.output + 2 * ov
        var t = spikePenalty == 0 ? lastStep(bestSteps, runLength) : stepCount - 1
        while t >= 0 {
            let now = Lanes(repeating: Float(t))
            for o in 0..<ov {
                let atMaximum =
                    (now .>= bestSteps[o]) .& (now .< bestSteps[o] + runLength[o])
                let fromScore = zero.replacing(
                    with: scoreGradient[o] / runLength[o], where: atMaximum)
                let m = fromScore.addingProduct(outAdjointMembrane[o], keepMembrane)
                outAdjointMembrane[o] = m
                outAdjointCurrent[o] = (a * m).addingProduct(outAdjointCurrent[o], keepCurrent)
            }
            for h in 0..<hv { drive[h] = penalty }
            for k in 0..<outputCount {
                let lambda = Lanes(repeating: outAdjointCurrent[k >> 3][k & 7])
                let row = readoutTransposed + k * hv
                for h in 0..<hv { drive[h].addProduct(lambda, row[h]) }
            }
            let trace = scratch.membraneTrace + t * hv
            for h in 0..<hv {
                let v = trace[h]
                let u = v - theta
                let magnitude = u.replacing(with: -u, where: u .< zero)
                let denominator = one.addingProduct(slope, magnitude)
                let surrogate = one / (denominator * denominator)
                let later = adjointMembrane[h] * keepMembrane
                let kept = later.replacing(with: zero, where: v .> theta)
                let m = kept.addingProduct(surrogate, drive[h] - later * v)
                adjointMembrane[h] = m
                adjointCurrent[h] = (a * m).addingProduct(adjointCurrent[h], keepCurrent)
            }
            for e in Int(offsets[t])..<Int(offsets[t + 1]) {
                let row = gradient + Int(events[e]) * hv
                for h in 0..<hv { row[h] += adjointCurrent[h] }
            }
            for s in Int(scratch.spikeOffsets[t])..<Int(scratch.spikeOffsets[t + 1]) {
                let row = readoutGradient + Int(scratch.spikes[s]) * ov
                for o in 0..<ov { row[o] += outAdjointCurrent[o] }
            }
            t -= 1
        }
    }

    /// The last step that any score depends on.
    private func lastStep(
        _ bestSteps: UnsafePointer<Lanes>, _ runLength: UnsafePointer<Lanes>
    ) -> Int {
        var last: Float = 0
        for o in 0..<outputVectors { last = max(last, (bestSteps[o] + runLength[o]).max()) }
        return Int(last) - 1
    }
}
