import Modulation
import OpticalLink
import PhysicalQuantities
public import RandomStreams
import RealModule

/// The bit error rate that no receiver of the same samples can beat: maximum likelihood for one
/// symbol when a genie tells all the others.
///
/// Sending h in place of symbol q moves the noise-free samples by a vector D(h), |D(h)| = d(h). The
/// noise is white and Gaussian with deviation s, so the genie takes h for likelier than q with
/// probability Q(d(h) / (2 s)). Averages are over random symbols and their surroundings; bits are
/// weighed by Gray labels.
public struct GenieBound: Sendable {
    /// What the genie, and every receiver that is compared with it, sees.
    public enum Samples: Sendable, Hashable, CaseIterable {
        /// One sample per symbol after the receive filter; its noise is white with variance
        /// S sigma^2, S being the samples per symbol of the simulation.
        case received
        /// All samples of the photocurrent, noise variance sigma^2. No receiver that starts from
        /// the filtered samples can know as much.
        case photocurrent
    }

    /// Which wrong symbols count.
    public enum Competitors: Sendable, Hashable, CaseIterable {
        /// All, each with its wrong bits: sum over h of wrong bits x Q(d(h) / (2 s)). Two wrong
        /// symbols that both beat the right one would count twice; but neighbors move the samples
        /// to opposite sides, and it is the genie's own error rate to better than 1 % below a bit
        /// error rate of 1e-2 (compared with `sampledBitErrorRate` in a test).
        case all
        /// The nearest one alone, one wrong bit: a bound below the bound, since the genie decides
        /// wrongly at least so often. Where both neighbors of a symbol are about as near, it counts
        /// half of the errors: it is 2 % below `all` on the LCD task at 20 dB, 13 % on SSMF.
        case nearest
    }

    /// A rate with its uncertainty.
    public struct Estimate: Sendable, Hashable {
        public var rate: Double
        /// Over the symbols tried.
        public var standardError: Double

        init(_ values: [Double]) {
            let mean = values.reduce(0, +) / Double(values.count)
            let variance =
                values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
            rate = mean
            standardError = (variance / Double(values.count)).squareRoot()
        }
    }

    /// Symbols between two symbols that are changed at the same time; far above the memory of the
    /// tasks. Each is given the samples up to half of it: together they have all, so that even for
    /// a longer memory no energy is lost on average, and the bound not too high.
    private static let spacing = 100

    public let link: LinkDescription
    public let samples: Samples
    private let changes: [Change]

    /// Works out what every wrong symbol does at 100 places of each block; noise comes later.
    public init(
        _ link: LinkDescription, samples: Samples, seed: UInt64, blocks: Int, parallel: Parallel
    ) throws {
        self.link = link
        self.samples = samples
        changes = try parallel.map(blocks) { block in
            Self.changes(link.parameters, samples: samples, seed: seed, block: block)
        }.flatMap { $0 }
    }

    /// The bound.
    public func bitErrorRate(noisePowerInDecibels noise: Double, competitors: Competitors)
        -> Estimate
    {
        let deviation = deviation(noise)
        let bits = Double(link.parameters.alphabet.bitsPerSymbol)
        return Estimate(
            changes.map { change in
                let terms = change.gram.indices.map { h in
                    // Q(x) = erfc(x / sqrt 2) / 2.
                    let x = change.gram[h][h].squareRoot() / (2 * deviation)
                    return Double.erfc(x / 2.0.squareRoot()) / 2
                }
                switch competitors {
                case .all:
                    return zip(terms, change.wrongBits).reduce(0) { $0 + $1.0 * $1.1 } / bits
                case .nearest: return (terms.max() ?? 0) / bits
                }
            })
    }

