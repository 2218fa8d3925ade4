package import NumericKernels

extension SpikingNetwork {
    /// The weights as the kernel wants them, padded with zeros.
    package func packedWeights() -> [Lanes] {
        var packed = [Lanes](repeating: .zero, count: kernel.weightVectors)
        for layer in layers {
            let weights = self[keyPath: layer.weights]
            for (index, vector, lane) in layer.positions { packed[vector][lane] = weights[index] }
        }
        return packed
    }

    /// Takes over the weights of a packed array.
    package mutating func unpack(_ packed: [Lanes]) {
        precondition(packed.count == kernel.weightVectors)
        for layer in layers {
            var weights = self[keyPath: layer.weights]
            for (index, vector, lane) in layer.positions { weights[index] = packed[vector][lane] }
            self[keyPath: layer.weights] = weights
        }
    }

    /// One in every lane that holds a weight, zero in the padding.
    package func laneMask() -> [Lanes] {
        var mask = [Lanes](repeating: .zero, count: kernel.weightVectors)
        for layer in layers {
            for (_, vector, lane) in layer.positions { mask[vector][lane] = 1 }
        }
        return mask
    }

    /// A weight array and where each of its elements lies in the packed one.
    private struct Layer {
        let weights: WritableKeyPath<SpikingNetwork, [Float]>
        let positions: [(index: Int, vector: Int, lane: Int)]

        /// Weights [row, column] as rows of vectors from `start` on.
        init(
            _ weights: WritableKeyPath<SpikingNetwork, [Float]>, rows: Int, columns: Int,
            start: Int, rowLength: Int
        ) {
            self.weights = weights
            positions = (0..<rows).flatMap { row in
                (0..<columns).map { column in
                    (
                        row * columns + column,
                        start + row * rowLength + column / Lanes.scalarCount,
                        column % Lanes.scalarCount
                    )
                }
            }
        }

        /// Weights [driven, driving] as rows of the driving neurons.
        init(
            _ weights: WritableKeyPath<SpikingNetwork, [Float]>, driven: Int, driving: Int,
            start: Int, rowLength: Int
        ) {
            self.weights = weights
            positions = (0..<driven).flatMap { d in
                (0..<driving).map {
                    (
                        d * driving + $0, start + $0 * rowLength + d / Lanes.scalarCount,
                        d % Lanes.scalarCount
                    )
                }
            }
        }
    }

    private var layers: [Layer] {
        let kernel = kernel
        var layers = [
            Layer(
                \.hiddenWeights, driven: hiddenCount, driving: inputCount, start: 0,
                rowLength: kernel.hiddenVectors),
            Layer(
                \.readoutWeights, rows: outputCount, columns: hiddenCount,
                start: kernel.readoutStart, rowLength: kernel.hiddenVectors),
        ]
        if isRecurrent {
            layers.append(
                Layer(
                    \.recurrentWeights, driven: hiddenCount, driving: hiddenCount,
                    start: kernel.recurrentStart, rowLength: kernel.hiddenVectors))
        }
        return layers
    }
}
