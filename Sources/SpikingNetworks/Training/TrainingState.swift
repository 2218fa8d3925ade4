public import NumericKernels
import SpikeEncoding

/// Everything that the next update depends on; saving it saves the training.
public struct TrainingState: Sendable, Equatable {
    /// Weights in the kernel's layout.
    public var weights: Parameters
    /// The encoder's centers and scales; none for an encoder that cannot learn.
    public var encoder: Parameters
    /// Mean spikes per symbol of each hidden neuron in the last update, padded to whole vectors.
    public var rates: [Lanes]
    /// Updates done.
    public var updates: Int
    /// Symbols done.
    public var symbols: Int

    /// Parameters with Adam's running means of their gradient and of its square.
    public struct Parameters: Sendable, Equatable {
        public var values: [Lanes]
        public var firstMoment: [Lanes]
        public var secondMoment: [Lanes]

        public init(_ values: [Lanes]) {
            self.values = values
            firstMoment = [Lanes](repeating: .zero, count: values.count)
            secondMoment = firstMoment
        }

        public init(values: [Lanes], firstMoment: [Lanes], secondMoment: [Lanes]) {
            precondition(values.count == firstMoment.count && values.count == secondMoment.count)
            self.values = values
            self.firstMoment = firstMoment
            self.secondMoment = secondMoment
        }

        /// One update of some of the parameters.
        mutating func apply(_ adam: AdamStep, step: Int, gradient: [Lanes], range: Range<Int>) {
            precondition(gradient.count == values.count)
            precondition(range.lowerBound >= 0 && range.upperBound <= values.count)
            gradient.withUnsafeBufferPointer { gradient in
                values.withUnsafeMutableBufferPointer { values in
                    firstMoment.withUnsafeMutableBufferPointer { first in
                        secondMoment.withUnsafeMutableBufferPointer { second in
                            guard let values = values.baseAddress else { return }
                            adam.apply(
                                step: step, weights: values + range.lowerBound,
                                gradient: gradient.baseAddress! + range.lowerBound,
                                first: first.baseAddress! + range.lowerBound,
                                second: second.baseAddress! + range.lowerBound, count: range.count)
                        }
                    }
                }
            }
        }
    }

    public init(_ receiver: SpikingReceiver) {
        weights = Parameters(receiver.network.packedWeights())
        encoder = Parameters(EncoderParameters(receiver.encoder).packed)
        rates = [Lanes](repeating: .zero, count: receiver.network.kernel.hiddenVectors)
        updates = 0
        symbols = 0
    }

    public init(
        weights: Parameters, encoder: Parameters, rates: [Lanes], updates: Int, symbols: Int
    ) {
        self.weights = weights
        self.encoder = encoder
        self.rates = rates
        self.updates = updates
        self.symbols = symbols
    }
}

/// The learnable numbers of an encoder as optimizers move them: centers in units of the sample,
/// scales in units of their initial mean.
struct EncoderParameters: Sendable {
    private let initial: SpikeEncoder
    private let scaleUnit: Float
    let count: Int

    init(_ encoder: SpikeEncoder) {
        initial = encoder
        count = encoder.learnableCount
        if case .receptiveField(let fields) = encoder {
            scaleUnit = fields.parameters[fields.inputCount...].reduce(0, +)
                / Float(fields.inputCount)
        } else {
            scaleUnit = 1
        }
    }

    var packed: [Lanes] {
        guard case .receptiveField(let fields) = initial else { return [] }
        var values = fields.parameters
        for i in fields.inputCount..<count { values[i] /= scaleUnit }
        return Self.pack(values)
    }

    func encoder(_ packed: [Lanes]) -> SpikeEncoder {
        guard case .receptiveField(let fields) = initial else { return initial }
        var values = (0..<count).map { packed[$0 / Lanes.scalarCount][$0 % Lanes.scalarCount] }
        for i in fields.inputCount..<count { values[i] *= scaleUnit }
        return .receptiveField(fields.with(parameters: values))
    }

    /// A gradient by centers and scales as one by the packed parameters.
    ///
    /// - Parameter isShared: All taps move alike, by the sum over them.
    func packedGradient(_ gradient: [Float], isShared: Bool) -> [Lanes] {
        guard case .receptiveField(let fields) = initial else { return [] }
        var result = gradient
        for i in fields.inputCount..<count { result[i] *= scaleUnit }
        if isShared {
            let neurons = fields.neuronsPerTap
            for start in [0, fields.inputCount] {
                for n in 0..<neurons {
                    let sum = (0..<fields.tapCount).reduce(Float(0)) {
                        $0 + result[start + $1 * neurons + n]
                    }
                    for tap in 0..<fields.tapCount { result[start + tap * neurons + n] = sum }
                }
            }
        }
        return Self.pack(result)
    }

    /// Normally distributed displacements, the same for every tap.
    func perturbation(deviation: Double, gaussian: () -> Double) -> [Lanes] {
        guard case .receptiveField(let fields) = initial else { return [] }
        let neurons = fields.neuronsPerTap
        let row = (0..<2 * neurons).map { _ in Float(deviation * gaussian()) }
        return Self.pack(
            (0..<2).flatMap { part in
                (0..<fields.tapCount).flatMap { _ in row[part * neurons..<(part + 1) * neurons] }
            })
    }

    private static func pack(_ values: [Float]) -> [Lanes] {
        let width = Lanes.scalarCount
        var packed = [Lanes](repeating: .zero, count: (values.count + width - 1) / width)
        for (i, value) in values.enumerated() { packed[i / width][i % width] = value }
        return packed
    }
}
