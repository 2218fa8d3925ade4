import BaselineEqualizers
import LinkExperiments
import Modulation
import PhysicalQuantities
import RandomStreams
import SpikeEncoding
import SpikingNetworks

/// A spiking receiver with samples to work on: what every candidate of a comparison is given.
struct EqualizerProblem {
    var receiver: SpikingReceiver
    var received: [Double]
    var symbols: [UInt8]

    var network: SpikingNetwork { receiver.network }

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
        return EqualizerProblem(receiver: receiver, received: received, symbols: symbols)
    }

    /// The SSMF task with a network of the published shape, 168 ternary inputs and 80 recurrent
    /// neurons in ten steps; random weights with about 180 hidden spikes per symbol (published,
    /// trained: 209). No neuron feeds itself.
    static func ssmf() throws -> EqualizerProblem {
        let link = try LinkDescription(file: Catalog.standard().file(.channels, "ssmf"))
        let (received, symbols) = stream(link, blocks: 1)
        let encoder = SpikeEncoder.ternary(
            TernaryEncoder(
                tapCount: 21, bitCount: 8,
                mean: received.reduce(0, +) / Double(received.count), largest: 4))
        let hidden = 80
        func normal(_ label: String, _ count: Int, _ scale: Double) -> [Float] {
            var stream = RandomStream(seed: 1).substream(label)
            return (0..<count).map { _ in Float(scale * stream.gaussian()) }
        }
        var recurrent = normal("recurrent weights", hidden * hidden, 0.2)
        for h in 0..<hidden { recurrent[h * hidden + h] = 0 }
        let network = SpikingNetwork(
            inputCount: encoder.inputCount, hiddenCount: hidden, outputCount: 4, stepCount: 10,
            neuron: LeakyIntegrateAndFire(
                membraneTimeConstantInMilliseconds: 10, synapticTimeConstantInMilliseconds: 5,
                stepInMilliseconds: 1, threshold: 1),
            surrogate: .superSpike(slope: 1), readout: .sum,
            hiddenWeights: normal("input weights", hidden * encoder.inputCount, 2.5),
            readoutWeights: normal("readout weights", 4 * hidden, 0.1),
            recurrentWeights: recurrent)
        return EqualizerProblem(
            receiver: SpikingReceiver(encoder: encoder, network: network), received: received,
            symbols: symbols)
    }

    /// The same task with another shape and untrained weights.
    ///
    /// - Parameters:
    ///   - neuronsPerTap: Encoding neurons of a tap; about 47 % of them fire for a sample.
    ///   - steps: Time steps that the same 30 ms are divided into.
    func reshaped(hidden: Int = 40, neuronsPerTap: Int = 10, steps: Int = 60) -> EqualizerProblem {
        let step = 30.0 / Double(steps)
        let encoder = SpikeEncoder.receptiveField(
            ReceptiveFieldEncoder(
                tapCount: receiver.tapCount, count: neuronsPerTap, from: 0, to: 7,
                stepsPerUnit: 8 / step, stepCount: steps / 2, lateSpikes: .dropped))
        let network = SpikingNetwork(
            inputCount: encoder.inputCount, hiddenCount: hidden,
            outputCount: self.network.outputCount, stepCount: steps,
            neuron: LeakyIntegrateAndFire(
                membraneTimeConstantInMilliseconds: 6, synapticTimeConstantInMilliseconds: 6,
                stepInMilliseconds: step, threshold: 1),
            surrogate: .superSpike(slope: 1), spikesPerSample: Double(encoder.inputCount) / 2,
            stream: RandomStream(seed: 1).substream("initial weights"))
        return EqualizerProblem(
            receiver: SpikingReceiver(encoder: encoder, network: network), received: received,
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

    /// Input spikes of every symbol.
    func inputSpikes() -> [[SpikeEncoder.Response]] {
        let padded = TapWindow(tapCount: receiver.tapCount).padded(received.map(Float.init))
        return (0..<received.count).map { k in
            receiver.encoder.encode(Array(padded[k..<k + receiver.tapCount]))
        }
    }

    /// The step of each input's only spike, `silent` where there is none, shape [symbol, input].
    func inputSteps() -> [UInt8] {
        inputSpikes().flatMap { spikes in
            var steps = [UInt8](repeating: Self.silent, count: network.inputCount)
            for spike in spikes { steps[spike.input] = UInt8(spike.step) }
            return steps
        }
    }

    static let silent: UInt8 = 255
}
