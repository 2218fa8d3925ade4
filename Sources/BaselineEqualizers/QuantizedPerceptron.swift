public import Modulation
import NumericKernels
import RealModule

/// A perceptron in 8-bit integers, made from a trained one.
///
/// Samples, weights and activations are signed 8-bit numbers, sums 32-bit ones. Weights have one
/// scale per neuron (largest magnitude = 127), samples and hidden activations one per layer: samples
/// from `sampleRange`, rectified activations from their largest value in training, tanh from 1. A
/// hidden sum is scaled, bent and rounded once, as a table of the sum would; biases join the sums.
/// Scores are sums times their scale, in single precision. Nothing is trained again.
/// Work per symbol: as the perceptron's, each multiply-accumulate of 8 bits into 32.
/// Source of the scheme: Jacob et al., "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference", 2018, with zero points of zero.
public struct QuantizedPerceptron: SymbolDetector, Hashable, Codable {
    public let shape: PerceptronShape
    /// Samples outside are clipped: their middle, and half their width.
    public let sampleCenter: Float
    public let sampleReach: Float
    private let layers: [Layer]

    /// One dense layer.
    private struct Layer: Hashable, Codable {
        let inputs: Int
        let outputs: Int
        /// Shape [output, input].
        let weights: [Int8]
        /// In units of the sums.
        let biases: [Int32]
        /// Value of one unit of a sum, by output.
        let sumScales: [Float]
        /// Value of one unit of the activation that leaves; 0 in the last layer.
        let outputScale: Float
    }

    public var tapCount: Int { shape.tapCount }
    public var parameterCount: Int { shape.parameterCount }

    /// Rounds a trained perceptron.
    ///
    /// - Parameter stream: its first blocks tell the range of samples and activations; training
    ///   data, never test data.
    public init(_ perceptron: MultilayerPerceptron, rangesFrom stream: TrainingStream) throws {
        precondition(stream.blockCount > 0, "ranges need data")
        let shape = perceptron.shape
        self.shape = shape
        var samples: [Float] = []
        for index in 0..<min(4, stream.blockCount) {
            samples += try stream.block(index, order: shape.order).received.map { Float($0) }
        }
        let least = samples.min() ?? -1
        let most = samples.max() ?? 1
        sampleCenter = (least + most) / 2
        sampleReach = max((most - least) / 2, .leastNormalMagnitude)

        let parameters = perceptron.parameters
        var inputScale = sampleReach / 127
        // The middle of the samples is moved into the biases of the first layer.
        var shift = sampleCenter
        var made: [Layer] = []
        var window = TapWindow(tapCount: shape.tapCount).padded(samples)
        window.removeLast(window.count - min(window.count, 20_000 + shape.tapCount - 1))
        // Activations of the layers in single precision, [neuron][symbol].
        var values = (0..<shape.tapCount).map { i in
            Array(window[i..<(window.count - shape.tapCount + 1 + i)])
        }
        let layout = shape.layers
        for (number, layer) in layout.enumerated() {
            let isLast = number + 1 == layout.count
            var weights: [Int8] = []
            var biases: [Int32] = []
            var scales: [Float] = []
            var next: [[Float]] = []
            for o in 0..<layer.outputs {
                let first = layer.weights + o * layer.inputs
                let row = Array(parameters[first..<(first + layer.inputs)])
                let bias = parameters[layer.biases + o]
                let scale = max(row.map(abs).max() ?? 0, .leastNormalMagnitude) / 127
                weights += row.map { Int8(max(-127, min(127, ($0 / scale).rounded()))) }
                let sumScale = scale * inputScale
                scales.append(sumScale)
                let moved = bias + shift * row.reduce(0, +)
                biases.append(Int32(max(-1e9, min(1e9, (moved / sumScale).rounded()))))
                var output = [Float](repeating: bias, count: values.first?.count ?? 0)
                for (weight, input) in zip(row, values) {
                    for n in output.indices { output[n] += weight * input[n] }
                }
                next.append(output.map { isLast ? $0 : Self.bend($0, shape.activation) })
            }
            let reach: Float
            switch shape.activation {
            case .tanh: reach = 1
            case .rectifier:
                reach = max(next.flatMap { $0 }.max() ?? 1, .leastNormalMagnitude)
            }
            made.append(
                Layer(
                    inputs: layer.inputs, outputs: layer.outputs, weights: weights,
                    biases: biases, sumScales: scales, outputScale: isLast ? 0 : reach / 127))
            inputScale = reach / 127
            shift = 0
            values = next
        }
        layers = made
    }

    private static func bend(_ value: Float, _ activation: PerceptronActivation) -> Float {
        switch activation {
        case .tanh: Float.tanh(value)
        case .rectifier: max(0, value)
        }
    }

    public func detect(_ received: [Double]) -> Detection {
        let count = received.count
        var operations = OperationCounts()
        var symbols = [UInt8](repeating: 0, count: count)
        var scores = [Float](repeating: 0, count: count * shape.order)
        let unit = sampleReach / 127
        let samples = TapWindow(tapCount: tapCount).padded(
            received.map { sample in
                Int8(max(-127, min(127, ((Float(sample) - sampleCenter) / unit).rounded())))
            })
        let widest = shape.sizes.max() ?? 1
        var values = [Int8](repeating: 0, count: widest)
        var next = values
        for k in 0..<count {
            for i in 0..<tapCount { values[i] = samples[k + i] }
            for (number, layer) in layers.enumerated() {
                let isLast = number + 1 == layers.count
                for o in 0..<layer.outputs {
                    let sum = DenseIntegerProducts.dot(
                        layer.weights, from: o * layer.inputs, values, count: layer.inputs)
                    let value = Float(sum &+ layer.biases[o]) * layer.sumScales[o]
                    if isLast {
                        scores[k * shape.order + o] = value
                    } else {
                        let bent = Self.bend(value, shape.activation) / layer.outputScale
                        next[o] = Int8(max(-127, min(127, bent.rounded())))
                    }
                }
                operations.multiplyAccumulates += layer.outputs * layer.inputs
                if !isLast {
                    operations.activations += layer.outputs
                    swap(&values, &next)
                }
            }
            var best = 0
            for c in 1..<shape.order
            where scores[k * shape.order + c] > scores[k * shape.order + best] { best = c }
            operations.comparisons += shape.order - 1
            symbols[k] = UInt8(best)
        }
        return Detection(symbols: symbols, scores: scores, operations: operations)
    }
}
