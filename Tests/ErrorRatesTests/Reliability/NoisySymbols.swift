import Modulation
import RandomStreams

/// Gray-labeled amplitudes in white Gaussian noise with their exact logarithmic likelihoods.
struct NoisySymbols {
    let alphabet: PAMAlphabet
    let deviation: Double
    let sent: [UInt8]
    let received: [Double]
    /// -(y - level)^2 / (2 deviation^2), shape [symbol, class].
    let scores: [Float]

    static let fourLevels = PAMAlphabet(levels: [-3, -1, 1, 3])

    init(_ alphabet: PAMAlphabet = fourLevels, deviation: Double, count: Int, seed: UInt64) {
        self.alphabet = alphabet
        self.deviation = deviation
        var stream = RandomStream(seed: seed).substream("symbols")
        sent = stream.symbols(count: count, order: alphabet.order)
        var received = sent.map { alphabet.levels[Int($0)] }
        var noise = RandomStream(seed: seed).substream("noise")
        noise.addGaussian(standardDeviation: deviation, to: &received)
        self.received = received
        scores = received.flatMap { y in
            alphabet.levels.map { level in
                Float(-(y - level) * (y - level) / (2 * deviation * deviation))
            }
        }
    }

    var bits: Int { alphabet.bitsPerSymbol }
    var decided: [UInt8] {
        (0..<sent.count).map { k in
            let own = scores[k * alphabet.order..<(k + 1) * alphabet.order]
            return UInt8(own.indices.max { own[$0] < own[$1] }! - own.startIndex)
        }
    }
}
