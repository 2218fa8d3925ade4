import LinearAlgebra
import Testing

@Suite struct NormalEquationsTests {
    /// Regressors (1, x) and targets y of a few points.
    func line(_ x: [Double], _ y: [Double]) -> NormalEquations {
        var equations = NormalEquations(order: 2)
        equations.accumulate(
            regressors: [Double](repeating: 1, count: x.count) + x, targets: y,
            sampleCount: x.count)
        return equations
    }

    @Test func regressionLineMatchesItsClosedForm() throws {
        let x = scatteredNumbers(50, salt: 1)
        let y = scatteredNumbers(50, salt: 2)
        let n = Double(x.count)
        let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
        let covariance = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
        let variance = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
        let slope = covariance / variance
        let equations = line(x, y)
        let weights = try equations.solve()
        #expect(abs(weights[1] - slope) < 1e-13)
        #expect(abs(weights[0] - (my - slope * mx)) < 1e-13)

        let residual = zip(x, y).reduce(0) {
            let e = $1.1 - weights[0] - weights[1] * $1.0
            return $0 + e * e
        }
        #expect(abs(equations.meanSquaredError(of: weights) - residual / n) < 1e-13)
    }

    @Test func unitsOfARegressorDoNotMatter() throws {
        let x = scatteredNumbers(50, salt: 1)
        let y = scatteredNumbers(50, salt: 2)
        let plain = try line(x, y).solve(ridge: 0.1)
        let scaled = try line(x.map { $0 * 1e-9 }, y).solve(ridge: 0.1)
        #expect(abs(scaled[1] * 1e-9 - plain[1]) < 1e-13)
        #expect(abs(scaled[0] - plain[0]) < 1e-13)
    }

    @Test func ridgeShrinksASingleWeightByItsShare() throws {
        var equations = NormalEquations(order: 1)
        equations.accumulate(regressors: [1, 2, 3], targets: [2, 4, 6], sampleCount: 3)
        let plain = try equations.solve()[0]
        let shrunk = try equations.solve(ridge: 0.25)[0]
        #expect(abs(plain - 2) < 1e-15)
        #expect(abs(shrunk - 2 / 1.25) < 1e-15)
    }

    @Test func ridgeDecidesWhatDataLeaveOpen() throws {
        // Two equal regressors: singular without a ridge, equal shares with one.
        let x = scatteredNumbers(20)
        var equations = NormalEquations(order: 2)
        equations.accumulate(regressors: x + x, targets: x, sampleCount: x.count)
        #expect(throws: LinearAlgebraError.self) { try equations.solve() }
        let weights = try equations.solve(ridge: 1e-6)
        #expect(abs(weights[0] - 0.5) < 1e-6 && abs(weights[1] - weights[0]) < 1e-9)
    }

    @Test func orderOfBlocksChangesRoundingOnly() throws {
        let blocks = (0..<5).map { b in
            (x: scatteredNumbers(40, salt: 2 * b), y: scatteredNumbers(40, salt: 2 * b + 1))
        }
        var forward = NormalEquations(order: 2)
        for block in blocks { forward += line(block.x, block.y) }
        var backward = NormalEquations(order: 2)
        for block in blocks.reversed() { backward += line(block.x, block.y) }
        #expect(forward.sampleCount == 200)
        for (a, b) in zip(try forward.solve(), try backward.solve()) {
            #expect(abs(a - b) < 1e-13)
        }
    }

    @Test func targetsAreSolvedIndependently() throws {
        let x = scatteredNumbers(30, salt: 4)
        let targets = scatteredNumbers(60, salt: 5)
        var both = NormalEquations(order: 2, targetCount: 2)
        both.accumulate(
            regressors: [Double](repeating: 1, count: 30) + x, targets: targets, sampleCount: 30)
        let weights = try both.solve()
        let first = try line(x, Array(targets[..<30])).solve()
        let second = try line(x, Array(targets[30...])).solve()
        for (a, b) in zip(weights, first + second) { #expect(abs(a - b) < 1e-13) }
    }
}
