public import BaselineEqualizers
public import PhysicalQuantities
public import RandomStreams

/// Blocks of a link that drifts: block i has the symbols and the noise that it would have without
/// drift, sent over the link as it is when the block begins.
public final class DriftingStreams {
    /// Changes of each block, [block].
    public let changes: [[DriftParameter: Double]]
    private let link: LinkDescription
    private let noisePower: Decibels
    private let purpose: SymbolStreams.Purpose
    private let seed: UInt64
    private var current: (changes: [DriftParameter: Double], streams: SymbolStreams)?

    /// - Parameters:
    ///   - noisePower: of the link as it begins.
    ///   - seed: of symbols, noise and random walks.
    public init(
        _ link: LinkDescription, noisePower: Decibels, purpose: SymbolStreams.Purpose,
        seed: UInt64, blocks: Int
    ) {
        self.link = link
        self.noisePower = noisePower
        self.purpose = purpose
        self.seed = seed
        changes = link.drift?.changes(blocks: blocks, seed: seed)
            ?? Array(repeating: [:], count: blocks)
    }

    public func block(_ index: Int) -> TrainingBlock { streams(index).block(index) }

    /// The stream of a receiver's own noise in a block.
    public func receiverNoise(_ index: Int) -> RandomStream { streams(index).receiverNoise(index) }

    /// A link is made anew only when it has changed.
    private func streams(_ index: Int) -> SymbolStreams {
        let own = changes[index].filter { !$0.key.isOfChip }
        if let current, current.changes == own { return current.streams }
        let streams = SymbolStreams(
            link.at(noisePower: noisePower).changed(by: own), purpose: purpose, seed: seed)
        current = (own, streams)
        return streams
    }
}
