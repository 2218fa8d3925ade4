import Foundation
public import RandomStreams

/// Four equally spaced amplitudes -3, -1, 1, 3 with Gray labels in white Gaussian noise, and a
/// receiver that knows both.
public struct NoisyPAM4 {
    /// How log-likelihood ratios are computed.
    public enum Ratios: Sendable { case exact, maxLog }

    public let noiseStandardDeviation: Double
    private let ratios: Ratios
    private var stream: RandomStream

    public init(noiseStandardDeviation: Double, ratios: Ratios, stream: RandomStream) {
        self.noiseStandardDeviation = noiseStandardDeviation
        self.ratios = ratios
        self.stream = stream
    }

    /// Bits of one block, two for each symbol, and log P(bit is 0) / P(bit is 1).
    public struct Block {
        public var sent: [UInt8] = []
        public var decided: [UInt8] = []
        public var logLikelihoodRatios: [Double] = []
    }

    public mutating func next(symbols count: Int) -> Block {
        var block = Block()
        block.sent.reserveCapacity(2 * count)
        block.decided.reserveCapacity(2 * count)
        block.logLikelihoodRatios.reserveCapacity(2 * count)
        let half = 1 / (2 * noiseStandardDeviation * noiseStandardDeviation)
        for symbol in stream.symbols(count: count, order: 4) {
            let received = 2 * Double(symbol) - 3 + noiseStandardDeviation * stream.gaussian()
            // Labels 00, 01, 11, 10 of the levels in ascending order.
            block.sent.append(symbol >> 1)
            block.sent.append((symbol ^ symbol >> 1) & 1)
            block.decided.append(received > 0 ? 1 : 0)
            block.decided.append(abs(received) < 2 ? 1 : 0)
            let z0 = -(received + 3) * (received + 3) * half
            let z1 = -(received + 1) * (received + 1) * half
            let z2 = -(received - 1) * (received - 1) * half
            let z3 = -(received - 3) * (received - 3) * half
            block.logLikelihoodRatios.append(join(z0, z1) - join(z2, z3))
            block.logLikelihoodRatios.append(join(z0, z3) - join(z1, z2))
        }
        return block
    }

    private func join(_ a: Double, _ b: Double) -> Double {
        switch ratios {
        case .maxLog: max(a, b)
        case .exact: max(a, b) + log1p(exp(-abs(a - b)))
        }
    }
}
