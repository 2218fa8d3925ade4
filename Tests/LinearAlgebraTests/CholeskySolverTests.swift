import LinearAlgebra
import Testing

@Suite struct CholeskySolverTests {
    @Test func solvesTwoByTwoInClosedForm() throws {
        // [2 1; 1 3]^-1 = [3 -1; -1 2] / 5; the element below the diagonal is not read.
        let x = try CholeskySolver.solve(
            upperTriangle: [2, 1, .nan, 3], rightHandSides: [5, 10, 1, 0], order: 2)
        for (a, b) in zip(x, [1, 3, 0.6, -0.2]) { #expect(abs(a - b) < 1e-15) }
    }

    @Test func residualOfALargerSystemIsRounding() throws {
        let n = 60
        // tridiagonal (-1, 2.1, -1): positive definite for every order
        var a = [Double](repeating: 0, count: n * n)
        for i in 0..<n {
            a[i * n + i] = 2.1
            if i + 1 < n { a[i * n + i + 1] = -1 }
        }
        let b = scatteredNumbers(n)
        let x = try CholeskySolver.solve(upperTriangle: a, rightHandSides: b, order: n)
        for i in 0..<n {
            let left = i > 0 ? x[i - 1] : 0
            let right = i + 1 < n ? x[i + 1] : 0
            #expect(abs(2.1 * x[i] - left - right - b[i]) < 1e-13)
        }
    }

    /// Indefinite, singular, singular to working precision, an unknown without data.
    static let unusable: [[Double]] = [
        [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1 + 0x1p-52], [0, 0, 0, 1],
    ]

    @Test(arguments: unusable)
    func refusesWhatIsNotPositiveDefinite(matrix: [Double]) throws {
        let error = #expect(throws: LinearAlgebraError.self) {
            try CholeskySolver.solve(upperTriangle: matrix, rightHandSides: [1, 1], order: 2)
        }
        #expect(error?.code == .notPositiveDefinite)
    }

    @Test func refusesNumbersThatAreNotFinite() throws {
        for (matrix, side) in [([1.0, .nan, 0, 1], 1.0), ([1.0, 0, 0, 1], .infinity)] {
            let error = #expect(throws: LinearAlgebraError.self) {
                try CholeskySolver.solve(
                    upperTriangle: matrix, rightHandSides: [side, 0], order: 2)
            }
            #expect(error?.code == .notFinite)
        }
    }
}
