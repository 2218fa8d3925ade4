/// The running sums of a linear least-squares problem: memory for the unknowns, not the samples.
///
/// For regressors x_n (order r) and targets t_n it holds G = sum x x', C = sum t x' and
/// sum t t; the weights of target k minimize
/// sum (t_k - w_k . x)^2 + ridge sum over i of G_ii w_ki^2.
/// Each regressor is scaled to unit power before solving, so units and ridge do not interact.
/// Adding blocks in another order changes rounding only.
public struct NormalEquations: Sendable, Hashable {
    /// Number of regressors, the constant included if there is one.
    public let order: Int
    public let targetCount: Int
    public private(set) var sampleCount = 0
    /// G, shape [order, order]; only row <= column is kept.
    private var gram: [Double]
    /// C, shape [target, order].
    private var correlation: [Double]
    private var targetPower: [Double]

    public init(order: Int, targetCount: Int = 1) {
        precondition(order > 0 && targetCount > 0)
        self.order = order
        self.targetCount = targetCount
        gram = [Double](repeating: 0, count: order * order)
        correlation = [Double](repeating: 0, count: targetCount * order)
        targetPower = [Double](repeating: 0, count: targetCount)
    }

    /// Adds samples.
    ///
    /// - Parameters:
    ///   - regressors: shape [order, sampleCount], sample fastest.
    ///   - targets: shape [targetCount, sampleCount], sample fastest.
    public mutating func accumulate(
        regressors: UnsafePointer<Double>, targets: UnsafePointer<Double>, sampleCount count: Int
    ) {
        guard count > 0 else { return }
        let x = MatrixOperand(regressors, rows: order, columns: count)
        let t = MatrixOperand(targets, rows: targetCount, columns: count)
        gram.withUnsafeMutableBufferPointer {
            MatrixProduct.addGram(of: x, toUpperTriangleOf: $0.baseAddress!)
        }
        correlation.withUnsafeMutableBufferPointer {
            MatrixProduct.multiply(t, x.transposed, into: $0.baseAddress!, resultScale: 1)
        }
        for k in 0..<targetCount {
            var power = 0.0
            for n in 0..<count { power += targets[k * count + n] * targets[k * count + n] }
            targetPower[k] += power
        }
        sampleCount += count
    }

    /// Adds the samples of another accumulation of the same shape.
    public static func += (sum: inout NormalEquations, part: NormalEquations) {
        precondition(sum.order == part.order && sum.targetCount == part.targetCount)
        for i in sum.gram.indices { sum.gram[i] += part.gram[i] }
        for i in sum.correlation.indices { sum.correlation[i] += part.correlation[i] }
        for i in sum.targetPower.indices { sum.targetPower[i] += part.targetPower[i] }
        sum.sampleCount += part.sampleCount
    }

    /// The least-squares weights, shape [target, order].
    ///
    /// - Parameter ridge: penalty on each weight relative to the power of its regressor; zero for
    ///   none. A constant regressor is shrunk like the others.
    public func solve(ridge: Double = 0) throws(LinearAlgebraError) -> [Double] {
        precondition(ridge >= 0 && ridge.isFinite, "a ridge is not negative")
        var scale = [Double](repeating: 1, count: order)
        for i in 0..<order where gram[i * order + i] > 0 {
            scale[i] = 1 / gram[i * order + i].squareRoot()
        }
        var matrix = gram
        var sides = correlation
        for i in 0..<order {
            for j in i..<order { matrix[i * order + j] *= scale[i] * scale[j] }
            matrix[i * order + i] *= 1 + ridge
            for k in 0..<targetCount { sides[k * order + i] *= scale[i] }
        }
        var weights = try CholeskySolver.solve(
            upperTriangle: matrix, rightHandSides: sides, order: order)
        for i in 0..<order {
            for k in 0..<targetCount { weights[k * order + i] *= scale[i] }
        }
        return weights
    }

    /// The equations of some of the unknowns, in the order given; the others are held at zero.
    public func restricted(to indices: [Int]) -> NormalEquations {
        var part = NormalEquations(order: indices.count, targetCount: targetCount)
        part.sampleCount = sampleCount
        part.targetPower = targetPower
        for (a, i) in indices.enumerated() {
            for (b, j) in indices.enumerated() where a <= b {
                part.gram[a * indices.count + b] = gram[min(i, j) * order + max(i, j)]
            }
            for k in 0..<targetCount {
                part.correlation[k * indices.count + a] = correlation[k * order + i]
            }
        }
        return part
    }

    /// G with both triangles.
    var symmetricGram: [Double] {
        var full = gram
        for i in 0..<order { for j in 0..<i { full[i * order + j] = gram[j * order + i] } }
        return full
    }

    func correlation(target: Int, _ unknown: Int) -> Double {
        correlation[target * order + unknown]
    }

    /// Mean squared error of one target under the given weights, on the accumulated samples:
    /// (sum t^2 - 2 w . c + w' G w) / N.
    public func meanSquaredError(of weights: [Double], target: Int = 0) -> Double {
        precondition(weights.count == order && target >= 0 && target < targetCount)
        precondition(sampleCount > 0, "no samples")
        var sum = targetPower[target]
        for i in 0..<order {
            sum -= 2 * weights[i] * correlation[target * order + i]
            sum += weights[i] * weights[i] * gram[i * order + i]
            for j in i + 1..<max(order, i + 1) {
                sum += 2 * weights[i] * weights[j] * gram[i * order + j]
            }
        }
        return max(0, sum / Double(sampleCount))
    }
}
