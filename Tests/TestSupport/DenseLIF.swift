import Foundation

/// The strict twin of the spiking kernel: dense arrays, double precision, the equations in their
/// own order, nothing skipped.
public struct DenseLIF {
    public var inputs: Int
    public var hidden: Int
    public var outputs: Int
    public var steps: Int
    public var membraneRate: Double
    public var synapticRate: Double
    public var threshold = 1.0
    public var surrogateSlope = 1.0
    /// Whether the gradient passes by the z of the reset.
    public var resetIsDetached = false
    /// Derivative of the loss by each spike of a hidden neuron besides its effect on the scores,
    /// [hidden]; empty for none.
    public var spikeGradient: [Double] = []
    /// Hidden to hidden, one step later, [hidden driven, hidden that fired]; empty for none.
    public var recurrentWeights: [Double] = []
    public var readout = Readout.maximum
    /// Replaces the step function by the integral of the surrogate, z = 1/2 + u / (1 + c |u|) with
    /// u = v' - threshold: then the surrogate gradient is the true one, and central differences
    /// can check it.
    public var isSmooth = false

    public enum Readout: Sendable { case maximum, last, sum }

    public init(
        inputs: Int, hidden: Int, outputs: Int, steps: Int, membraneRate: Double,
        synapticRate: Double
    ) {
        self.inputs = inputs
        self.hidden = hidden
        self.outputs = outputs
        self.steps = steps
        self.membraneRate = membraneRate
        self.synapticRate = synapticRate
    }

    /// Everything that happens in one sample; arrays are [time, neuron].
    public struct Trace {
        public var current: [Double] = []
        public var membraneBeforeReset: [Double] = []
        public var membrane: [Double] = []
        public var spikes: [Double] = []
        public var readout: [Double] = []
        public var scores: [Double] = []
        public var bestSteps: [Int] = []
        /// How many consecutive steps from the best one hold the same maximum.
        public var runLengths: [Int] = []
    }

    /// - Parameters:
    ///   - input: [time, input].
    ///   - hiddenWeights: [hidden, input].
    ///   - readoutWeights: [output, hidden].
    public func forward(
        input: [Double], hiddenWeights: [Double], readoutWeights: [Double]
    ) -> Trace {
        var trace = Trace()
        var i = [Double](repeating: 0, count: hidden)
        var v = i
        var io = [Double](repeating: 0, count: outputs)
        var vo = io
        var sum = io
        var before = i
        trace.scores = [Double](repeating: -.infinity, count: outputs)
        trace.bestSteps = [Int](repeating: 0, count: outputs)
        trace.runLengths = trace.bestSteps
        for t in 0..<steps {
            var z = [Double](repeating: 0, count: hidden)
            for h in 0..<hidden {
                var j = i[h]
                if !recurrentWeights.isEmpty {
                    for k in 0..<hidden { j += recurrentWeights[h * hidden + k] * before[k] }
                }
                for n in 0..<inputs { j += hiddenWeights[h * inputs + n] * input[t * inputs + n] }
                let next = v[h] + membraneRate * (j - v[h])
                i[h] = j - synapticRate * j
                let u = next - threshold
                z[h] = isSmooth ? 0.5 + u / (1 + surrogateSlope * abs(u)) : (u > 0 ? 1 : 0)
                v[h] = next * (1 - z[h])
                trace.membraneBeforeReset.append(next)
            }
            trace.current += i
            trace.membrane += v
            trace.spikes += z
            before = z
            for o in 0..<outputs {
                var j = io[o]
                for h in 0..<hidden {
                    j += readoutWeights[o * hidden + h] * z[h]
                    sum[o] += readoutWeights[o * hidden + h] * z[h]
                }
                vo[o] += membraneRate * (j - vo[o])
                io[o] = j - synapticRate * j
                if vo[o] > trace.scores[o] {
                    trace.scores[o] = vo[o]
                    trace.bestSteps[o] = t
                    trace.runLengths[o] = 1
                } else if vo[o] == trace.scores[o]
                    && t == trace.bestSteps[o] + trace.runLengths[o]
                {
                    trace.runLengths[o] += 1
                }
            }
            trace.readout += vo
        }
        switch readout {
        case .maximum: break
        case .last:
            trace.scores = vo
            trace.bestSteps = [Int](repeating: steps - 1, count: outputs)
            trace.runLengths = [Int](repeating: 1, count: outputs)
        case .sum: trace.scores = sum
        }
        return trace
    }

