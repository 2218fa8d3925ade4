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
    /// m = b1 m + (1 - b1) g, s = b2 s + (1 - b2) g^2,
    /// w = (1 - eta decay) w - eta m / (1 - b1^step) / (sqrt(s / (1 - b2^step)) + epsilon).
    ///
    /// - Parameters:
    ///   - step: Number of this update, from 1.
    ///   - gradient: Mean gradient over the batch.
    public func apply(
        step: Int, weights: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
        first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>, count: Int
    ) {
        let rate = Float(Double(learningRate) / (1 - power(Double(firstDecay), step)))
        let correction = Float(1 / (1 - power(Double(secondDecay), step)))
        let shrink = 1 - learningRate * weightDecay
        let (b1, b2) = (firstDecay, secondDecay)
        let limit = weightLimit
        for i in 0..<count {
            let g = gradient[i]
            let m = b1 * first[i] + (1 - b1) * g
            let s = b2 * second[i] + (1 - b2) * g * g
            first[i] = m
            second[i] = s
            let moved = weights[i] * shrink - rate * m / ((s * correction).squareRoot() + epsilon)
            let capped = moved > limit ? limit : moved
            weights[i] = capped < -limit ? -limit : capped
        }
    }

    /// The same for parameters in vector lanes.
    public func apply(
        step: Int, weights: UnsafeMutablePointer<Lanes>, gradient: UnsafePointer<Lanes>,
        first: UnsafeMutablePointer<Lanes>, second: UnsafeMutablePointer<Lanes>, count: Int
    ) {
        func floats<Result>(
            _ lanes: UnsafeMutablePointer<Lanes>, _ body: (UnsafeMutablePointer<Float>) -> Result
        ) -> Result {
            UnsafeMutableRawPointer(lanes).withMemoryRebound(
                to: Float.self, capacity: Lanes.scalarCount * count, body)
        }
        floats(weights) { weights in
            floats(first) { first in
                floats(second) { second in
                    floats(UnsafeMutablePointer(mutating: gradient)) { gradient in
                        apply(
                            step: step, weights: weights, gradient: gradient, first: first,
                            second: second, count: Lanes.scalarCount * count)
                    }
                }
            }
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
