import NetworkExchange

/// Small networks in the neutral form.
enum SampleExchangeNetworks {
    static func matrix(
        _ rows: Int, _ columns: Int, from first: Float = -0.75
    ) -> ExchangeNetwork.Matrix {
        .init(
            (0..<rows * columns).map { first + 0.37 * Float($0 % 7) }, rows: rows, columns: columns)
    }

    static func constants(
        _ count: Int, membrane: Double = 6, synaptic: Double? = 4
    ) -> ExchangeNetwork.TimeConstants {
        .init(
            membraneInMilliseconds: [Double](repeating: membrane, count: count),
            synapticInMilliseconds: synaptic.map { [Double](repeating: $0, count: count) })
    }

    static func neurons(
        _ count: Int, synaptic: Double? = 4, threshold: Double = 0.9
    ) -> ExchangeNetwork.Neurons {
        .init(
            timeConstants: constants(count, synaptic: synaptic),
            thresholds: [Double](repeating: threshold, count: count))
    }

    /// 5-3-2 with everything a description can carry.
    static func plain(
        _ kind: ExchangeNetwork.Readout.Kind = .leakyIntegrators(constants(2)),
        score: ExchangeNetwork.Score = .maximum, recurrent: Bool = false
    ) -> ExchangeNetwork {
        ExchangeNetwork(
            inputCount: 5,
            layers: [
                .init(
                    weights: matrix(3, 5),
                    recurrentWeights: recurrent ? matrix(3, 3, from: 0.1) : nil,
                    neurons: neurons(3))
            ],
            readout: .init(weights: matrix(2, 3, from: 0.25), kind: kind, score: score),
            stepInMilliseconds: 0.5, stepCount: 60,
            encoder: [
                "kind": .text("receptive-field"), "taps": .integer(5),
                "centers": .array(NIRTensor([0.1, 2.0 / 3])), "scale": .real(0.3),
            ], description: "name: µ\n# a comment\n")
    }

    /// Two recurrent layers, every constant different.
    static func deep() -> ExchangeNetwork {
        var network = plain(.weightedSums, score: .sum, recurrent: true)
        network.layers[0].neurons.timeConstants.membraneInMilliseconds = [6, 20.0 / 3, 7.123456789]
        network.layers[0].neurons.thresholds = [0.9, 1, 1.1]
        network.layers.append(
            .init(weights: matrix(4, 3), neurons: neurons(4, synaptic: nil, threshold: 0.3)))
        network.readout = .init(weights: matrix(2, 4), kind: .weightedSums, score: .sum)
        return network
    }
}
