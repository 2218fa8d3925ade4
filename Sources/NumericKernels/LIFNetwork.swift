// Goals in order: the arithmetic of the strict twin in Tests/TestSupport up to rounding; states of
// one sample in first-level cache; work proportional to spikes wherever spikes are what is summed.
//
// Hidden neurons lie in vector lanes, and up to five vectors make a chunk whose states stay in
// registers from step to step; the compiler sees the width of a chunk as a constant. Input and
// hidden spikes are events in any order. An event adds its weight row to the input current of its
// time step, [step, hidden], the only array with a time axis besides the membrane traces; going
// backward, the same array holds the adjoints, from which each event picks its gradient. Nothing of
// shape [time, batch, input] exists.

/// Neurons side by side: one register with AVX-512, two with AVX2, the same bits with either.
public typealias Lanes = SIMD16<Float>

/// Readouts side by side.
public typealias Quad = SIMD4<Float>

/// Shape and constants of one hidden layer of leaky integrate-and-fire neurons, recurrent or not,
/// and a linear readout.
///
/// One step of length dt, for input x, weights W and recurrent weights R (forward Euler,
/// arXiv 2412.03129): j = i + W x + R z_before; v' = v + a (j - v); i = j - b j; z = 1 if
/// v' > theta; v = v' (1 - z), with a = dt / tau_mem and b = dt / tau_syn. What the readout makes of
/// z is `readout`.
public struct LIFNetwork: Sendable {
    /// How hidden spikes become scores.
    public enum Readout: Sendable, Hashable {
        /// Leaky integrators with the hidden layer's rates and without threshold, driven by the z
        /// of the same step; the score is the maximum of v' over all steps. Where a run of
        /// consecutive steps holds the same maximum (a readout that stays silent at first and
        /// negative later), the gradient of the score is shared evenly among them.
        case maximum
        /// The same integrators; the score is v' of the last step.
        case last
        /// No integrators; the score is the sum of the readout weights of all hidden spikes.
        case sum
    }

    public var inputCount: Int
    /// Vectors of hidden neurons, chunks of equal width.
    public let hiddenVectors: Int
    let chunkCount: Int
    let chunkWidth: Int
    public let outputCount: Int
    public let outputQuads: Int
    public let stepCount: Int
    public let isRecurrent: Bool
    public let readout: Readout
    public let membraneRate: Float
    public let synapticRate: Float
    public let threshold: Float
    /// Slope c of the surrogate derivative of z with respect to v': 1 / (1 + c |v' - theta|)^2.
    public let surrogateSlope: Float
    /// Whether the gradient passes by the z of the reset v = v' (1 - z).
    public let resetIsDetached: Bool
    /// Membrane that a unit of current leads to at most, without further input.
    let highestResponse: Float

    public init(
        inputCount: Int, hiddenVectors: Int, outputCount: Int, stepCount: Int,
        isRecurrent: Bool, readout: Readout, membraneRate: Float, synapticRate: Float,
        threshold: Float, surrogateSlope: Float, resetIsDetached: Bool = false
    ) {
        precondition(
            hiddenVectors == Self.vectors(neurons: Lanes.scalarCount * hiddenVectors))
        self.inputCount = inputCount
        self.hiddenVectors = hiddenVectors
        chunkCount = (hiddenVectors + Self.widestChunk - 1) / Self.widestChunk
        chunkWidth = hiddenVectors / chunkCount
        self.outputCount = outputCount
        outputQuads = (outputCount + 3) / 4
        self.stepCount = stepCount
        self.isRecurrent = isRecurrent
        self.readout = readout
        self.membraneRate = membraneRate
        self.synapticRate = synapticRate
        self.threshold = threshold
        self.surrogateSlope = surrogateSlope
        self.resetIsDetached = resetIsDetached
        var current: Float = 1
        var membrane: Float = 0
        var highest: Float = 0
        for _ in 0..<stepCount {
            membrane += membraneRate * (current - membrane)
            current -= synapticRate * current
            highest = max(highest, membrane)
        }
        highestResponse = highest
    }

    /// Vectors whose states stay in registers.
    static let widestChunk = 5

    /// Vectors for so many hidden neurons, padding included.
    public static func vectors(neurons: Int) -> Int {
        let vectors = (neurons + Lanes.scalarCount - 1) / Lanes.scalarCount
        let chunks = (vectors + widestChunk - 1) / widestChunk
        return chunks * ((vectors + chunks - 1) / chunks)
    }

    public var hiddenLanes: Int { hiddenVectors * Lanes.scalarCount }
    /// Where the readout rows [output, hidden vector] begin, after the rows
    /// [input, hidden vector]; whole quads of them.
    public var readoutStart: Int { inputCount * hiddenVectors }
    /// Where the recurrent rows [hidden lane of the spike, hidden vector] begin.
    public var recurrentStart: Int { readoutStart + 4 * outputQuads * hiddenVectors }
    public var weightVectors: Int {
        recurrentStart + (isRecurrent ? hiddenLanes * hiddenVectors : 0)
    }

    /// Input spikes of one sample in any order, owned by the caller.
    public struct Events {
        /// Which input, [event].
        public var inputs: UnsafeMutablePointer<UInt16>
        /// In which step, [event]; below `stepEnd` and the network's steps.
        public var steps: UnsafeMutablePointer<UInt8>
        /// Factor of the weight, [event]; nil where all are 1.
        public var values: UnsafeMutablePointer<Float>?
        public var count: Int
        /// A step that all events lie before.
        public var stepEnd = 256

        public init(
            inputs: UnsafeMutablePointer<UInt16>, steps: UnsafeMutablePointer<UInt8>,
            values: UnsafeMutablePointer<Float>?, count: Int
        ) {
            self.inputs = inputs
            self.steps = steps
            self.values = values
            self.count = count
        }
    }

    /// Steps that may have input.
    func drivenSteps(_ events: Events) -> Int { max(1, min(stepCount, events.stepEnd)) }
}

/// The number of vectors of a chunk, known to the compiler.
struct ChunkWidth<let vectors: Int>: Sendable {}
