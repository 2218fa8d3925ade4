package import NumericKernels

/// A network's weights in every form the kernel reads.
package struct KernelWeights: Sendable {
    private let kernel: LIFNetwork
    /// As `LIFNetwork.weightVectors` says.
    private var rows: [Lanes]
    private var readoutSums: [Quad]
    /// [hidden lane driven, hidden vector of the spike]; one vector in a feed-forward network.
    private var recurrentTransposed: [Lanes]

    package init(_ network: SpikingNetwork) {
        kernel = network.kernel
        rows = []
        readoutSums = [Quad](repeating: .zero, count: kernel.readoutSumQuads)
        recurrentTransposed = [Lanes](
            repeating: .zero,
            count: kernel.isRecurrent ? kernel.hiddenLanes * kernel.hiddenVectors : 1)
        update(network.packedWeights())
    }

    /// Takes over other weights, packed as `LIFNetwork.weightVectors` says.
    package mutating func update(_ packed: [Lanes]) {
        precondition(packed.count == kernel.weightVectors)
        rows = packed
        packed.withUnsafeBufferPointer { rows in
            readoutSums.withUnsafeMutableBufferPointer {
                kernel.fillReadoutSums(rows.baseAddress!, into: $0.baseAddress!)
            }
        }
        guard kernel.isRecurrent else { return }
        let hv = kernel.hiddenVectors
        let width = Lanes.scalarCount
        for fired in 0..<kernel.hiddenLanes {
            for driven in 0..<kernel.hiddenLanes {
                recurrentTransposed[driven * hv + fired / width][fired % width] =
                    packed[kernel.recurrentStart + fired * hv + driven / width][driven % width]
            }
        }
    }

    package func withKernelWeights<Result>(_ body: (LIFNetwork.Weights) -> Result) -> Result {
        rows.withUnsafeBufferPointer { rows in
            readoutSums.withUnsafeBufferPointer { sums in
                recurrentTransposed.withUnsafeBufferPointer { recurrent in
                    body(
                        LIFNetwork.Weights(
                            rows: rows.baseAddress!, readoutSums: sums.baseAddress!,
                            recurrentTransposed: recurrent.baseAddress!))
                }
            }
        }
    }
}
