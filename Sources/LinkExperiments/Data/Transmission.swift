import ArrayFiles
import Modulation
import OpticalLink
import RandomStreams

/// One block of symbols given as text.
public enum Transmission {
    /// Largest block in one call; a longer one would not fit a machine's memory.
    public static let symbolLimit = 100_000_000

    /// Received samples of the symbols on the lines of a text.
    ///
    /// - Parameter seed: Seed of the noise; nil leaves it out.
    /// - Throws: `FileError` with the number of the first line that is not a symbol.
    public static func received(
        _ link: LinkDescription, symbolText: [UInt8], source: String, seed: UInt64?
    ) throws -> [Double] {
        let order = link.parameters.alphabet.order
        var symbols: [UInt8] = []
        let name = source == "-" ? "standard input" : source
        for (number, line) in symbolText.split(separator: 0x0A, omittingEmptySubsequences: false)
            .enumerated()
        {
            var digits = line[...]
            while let last = digits.last, last == 0x0D || last == 0x20 { digits.removeLast() }
            if digits.isEmpty { continue }
            guard let text = String(validating: digits, as: UTF8.self), let value = Int(text),
                (0..<order).contains(value)
            else {
                throw FileError.badData(
                    name, "line \(number + 1) is not a symbol",
                    remedy: "one index from 0 to \(order - 1) per line")
            }
            symbols.append(UInt8(value))
        }
        guard !symbols.isEmpty, symbols.count <= symbolLimit else {
            throw FileError.badData(
                name, symbols.isEmpty ? "holds no symbols" : "holds too many symbols",
                remedy: "1 to \(symbolLimit) symbols, one index per line")
        }
        let optical = link.parameters.makeLink(blockLength: symbols.count)
        let noise = seed.map { RandomStream(seed: $0).substream("transmit") }
        return optical.transmit(symbols, noise: noise)
    }
}
