/// A row-major matrix in memory that somebody else owns, or its transpose.
///
/// Element (i, j) of the stored matrix is `base[i * columns + j]`. The view must not outlive the
/// memory; it is meant to be made at the call.
public struct MatrixOperand<Scalar> {
    public let base: UnsafePointer<Scalar>
    /// Rows and columns as stored, before transposition.
    public let storedRows: Int
    public let storedColumns: Int
    public let isTransposed: Bool

    /// - Parameter base: storedRows x storedColumns elements, shape [row, column].
    public init(_ base: UnsafePointer<Scalar>, rows: Int, columns: Int) {
        self.init(base, storedRows: rows, storedColumns: columns, isTransposed: false)
    }

    private init(
        _ base: UnsafePointer<Scalar>, storedRows: Int, storedColumns: Int, isTransposed: Bool
    ) {
        precondition(storedRows > 0 && storedColumns > 0, "a matrix has rows and columns")
        self.base = base
        self.storedRows = storedRows
        self.storedColumns = storedColumns
        self.isTransposed = isTransposed
    }

    /// The transpose, of the same memory.
    public var transposed: MatrixOperand {
        MatrixOperand(
            base, storedRows: storedRows, storedColumns: storedColumns,
            isTransposed: !isTransposed)
    }

    public var rows: Int { isTransposed ? storedColumns : storedRows }
    public var columns: Int { isTransposed ? storedRows : storedColumns }
}
