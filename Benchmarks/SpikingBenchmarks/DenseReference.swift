import Foundation
import SpikingNetworks

/// The same network as plain loops over dense arrays: what a direct transcription of the
/// equations costs, compiled with the same flags as the kernels.
///
/// Every step multiplies all inputs, spiking or not, with all weights, forward and backward; the
/// inner loops run over the hidden neurons and are left to the compiler to vectorize. Equations
/// as in `LIFNetwork`, including the reset inside the graph and the sharing of a score's
/// gradient among consecutive steps at the same maximum.
final class DenseReference: EngineRun {
    let inputs: Int
    let hidden: Int
    let outputs: Int
    let steps: Int
    private let membraneRate: Float
    private let synapticRate: Float
    private let threshold: Float
    private let slope: Float
    private let symbols: [UInt8]
    /// Input spike steps, ready before anything is timed, shape [symbol, input].
    private let spikeSteps: [UInt8]
    private let batch: Int
    private let learningRate: Double
    private var updates = 0
    private(set) var lastLoss = 0.0

    // Weights [input, hidden] and [hidden, output], one after the other; so are their gradient
    // and Adam's two running means.
    private let weights: Buffer
    let gradient: Buffer
    private let first: Buffer
    private let second: Buffer

    private let x: Buffer
    private let current: Buffer
    private let drive: Buffer
    private let membrane: Buffer
    private let trace: Buffer
    private let spikes: Buffer
    private let outputCurrent: Buffer
    private let outputMembrane: Buffer
    private let scores: Buffer
    private let scoreGradient: Buffer
    private var bestSteps: [Int]
    private var runs: [Int]

    convenience init(
        _ problem: EqualizerProblem, batch: Int, learningRate: Double = 1e-6
    ) {
        self.init(
            network: problem.network, spikeSteps: problem.inputSteps(), symbols: problem.symbols,
            batch: batch, learningRate: learningRate)
    }

    init(
        network: SpikingNetwork, spikeSteps: [UInt8], symbols: [UInt8], batch: Int,
        learningRate: Double
    ) {
        self.spikeSteps = spikeSteps
        self.symbols = symbols
        self.batch = batch
        self.learningRate = learningRate
        inputs = network.inputCount
        hidden = network.hiddenCount
        outputs = network.outputCount
        steps = network.stepCount
        membraneRate = Float(network.neuron.membraneRate)
        synapticRate = Float(network.neuron.synapticRate)
        threshold = Float(network.neuron.threshold)
        slope = Float(network.surrogate.slope)
        let count = inputs * hidden + hidden * outputs
        weights = Buffer(count)
        gradient = Buffer(count)
        first = Buffer(count)
        second = Buffer(count)
        x = Buffer(steps * inputs)
        current = Buffer(hidden)
        drive = Buffer(hidden)
        membrane = Buffer(hidden)
        trace = Buffer(steps * hidden)
        spikes = Buffer(steps * hidden)
        outputCurrent = Buffer(outputs)
        outputMembrane = Buffer(outputs)
        scores = Buffer(outputs)
        scoreGradient = Buffer(outputs)
        bestSteps = [Int](repeating: 0, count: outputs)
        runs = bestSteps
        for h in 0..<hidden {
            for n in 0..<inputs {
                weights[n * hidden + h] = network.hiddenWeights[h * inputs + n]
            }
            for o in 0..<outputs {
                weights[inputs * hidden + h * outputs + o] =
                    network.readoutWeights[o * hidden + h]
            }
        }
    }

    func train() -> Int {
        var loss = 0.0
        for start in stride(from: 0, to: symbols.count, by: batch) {
            gradient.clear()
            for k in start..<start + batch {
                forward(symbol: k)
                loss += differentiateScores(target: Int(symbols[k]))
                backward()
            }
            adam()
        }
        lastLoss = loss / Double(symbols.count)
        return symbols.count
    }

    func infer() -> Int {
        var decided = 0
        for k in 0..<symbols.count {
            forward(symbol: k)
            var best = 0
            for o in 1..<outputs where scores[o] > scores[best] { best = o }
            decided += best
        }
        precondition(decided >= 0)
        return symbols.count
    }

