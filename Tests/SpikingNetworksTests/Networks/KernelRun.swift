import NumericKernels
import SpikingNetworks
import TestSupport

/// Runs the kernel on dense rasters, for comparison with its twin.
final class KernelRun {
    let network: FeedForwardNetwork
    let kernel: FeedForwardLIF
    private let workspace: SampleWorkspace
    private let weights: [Lanes]
    private var transposed: [Lanes]
    private var gradient: [Lanes]

    init(_ network: FeedForwardNetwork, spikePenalty: Double = 0) {
        self.network = network
        kernel = network.kernel(spikePenalty: spikePenalty)
        workspace = SampleWorkspace(kernel: kernel)
        weights = network.packedWeights()
        transposed = [Lanes](repeating: .zero, count: network.outputCount * kernel.hiddenVectors)
        FeedForwardNetwork.transposeReadout(
            weights, kernel: kernel, outputCount: network.outputCount, into: &transposed)
        gradient = [Lanes](repeating: .zero, count: weights.count)
    }

    var twin: DenseLIF {
        var lif = DenseLIF(
            inputs: network.inputCount, hidden: network.hiddenCount, outputs: network.outputCount,
            steps: network.stepCount, membraneRate: network.neuron.membraneRate,
            synapticRate: network.neuron.synapticRate)
        lif.surrogateSlope = network.surrogate.slope
        lif.spikePenalty = Double(kernel.spikePenalty)
        return lif
    }

    /// Simulates a raster [time, input] of zeros and ones.
    func forward(_ raster: [Double]) {
        var count = 0
        workspace.offsets[0] = 0
        for t in 0..<network.stepCount {
            for n in 0..<network.inputCount where raster[t * network.inputCount + n] != 0 {
                // A raster may hold more spikes than one per input.
                events.append(UInt16(n))
                count += 1
            }
            workspace.offsets[t + 1] = Int32(count)
        }
        eventsOfSample = events
        events.removeAll()
        hiddenSpikes = eventsOfSample.withUnsafeBufferPointer { events in
            weights.withUnsafeBufferPointer { weights in
                kernel.forward(
                    events: events.baseAddress!, offsets: workspace.offsets,
                    weights: weights.baseAddress!, scratch: workspace.scratch,
                    scores: workspace.scores, bestSteps: workspace.bestSteps)
            }
        }
    }

    private var events: [UInt16] = []
    private var eventsOfSample: [UInt16] = []
    private(set) var hiddenSpikes = 0

    var scores: [Double] { (0..<network.outputCount).map { Double(workspace.score($0)) } }

    var spikeRaster: [Double] {
        var raster = [Double](repeating: 0, count: network.stepCount * network.hiddenCount)
        for t in 0..<network.stepCount {
            let offsets = workspace.scratch.spikeOffsets
            for s in Int(offsets[t])..<Int(offsets[t + 1]) {
                raster[t * network.hiddenCount + Int(workspace.scratch.spikes[s])] += 1
            }
        }
        return raster
    }

    func backward(_ scoreGradient: [Double]) {
        for (o, value) in scoreGradient.enumerated() {
            workspace.scoreGradient[o >> 3][o & 7] = Float(value)
        }
        eventsOfSample.withUnsafeBufferPointer { events in
            transposed.withUnsafeBufferPointer { transposed in
                gradient.withUnsafeMutableBufferPointer { gradient in
                    kernel.backward(
                        events: events.baseAddress!, offsets: workspace.offsets,
                        readoutTransposed: transposed.baseAddress!,
                        outputCount: network.outputCount, scratch: workspace.scratch,
                        scoreGradient: workspace.scoreGradient, bestSteps: workspace.bestSteps,
                        gradient: gradient.baseAddress!)
                }
            }
        }
    }

    /// The gradient summed so far, in the shape of a network.
    var gradientNetwork: FeedForwardNetwork {
        var result = network
        result.unpack(gradient)
        return result
    }
}
