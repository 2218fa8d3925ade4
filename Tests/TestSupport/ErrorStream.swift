public import RandomStreams

/// Sent bits and decisions with errors of a known kind.
public struct ErrorStream {
    public enum Kind: Sendable {
        /// Every bit wrong with the same probability, independently.
        case independent(Double)
        /// A line symbol of two bits starts a run of wrong ones with probability `start`; each is
        /// followed by another with probability `goesOn`. One of the two bits is wrong. What
        /// feedback of wrong decisions does.
        case runs(start: Double, goesOn: Double)
    }

    private let kind: Kind
    private var stream: RandomStream
    private var isInRun = false

    public init(_ kind: Kind, stream: RandomStream) {
        self.kind = kind
        self.stream = stream
    }

    /// - Parameter count: even.
    public mutating func next(bits count: Int) -> (sent: [UInt8], decided: [UInt8]) {
        let sent = stream.symbols(count: count, order: 2)
        var decided = sent
        switch kind {
        case .independent(let p):
            for i in 0..<count where stream.uniform() < p { decided[i] ^= 1 }
        case .runs(let start, let goesOn):
            for i in 0..<count / 2 {
                isInRun = stream.uniform() < (isInRun ? goesOn : start)
                if isInRun { decided[2 * i + Int(stream.next() & 1)] ^= 1 }
            }
        }
        return (sent, decided)
    }
}
