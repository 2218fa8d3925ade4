import ArrayFiles
import Modulation

/// Checks that a dataset file is whole and says the same in all its arrays.
public enum DatasetVerification {
    /// Values read at a time.
    private static let chunk = 1 << 20

    /// - Returns: The number of symbols.
    /// - Throws: `FileError` naming the array and the index of the first bad value.
    public static func verify(_ path: String) throws -> Int {
        let file = try DatasetReader(path: path)
        for part in file.parts {
            let width = part.taps + 1 + part.bitsPerSymbol + part.photocurrentSamples
            // An archive is in memory as it is.
            let step = path.hasSuffix(".npz") ? max(1, part.symbols) : max(1, chunk / width)
            for first in stride(from: 0, to: part.symbols, by: step) {
                let rows = first..<min(part.symbols, first + step)
                try check(path, first: first, part, file.rows(rows, of: part))
            }
        }
        return file.parts.reduce(0) { $0 + $1.symbols }
    }

    private static func check(
        _ path: String, first: Int, _ part: DatasetReader.Part, _ rows: DatasetReader.Rows
    ) throws {
        let place = part.name.isEmpty ? "" : part.name + "/"
        for (name, values) in [("y", rows.y), ("photocurrent", rows.photocurrent)] {
            if let bad = values.firstNonFiniteIndex {
                let symbol = first + bad / max(1, values.count / max(1, rows.q.count))
                throw FileError.badData(
                    path, "\(place)\(name) of symbol \(symbol) is not a finite number")
            }
        }
        let width = part.bitsPerSymbol
        for (k, symbol) in rows.q.enumerated() {
            let label = rows.bits[k * width..<(k + 1) * width].reduce(0) { $0 << 1 | Int($1) }
            guard Int(symbol) < 1 << width,
                label == Int(PAMAlphabet.grayLabel(of: symbol))
            else {
                throw FileError.badData(
                    path, "\(place)q and bits of symbol \(first + k) contradict each other")
            }
        }
    }
}
