public import RandomStreams

/// Something that turns a circular block of symbols into received samples: the seam between links and
/// everything that receives.
public protocol SymbolLink: Sendable {
    var blockLength: Int { get }

    /// Sends one block.
    ///
    /// - Parameters:
    ///   - symbols: indices into the alphabet, shape [symbol], `blockLength` of them.
    ///   - noise: the stream that everything random in this block is drawn from; nil for none.
    ///   - outputRate: samples r of each symbol, the first on the symbol itself.
    /// - Returns: received samples, shape [symbol * r].
    func transmit(_ symbols: [UInt8], noise: RandomStream?, outputRate: Int) -> [Double]

    /// The oversampled current that the samples of `transmit` are taken from, with the same noise,
    /// shape [sample]: of an idealized link in front of the receive filter, of a physical one behind.
    func photocurrent(_ symbols: [UInt8], noise: RandomStream?) -> [Double]
}

extension SymbolLink {
    /// One sample a symbol.
    public func transmit(_ symbols: [UInt8], noise: RandomStream?) -> [Double] {
        transmit(symbols, noise: noise, outputRate: 1)
    }
}

extension LinkParameters {
    /// The link for blocks of one length.
    public func makeLink(blockLength: Int) -> any SymbolLink {
        physical.map { PhysicalLink(self, $0, blockLength: blockLength) }
            ?? OpticalLink(self, blockLength: blockLength)
    }
}