    /// Cross-entropy of the softmax of the scores, and its derivative by each score.
    public func loss(scores: [Double], target: Int) -> (value: Double, gradient: [Double]) {
        let highest = scores.max()!
        let weights = scores.map { exp($0 - highest) }
        let sum = weights.reduce(0, +)
        var gradient = weights.map { $0 / sum }
        let value = -log(gradient[target])
        gradient[target] -= 1
        return (value, gradient)
    }

    /// What `backward` finds.
    public struct Gradients {
        public var hidden: [Double]
        public var readout: [Double]
        public var recurrent: [Double]
        /// By the input current of each hidden neuron in each step, [time, hidden].
        public var current: [Double]
    }

    /// Gradients for given score gradients.
    public func backward(
        input: [Double], readoutWeights: [Double], trace: Trace, scoreGradient: [Double]
    ) -> Gradients {
        var result = Gradients(
            hidden: [Double](repeating: 0, count: hidden * inputs),
            readout: [Double](repeating: 0, count: outputs * hidden),
            recurrent: [Double](repeating: 0, count: recurrentWeights.count),
            current: [Double](repeating: 0, count: steps * hidden))
        var lambdaV = [Double](repeating: 0, count: hidden)
        var lambdaJ = lambdaV
        var outV = [Double](repeating: 0, count: outputs)
        var outJ = outV
        for t in stride(from: steps - 1, through: 0, by: -1) {
            for o in 0..<outputs {
                if readout == .sum {
                    outJ[o] = scoreGradient[o]
                    continue
                }
                let run = trace.bestSteps[o]..<trace.bestSteps[o] + trace.runLengths[o]
                outV[o] =
                    (run.contains(t) ? scoreGradient[o] / Double(trace.runLengths[o]) : 0)
                    + (1 - membraneRate) * outV[o]
                outJ[o] = membraneRate * outV[o] + (1 - synapticRate) * outJ[o]
            }
            let laterJ = lambdaJ
            for h in 0..<hidden {
                let z = trace.spikes[t * hidden + h]
                let v = trace.membraneBeforeReset[t * hidden + h]
                var dz = spikeGradient.isEmpty ? 0 : spikeGradient[h]
                for o in 0..<outputs {
                    dz += readoutWeights[o * hidden + h] * outJ[o]
                    result.readout[o * hidden + h] += outJ[o] * z
                }
                if !recurrentWeights.isEmpty {
                    for driven in 0..<hidden {
                        dz += recurrentWeights[driven * hidden + h] * laterJ[driven]
                        result.recurrent[driven * hidden + h] += laterJ[driven] * z
                    }
                }
                let later = (1 - membraneRate) * lambdaV[h]
                let s = 1 / pow(1 + surrogateSlope * abs(v - threshold), 2)
                // v = v' (1 - z): through v' directly, and through z.
                lambdaV[h] = later * (1 - z) + (dz - (resetIsDetached ? 0 : later * v)) * s
                lambdaJ[h] = membraneRate * lambdaV[h] + (1 - synapticRate) * lambdaJ[h]
                result.current[t * hidden + h] = lambdaJ[h]
                for n in 0..<inputs {
                    result.hidden[h * inputs + n] += lambdaJ[h] * input[t * inputs + n]
                }
            }
        }
        return result
    }
}
