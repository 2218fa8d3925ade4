import COpenBLAS

/// Solves symmetric positive definite systems by Cholesky factorization (LAPACK dposv).
public enum CholeskySolver {
    /// The X of A X = B.
    ///
    /// - Parameters:
    ///   - upperTriangle: A, shape [order, order], row-major; only row <= column is read.
    ///   - rightHandSides: B, shape [system, order]: each right-hand side contiguous.
    ///   - order: number of unknowns.
    /// - Returns: X, shape [system, order].
    /// - Throws: `notPositiveDefinite` if a pivot is not above order x 2^-52 of its diagonal
    ///   element, which is zero to working precision; `notFinite`.
    /// - Complexity: O(order^3 / 3); allocates copies of A and B.
    public static func solve(
        upperTriangle: [Double], rightHandSides: [Double], order: Int
    ) throws(LinearAlgebraError) -> [Double] {
        precondition(order > 0 && upperTriangle.count == order * order, "A is order x order")
        precondition(
            !rightHandSides.isEmpty && rightHandSides.count % order == 0, "B is systems x order")
        // LAPACK's factorization may run through NaN without noticing.
        for row in 0..<order {
            for column in row..<order where !upperTriangle[row * order + column].isFinite {
                throw LinearAlgebraError(
                    .notFinite, "matrix element (\(row), \(column)) is not finite")
            }
        }
        guard rightHandSides.allSatisfy(\.isFinite) else {
            throw LinearAlgebraError(.notFinite, "a right-hand side is not finite")
        }
        _ = MatrixProduct.singleThreaded
        var matrix = upperTriangle
        var solution = rightHandSides
        // The row-major upper triangle is LAPACK's column-major lower one.
        var triangle = CChar(UInt8(ascii: "L"))
        var n = Int32(order)
        var systems = Int32(rightHandSides.count / order)
        var matrixStride = n
        var solutionStride = n
        var status: Int32 = 0
        dposv_(
            &triangle, &n, &systems, &matrix, &matrixStride, &solution, &solutionStride, &status)
        precondition(status >= 0, "argument \(-status) of dposv is malformed")
        // Rounding can lift the pivot of a dependent unknown just above zero.
        let dependent = (0..<order).first { i in
            let pivot = matrix[i * order + i]
            let least = Double(order) * Double.ulpOfOne * upperTriangle[i * order + i]
            return !(pivot * pivot > least)
        }
        if let minor = status > 0 ? Int(status) : dependent.map({ $0 + 1 }) {
            throw LinearAlgebraError(
                .notPositiveDefinite,
                "the \(order) x \(order) matrix is not positive definite (minor \(minor)): "
                    + "too few samples, or unknowns that depend on each other")
        }
        guard solution.allSatisfy(\.isFinite) else {
            throw LinearAlgebraError(.notFinite, "the solution is not finite")
        }
        return solution
    }
}
