package import NumericKernels

/// Turns the received samples around a symbol into input spikes of a network.
///
/// Memoryless: what an input neuron does depends on its own tap's sample alone, so that every
/// encoder is a plain table. Inputs are numbered tap by tap.
public enum SpikeEncoder: Sendable, Hashable, Codable {
    case receptiveField(ReceptiveFieldEncoder)
    case ternary(TernaryEncoder)
    case logarithmic(LogarithmicEncoder)

    /// Samples in a window.
    public var tapCount: Int {
        switch self {
        case .receptiveField(let encoder): encoder.tapCount
        case .ternary(let encoder): encoder.tapCount
        case .logarithmic(let encoder): encoder.tapCount
        }
    }

    public var neuronsPerTap: Int {
        switch self {
        case .receptiveField(let encoder): encoder.neuronsPerTap
        case .ternary(let encoder): encoder.bitCount
        case .logarithmic: LogarithmicEncoder.neuronsPerTap
        }
    }

    public var inputCount: Int { tapCount * neuronsPerTap }

    /// Steps in which a spike may lie.
    public var stepCount: Int {
        switch self {
        case .receptiveField(let encoder): encoder.stepCount
        case .ternary: 1
        case .logarithmic(let encoder): encoder.stepCount
        }
    }

    /// Whether a spike may weigh other than 1.
    public var isGraded: Bool {
        if case .ternary = self { true } else { false }
    }

    /// Parameters that a training may move.
    public var learnableCount: Int {
        if case .receptiveField = self { 2 * inputCount } else { 0 }
    }

    /// What one input neuron does for one sample.
    public struct Response: Sendable, Hashable {
        public var input: Int
        public var step: Int
        public var value: Float
    }

    /// The spikes of one window, shape [tap].
    public func encode(_ window: [Float]) -> [Response] {
        precondition(window.count == tapCount)
        let buffer = EventBuffer(inputCount: inputCount, isGraded: isGraded)
        let encoding = WindowEncoding(self)
        window.withUnsafeBufferPointer {
            encoding.encode($0.baseAddress!, into: &buffer.events)
        }
        return (0..<buffer.events.count).map {
            Response(
                input: Int(buffer.events.inputs[$0]), step: Int(buffer.events.steps[$0]),
                value: buffer.events.values?[$0] ?? 1)
        }
    }
}

/// Room for the input spikes of one sample.
package final class EventBuffer {
    package var events: LIFNetwork.Events

    package init(inputCount: Int, isGraded: Bool) {
        // The encoders write whole vectors.
        let room = inputCount + Lanes.scalarCount
        events = LIFNetwork.Events(
            inputs: .allocate(capacity: room), steps: .allocate(capacity: room),
            values: isGraded ? .allocate(capacity: room) : nil, count: 0)
        events.inputs.initialize(repeating: 0, count: room)
        events.steps.initialize(repeating: 0, count: room)
        events.values?.initialize(repeating: 1, count: room)
    }

    deinit {
        events.inputs.deallocate()
        events.steps.deallocate()
        events.values?.deallocate()
    }
}
