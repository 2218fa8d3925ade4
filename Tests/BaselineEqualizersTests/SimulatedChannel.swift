import BaselineEqualizers
import Modulation
import RandomStreams

/// Channels simple enough that a test knows what an equalizer must find.
enum SimulatedChannel {
    static let levels: [Double] = [-3, -1, 1, 3]

    /// received[k] = transmit(symbols around k) + noise, circular blocks of their own streams.
    static func stream(
        blocks: Int, symbols count: Int, noise: Double, seed: UInt64,
        _ transmit: @escaping @Sendable ([Double]) -> [Double]
    ) -> TrainingStream {
        TrainingStream(blockCount: blocks) { index in
            block(symbols: count, noise: noise, seed: seed, index: index, transmit)
        }
    }

    static func block(
        symbols count: Int, noise: Double, seed: UInt64, index: Int = 0,
        _ transmit: ([Double]) -> [Double]
    ) -> TrainingBlock {
        let root = RandomStream(seed: seed).substream("block", index)
        var data = root.substream("symbols")
        var disturbance = root.substream("noise")
        let symbols = data.symbols(count: count, order: 4)
        var received = transmit(symbols.map { levels[Int($0)] })
        disturbance.addGaussian(standardDeviation: noise, to: &received)
        return TrainingBlock(received: received, symbols: symbols)
    }

    /// Leaves the levels as they are.
    @Sendable static func identity(_ sent: [Double]) -> [Double] { sent }

    /// The y of first y[k] + later(y[k - 1]) = sent[k], around the circle.
    static func invert(
        _ sent: [Double], first: Double, later: (Double) -> Double
    ) -> [Double] {
        var y = [Double](repeating: 0, count: sent.count)
        var previous = 0.0
        // The recursion contracts: after a few rounds the circle closes to the last bit.
        for _ in 0..<4 {
            for k in y.indices {
                previous = (sent[k] - later(previous)) / first
                y[k] = previous
            }
        }
        return y
    }

    /// Memory and a square: what linear filters cannot undo.
    @Sendable static func nonlinear(_ sent: [Double]) -> [Double] {
        let n = sent.count
        return sent.indices.map { k in
            let field = sent[k] + 0.35 * sent[(k + 1) % n] - 0.2 * sent[(k + n - 1) % n] + 4
            return field * field / 10
        }
    }
}
