public import RandomStreams

/// A receiver as the link sees it: received samples in, symbol decisions out.
///
/// A DSP equalizer, a spiking network in software and an emulated chip are interchangeable behind
/// this seam. A detector is immutable: calling it twice on the same block gives the same answer.
public protocol SymbolDetector: Sendable {
    /// How many received samples, centered on a symbol, its decision may use (odd).
    var tapCount: Int { get }

    /// Received samples per symbol that it works on, r.
    var samplesPerSymbol: Int { get }

    /// Decides every symbol of one circular block.
    ///
    /// - Parameter received: r samples per symbol, shape [symbol * r], the sample on the symbol
    ///   first; the window of symbol k is received[r k - tapCount/2 ... r k + tapCount/2], indices
    ///   modulo the length of the block.
    func detect(_ received: [Double]) -> Detection

    /// The same for a receiver that has noise of its own, drawn from `noise`.
    func detect(_ received: [Double], noise: RandomStream) -> Detection
}

extension SymbolDetector {
    /// Most receivers see one sample of each symbol.
    public var samplesPerSymbol: Int { 1 }

    /// Most receivers add no noise.
    public func detect(_ received: [Double], noise: RandomStream) -> Detection {
        detect(received)
    }
}

/// A receiver that also sees its own past decisions, errors included.
public protocol DecisionFeedback: SymbolDetector {
    /// Past decisions that it sees; 0 in a receiver of this kind without feedback.
    var feedbackCount: Int { get }

    /// Decides a block with the sent symbols fed back in place of decisions: what the receiver
    /// would do if errors never bred errors.
    ///
    /// - Parameter sent: shape [symbol].
    func detect(_ received: [Double], sentBefore sent: [UInt8]) -> Detection
}

/// What a receiver says of one block, and what it did to find out.
public struct Detection: Sendable {
    /// Decided symbol indices, shape [symbol].
    public var symbols: [UInt8]
    /// Class scores, shape [symbol, class]; a softmax over them estimates class probabilities.
    public var scores: [Float]
    /// What the receiver did for the whole block, counted by the code that did it.
    public var operations: OperationCounts

    public init(symbols: [UInt8], scores: [Float], operations: OperationCounts) {
        self.symbols = symbols
        self.scores = scores
        self.operations = operations
    }
}
