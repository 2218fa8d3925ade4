import Modulation
import NumericKernels
public import RandomStreams

/// A link as an endless stream: symbols and received samples by position, without blocks.
///
/// The chain is that of `OpticalLink`, with three differences, none of which a receiver can tell:
/// - Filters run along the stream in place of around a block; they are cut where what is left out
///   stays 40 dB below the noise (`LinkStreamFilters`), and sums are of single precision.
/// - The field is normalized to unit mean power in expectation, once, not block by block; a circular
///   block of 10 000 symbols deviates from it by 0.3 % of amplitude on the LCD task.
/// - Noise is drawn behind the receive filter: white Gaussian noise of variance sigma^2 at s samples
///   a symbol, through a root-raised cosine, every s-th sample times s, is white Gaussian noise of
///   variance s sigma^2, since two such filters in cascade obey Nyquist's criterion.
///
/// Position n has the same symbol, the same noise and so the same sample whatever else is asked for:
/// pieces, threads and order change no bit. Memory does not grow with the length.
/// - Complexity: a few nanoseconds a symbol, proportional to the length of the filters.
public struct LinkStream: Sendable {
    public let parameters: LinkParameters
    /// Standard deviation of the noise on a received sample.
    public let noiseStandardDeviation: Float
    private let filters: LinkStreamFilters
    private let levels: [Float]
    private let symbolKey: UInt64
    private let noiseKey: UInt64

    /// Positions before zero are symbols too; the stream starts far enough behind the origin of
    /// the random numbers.
    private static let origin = 1 << 40

    /// - Parameter stream: symbols and noise are its substreams "symbols" and "noise".
    /// - Precondition: an idealized link with a fixed bias (an automatic one depends on a whole block)
    ///   and a roll-off of at most 1/3.
    public init(_ parameters: LinkParameters, stream: RandomStream) {
        precondition(Self.supports(parameters), "a stream needs a fixed bias, roll-off up to 1/3")
        self.parameters = parameters
        levels = parameters.alphabet.levels.map { Float($0) }
        let variance =
            Double(parameters.samplesPerSymbol) * DecibelScale.powerRatio(parameters.noisePower)
        noiseStandardDeviation = Float(variance.squareRoot())
        filters = LinkStreamFilters(parameters, errorVariance: 1e-4 * variance)
        symbolKey = stream.substream("symbols").counterKey
        noiseKey = stream.substream("noise").counterKey
    }

    /// Whether a link can be streamed; one that cannot has its blocks.
    public static func supports(_ parameters: LinkParameters) -> Bool {
        if case .automatic = parameters.bias { return false }
        if parameters.physical != nil { return false }
        return parameters.rollOff <= 1.0 / 3
    }

    /// Symbols that a received sample depends on.
    public var memory: Int { 4 * filters.reach + 3 }

    /// Memory for pieces of a stream, so that none is allocated for each.
    public final class Workspace {
        fileprivate let symbols: UnsafeMutablePointer<UInt8>
        fileprivate let levels: UnsafeMutablePointer<Float>
        fileprivate let even: UnsafeMutablePointer<Float>
        fileprivate let odd: UnsafeMutablePointer<Float>
        fileprivate let received: UnsafeMutablePointer<Float>

        public init() {
            symbols = .allocate(capacity: LinkStream.workspaceLength)
            levels = .allocate(capacity: LinkStream.workspaceLength)
            even = .allocate(capacity: LinkStream.workspaceLength)
            odd = .allocate(capacity: LinkStream.workspaceLength)
            received = .allocate(capacity: LinkStream.workspaceLength)
            for buffer in [levels, even, odd, received] {
                buffer.initialize(repeating: 0, count: LinkStream.workspaceLength)
            }
            symbols.initialize(repeating: 0, count: LinkStream.workspaceLength)
        }

        deinit {
            symbols.deallocate()
            levels.deallocate()
            even.deallocate()
            odd.deallocate()
            received.deallocate()
        }
    }

    /// Symbols of a piece: with all buffers a few hundred kB, within a second-level cache.
    private static let pieceLength = 8192
    /// Symbols of a vector loop's step and of a group of normal numbers.
    private static let group = 64
    /// A piece, four times the longest reach, and slack for groups of random numbers and vectors.
    fileprivate static let workspaceLength = pieceLength + 4 * 256 + 2 * 256 + 512

