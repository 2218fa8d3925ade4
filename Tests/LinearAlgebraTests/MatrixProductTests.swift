import LinearAlgebra
import Testing

/// Numbers without a pattern that products could hide in, the same on every run.
func scatteredNumbers(_ count: Int, salt: Int = 0) -> [Double] {
    (0..<count).map { i -> Double in
        let scattered = (i * 7919 + salt * 104_729 + 13) % 1009
        return Double(scattered) / 504.5 - 1
    }
}

@Suite struct MatrixProductTests {
    /// Row-major product by the definition; `transposed` operands are read with swapped indices.
    func naive(
        _ a: [Double], _ b: [Double], m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool
    ) -> [Double] {
        var c = [Double](repeating: 0, count: m * n)
        for i in 0..<m {
            for j in 0..<n {
                for l in 0..<k {
                    let left: Double = transposeA ? a[l * m + i] : a[i * k + l]
                    let right: Double = transposeB ? b[j * k + l] : b[l * n + j]
                    c[i * n + j] += left * right
                }
            }
        }
        return c
    }

    @Test(arguments: [false, true], [false, true])
    func productsMatchTheDefinition(transposeA: Bool, transposeB: Bool) {
        let (m, n, k) = (5, 37, 11)
        let a = scatteredNumbers(m * k, salt: 1)
        let b = scatteredNumbers(k * n, salt: 2)
        let start = scatteredNumbers(m * n, salt: 3)
        var expected = naive(
            a, b, m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB)
        for i in expected.indices { expected[i] += 0.5 * start[i] }

        var double = start
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                let left = MatrixOperand(
                    a.baseAddress!, rows: transposeA ? k : m, columns: transposeA ? m : k)
                let right = MatrixOperand(
                    b.baseAddress!, rows: transposeB ? n : k, columns: transposeB ? k : n)
                MatrixProduct.multiply(
                    transposeA ? left.transposed : left, transposeB ? right.transposed : right,
                    into: &double, resultScale: 0.5)
            }
        }
        var float = start.map { Float($0) }
        a.map { Float($0) }.withUnsafeBufferPointer { a in
            b.map { Float($0) }.withUnsafeBufferPointer { b in
                let left = MatrixOperand(
                    a.baseAddress!, rows: transposeA ? k : m, columns: transposeA ? m : k)
                let right = MatrixOperand(
                    b.baseAddress!, rows: transposeB ? n : k, columns: transposeB ? k : n)
                MatrixProduct.multiply(
                    transposeA ? left.transposed : left, transposeB ? right.transposed : right,
                    into: &float, resultScale: 0.5)
            }
        }
        for i in expected.indices {
            // k + 1 roundings of terms below one.
            #expect(abs(double[i] - expected[i]) < 12 * Double.ulpOfOne * 4)
            #expect(abs(Double(float[i]) - expected[i]) < 12 * Double(Float.ulpOfOne) * 4)
        }
    }

    @Test func zeroScaleDoesNotReadTheResult() {
        var result = [Double.nan]
        [2.0].withUnsafeBufferPointer { a in
            let operand = MatrixOperand(a.baseAddress!, rows: 1, columns: 1)
            MatrixProduct.multiply(operand, operand, into: &result)
        }
        #expect(result == [4])
    }

    /// Many tasks multiply at once; each gets the bits it would get alone.
    @Test func concurrentProductsHaveTheSameBits() async {
        let n = 64
        @Sendable func square(_ task: Int) -> [Float] {
            var result = [Float](repeating: 0, count: n * n)
            scatteredNumbers(n * n, salt: task).map { Float($0) }.withUnsafeBufferPointer { a in
                let operand = MatrixOperand(a.baseAddress!, rows: n, columns: n)
                for _ in 0..<20 {
                    MatrixProduct.multiply(operand, operand.transposed, into: &result)
                }
            }
            return result
        }
        let alone = (0..<8).map { square($0) }
        await withTaskGroup(of: (Int, [Float]).self) { group in
            for task in 0..<8 { group.addTask { (task, square(task)) } }
            for await (task, result) in group { #expect(result == alone[task]) }
        }
    }

    @Test func gramFillsTheUpperTriangleOnly() {
        let (rows, columns) = (4, 19)
        let a = scatteredNumbers(rows * columns)
        let expected = naive(
            a, a, m: rows, n: rows, k: columns, transposeA: false, transposeB: true)
        var result = [Double](repeating: 7, count: rows * rows)
        a.withUnsafeBufferPointer { a in
            MatrixProduct.addGram(
                of: MatrixOperand(a.baseAddress!, rows: rows, columns: columns),
                toUpperTriangleOf: &result)
        }
        for i in 0..<rows {
            for j in 0..<rows {
                let value = j < i ? 7 : 7 + expected[i * rows + j]
                #expect(abs(result[i * rows + j] - value) < 1e-13)
            }
        }
    }
}
