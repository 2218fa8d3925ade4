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
    public var spikePenalty = 0.0

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
        trace.scores = [Double](repeating: -.infinity, count: outputs)
        trace.bestSteps = [Int](repeating: 0, count: outputs)
        trace.runLengths = trace.bestSteps
        for t in 0..<steps {
            var z = [Double](repeating: 0, count: hidden)
            for h in 0..<hidden {
                var j = i[h]
                for n in 0..<inputs { j += hiddenWeights[h * inputs + n] * input[t * inputs + n] }
                let next = v[h] + membraneRate * (j - v[h])
                i[h] = j - synapticRate * j
                z[h] = next > threshold ? 1 : 0
                v[h] = next * (1 - z[h])
                trace.membraneBeforeReset.append(next)
            }
            trace.current += i
            trace.membrane += v
            trace.spikes += z
            for o in 0..<outputs {
                var j = io[o]
                for h in 0..<hidden { j += readoutWeights[o * hidden + h] * z[h] }
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

    /// Gradients of both weight arrays for given score gradients.
    public func backward(
        input: [Double], readoutWeights: [Double], trace: Trace, scoreGradient: [Double]
    ) -> (hidden: [Double], readout: [Double]) {
        var hiddenGradient = [Double](repeating: 0, count: hidden * inputs)
        var readoutGradient = [Double](repeating: 0, count: outputs * hidden)
        var lambdaV = [Double](repeating: 0, count: hidden)
        var lambdaJ = lambdaV
        var outV = [Double](repeating: 0, count: outputs)
        var outJ = outV
        for t in stride(from: steps - 1, through: 0, by: -1) {
            for o in 0..<outputs {
                let run = trace.bestSteps[o]..<trace.bestSteps[o] + trace.runLengths[o]
                outV[o] =
                    (run.contains(t) ? scoreGradient[o] / Double(trace.runLengths[o]) : 0)
                    + (1 - membraneRate) * outV[o]
                outJ[o] = membraneRate * outV[o] + (1 - synapticRate) * outJ[o]
            }
            for h in 0..<hidden {
                let z = trace.spikes[t * hidden + h]
                let v = trace.membraneBeforeReset[t * hidden + h]
                var dz = spikePenalty
                for o in 0..<outputs {
                    dz += readoutWeights[o * hidden + h] * outJ[o]
                    readoutGradient[o * hidden + h] += outJ[o] * z
                }
                let later = (1 - membraneRate) * lambdaV[h]
                let s = 1 / pow(1 + surrogateSlope * abs(v - threshold), 2)
                // v = v' (1 - z): through v' directly, and through z.
                lambdaV[h] = later * (1 - z) + (dz - later * v) * s
                lambdaJ[h] = membraneRate * lambdaV[h] + (1 - synapticRate) * lambdaJ[h]
                for n in 0..<inputs {
                    hiddenGradient[h * inputs + n] += lambdaJ[h] * input[t * inputs + n]
                }
            }
        }
        return (hiddenGradient, readoutGradient)
    }
}
