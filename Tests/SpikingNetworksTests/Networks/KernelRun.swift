import NumericKernels
import SpikeEncoding
import SpikingNetworks
import TestSupport

/// Runs the kernel on dense rasters, for comparison with its twin.
final class KernelRun {
    let network: SpikingNetwork
    private let workspace: SampleWorkspace
    private let weights: KernelWeights
    private var gradient: [Lanes]
    private var spikeGradient: [Double]
    private(set) var hiddenSpikes = 0

    init(_ network: SpikingNetwork, spikeGradient: [Double] = [], isGraded: Bool = false) {
        self.network = network
        self.spikeGradient = spikeGradient
        var kernel = network.kernel
        // Room for a spike of every input in every step.
        kernel.inputCount = network.inputCount * network.stepCount
        workspace = SampleWorkspace(kernel: kernel, isGraded: isGraded)
        weights = KernelWeights(network)
        gradient = [Lanes](repeating: .zero, count: network.kernel.weightVectors)
        for (h, value) in spikeGradient.enumerated() {
            let (vector, lane) = h.quotientAndRemainder(dividingBy: Lanes.scalarCount)
            workspace.spikeGradient[vector][lane] = Float(value)
        }
    }

    var twin: DenseLIF {
        var lif = DenseLIF(
            inputs: network.inputCount, hidden: network.hiddenCount, outputs: network.outputCount,
            steps: network.stepCount, membraneRate: network.neuron.membraneRate,
            synapticRate: network.neuron.synapticRate)
        lif.surrogateSlope = network.surrogate.slope
        lif.resetIsDetached = network.surrogate.resetIsDetached
        lif.spikeGradient = spikeGradient
        lif.recurrentWeights = network.recurrentWeights.map(Double.init)
        lif.readout = [.maximum: .maximum, .last: .last, .sum: .sum][network.readout]!
        return lif
    }

    /// Simulates a raster [time, input]; values other than 0 and 1 need graded events. Events are
    /// handed over input by input, not in the order of time.
    func forward(_ raster: [Double]) {
        let kernel = network.kernel
        hiddenSpikes = simulate(raster, kernel.forward)
        kernel.listSpikes(workspace.scratch)
    }

    /// The same by the pass that keeps nothing.
    func infer(_ raster: [Double]) {
        hiddenSpikes = simulate(raster, network.kernel.infer)
    }

    private func simulate(
        _ raster: [Double],
        _ pass: (
            LIFNetwork.Events, LIFNetwork.Weights, LIFNetwork.Scratch,
            UnsafeMutablePointer<Quad>
        ) -> Int
    ) -> Int {
        var count = 0
        var end = 0
        for n in 0..<network.inputCount {
            for t in 0..<network.stepCount where raster[t * network.inputCount + n] != 0 {
                workspace.input.events.inputs[count] = UInt16(n)
                workspace.input.events.steps[count] = UInt8(t)
                workspace.input.events.values?[count] = Float(raster[t * network.inputCount + n])
                count += 1
                end = max(end, t + 1)
            }
        }
        workspace.input.events.count = count
        workspace.input.events.stepEnd = end
        return weights.withKernelWeights {
            pass(workspace.input.events, $0, workspace.scratch, workspace.scores)
        }
    }

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

    func backward(_ scoreGradient: [Double], eventSteps: Int? = nil) {
        for (o, value) in scoreGradient.enumerated() {
            workspace.scoreGradient[o / 4][o % 4] = Float(value)
        }
        weights.withKernelWeights { weights in
            gradient.withUnsafeMutableBufferPointer { gradient in
                network.kernel.backward(
                    events: workspace.input.events, weights: weights,
                    scratch: workspace.scratch, scores: workspace.scores,
                    scoreGradient: workspace.scoreGradient,
                    spikeGradient: spikeGradient.isEmpty
                        ? nil : UnsafePointer(workspace.spikeGradient),
                    into: LIFNetwork.Gradients(
                        weights: gradient.baseAddress!, eventTimes: workspace.eventTimes,
                        eventSteps: eventSteps ?? network.stepCount))
            }
        }
    }

    /// Derivative by the time of each event, with its input, step and value.
    var eventTimes: [(input: Int, step: Int, value: Double, gradient: Double)] {
        (0..<workspace.input.events.count).map {
            (
                Int(workspace.input.events.inputs[$0]), Int(workspace.input.events.steps[$0]),
                Double(workspace.input.events.values?[$0] ?? 1), Double(workspace.eventTimes[$0])
            )
        }
    }

    /// The gradient summed so far, in the shape of a network.
    var gradientNetwork: SpikingNetwork {
        var result = network
        result.unpack(gradient)
        return result
    }
}
