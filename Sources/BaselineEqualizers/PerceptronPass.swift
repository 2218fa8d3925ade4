import LinearAlgebra
import Modulation
import NumericKernels

/// Memory for running a perceptron forward and backward over a batch of at most `capacity`.
///
/// Activations have shape [neuron, sample], sample fastest, so that every loop runs over samples.
struct PerceptronPass {
    let shape: PerceptronShape
    let capacity: Int
    private let layers: [PerceptronShape.Layer]
    /// Values entering each layer, and last the scores: offset of each in `values`.
    private let offsets: [Int]
    private var values: [Float]
    private var backward: [Float]
    private var workspace: [Float]
    /// The gradient of the mean loss, laid out as the parameters.
    private(set) var gradient: [Float]

    init(shape: PerceptronShape, capacity: Int) {
        precondition(capacity > 0)
        self.shape = shape
        self.capacity = capacity
        layers = shape.layers
        var offset = 0
        offsets = shape.sizes.map { size in
            defer { offset += size * capacity }
            return offset
        }
        values = [Float](repeating: 0, count: offset)
        backward = values
        workspace = [Float](repeating: 0, count: 2 * capacity)
        gradient = [Float](repeating: 0, count: shape.parameterCount)
    }

    /// Computes the scores of consecutive symbols, without the output biases.
    ///
    /// - Parameters:
    ///   - padded: the window of sample n is padded[n ..< n + tapCount].
    ///   - columns: number of samples, at most `capacity`.
    private mutating func scores(
        _ padded: UnsafePointer<Float>, columns: Int, parameters: UnsafePointer<Float>,
        counting operations: inout OperationCounts
    ) {
        precondition(columns > 0 && columns <= capacity)
        values.withUnsafeMutableBufferPointer { values in
            let base = values.baseAddress!
            for i in 0..<shape.tapCount {
                (base + i * columns).update(from: padded + i, count: columns)
            }
            for (l, layer) in layers.enumerated() {
                let result = base + offsets[l + 1]
                MatrixProduct.multiply(
                    MatrixOperand(
                        parameters + layer.weights, rows: layer.outputs, columns: layer.inputs),
                    MatrixOperand(base + offsets[l], rows: layer.inputs, columns: columns),
                    into: result)
                operations.multiplyAccumulates += layer.outputs * layer.inputs * columns
                guard l + 1 < layers.count else { break }
                let bias = parameters + layer.biases
                switch shape.activation {
                case .tanh:
                    operations.activations += DenseActivations.addBiasTanh(
                        result, bias: bias, rows: layer.outputs, columns: columns)
                case .rectifier:
                    operations.activations += DenseActivations.addBiasRectifier(
                        result, bias: bias, rows: layer.outputs, columns: columns)
                }
            }
            let last = layers[layers.count - 1]
            DenseSoftmax.addBias(
                base + offsets[layers.count], bias: parameters + last.biases, rows: last.outputs,
                columns: columns)
        }
    }

    /// Decides consecutive symbols; parameters as in `scores`.
    mutating func decide(
        _ padded: UnsafePointer<Float>, columns: Int, parameters: UnsafePointer<Float>,
        symbols: UnsafeMutablePointer<UInt8>, scores result: UnsafeMutablePointer<Float>,
        counting operations: inout OperationCounts
    ) {
        scores(padded, columns: columns, parameters: parameters, counting: &operations)
        values.withUnsafeBufferPointer { values in
            operations.comparisons += DenseSoftmax.decide(
                scores: values.baseAddress! + offsets[layers.count], classes: shape.order,
                columns: columns, symbols: symbols, transposed: result)
        }
    }

    /// The mean cross-entropy over consecutive symbols, in nats; leaves its gradient in
    /// `gradient`.
    mutating func loss(
        _ padded: UnsafePointer<Float>, symbols: UnsafePointer<UInt8>, columns: Int,
        parameters: UnsafePointer<Float>
    ) -> Double {
        var ignored = OperationCounts()
        scores(padded, columns: columns, parameters: parameters, counting: &ignored)
        let (shape, layers, offsets) = (shape, layers, offsets)
        return values.withUnsafeMutableBufferPointer { values in
            backward.withUnsafeMutableBufferPointer { backward in
                gradient.withUnsafeMutableBufferPointer { gradient in
                    let value = values.baseAddress!
                    let slope = backward.baseAddress!
                    let top = offsets[layers.count]
                    let loss = DenseSoftmax.crossEntropyGradient(
                        scores: value + top, symbols: symbols, classes: shape.order,
                        columns: columns, workspace: &workspace)
                    (slope + top).update(from: value + top, count: shape.order * columns)
                    for l in layers.indices.reversed() {
                        Self.propagate(
                            layers[l], columns: columns, value: value + offsets[l],
                            output: slope + offsets[l + 1],
                            inputSlope: l > 0 ? slope + offsets[l] : nil,
                            activation: shape.activation, parameters: parameters,
                            gradient: gradient.baseAddress!)
                    }
                    return loss
                }
            }
        }
    }

    /// From the slope at a layer's output: the gradient of its parameters, and the slope at the
    /// output of the layer before, if there is one.
    private static func propagate(
        _ layer: PerceptronShape.Layer, columns: Int, value: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>, inputSlope: UnsafeMutablePointer<Float>?,
        activation: PerceptronActivation, parameters: UnsafePointer<Float>,
        gradient: UnsafeMutablePointer<Float>
    ) {
        let outputSlope = MatrixOperand<Float>(output, rows: layer.outputs, columns: columns)
        let input = MatrixOperand<Float>(value, rows: layer.inputs, columns: columns)
        MatrixProduct.multiply(outputSlope, input.transposed, into: gradient + layer.weights)
        DenseActivations.rowSums(
            output, rows: layer.outputs, columns: columns, into: gradient + layer.biases)
        guard let inputSlope else { return }
        let weights = MatrixOperand<Float>(
            parameters + layer.weights, rows: layer.outputs, columns: layer.inputs)
        MatrixProduct.multiply(weights.transposed, outputSlope, into: inputSlope)
        let count = layer.inputs * columns
        switch activation {
        case .tanh:
            DenseActivations.tanhBackward(inputSlope, activations: value, count: count)
        case .rectifier:
            DenseActivations.rectifierBackward(inputSlope, activations: value, count: count)
        }
    }
}
