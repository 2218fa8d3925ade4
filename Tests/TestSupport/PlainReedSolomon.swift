/// A Reed-Solomon decoder straight from the textbook, slow and by other algorithms than the
/// package's: syndromes by Horner's rule on every symbol, the locator by solving linear equations
/// (Peterson, Gorenstein and Zierler), every position tried as a root, magnitudes by linear
/// equations again, all syndromes checked at the end.
public struct PlainReedSolomon: Sendable {
    public let length: Int
    public let parity: Int
    private let order: Int
    private let powers: [Int]
    private let logarithms: [Int]

    /// A code with roots alpha^0 ... alpha^(parity - 1).
    public init(symbolBits: Int, polynomial: Int, length: Int, parity: Int) {
        self.length = length
        self.parity = parity
        order = (1 << symbolBits) - 1
        var powers: [Int] = []
        var logarithms = [Int](repeating: -1, count: order + 1)
        var element = 1
        for i in 0..<order {
            powers.append(element)
            logarithms[element] = i
            element *= 2
            if element > order { element ^= polynomial }
        }
        self.powers = powers
        self.logarithms = logarithms
    }

    private func times(_ a: Int, _ b: Int) -> Int {
        a == 0 || b == 0 ? 0 : powers[(logarithms[a] + logarithms[b]) % order]
    }

    private func inverse(_ a: Int) -> Int { powers[(order - logarithms[a]) % order] }

    /// word(alpha^j), j in 0..<parity; the first symbol is the highest coefficient.
    public func syndromes(_ word: [UInt16]) -> [Int] {
        (0..<parity).map { j in
            word.reduce(0) { times($0, powers[j % order]) ^ Int($1) }
        }
    }

    /// - Returns: the codeword within parity / 2 symbols and the distance to it, nil if none.
    public func decode(_ word: [UInt16]) -> (codeword: [UInt16], changed: Int)? {
        let syndromes = syndromes(word)
        if syndromes.allSatisfy({ $0 == 0 }) { return (word, 0) }
        for errors in stride(from: parity / 2, through: 1, by: -1) {
            let matrix = (0..<errors).map { row in
                (0..<errors).map { syndromes[row + $0] } + [syndromes[row + errors]]
            }
            guard let reversed = solve(matrix) else { continue }
            // 1 + locator[0] x + locator[1] x^2 ...
            let locator = Array(reversed.reversed())
            let places = (0..<length).filter { degree in
                let x = powers[(order - degree) % order]
                return 1 ^ times(x, locator.reversed().reduce(0) { times($0, x) ^ $1 }) == 0
            }
            guard places.count == errors else { return nil }
            let equations = (0..<errors).map { j in
                places.map { powers[$0 * j % order] } + [syndromes[j]]
            }
            guard let magnitudes = solve(equations) else { return nil }
            var corrected = word
            for (place, magnitude) in zip(places, magnitudes) {
                if magnitude == 0 { return nil }
                corrected[length - 1 - place] ^= UInt16(magnitude)
            }
            return self.syndromes(corrected).allSatisfy { $0 == 0 } ? (corrected, errors) : nil
        }
        return nil
    }

    /// The solution of square equations with their right sides as last column, nil if singular.
    private func solve(_ equations: [[Int]]) -> [Int]? {
        var rows = equations
        let n = rows.count
        for column in 0..<n {
            guard let pivot = (column..<n).first(where: { rows[$0][column] != 0 }) else {
                return nil
            }
            rows.swapAt(column, pivot)
            let scale = inverse(rows[column][column])
            for i in column...n { rows[column][i] = times(rows[column][i], scale) }
            for row in 0..<n where row != column && rows[row][column] != 0 {
                let factor = rows[row][column]
                for i in column...n { rows[row][i] ^= times(factor, rows[column][i]) }
            }
        }
        return rows.map { $0[n] }
    }
}
