/// One circular block with the symbols that were sent.
public struct TrainingBlock: Sendable, Hashable {
    /// Received samples, the same number r of each symbol, shape [symbol * r].
    public var received: [Double]
    /// The sent symbol indices, shape [symbol].
    public var symbols: [UInt8]

    public init(received: [Double], symbols: [UInt8]) {
        self.received = received
        self.symbols = symbols
    }
}

/// Blocks to fit to, made when they are asked for, so that memory does not grow with their number.
///
/// A fit may ask for a block more than once and must get the same one: make it from a seed and
/// its index, or read it from a file.
public struct TrainingStream: Sendable {
    public let blockCount: Int
    private let makeBlock: @Sendable (Int) throws -> TrainingBlock

    /// - Parameter makeBlock: the block of an index in 0..<blockCount.
    public init(blockCount: Int, makeBlock: @escaping @Sendable (Int) throws -> TrainingBlock) {
        precondition(blockCount >= 0)
        self.blockCount = blockCount
        self.makeBlock = makeBlock
    }

    public init(_ blocks: [TrainingBlock]) {
        self.init(blockCount: blocks.count) { blocks[$0] }
    }

    /// A block that can be fitted to.
    ///
    /// - Throws: what making it throws, or `EqualizerFitError` if it has the wrong shape, samples
    ///   that are not finite, or symbols outside 0..<order.
    func block(_ index: Int, order: Int, samplesPerSymbol: Int = 1) throws -> TrainingBlock {
        let block = try makeBlock(index)
        guard block.received.count == samplesPerSymbol * block.symbols.count,
            !block.symbols.isEmpty
        else {
            throw EqualizerFitError(
                .shapeMismatch,
                "training block \(index) has \(block.received.count) samples for "
                    + "\(block.symbols.count) symbols; it needs \(samplesPerSymbol) each, and at "
                    + "least one symbol")
        }
        if let n = block.received.firstIndex(where: { !$0.isFinite }) {
            throw EqualizerFitError(
                .notFinite, "sample \(n) of training block \(index) is \(block.received[n])")
        }
        if let n = block.symbols.firstIndex(where: { $0 >= order }) {
            throw EqualizerFitError(
                .symbolOutOfRange,
                "symbol \(n) of training block \(index) is \(block.symbols[n]); "
                    + "allowed are 0..\(order - 1)")
        }
        return block
    }
}

/// Why an equalizer could not be fitted.
public struct EqualizerFitError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        private let name: String
        /// There is nothing to fit to.
        public static let noData = Code(name: "noData")
        /// Samples and symbols differ in number.
        public static let shapeMismatch = Code(name: "shapeMismatch")
        /// A sample, or what became of it, is a NaN or an infinity.
        public static let notFinite = Code(name: "notFinite")
        /// A symbol index is not in the alphabet.
        public static let symbolOutOfRange = Code(name: "symbolOutOfRange")
        /// A symbol of the alphabet occurs less than twice.
        public static let missingClass = Code(name: "missingClass")
        /// The data do not determine the weights.
        public static let underdetermined = Code(name: "underdetermined")
    }

    public let code: Code
    /// One line for people.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
