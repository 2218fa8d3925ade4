import BrainScaleS2
import Foundation

/// The same trials in plain loops: every neuron of a feed-forward network advances by exponential Euler
/// steps of a fixed length through the whole trial, inputs sorted into steps. Double precision, no
/// noise, nothing shared with the emulation.
struct PlainReference {
    struct Layer {
        /// Rates per step.
        var membrane: Double
        var synapse: Double
        var threshold: Double
        var reset: Double
        var refractorySteps: Int
        /// Drive [input, neuron].
        var drives: [Double]
        var count: Int
    }

    let layers: [Layer]
    let steps: Int
    let ticksPerStep: Int

    /// Spikes of all layers in one trial, and the highest potentials of the last one.
    func run(_ ticks: ArraySlice<Int32>, _ sources: ArraySlice<Int32>) -> (spikes: Int, peaks: [Double]) {
        var inputs = [[Int]](repeating: [], count: steps)
        for (tick, source) in zip(ticks, sources) {
            inputs[min(Int(tick) / ticksPerStep, steps - 1)].append(Int(source))
        }
        var total = 0
        var peaks: [Double] = []
        for layer in layers {
            var v = [Double](repeating: 0, count: layer.count)
            var current = v
            var held = [Int](repeating: 0, count: layer.count)
            peaks = v
            var outputs = [[Int]](repeating: [], count: steps)
            for step in 0..<steps {
                for input in inputs[step] {
                    for n in 0..<layer.count { current[n] += layer.drives[input * layer.count + n] }
                }
                for n in 0..<layer.count {
                    if held[n] > 0 {
                        held[n] -= 1
                    } else {
                        v[n] += layer.membrane * (current[n] - v[n])
                        if v[n] >= layer.threshold {
                            outputs[step].append(n)
                            v[n] = layer.reset
                            held[n] = layer.refractorySteps
                        }
                    }
                    current[n] -= layer.synapse * current[n]
                    if v[n] > peaks[n] { peaks[n] = v[n] }
                }
            }
            total += outputs.reduce(0) { $0 + $1.count }
            inputs = outputs
        }
        return (total, peaks)
    }
}
