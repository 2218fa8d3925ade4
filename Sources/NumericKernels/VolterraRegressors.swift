/// The regressors of a Volterra series, formed for a run of symbols.
///
/// For memory lengths m1 >= m2 >= m3 (odd or zero) the regressors of symbol n are, in this order:
/// the constant 1; the m1 samples around n; all products x_i x_j, i <= j, of the m2 samples
/// around n; all products x_i x_j x_k, i <= j <= k, of the m3 samples around n.
public enum VolterraRegressors {
    /// How many regressors there are, the constant included:
    /// 1 + m1 + m2 (m2 + 1) / 2 + m3 (m3 + 1) (m3 + 2) / 6.
    public static func count(memory m1: Int, _ m2: Int, _ m3: Int) -> Int {
        1 + m1 + m2 * (m2 + 1) / 2 + m3 * (m3 + 1) * (m3 + 2) / 6
    }

    /// Products that some of the regressors need, each formed once: a second-order one its own, a
    /// third-order one that of its first two samples and one more.
    ///
    /// - Parameter terms: indices of regressors.
    public static func products(
        memory m1: Int, _ m2: Int, _ m3: Int, for terms: [Int]
    ) -> Int {
        let wanted = Set(terms)
        var pairs = Set<Int>()
        var triples = 0
        let firstPair = 1 + m1
        let pairCount = m2 * (m2 + 1) / 2
        for index in firstPair..<(firstPair + pairCount) where wanted.contains(index) {
            pairs.insert(index - firstPair)
        }
        var index = firstPair + pairCount
        for i in 0..<m3 {
            for j in i..<m3 {
                let p = i + (m2 - m3) / 2
                for _ in j..<m3 {
                    if wanted.contains(index) {
                        pairs.insert(p * m2 - p * (p - 1) / 2 + (j - i))
                        triples += 1
                    }
                    index += 1
                }
            }
        }
        return pairs.count + triples
    }

    /// Forms them.
    ///
    /// The third order extends products of the second, so each regressor above the first order
    /// costs one product.
    ///
    /// - Parameters:
    ///   - padded: the window of symbol n is padded[n ..< n + m1].
    ///   - columns: number of symbols.
    ///   - result: shape [regressor, symbol], symbol fastest.
    /// - Returns: products formed.
    public static func fill(
        padded: UnsafePointer<Double>, memory m1: Int, _ m2: Int, _ m3: Int,
        columns: Int, into result: UnsafeMutablePointer<Double>
    ) -> Int {
        precondition(m1 >= m2 && m2 >= m3 && m3 >= 0, "memory does not grow with the order")
        precondition(m1 % 2 == 1 && (m2 % 2 == 1 || m2 == 0) && (m3 % 2 == 1 || m3 == 0))
        for n in 0..<columns { result[n] = 1 }
        var row = result + columns
        for i in 0..<m1 {
            for n in 0..<columns { row[n] = padded[i + n] }
            row += columns
        }
        let pairs = row
        let window2 = padded + (m1 - m2) / 2
        for i in 0..<m2 {
            for j in i..<m2 {
                let a = window2 + i
                let b = window2 + j
                for n in 0..<columns { row[n] = a[n] * b[n] }
                row += columns
            }
        }
        let offset = (m2 - m3) / 2
        let window3 = window2 + offset
        for i in 0..<m3 {
            for j in i..<m3 {
                let p = i + offset
                // Row of pair (p, q) among the pairs with p <= q.
                let index = p * m2 - p * (p - 1) / 2 + (j - i)
                let pair = pairs + index * columns
                for k in j..<m3 {
                    let c = window3 + k
                    for n in 0..<columns { row[n] = pair[n] * c[n] }
                    row += columns
                }
            }
        }
        let regressors = (row - result) / max(columns, 1)
        return columns == 0 ? 0 : (regressors - 1 - m1) * columns
    }
}
