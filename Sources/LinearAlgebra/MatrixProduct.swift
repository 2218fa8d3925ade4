import COpenBLAS

/// Dense products of row-major matrices, by the BLAS on the calling thread.
///
/// The library is told once to use one thread: tasks provide the parallelism, and the bits of a
/// result must not depend on how many there are. The library picks its kernels by processor, so
/// the last bits may differ between machines.
public enum MatrixProduct {
    /// Evaluated once per process, before the first product.
    static let singleThreaded: Void = openblas_set_num_threads(1)

    /// result = a b + resultScale result.
    ///
    /// - Parameters:
    ///   - result: shape [a.rows, b.columns], row-major; may not overlap the operands. With a
    ///     `resultScale` of zero its old contents are not read.
    /// - Precondition: a.columns == b.rows.
    public static func multiply(
        _ a: MatrixOperand<Float>, _ b: MatrixOperand<Float>,
        into result: UnsafeMutablePointer<Float>, resultScale: Float = 0
    ) {
        precondition(a.columns == b.rows, "inner dimensions differ")
        _ = singleThreaded
        cblas_sgemm(
            CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
            b.isTransposed ? CblasTrans : CblasNoTrans, Int32(a.rows), Int32(b.columns),
            Int32(a.columns), 1, a.base, Int32(a.storedColumns), b.base, Int32(b.storedColumns),
            resultScale, result, Int32(b.columns))
    }

    /// result = a b + resultScale result, in double precision; see the `Float` form.
    public static func multiply(
        _ a: MatrixOperand<Double>, _ b: MatrixOperand<Double>,
        into result: UnsafeMutablePointer<Double>, resultScale: Double = 0
    ) {
        precondition(a.columns == b.rows, "inner dimensions differ")
        _ = singleThreaded
        cblas_dgemm(
            CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
            b.isTransposed ? CblasTrans : CblasNoTrans, Int32(a.rows), Int32(b.columns),
            Int32(a.columns), 1, a.base, Int32(a.storedColumns), b.base, Int32(b.storedColumns),
            resultScale, result, Int32(b.columns))
    }

    /// Adds a transpose(a) to the upper triangle (row <= column) of a symmetric matrix.
    ///
    /// - Parameter result: shape [a.rows, a.rows], row-major; the lower triangle is left alone.
    public static func addGram(
        of a: MatrixOperand<Double>, toUpperTriangleOf result: UnsafeMutablePointer<Double>
    ) {
        _ = singleThreaded
        cblas_dsyrk(
            CblasRowMajor, CblasUpper, a.isTransposed ? CblasTrans : CblasNoTrans, Int32(a.rows),
            Int32(a.columns), 1, a.base, Int32(a.storedColumns), 1, result, Int32(a.rows))
    }
}
