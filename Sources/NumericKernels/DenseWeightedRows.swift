/// Sums of weighted rows: a transversal filter, or a series over stored regressors.
public enum DenseWeightedRows {
    /// result[n] += sum over r of weights[r] rows[r * rowStride + n].
    ///
    /// With a row stride of 1 the rows overlap and the sum is a transversal filter over a padded
    /// block. The order of the additions is that of the rows, for every n: the result does not
    /// depend on how a block is cut.
    ///
    /// - Parameters:
    ///   - rows: `rowCount` runs of `columns` elements.
    ///   - result: shape [columns]; may not overlap the rows.
    /// - Returns: multiply-accumulates done.
    public static func accumulate(
        rows: UnsafePointer<Double>, rowStride: Int, weights: UnsafePointer<Double>,
        rowCount: Int, into result: UnsafeMutablePointer<Double>, columns: Int
    ) -> Int {
        precondition(rowCount >= 0 && columns >= 0 && rowStride >= 1)
        for r in 0..<rowCount {
            let row = rows + r * rowStride
            let weight = weights[r]
            for n in 0..<columns { result[n] += weight * row[n] }
        }
        return rowCount * columns
    }
}
