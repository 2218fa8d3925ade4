public import BaselineEqualizers
import Modulation
public import OpticalLink
public import RandomStreams

/// Blocks of transmitted symbols and received samples, by purpose and index.
///
/// Block i of a purpose is a function of the seed, the purpose's name and i alone. Training, test
/// and pilot blocks never share symbols or noise.
public struct SymbolStreams: Sendable {
    /// Symbols per circular block, as in the published tasks.
    public static let blockLength = 10_000

    /// What blocks are for; the name enters the stream.
    public enum Purpose: String, Sendable {
        case training, validation, test, pilot, tracking, dataset
        case datasetTraining = "dataset train"
        case datasetValidation = "dataset validation"
        case datasetTest = "dataset test"
    }

    public let link: any SymbolLink
    private let order: Int
    public let purpose: Purpose
    /// Samples that the receiver takes of each symbol.
    public let samplesPerSymbol: Int
    private let root: RandomStream

    public init(
        _ parameters: LinkParameters, purpose: Purpose, seed: UInt64, samplesPerSymbol: Int = 1
    ) {
        self.samplesPerSymbol = samplesPerSymbol
        link = parameters.makeLink(blockLength: Self.blockLength)
        order = parameters.alphabet.order
        self.purpose = purpose
        root = RandomStream(seed: seed).substream(purpose.rawValue)
    }

    public func block(_ index: Int) -> TrainingBlock {
        let symbols = symbols(index)
        let received = link.transmit(
            symbols, noise: noiseStream(index), outputRate: samplesPerSymbol)
        return TrainingBlock(received: received, symbols: symbols)
    }

    /// The symbols of a block.
    func symbols(_ index: Int) -> [UInt8] {
        var symbolStream = root.substream("symbols", index)
        return symbolStream.symbols(count: link.blockLength, order: order)
    }

    /// The noise of a block.
    func noiseStream(_ index: Int) -> RandomStream { root.substream("noise", index) }

    /// The stream of a receiver's own noise in a block.
    public func receiverNoise(_ index: Int) -> RandomStream {
        root.substream("receiver noise", index)
    }
}
