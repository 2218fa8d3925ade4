import Foundation

/// How a cost grows with a quantity.
struct Scaling: Codable {
    /// Exponent p of cost = c x^p, least squares in logarithms.
    var exponent: Double
    /// Cost per unit of the quantity: least squares of cost = a + b x relative to the cost.
    var perUnit: Double
    /// Cost at zero of the same line.
    var offset: Double
    /// Largest deviation of a point from that line, relative to the point.
    var worstDeviation: Double
    /// Largest over smallest quantity, in powers of ten.
    var decades: Double

    init(_ points: [(x: Double, cost: Double)]) {
        precondition(points.count >= 3 && points.allSatisfy { $0.x > 0 && $0.cost > 0 })
        exponent = Self.line(points.map { (log($0.x), log($0.cost), 1) }).slope
        // Weights 1 / cost^2 let every decade count alike.
        let line = Self.line(points.map { ($0.x, $0.cost, 1 / ($0.cost * $0.cost)) })
        perUnit = line.slope
        offset = line.intercept
        worstDeviation =
            points.map { abs($0.cost - line.intercept - line.slope * $0.x) / $0.cost }.max()!
        decades = log10(points.map(\.x).max()! / points.map(\.x).min()!)
    }

    private static func line(_ points: [(x: Double, y: Double, weight: Double)])
        -> (slope: Double, intercept: Double)
    {
        let total = points.reduce(0) { $0 + $1.weight }
        let meanX = points.reduce(0) { $0 + $1.weight * $1.x } / total
        let meanY = points.reduce(0) { $0 + $1.weight * $1.y } / total
        var xx = 0.0
        var xy = 0.0
        for point in points {
            xx += point.weight * (point.x - meanX) * (point.x - meanX)
            xy += point.weight * (point.x - meanX) * (point.y - meanY)
        }
        return (xy / xx, meanY - xy / xx * meanX)
    }
}