    /// Computes symbols `first` ..< `first + count` of the stream and their received samples.
    ///
    /// - Parameters:
    ///   - symbols: receives symbol indices, shape [symbol].
    ///   - received: receives samples, shape [symbol].
    ///   - isNoisy: whether noise is added.
    public func fill(
        first: Int, count: Int, symbols: UnsafeMutablePointer<UInt8>,
        received: UnsafeMutablePointer<Float>, isNoisy: Bool = true, workspace: Workspace
    ) {
        precondition(first >= 0 && count >= 0)
        // Pieces begin at whole groups, so that random numbers and vectors hold the same positions
        // for every cut.
        let last = first + count
        var piece = first / Self.group * Self.group
        while piece < last {
            let length = min(
                Self.pieceLength, (last - piece + Self.group - 1) / Self.group * Self.group)
            compute(piece, length: length, isNoisy: isNoisy, workspace)
            let from = max(first, piece)
            let to = min(last, piece + length)
            let margin = symbolOffset(piece)
            (symbols + (from - first)).update(
                from: workspace.symbols + margin + (from - piece), count: to - from)
            (received + (from - first)).update(
                from: workspace.received + (from - piece), count: to - from)
            piece += length
        }
    }

    /// The same as arrays.
    public func block(first: Int, count: Int, isNoisy: Bool = true) -> (
        symbols: [UInt8], received: [Float]
    ) {
        let workspace = Workspace()
        var symbols = [UInt8](repeating: 0, count: count)
        let received = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            symbols.withUnsafeMutableBufferPointer { symbols in
                if let samples = buffer.baseAddress, let symbols = symbols.baseAddress {
                    fill(
                        first: first, count: count, symbols: symbols, received: samples,
                        isNoisy: isNoisy, workspace: workspace)
                }
            }
            initialized = count
        }
        return (symbols, received)
    }

    /// Place of the first symbol of a piece among the symbols drawn for it: filters reach back, and
    /// random numbers come in groups.
    private func symbolOffset(_ piece: Int) -> Int {
        let start = Self.origin + piece - 2 * filters.reach
        return start % CounterNumbers.bytesPerGroup + 2 * filters.reach
    }

    private func compute(_ piece: Int, length: Int, isNoisy: Bool, _ workspace: Workspace) {
        let reach = filters.reach
        let taps = 2 * reach + 1
        let block = LinkStreamKernels.blockLength
        // Photocurrent from `reach` symbols before the piece to `reach` after it, levels as far on.
        let currentCount = (length + 2 * reach + block - 1) / block * block
        let start = Self.origin + piece - 2 * reach
        let group = start / CounterNumbers.bytesPerGroup
        let offset = start % CounterNumbers.bytesPerGroup
        let needed = offset + currentCount + 2 * reach
        let groups =
            (needed + CounterNumbers.bytesPerGroup - 1) / CounterNumbers.bytesPerGroup
        CounterNumbers.bytes(
            key: symbolKey, group: UInt64(group), groups: groups,
            mask: UInt8(levels.count - 1), into: workspace.symbols)
        levels.withUnsafeBufferPointer { table in
            LinkStreamKernels.lookUp(
                workspace.symbols + offset, table: table.baseAddress!,
                count: currentCount + 2 * reach, into: workspace.levels)
        }
        if isNoisy {
            CounterNumbers.normals(
                key: noiseKey, group: UInt64(piece / CounterNumbers.normalsPerGroup),
                groups: length / CounterNumbers.normalsPerGroup,
                mean: filters.offset, standardDeviation: noiseStandardDeviation,
                into: workspace.received)
        } else {
            workspace.received.update(repeating: filters.offset, count: length)
        }
        filters.transmit.withUnsafeBufferPointer { transmit in
            LinkStreamKernels.photocurrent(
                levels: workspace.levels, filters: transmit.baseAddress!, taps: taps,
                bias: filters.bias, count: currentCount, even: workspace.even,
                odd: workspace.odd)
        }
        filters.receive.withUnsafeBufferPointer { receive in
            LinkStreamKernels.receive(
                even: workspace.even, odd: workspace.odd, filters: receive.baseAddress!,
                taps: taps, count: length, addingTo: workspace.received)
        }
    }
}
