import ArrayFiles
import NetworkExchange
import TestSupport
import Testing

private typealias Samples = SampleExchangeNetworks

@Suite struct WeightArchiveTests {
    @Test func `networks come back bit for bit`() throws {
        let folder = try TemporaryFolder()
        let networks = [
            Samples.plain(), Samples.deep(), Samples.plain(recurrent: true),
            Samples.plain(.spikingNeurons(Samples.neurons(2)), score: .sum),
        ]
        for network in networks {
            try WeightArchive.write(network, to: folder.file("a.npz"))
            #expect(try WeightArchive.read(folder.file("a.npz")) == network)
        }
    }

    @Test func `arrays made by hand are enough`() throws {
        let folder = try TemporaryFolder()
        let network = Samples.plain()
        var arrays: [String: NumericArray] = [
            "hidden.weight": NumericArray(network.layers[0].weights.values, shape: [3, 5]),
            "hidden.tau_mem_ms": NumericArray([Float(6)], shape: []),
            "hidden.tau_syn_ms": NumericArray([4.0]), "hidden.threshold": NumericArray([0.9]),
            "readout.weight": NumericArray(network.readout.weights.values, shape: [2, 3]),
            "readout.tau_mem_ms": NumericArray([6.0]), "readout.tau_syn_ms": NumericArray([4.0]),
        ]
        func read(_ options: ExchangeNetwork.ImportOptions) throws -> ExchangeNetwork {
            try NPZArchive(arrays).write(to: folder.file("a.npz"))
            return try WeightArchive.read(folder.file("a.npz"), options: options)
        }
        let options = ExchangeNetwork.ImportOptions(stepInMilliseconds: 0.5, score: .maximum)
        let hand = try read(options)
        #expect(hand.layers == network.layers && hand.readout == network.readout)
        #expect(throws: ExchangeError.self) { _ = try read(.init(score: .maximum)) }
        #expect(throws: ExchangeError.self) { _ = try read(.init(stepInMilliseconds: 0.5)) }

        func problem() throws -> String {
            try #require(throws: FileError.self) { _ = try read(options) }.reason
        }
        arrays["other.weight"] = NumericArray([Float(1)], shape: [1, 1])
        #expect(try problem().contains("'other'"))
        arrays["other.weight"] = nil
        arrays["hidden.threshold"] = nil
        #expect(try problem().contains("hidden.threshold"))
        arrays["hidden.threshold"] = NumericArray([0.9])
        arrays["readout.weight"] = NumericArray([Float(1), 2], shape: [2, 1])
        #expect(try problem() == "readout weights have 1 columns for 3 inputs")
        arrays["readout.weight"] = NumericArray([Float(1), 2])
        #expect(try problem().contains("shape [2]"))
        arrays["readout.weight"] = nil
        #expect(try problem().contains("'readout.weight'"))
    }
}
