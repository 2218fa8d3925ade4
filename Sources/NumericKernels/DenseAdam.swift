/// One step of stochastic gradient descent with adaptive moments.
public enum DenseAdam {
    /// m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
    /// w -= rate m / (sqrt(v) + epsilon).
    ///
    /// - Parameters:
    ///   - rate: learning rate with the correction of the start-up bias,
    ///     eta sqrt(1 - beta2^t) / (1 - beta1^t).
    ///   - epsilon: added to the root of the uncorrected second moment.
    /// - Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, end of
    ///   section 2.
    public static func step(
        parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
        firstMoment: UnsafeMutablePointer<Float>, secondMoment: UnsafeMutablePointer<Float>,
        count: Int, rate: Float, beta1: Float, beta2: Float, epsilon: Float
    ) {
        for i in 0..<count {
            let g = gradient[i]
            let m = beta1 * firstMoment[i] + (1 - beta1) * g
            let v = beta2 * secondMoment[i] + (1 - beta2) * g * g
            firstMoment[i] = m
            secondMoment[i] = v
            parameters[i] -= rate * m / (v.squareRoot() + epsilon)
        }
    }
}