    private func forward(symbol: Int) {
        x.clear()
        for n in 0..<inputs {
            let t = Int(spikeSteps[symbol * inputs + n])
            if t < steps { x[t * inputs + n] = 1 }
        }
        for buffer in [current, membrane, outputCurrent, outputMembrane] { buffer.clear() }
        for o in 0..<outputs {
            scores[o] = -.infinity
            bestSteps[o] = 0
            runs[o] = 0
        }
        let readout = weights.base + inputs * hidden
        for t in 0..<steps {
            let row = x.base + t * inputs
            let v = trace.base + t * hidden
            let z = spikes.base + t * hidden
            accumulate(
                current.base, row, weights.base, rows: inputs, columns: hidden)
            for h in 0..<hidden {
                let j = current.base[h]
                let next = membrane.base[h] + membraneRate * (j - membrane.base[h])
                let spike: Float = next > threshold ? 1 : 0
                v[h] = next
                z[h] = spike
                membrane.base[h] = next * (1 - spike)
                current.base[h] = j * (1 - synapticRate)
            }
            accumulate(
                outputCurrent.base, z, readout, rows: hidden, columns: outputs)
            for o in 0..<outputs {
                let j = outputCurrent.base[o]
                let next = outputMembrane.base[o] + membraneRate * (j - outputMembrane.base[o])
                outputMembrane.base[o] = next
                outputCurrent.base[o] = j * (1 - synapticRate)
                if next > scores[o] {
                    scores[o] = next
                    bestSteps[o] = t
                    runs[o] = 1
                } else if next == scores[o] && t == bestSteps[o] + runs[o] {
                    runs[o] += 1
                }
            }
        }
    }

    /// Cross-entropy of the softmax; leaves its derivative with respect to the scores.
    private func differentiateScores(target: Int) -> Double {
        let highest = (0..<outputs).map { scores[$0] }.max()!
        var sum: Float = 0
        for o in 0..<outputs {
            scoreGradient[o] = exp(scores[o] - highest)
            sum += scoreGradient[o]
        }
        let loss = -Double(log(max(scoreGradient[target] / sum, 1e-30)))
        for o in 0..<outputs { scoreGradient[o] /= sum }
        scoreGradient[target] -= 1
        return loss
    }

    private func backward() {
        for buffer in [current, membrane, outputCurrent, outputMembrane] { buffer.clear() }
        let readout = weights.base + inputs * hidden
        for t in (0..<steps).reversed() {
            for o in 0..<outputs {
                let inside = t >= bestSteps[o] && t < bestSteps[o] + runs[o]
                let m =
                    (inside ? scoreGradient[o] / Float(runs[o]) : 0)
                    + outputMembrane.base[o] * (1 - membraneRate)
                outputMembrane.base[o] = m
                outputCurrent.base[o] = membraneRate * m
                    + outputCurrent.base[o] * (1 - synapticRate)
            }
            let v = trace.base + t * hidden
            for h in 0..<hidden {
                var sum: Float = 0
                for o in 0..<outputs { sum += readout[h * outputs + o] * outputCurrent.base[o] }
                drive.base[h] = sum
            }
            for h in 0..<hidden {
                let denominator = 1 + slope * abs(v[h] - threshold)
                let later = membrane.base[h] * (1 - membraneRate)
                let kept = v[h] > threshold ? 0 : later
                let m = kept + (drive.base[h] - later * v[h]) / (denominator * denominator)
                membrane.base[h] = m
                current.base[h] = membraneRate * m + current.base[h] * (1 - synapticRate)
            }
            outerProduct(
                gradient.base, x.base + t * inputs, current.base, rows: inputs, columns: hidden)
            outerProduct(
                gradient.base + inputs * hidden, spikes.base + t * hidden, outputCurrent.base,
                rows: hidden, columns: outputs)
        }
    }

    private func adam() {
        updates += 1
        let rate = Float(learningRate / (1 - pow(0.9, Double(updates))))
        let correction = Float(1 / (1 - pow(0.999, Double(updates))))
        let scale = 1 / Float(batch)
        for i in 0..<weights.count {
            let g = gradient.base[i] * scale
            let m = 0.9 * first.base[i] + (1 - 0.9) * g
            let s = 0.999 * second.base[i] + (1 - 0.999) * g * g
            first.base[i] = m
            second.base[i] = s
            weights.base[i] -= rate * m / ((s * correction).squareRoot() + 1e-8)
        }
    }

    /// sums[c] += factors[r] matrix[r, c], all rows.
    private func accumulate(
        _ sums: UnsafeMutablePointer<Float>, _ factors: UnsafePointer<Float>,
        _ matrix: UnsafePointer<Float>, rows: Int, columns: Int
    ) {
        for r in 0..<rows {
            let factor = factors[r]
            let row = matrix + r * columns
            for c in 0..<columns { sums[c] += factor * row[c] }
        }
    }

    /// matrix[r, c] += left[r] right[c], all rows.
    private func outerProduct(
        _ matrix: UnsafeMutablePointer<Float>, _ left: UnsafePointer<Float>,
        _ right: UnsafePointer<Float>, rows: Int, columns: Int
    ) {
        for r in 0..<rows {
            let factor = left[r]
            let row = matrix + r * columns
            for c in 0..<columns { row[c] += factor * right[c] }
        }
    }
}

/// A run of single-precision numbers that starts at zero.
final class Buffer {
    let base: UnsafeMutablePointer<Float>
    let count: Int

    init(_ count: Int) {
        self.count = count
        base = .allocate(capacity: count)
        base.initialize(repeating: 0, count: count)
    }

    deinit { base.deallocate() }

    func clear() { base.update(repeating: 0, count: count) }

    subscript(index: Int) -> Float {
        get { base[index] }
        set { base[index] = newValue }
    }
}
