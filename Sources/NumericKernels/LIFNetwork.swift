// Goals in order: the arithmetic of the strict twin in Tests/TestSupport up to rounding; states of
// one sample in first-level cache; work proportional to spikes wherever spikes are what is summed.
//
// Hidden neurons lie in vector lanes, eight to a vector; input and hidden spikes are events in any
// order. An event adds its weight row to the input current of its time step, [step, hidden], the
// only array with a time axis besides the membrane trace; going backward, the same array holds the
// adjoints, from which each event picks its gradient. Nothing of shape [time, batch, input] exists.

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

    /// The weights of one update, seen from both ends of a synapse.
    public struct Weights {
        /// As `weightVectors` says.
        public var rows: UnsafePointer<Lanes>
        /// Readout weights as [output, hidden vector].
        public var readoutTransposed: UnsafePointer<Lanes>
        /// Recurrent weights as [hidden lane driven, hidden vector of the spike].
        public var recurrentTransposed: UnsafePointer<Lanes>

        public init(
            rows: UnsafePointer<Lanes>, readoutTransposed: UnsafePointer<Lanes>,
            recurrentTransposed: UnsafePointer<Lanes>
        ) {
            self.rows = rows
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
        /// Synaptic current, membrane and a sum of the hidden layer, [3, hiddenVectors].
        public var hidden: UnsafeMutablePointer<Lanes>
        /// The same two of the readouts, and the length of the run of steps at the maximum,
        /// [3, outputVectors].
        public var output: UnsafeMutablePointer<Lanes>
        /// Input current going forward, adjoint of j going backward, [step, hiddenVectors].
        public var drive: UnsafeMutablePointer<Lanes>
        /// v' of the hidden layer, [step, hiddenVectors].
        public var membraneTrace: UnsafeMutablePointer<Lanes>
        /// Spiking hidden lanes in order of time, at most stepCount * hiddenLanes.
        public var spikes: UnsafeMutablePointer<UInt16>
        /// Where the spikes of each step begin, [step + 1].
        public var spikeOffsets: UnsafeMutablePointer<Int32>

        public init(
            hidden: UnsafeMutablePointer<Lanes>, output: UnsafeMutablePointer<Lanes>,
            drive: UnsafeMutablePointer<Lanes>, membraneTrace: UnsafeMutablePointer<Lanes>,
            spikes: UnsafeMutablePointer<UInt16>, spikeOffsets: UnsafeMutablePointer<Int32>
        ) {
            self.hidden = hidden
            self.output = output
            self.drive = drive
            self.membraneTrace = membraneTrace
            self.spikes = spikes
            self.spikeOffsets = spikeOffsets
        }
    }
}