    /// The genie's own error rate by drawing noise: every draw is decided among all symbols.
    ///
    /// With metric m(h) = n . D(h) - d(h)^2 / 2 for noise n, zero for the sent symbol, the largest
    /// one wins. Of the noise only its projections n . D(h) matter, jointly Gaussian with
    /// covariance s^2 D(g) . D(h).
    ///
    /// - Parameters:
    ///   - draws: for each place.
    ///   - stream: of the noise.
    public func sampledBitErrorRate(
        noisePowerInDecibels noise: Double, draws: Int, stream: RandomStream
    ) -> Estimate {
        var stream = stream
        let deviation = deviation(noise)
        let bits = Double(link.parameters.alphabet.bitsPerSymbol)
        return Estimate(
            changes.map {
                $0.sampledErrors(draws: draws, deviation: deviation, noise: &stream) / bits
            })
    }

    private func deviation(_ noise: Double) -> Double {
        let parameters = link.at(noisePower: Decibels(noise))
        let scale =
            samples == .received ? Double(parameters.samplesPerSymbol).squareRoot() : 1
        return scale * parameters.noiseStandardDeviation
    }

    /// What the wrong symbols in one place do.
    private struct Change {
        /// D(g) . D(h), shape [wrong symbol, wrong symbol].
        var gram: [[Double]]
        /// In how many bits each differs from the sent one, shape [wrong symbol].
        var wrongBits: [Double]

        /// Mean number of wrong bits.
        func sampledErrors(draws: Int, deviation: Double, noise: inout RandomStream) -> Double {
            let count = gram.count
            // Lower triangle L with L L' = gram; D(h) of a quadratic channel span two dimensions,
            // so that later diagonals vanish.
            var lower = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
            for i in 0..<count {
                for j in 0...i {
                    var rest = gram[i][j]
                    for k in 0..<j { rest -= lower[i][k] * lower[j][k] }
                    if i == j {
                        lower[i][i] = rest > 1e-9 * gram[i][i] ? rest.squareRoot() : 0
                    } else if lower[j][j] > 0 {
                        lower[i][j] = rest / lower[j][j]
                    }
                }
            }
            var wrong = 0.0
            for _ in 0..<draws {
                let normal = (0..<count).map { _ in deviation * noise.gaussian() }
                var best = 0.0
                var bits = 0.0
                for h in 0..<count {
                    var metric = -gram[h][h] / 2
                    for k in 0...h { metric += lower[h][k] * normal[k] }
                    if metric > best { (best, bits) = (metric, wrongBits[h]) }
                }
                wrong += bits
            }
            return wrong / Double(draws)
        }
    }

    /// Every `spacing`th symbol of a block with all wrong ones in its place.
    private static func changes(
        _ parameters: LinkParameters, samples: Samples, seed: UInt64, block: Int
    ) -> [Change] {
        let optical = OpticalLink(parameters, blockLength: SymbolStreams.blockLength)
        let order = parameters.alphabet.order
        var stream = RandomStream(seed: seed).substream("genie", block)
        let symbols = stream.symbols(count: optical.blockLength, order: order)
        func observed(_ symbols: [UInt8]) -> [Double] {
            samples == .received
                ? optical.transmit(symbols, noise: nil) : optical.photocurrent(symbols)
        }
        let clean = observed(symbols)
        let perSymbol = clean.count / symbols.count
        let tried = Array(stride(from: 0, to: symbols.count, by: spacing))
        // moved[step - 1][i]: the samples around tried symbol i with it `step` higher, modulo the
        // order. Wrapped steps go up as far as down, so that the power of the block, and with it
        // the transmitter's normalization, stays.
        let moved = (1..<order).map { step -> [[Double]] in
            var changed = symbols
            for k in tried { changed[k] = UInt8((Int(symbols[k]) + step) % order) }
            let other = observed(changed)
            return tried.map { k in
                (-spacing / 2 * perSymbol..<spacing / 2 * perSymbol).map { offset in
                    let n = (k * perSymbol + offset + clean.count) % clean.count
                    return other[n] - clean[n]
                }
            }
        }
        return tried.indices.map { i in
            let vectors = moved.map { $0[i] }
            let sent = symbols[tried[i]]
            return Change(
                gram: vectors.map { a in
                    vectors.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
                },
                wrongBits: (1..<order).map { step in
                    Double(PAMAlphabet.bitErrors(sent, UInt8((Int(sent) + step) % order)))
                })
        }
    }
}
