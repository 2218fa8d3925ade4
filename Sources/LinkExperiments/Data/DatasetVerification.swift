import ArrayFiles
import Modulation

/// Checks that a dataset file is whole and says the same in all its arrays.
public enum DatasetVerification {
    /// Symbols read at a time.
    private static let chunk = 100_000

    /// - Returns: The number of symbols.
    /// - Throws: `FileError` naming the array and the index of the first bad value.
    public static func verify(_ path: String) throws -> Int {
        if path.hasSuffix(".npz") {
            let archive = try NPZArchive(path: path)
            let y = try archive.array("y", as: Float.self)
            let q = try archive.array("q", as: UInt8.self, rank: 1)
            let bits = try archive.array("bits", as: UInt8.self, rank: 2)
            let count = try checkedCount(path, y: y.shape, q: q.shape, bits: bits.shape)
            try check(path, first: 0, y: y.values, q: q.values, bits: bits.values)
            return count
        }
        let file = try HDF5Reader(path: path)
        guard try file.attribute("format") == .text("spikelink.dataset") else {
            throw FileError.badData(path, "is not a spikelink dataset")
        }
        let count = try checkedCount(
            path, y: file.dataset("y").shape, q: file.dataset("q").shape,
            bits: file.dataset("bits").shape)
        for first in stride(from: 0, to: count, by: chunk) {
            let rows = first..<min(count, first + chunk)
            try check(
                path, first: first, y: file.readRows("y", rows, as: Float.self).values,
                q: file.readRows("q", rows, as: UInt8.self).values,
                bits: file.readRows("bits", rows, as: UInt8.self).values)
        }
        return count
    }

    private static func checkedCount(_ path: String, y: [Int], q: [Int], bits: [Int]) throws
        -> Int
    {
        guard q.count == 1, y.count == 1 || y.count == 2, y[0] == q[0], bits.count == 2,
            bits[0] == q[0], (1...8).contains(bits[1])
        else {
            throw FileError.badData(path, "y \(y), q \(q) and bits \(bits) do not belong together")
        }
        return q[0]
    }

    private static func check(
        _ path: String, first: Int, y: [Float], q: [UInt8], bits: [UInt8]
    ) throws {
        if let bad = y.firstNonFiniteIndex {
            let symbol = first + bad / max(1, y.count / max(1, q.count))
            throw FileError.badData(path, "y of symbol \(symbol) is not a finite number")
        }
        let width = bits.count / max(1, q.count)
        for (k, symbol) in q.enumerated() {
            let label = bits[k * width..<(k + 1) * width].reduce(0) { $0 << 1 | Int($1) }
            guard Int(symbol) < 1 << width,
                label == Int(PAMAlphabet.grayLabel(of: symbol))
            else {
                throw FileError.badData(
                    path, "q and bits of symbol \(first + k) contradict each other")
            }
        }
    }
}
