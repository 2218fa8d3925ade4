import BaselineEqualizers
import LinkExperiments
import Modulation
import PhysicalQuantities
import RandomStreams
import SpikeEncoding
import SpikingNetworks

/// A spiking receiver with samples to work on: what every candidate of a comparison is given.
struct EqualizerProblem {
    var tapCount: Int
    var encoder: ReceptiveFieldEncoder
    var network: FeedForwardNetwork
    var received: [Double]
    var symbols: [UInt8]
    /// Input spike steps of the symbols where they do not follow from `received` alone, shape
    /// [symbol, input].
    var inputStepsOverride: [UInt8]?

    /// Blocks of 10 000 symbols of a link at its reference noise.
    static func stream(_ link: LinkDescription, blocks: Int) -> (
        received: [Double], symbols: [UInt8]
    ) {
        let streams = SymbolStreams(link.parameters, purpose: .training, seed: 1)
        var received: [Double] = []
        var symbols: [UInt8] = []
        for index in 0..<blocks {
            let block = streams.block(index)
            received += block.received
            symbols += block.symbols
        }
        return (received, symbols)
    }

    /// The LCD task with the shipped 70-40-4 network, trained, so that its activity is typical.
    static func lcd() throws -> EqualizerProblem {
        let catalog = Catalog.standard()
        let link = try LinkDescription(file: catalog.file(.channels, "lcd"))
        let model = try ModelDescription(folder: catalog.modelFolder("lcd-snn-40"))
        guard let receiver = try TrainedReceiver.make(model, for: link).spiking else {
            preconditionFailure("lcd-snn-40 is a spiking receiver")
        }
        let (received, symbols) = stream(link, blocks: 1)
        return EqualizerProblem(
            tapCount: receiver.tapCount, encoder: receiver.encoder, network: receiver.network,
            received: received, symbols: symbols)
    }

    /// The same task with another shape and untrained weights.
    ///
    /// - Parameters:
    ///   - neuronsPerTap: Encoding neurons of a tap; about 47 % of them fire for a sample.
    ///   - steps: Time steps that the same 30 ms are divided into.
    func reshaped(hidden: Int = 40, neuronsPerTap: Int = 10, steps: Int = 60) -> EqualizerProblem {
        let step = 30.0 / Double(steps)
        let encoder = ReceptiveFieldEncoder(
            count: neuronsPerTap, from: 0, to: 7, stepsPerUnit: 8 / step, stepCount: steps / 2,
            lateSpikes: .dropped)
        let inputs = tapCount * neuronsPerTap
        let network = FeedForwardNetwork(
            inputCount: inputs, hiddenCount: hidden, outputCount: self.network.outputCount,
            stepCount: steps,
            neuron: LeakyIntegrateAndFire(
                membraneTimeConstantInMilliseconds: 6, synapticTimeConstantInMilliseconds: 6,
                stepInMilliseconds: step, threshold: 1),
            surrogate: .superSpike(slope: 1), spikesPerSample: Double(inputs) / 2,
            stream: RandomStream(seed: 1).substream("initial weights"))
        return EqualizerProblem(
            tapCount: tapCount, encoder: encoder, network: network, received: received,
            symbols: symbols)
    }

    /// The same network on samples so far away that no encoding neuron fires.
    func silent() -> EqualizerProblem {
        var copy = self
        copy.received = [Double](repeating: 1e6, count: received.count)
        return copy
    }

    /// The first symbols only, again a circular block.
    func prefix(_ count: Int) -> EqualizerProblem {
        var copy = self
        copy.received = Array(received.prefix(count))
        copy.symbols = Array(symbols.prefix(count))
        return copy
    }

    /// The block repeated up to a length.
    func repeated(_ count: Int) -> EqualizerProblem {
        var copy = self
        copy.received = (0..<count).map { received[$0 % received.count] }
        copy.symbols = (0..<count).map { symbols[$0 % symbols.count] }
        return copy
    }

    /// Input spike steps of every symbol, shape [symbol, input].
    func inputSteps() -> [UInt8] {
        if let inputStepsOverride { return inputStepsOverride }
        let padded = encoder.encode(TapWindow(tapCount: tapCount).padded(received))
        let perSymbol = tapCount * encoder.neuronCount
        return (0..<received.count).flatMap { k in
            padded[k * encoder.neuronCount..<k * encoder.neuronCount + perSymbol]
        }
    }
}
