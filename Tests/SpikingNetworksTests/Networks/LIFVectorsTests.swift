import Foundation
import NumericKernels
import SpikingNetworks
import TestSupport
import Testing

/// The numbers of an independent program: a 6-5-4 network, batch of three, 40 steps.
struct LIFVectors: Decodable {
    struct Shape: Decodable { let T, B, inputs, hidden, outputs: Int }
    let shape: Shape
    let dt, tau_mem_inv, tau_syn_inv: Double
    let input_spikes, w_hidden, w_out, hidden_spikes: [Double]
    let hidden_membrane_after_reset, hidden_current, readout, score: [Double]
    let targets: [Int]
    let loss: Double
    let grad_w_hidden, grad_w_out: [Double]

    static func load() throws -> LIFVectors {
        try ReferenceFile.decode(LIFVectors.self, from: "lif_vectors.json", in: Bundle.module)
    }

    /// One sample of an array [time, batch, neuron], as [time, neuron].
    func sample(_ b: Int, of array: [Double], width: Int) -> [Double] {
        (0..<shape.T).flatMap { (t: Int) -> ArraySlice<Double> in
            let start = (t * shape.B + b) * width
            return array[start..<start + width]
        }
    }
}

struct LIFVectorsTests {
    @Test func strictTwinReproducesTheVectors() throws {
        let v = try LIFVectors.load()
        let lif = DenseLIF(
            inputs: v.shape.inputs, hidden: v.shape.hidden, outputs: v.shape.outputs,
            steps: v.shape.T, membraneRate: v.dt * v.tau_mem_inv, synapticRate: v.dt * v.tau_syn_inv)
        var loss = 0.0
        var hidden = [Double](repeating: 0, count: v.w_hidden.count)
        var readout = [Double](repeating: 0, count: v.w_out.count)
        for b in 0..<v.shape.B {
            let input = v.sample(b, of: v.input_spikes, width: v.shape.inputs)
            let trace = lif.forward(
                input: input, hiddenWeights: v.w_hidden, readoutWeights: v.w_out)
            #expect(
                trace.spikes == v.sample(b, of: v.hidden_spikes, width: v.shape.hidden))
            close(
                trace.membrane,
                v.sample(b, of: v.hidden_membrane_after_reset, width: v.shape.hidden))
            close(trace.current, v.sample(b, of: v.hidden_current, width: v.shape.hidden))
            close(trace.readout, v.sample(b, of: v.readout, width: v.shape.outputs))
            close(
                trace.scores,
                Array(v.score[b * v.shape.outputs..<(b + 1) * v.shape.outputs]))
            let (value, gradient) = lif.loss(scores: trace.scores, target: v.targets[b])
            loss += value / Double(v.shape.B)
            let parts = lif.backward(
                input: input, readoutWeights: v.w_out, trace: trace,
                scoreGradient: gradient.map { $0 / Double(v.shape.B) })
            for i in hidden.indices { hidden[i] += parts.hidden[i] }
            for i in readout.indices { readout[i] += parts.readout[i] }
        }
        #expect(abs(loss - v.loss) < 1e-9)
        close(hidden, v.grad_w_hidden)
        close(readout, v.grad_w_out)
    }

    @Test func floatKernelReproducesTheVectors() throws {
        let v = try LIFVectors.load()
        let network = SpikingNetwork(
            inputCount: v.shape.inputs, hiddenCount: v.shape.hidden, outputCount: v.shape.outputs,
            stepCount: v.shape.T,
            neuron: LeakyIntegrateAndFire(
                membraneTimeConstantInMilliseconds: 1e3 / v.tau_mem_inv,
                synapticTimeConstantInMilliseconds: 1e3 / v.tau_syn_inv,
                stepInMilliseconds: v.dt * 1e3, threshold: 1),
            surrogate: .superSpike(slope: 1), hiddenWeights: v.w_hidden.map(Float.init),
            readoutWeights: v.w_out.map(Float.init))
        let run = KernelRun(network)
        for b in 0..<v.shape.B {
            run.forward(v.sample(b, of: v.input_spikes, width: v.shape.inputs))
            #expect(
                run.spikeRaster == v.sample(b, of: v.hidden_spikes, width: v.shape.hidden))
            let scores = run.scores
            for o in 0..<v.shape.outputs {
                #expect(abs(scores[o] - v.score[b * v.shape.outputs + o]) < 1e-4)
            }
            let lif = run.twin
            let (_, gradient) = lif.loss(scores: scores, target: v.targets[b])
            run.backward(gradient.map { $0 / Double(v.shape.B) })
        }
        let gradient = run.gradientNetwork
        for (a, b) in zip(gradient.hiddenWeights, v.grad_w_hidden) {
            #expect(abs(Double(a) - b) < 1e-4)
        }
        for (a, b) in zip(gradient.readoutWeights, v.grad_w_out) {
            #expect(abs(Double(a) - b) < 1e-4)
        }
    }

    private func close(_ a: [Double], _ b: [Double], within tolerance: Double = 1e-9) {
        #expect(a.count == b.count)
        // The file holds twelve significant digits of numbers up to about ten.
        let worst = zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < tolerance)
    }
}
