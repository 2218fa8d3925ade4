import BaselineEqualizers
import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams

/// The rows of one part of a dataset, piece by piece; any piece can be made without the others.
struct LinkSource {
    /// Rows of a piece; arrays are row-major, one row a symbol.
    struct Rows {
        var samples: [Float] = []
        var symbols: [UInt8] = []
        var bits: [UInt8] = []
        var photocurrent: [Float] = []
    }

    private let description: DatasetDescription
    private let count: Int
    private let streams: SymbolStreams
    private let stream: LinkStream?

    /// Symbols of a piece.
    static let pieceLength = SymbolStreams.blockLength
    /// Position of the first symbol of a dataset in its stream: room for the longest window, the
    /// same for all, so that windows of any length belong to the same symbols.
    private static let streamStart = 500

    init(_ description: DatasetDescription, part: DatasetDescription.Part, count: Int) {
        self.description = description
        self.count = count
        let parameters = description.link.at(
            noisePower: Decibels(description.noisePowerInDecibels))
        streams = SymbolStreams(parameters, purpose: part.purpose, seed: description.seed)
        let root = RandomStream(seed: description.seed).substream(part.purpose.rawValue)
        stream =
            description.mode == .stream
            ? LinkStream(parameters, stream: root.substream("stream")) : nil
    }

    static func canStream(_ link: LinkDescription) -> Bool { LinkStream.supports(link.parameters) }

    var pieceCount: Int { (count + Self.pieceLength - 1) / Self.pieceLength }

    func rows(piece index: Int) -> Rows {
        let count = min(Self.pieceLength, count - index * Self.pieceLength)
        let taps = description.tapCount
        var rows = Rows()
        if let stream {
            let reach = taps / 2
            let first = Self.streamStart + index * Self.pieceLength - reach
            let (symbols, received) = stream.block(first: first, count: count + 2 * reach)
            rows.symbols = Array(symbols[reach..<reach + count])
            rows.samples.reserveCapacity(count * taps)
            for k in 0..<count { rows.samples += received[k..<k + taps] }
        } else {
            let block = streams.block(index)
            rows.symbols = Array(block.symbols.prefix(count))
            let padded = TapWindow(tapCount: taps).padded(block.received)
            rows.samples.reserveCapacity(count * taps)
            for k in 0..<count {
                for tap in 0..<taps { rows.samples.append(Float(padded[k + tap])) }
            }
            if description.includesPhotocurrent {
                rows.photocurrent = streams.noisyPhotocurrent(index)
                    .prefix(count * description.samplesPerSymbol).map { Float($0) }
            }
        }
        let width = description.bitsPerSymbol
        rows.bits.reserveCapacity(count * width)
        for symbol in rows.symbols {
            let label = PAMAlphabet.grayLabel(of: symbol)
            for bit in (0..<width).reversed() { rows.bits.append((label >> UInt8(bit)) & 1) }
        }
        return rows
    }
}

extension SymbolStreams {
    /// The photocurrent of a block with the noise that its received samples hold, before the receive
    /// filter, shape [symbol * samples per symbol].
    func noisyPhotocurrent(_ index: Int) -> [Double] {
        link.photocurrent(symbols(index), noise: noiseStream(index))
    }
}
