import Modulation
import OpticalLink
import PhysicalQuantities
import RandomStreams
import RealModule

/// The bit error rate that no receiver of the same samples can beat: maximum likelihood for one
/// symbol when a genie tells all the others.
///
/// Changing one symbol to its neighbor moves the noise-free received samples by a distance d. The
/// received noise is white and Gaussian with variance s sigma^2 (s samples per symbol), so the
/// genie decides for that neighbor with probability Q(d / (2 sqrt(s) sigma)), one wrong bit under
/// Gray labels. The bound is the mean over symbols of the sum over both neighbors, divided by the
/// bits per symbol. Decisions for farther symbols are left out; below a bit error rate of 1e-2
/// they change it by less than 1 %.
public enum GenieBound {
    /// Symbols between two symbols that are changed at the same time; far above the memory.
    private static let spacing = 100
    /// Samples on each side of a symbol that it can move; above the memory of the links.
    private static let reach = 16

    /// - Returns: Bit error rate and its standard error over the symbols tried, 100 a block.
    public static func bitErrorRate(
        _ link: LinkDescription, noisePowerInDecibels: Double, seed: UInt64, blocks: Int,
        parallel: Parallel
    ) throws -> (rate: Double, standardError: Double) {
        let parameters = link.at(noisePower: Decibels(noisePowerInDecibels))
        let deviation =
            Double(parameters.samplesPerSymbol).squareRoot() * parameters.noiseStandardDeviation
        let order = parameters.alphabet.order
        let optical = OpticalLink(parameters, blockLength: SymbolStreams.blockLength)
        let perBlock = try parallel.map(blocks) { block -> [Double] in
            var stream = RandomStream(seed: seed).substream("genie", block)
            let symbols = stream.symbols(count: optical.blockLength, order: order)
            let clean = optical.transmit(symbols, noise: nil)
            let tried = Array(stride(from: 0, to: symbols.count, by: spacing))
            var rates = [Double](repeating: 0, count: tried.count)
            for step in [1, -1] {
                var changed = symbols
                // Every other symbol moves the other way: moving all up would raise the power of
                // the block, and the transmitter's normalization would move every sample.
                for (i, k) in tried.enumerated() {
                    let neighbor = Int(symbols[k]) + (i % 2 == 0 ? step : -step)
                    if (0..<order).contains(neighbor) { changed[k] = UInt8(neighbor) }
                }
                let other = optical.transmit(changed, noise: nil)
                for (i, k) in tried.enumerated() where changed[k] != symbols[k] {
                    var squared = 0.0
                    for offset in -reach...reach {
                        let n = (k + offset + clean.count) % clean.count
                        squared += (other[n] - clean[n]) * (other[n] - clean[n])
                    }
                    // Q(x) = erfc(x / sqrt 2) / 2.
                    let x = squared.squareRoot() / (2 * deviation)
                    rates[i] += Double.erfc(x / 2.0.squareRoot()) / 2
                }
            }
            return rates.map { $0 / Double(parameters.alphabet.bitsPerSymbol) }
        }
        let rates = perBlock.flatMap { $0 }
        let mean = rates.reduce(0, +) / Double(rates.count)
        let variance =
            rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rates.count - 1)
        return (mean, (variance / Double(rates.count)).squareRoot())
    }
}
