import RealModule

/// Cross-entropies of sent symbols under a softmax of few parameters, in nats, with their first
/// and second derivatives; sums over symbols, both convex in the parameters.
///
/// Derivatives are added to what the caller has put there; of the second ones only row <= column
/// is written. Symbols whose likeliest class is certain to 1e-12 are left out of them.
public enum DenseCrossEntropy {
    private static let certain = 1e-12

    /// Logits a x[n, c] + b[c] with b[0] = 0.
    ///
    /// - Parameters:
    ///   - features: x, shape [symbol, class].
    ///   - parameters: a, b[1], ..., b[classes - 1].
    ///   - gradient: shape [parameter]; hessian: shape [parameter, parameter].
    ///   - workspace: `classes` elements.
    /// - Returns: the cross-entropy.
    public static func scaled(
        features: UnsafePointer<Double>, symbols: UnsafePointer<UInt8>, count: Int, classes: Int,
        parameters: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>,
        hessian: UnsafeMutablePointer<Double>, workspace p: UnsafeMutablePointer<Double>
    ) -> Double {
        precondition(classes > 1)
        let a = parameters[0]
        var loss = 0.0
        for n in 0..<count {
            let x = features + n * classes
            p[0] = a * x[0]
            for c in 1..<classes { p[c] = a * x[c] + parameters[c] }
            let sent = Int(symbols[n])
            let isCertain = softmax(p, classes, sent, &loss)
            var mean = 0.0
            for c in 0..<classes { mean += p[c] * x[c] }
            gradient[0] += mean - x[sent]
            for c in 1..<classes { gradient[c] += p[c] }
            if sent > 0 { gradient[sent] -= 1 }
            if isCertain { continue }
            for c in 0..<classes {
                let d = x[c] - mean
                hessian[0] += p[c] * d * d
                if c == 0 { continue }
                hessian[c] += p[c] * d
                let row = hessian + c * classes
                row[c] += p[c]
                for e in c..<classes { row[e] -= p[c] * p[e] }
            }
        }
        return loss
    }

    /// Logits sum over d of w[c, d] x[n, d] + b[c] with w[0, d] = b[0] = 0.
    ///
    /// - Parameters:
    ///   - features: x, shape [symbol, class].
    ///   - parameters: w and b of class 1, then of class 2 and so on, shape
    ///     [classes - 1, classes + 1].
    ///   - workspace: `classes` elements.
    /// - Returns: the cross-entropy.
    public static func affine(
        features: UnsafePointer<Double>, symbols: UnsafePointer<UInt8>, count: Int, classes: Int,
        parameters: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>,
        hessian: UnsafeMutablePointer<Double>, workspace p: UnsafeMutablePointer<Double>
    ) -> Double {
        precondition(classes > 1)
        let width = classes + 1
        let total = (classes - 1) * width
        var loss = 0.0
        for n in 0..<count {
            let x = features + n * classes
            p[0] = 0
            for c in 1..<classes {
                let w = parameters + (c - 1) * width
                var z = w[classes]
                for d in 0..<classes { z += w[d] * x[d] }
                p[c] = z
            }
            let sent = Int(symbols[n])
            let isCertain = softmax(p, classes, sent, &loss)
            for c in 1..<classes {
                let error = p[c] - (c == sent ? 1 : 0)
                let g = gradient + (c - 1) * width
                for d in 0..<classes { g[d] += error * x[d] }
                g[classes] += error
            }
            if isCertain { continue }
            for c in 1..<classes {
                for e in c..<classes {
                    let weight = p[c] * ((c == e ? 1 : 0) - p[e])
                    for i in 0..<width {
                        let wx = i < classes ? weight * x[i] : weight
                        let row = hessian + ((c - 1) * width + i) * total + (e - 1) * width
                        for j in 0..<classes { row[j] += wx * x[j] }
                        row[classes] += wx
                    }
                }
            }
        }
        return loss
    }

    /// Turns logits into probabilities and adds -log of the sent one to the loss.
    ///
    /// - Returns: whether the sent class is the likeliest and certain.
    @inline(__always)
    private static func softmax(
        _ p: UnsafeMutablePointer<Double>, _ classes: Int, _ sent: Int, _ loss: inout Double
    ) -> Bool {
        var top = p[0]
        for c in 1..<classes { top = max(top, p[c]) }
        loss -= p[sent] - top
        var sum = 0.0
        for c in 0..<classes {
            p[c] = Double.exp(p[c] - top)
            sum += p[c]
        }
        loss += Double.log(sum)
        let scale = 1 / sum
        for c in 0..<classes { p[c] *= scale }
        return sum - 1 < certain
    }
}
