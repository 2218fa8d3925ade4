// Goals in order: the arithmetic of the strict twin in Tests/TestSupport up to rounding; states of
// one sample in first-level cache; work proportional to spikes wherever spikes are what is summed.
//
// Hidden neurons lie in vector lanes, eight to a vector, and up to five vectors make a chunk whose
// states stay in registers from step to step; the compiler sees the width of a chunk as a constant.
// Input and hidden spikes are events in any order. An event adds its weight row to the input current
// of its time step, [step, hidden], the only array with a time axis besides the membrane traces;
// going backward, the same array holds the adjoints, from which each event picks its gradient.
// Nothing of shape [time, batch, input] exists.

/// Eight neurons side by side.
public typealias Lanes = SIMD8<Float>

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
    /// Vectors of hidden neurons: at most `widestChunk`, or a multiple of it.
    public var hiddenVectors: Int
    public var outputVectors: Int
    public var stepCount: Int
    public var isRecurrent: Bool
    public var readout: Readout
    public var membraneRate: Float
    public var synapticRate: Float
    public var threshold: Float
    /// Slope c of the surrogate derivative of z with respect to v': 1 / (1 + c |v' - theta|)^2.
    public var surrogateSlope: Float

    public init(
        inputCount: Int, hiddenVectors: Int, outputVectors: Int, stepCount: Int,
        isRecurrent: Bool, readout: Readout, membraneRate: Float, synapticRate: Float,
        threshold: Float, surrogateSlope: Float
    ) {
        precondition(hiddenVectors == Self.vectors(neurons: 8 * hiddenVectors))
        self.inputCount = inputCount
        self.hiddenVectors = hiddenVectors
        self.outputVectors = outputVectors
        self.stepCount = stepCount
        self.isRecurrent = isRecurrent
        self.readout = readout
        self.membraneRate = membraneRate
        self.synapticRate = synapticRate
        self.threshold = threshold
        self.surrogateSlope = surrogateSlope
    }

    /// Vectors whose states stay in registers.
    static let widestChunk = 5

    /// Vectors for so many hidden neurons, padding included.
    public static func vectors(neurons: Int) -> Int {
        let vectors = (neurons + 7) / 8
        if vectors <= widestChunk { return vectors }
        return (vectors + widestChunk - 1) / widestChunk * widestChunk
    }

    var chunkCount: Int { (hiddenVectors + Self.widestChunk - 1) / Self.widestChunk }

    public var hiddenLanes: Int { hiddenVectors * 8 }
    public var outputLanes: Int { outputVectors * 8 }
    /// Where the readout rows [hidden lane, output vector] begin, after the rows
    /// [input, hidden vector].
    public var readoutStart: Int { inputCount * hiddenVectors }
    /// Where the recurrent rows [hidden lane of the spike, hidden vector] begin.
    public var recurrentStart: Int { readoutStart + hiddenLanes * outputVectors }
    public var weightVectors: Int {
        recurrentStart + (isRecurrent ? hiddenLanes * hiddenVectors : 0)
    }

    /// Patterns that the neurons in one lane of a chunk can fire in.
    static let patternCount = 1 << widestChunk
    static let patternsOfChunk = 8 * patternCount
    /// Length of the sums that `fillReadoutSums` makes.
    public var readoutSumVectors: Int { outputVectors * chunkCount * Self.patternsOfChunk }

    /// Adds up the readout weights of every pattern that the neurons in one lane of a chunk can fire
    /// in: a step then costs the readouts eight additions for a chunk, whoever fired, and no branch.
    ///
    /// - Parameters:
    ///   - rows: Weights as `weightVectors` says.
    ///   - sums: Receives them, [output vector, chunk, lane, pattern]; bit v of a pattern is vector v
    ///     of the chunk.
    public func fillReadoutSums(
        _ rows: UnsafePointer<Lanes>, into sums: UnsafeMutablePointer<Lanes>
    ) {
        let width = min(hiddenVectors, Self.widestChunk)
        for o in 0..<outputVectors {
            for chunk in 0..<chunkCount {
                for lane in 0..<8 {
                    let table = sums
                        + ((o * chunkCount + chunk) * 8 + lane) * Self.patternCount
                    table[0] = .zero
                    for pattern in 1..<Self.patternCount {
                        let vector = pattern.trailingZeroBitCount
                        let neuron = (chunk * width + vector) * 8 + lane
                        let weight =
                            vector < width
                            ? rows[readoutStart + neuron * outputVectors + o] : .zero
                        table[pattern] = table[pattern & (pattern - 1)] + weight
                    }
                }
            }
        }
    }

    /// The weights of one update in the forms that the passes read.
    public struct Weights {
        /// As `weightVectors` says.
        public var rows: UnsafePointer<Lanes>
        /// As `fillReadoutSums` says.
        public var readoutSums: UnsafePointer<Lanes>
        /// Readout weights as [output, hidden vector].
        public var readoutTransposed: UnsafePointer<Lanes>
        /// Recurrent weights as [hidden lane driven, hidden vector of the spike].
        public var recurrentTransposed: UnsafePointer<Lanes>

        public init(
            rows: UnsafePointer<Lanes>, readoutSums: UnsafePointer<Lanes>,
            readoutTransposed: UnsafePointer<Lanes>, recurrentTransposed: UnsafePointer<Lanes>
        ) {
            self.rows = rows
            self.readoutSums = readoutSums
            self.readoutTransposed = readoutTransposed
            self.recurrentTransposed = recurrentTransposed
        }
    }

    /// Input spikes of one sample in any order, owned by the caller.
    public struct Events {
        /// Which input, [event].
        public var inputs: UnsafeMutablePointer<UInt16>
        /// In which step, [event]; below stepCount.
        public var steps: UnsafeMutablePointer<UInt8>
        /// Factor of the weight, [event]; nil where all are 1.
        public var values: UnsafeMutablePointer<Float>?
        public var count: Int

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

    /// Scratch memory of one sample, owned by the caller; every pointer refers to the number of
    /// vectors or elements given.
    public struct Scratch {
        /// Two states of the hidden layer, [2, hiddenVectors].
        public var hidden: UnsafeMutablePointer<Lanes>
        /// Input current going forward, adjoint of j going backward, [step + 1, hiddenVectors].
        public var drive: UnsafeMutablePointer<Lanes>
        /// v' of the hidden layer, [step, hiddenVectors].
        public var membraneTrace: UnsafeMutablePointer<Lanes>
        /// States of the readouts, [4, outputVectors].
        public var output: UnsafeMutablePointer<Lanes>
        /// v' of the readouts going forward, adjoint of their j going backward,
        /// [step, outputVectors].
        public var outputTrace: UnsafeMutablePointer<Lanes>
        /// Which neurons of a chunk fired, [step, chunk]: the byte of each lane is a pattern as
        /// `fillReadoutSums` says.
        public var fired: UnsafeMutablePointer<UInt64>
        /// Spiking hidden lanes in order of time, at most stepCount * hiddenLanes; as `listSpikes`
        /// leaves them.
        public var spikes: UnsafeMutablePointer<UInt16>
        /// Where the spikes of each step begin, [step + 1].
        public var spikeOffsets: UnsafeMutablePointer<Int32>

        /// Allocates what a network needs; `deallocate` gives it back.
        public init(_ network: LIFNetwork) {
            func allocate<Element>(_ count: Int, _ value: Element)
                -> UnsafeMutablePointer<Element>
            {
                let pointer = UnsafeMutablePointer<Element>.allocate(capacity: count)
                pointer.initialize(repeating: value, count: count)
                return pointer
            }
            let steps = network.stepCount
            hidden = allocate(2 * network.hiddenVectors, .zero)
            drive = allocate((steps + 1) * network.hiddenVectors, .zero)
            membraneTrace = allocate(steps * network.hiddenVectors, .zero)
            output = allocate(4 * network.outputVectors, .zero)
            outputTrace = allocate(steps * network.outputVectors, .zero)
            fired = allocate(steps * network.chunkCount, 0)
            spikes = allocate(steps * network.hiddenLanes, 0)
            spikeOffsets = allocate(steps + 1, 0)
        }

        public func deallocate() {
            hidden.deallocate()
            drive.deallocate()
            membraneTrace.deallocate()
            output.deallocate()
            outputTrace.deallocate()
            fired.deallocate()
            spikes.deallocate()
            spikeOffsets.deallocate()
        }
    }
}

/// The number of vectors of a chunk, known to the compiler.
struct ChunkWidth<let vectors: Int>: Sendable {}
