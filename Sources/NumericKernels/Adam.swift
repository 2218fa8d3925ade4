/// The optimizer of Kingma and Ba (2015) on a flat run of parameters.
public struct AdamStep: Sendable {
    public var learningRate: Float
    public var firstDecay: Float = 0.9
    public var secondDecay: Float = 0.999
    public var epsilon: Float = 1e-8
    /// Weights are kept within this magnitude; infinity leaves them free.
    public var weightLimit: Float = .infinity
    /// Decoupled shrinkage of the weights per step, relative to the learning rate (Loshchilov and
    /// Hutter 2019).
    public var weightDecay: Float = 0

    public init(learningRate: Float) { self.learningRate = learningRate }

    /// One update.
    ///
    /// - Parameters:
    ///   - step: Number of this update, from 1.
    ///   - gradient: Mean gradient over the batch.
    public func apply(
        step: Int, weights: UnsafeMutablePointer<Lanes>, gradient: UnsafePointer<Lanes>,
        first: UnsafeMutablePointer<Lanes>, second: UnsafeMutablePointer<Lanes>, count: Int
    ) {
        let firstPower = power(Double(firstDecay), step)
        let secondPower = power(Double(secondDecay), step)
        let rate = Lanes(repeating: Float(Double(learningRate) / (1 - firstPower)))
        let correction = Lanes(repeating: Float(1 / (1 - secondPower)))
        let shrink = Lanes(repeating: 1 - learningRate * weightDecay)
        let b1 = Lanes(repeating: firstDecay)
        let b2 = Lanes(repeating: secondDecay)
        let c1 = Lanes(repeating: 1 - firstDecay)
        let c2 = Lanes(repeating: 1 - secondDecay)
        let small = Lanes(repeating: epsilon)
        let limit = Lanes(repeating: weightLimit)
        for i in 0..<count {
            let g = gradient[i]
            let m = b1 * first[i] + c1 * g
            let s = b2 * second[i] + c2 * g * g
            first[i] = m
            second[i] = s
            let moved = weights[i] * shrink - rate * m / ((s * correction).squareRoot() + small)
            let capped = moved.replacing(with: limit, where: moved .> limit)
            weights[i] = capped.replacing(with: -limit, where: capped .< -limit)
        }
    }

    /// base^exponent by squaring: the same bits on every machine.
    private func power(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        var factor = base
        var n = exponent
        while n > 0 {
            if n & 1 == 1 { result *= factor }
            factor *= factor
            n >>= 1
        }
        return result
    }
}
