import NetworkExchange

/// The neutral form run from its equations, in double precision, one sample at a time.
struct ExchangeSimulation {
    let network: ExchangeNetwork

    /// - Parameter spikes: The step of every input's spike, 255 for none.
    /// - Returns: One score per class.
    func scores(_ spikes: [UInt8], stepCount: Int) -> [Double] {
        var populations = network.layers.map { Population($0.neurons) }
        var readout: Population? =
            switch network.readout.kind {
            case .weightedSums: nil
            case .spikingNeurons(let neurons): Population(neurons)
            case .leakyIntegrators(let constants): Population(constants)
            }
        var values: [[Double]] = []
        for step in 0..<stepCount {
            var signal = spikes.map { Int($0) == step ? 1.0 : 0 }
            for (index, layer) in network.layers.enumerated() {
                var drive = layer.weights.times(signal)
                if let recurrent = layer.recurrentWeights {
                    let own = recurrent.times(populations[index].spikes)
                    for n in drive.indices { drive[n] += own[n] }
                }
                populations[index].step(drive, network.stepInMilliseconds)
                signal = populations[index].spikes
            }
            let drive = network.readout.weights.times(signal)
            readout?.step(drive, network.stepInMilliseconds)
            switch network.readout.kind {
            case .weightedSums: values.append(drive)
            case .spikingNeurons: values.append(readout!.spikes)
            case .leakyIntegrators: values.append(readout!.membrane)
            }
        }
        return (0..<network.readout.weights.rows).map { c in
            let trace = values.map { $0[c] }
            return switch network.readout.score {
            case .maximum: trace.max()!
            case .last: trace.last!
            case .sum: trace.reduce(0, +)
            }
        }
    }

    /// The first class with the highest score.
    func decision(_ spikes: [UInt8], stepCount: Int) -> UInt8 {
        let scores = scores(spikes, stepCount: stepCount)
        return UInt8(scores.firstIndex(of: scores.max()!)!)
    }

    private struct Population {
        let constants: ExchangeNetwork.TimeConstants
        let thresholds: [Double]
        let resets: [Double]
        var membrane: [Double]
        var current: [Double]
        var spikes: [Double]

        init(_ neurons: ExchangeNetwork.Neurons) {
            constants = neurons.timeConstants
            thresholds = neurons.thresholds
            resets = neurons.resetPotentials
            membrane = thresholds.map { _ in 0 }
            current = membrane
            spikes = membrane
        }

        init(_ constants: ExchangeNetwork.TimeConstants) {
            self.init(
                .init(
                    timeConstants: constants,
                    thresholds: constants.membraneInMilliseconds.map { _ in .infinity }))
        }

        mutating func step(_ drive: [Double], _ dt: Double) {
            for n in membrane.indices {
                var j = drive[n]
                if let synaptic = constants.synapticInMilliseconds {
                    j += current[n]
                    current[n] = j - dt / synaptic[n] * j
                }
                membrane[n] += dt / constants.membraneInMilliseconds[n] * (j - membrane[n])
                spikes[n] = membrane[n] > thresholds[n] ? 1 : 0
                if spikes[n] == 1 { membrane[n] = resets[n] }
            }
        }
    }
}

extension ExchangeNetwork.Matrix {
    fileprivate func times(_ vector: [Double]) -> [Double] {
        (0..<rows).map { r in
            (0..<columns).reduce(0) { $0 + Double(values[r * columns + $1]) * vector[$1] }
        }
    }
}
