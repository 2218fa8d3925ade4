package import NumericKernels

/// A network's weights in every form the kernel reads.
package struct KernelWeights: Sendable {
    private let kernel: LIFNetwork
    private let outputCount: Int
    /// As `LIFNetwork.weightVectors` says.
    private var rows: [Lanes]
    private var readoutSums: [Lanes]
    /// [output, hidden vector].
    private var readoutTransposed: [Lanes]
    /// [hidden lane driven, hidden vector of the spike]; one vector in a feed-forward network.
    private var recurrentTransposed: [Lanes]

    package init(_ network: SpikingNetwork) {
        kernel = network.kernel
        outputCount = network.outputCount
        rows = []
        readoutSums = [Lanes](repeating: .zero, count: kernel.readoutSumVectors)
        readoutTransposed = [Lanes](repeating: .zero, count: outputCount * kernel.hiddenVectors)
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
        for o in 0..<outputCount {
            for h in 0..<kernel.hiddenLanes {
                readoutTransposed[o * kernel.hiddenVectors + h / 8][h % 8] =
                    packed[kernel.readoutStart + h * kernel.outputVectors + o / 8][o % 8]
            }
        }
        guard kernel.isRecurrent else { return }
        let hv = kernel.hiddenVectors
        for fired in 0..<kernel.hiddenLanes {
            for driven in 0..<kernel.hiddenLanes {
                recurrentTransposed[driven * hv + fired / 8][fired % 8] =
                    packed[kernel.recurrentStart + fired * hv + driven / 8][driven % 8]
            }
        }
    }

    package func withKernelWeights<Result>(_ body: (LIFNetwork.Weights) -> Result) -> Result {
        rows.withUnsafeBufferPointer { rows in
            readoutSums.withUnsafeBufferPointer { sums in
                readoutTransposed.withUnsafeBufferPointer { readout in
                    recurrentTransposed.withUnsafeBufferPointer { recurrent in
                        body(
                            LIFNetwork.Weights(
                                rows: rows.baseAddress!, readoutSums: sums.baseAddress!,
                                readoutTransposed: readout.baseAddress!,
                                recurrentTransposed: recurrent.baseAddress!))
                    }
                }
            }
        }
    }
}
