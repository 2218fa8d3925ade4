/// The time of one symbol as a constant plus neuron updates plus synaptic events, least squares of
/// the relative deviations.
struct CostModel: Codable {
    /// Seconds.
    var perSymbol: Double
    var perNeuronUpdate: Double
    var perSynapticEvent: Double
    /// Deviations of the points, relative to their time.
    var medianDeviation: Double
    var worstDeviation: Double

    struct Point {
        var neuronUpdates: Double
        var synapticEvents: Double
        var seconds: Double
    }

    init(_ points: [Point]) {
        precondition(points.count > 3)
        // Rows (1, updates, events) / seconds, right side 1: normal equations, eliminated in place.
        var matrix = [[Double]](repeating: [0, 0, 0, 0], count: 3)
        let rows = points.map { point in
            [1, point.neuronUpdates, point.synapticEvents].map { $0 / point.seconds }
        }
        for row in rows {
            for i in 0..<3 {
                for j in 0..<3 { matrix[i][j] += row[i] * row[j] }
                matrix[i][3] += row[i]
            }
        }
        for pivot in 0..<3 {
            for i in 0..<3 where i != pivot {
                let factor = matrix[i][pivot] / matrix[pivot][pivot]
                for j in 0..<4 { matrix[i][j] -= factor * matrix[pivot][j] }
            }
        }
        let solution = (0..<3).map { matrix[$0][3] / matrix[$0][$0] }
        perSymbol = solution[0]
        perNeuronUpdate = solution[1]
        perSynapticEvent = solution[2]
        let deviations = rows.map { row in
            abs(1 - zip(row, solution).reduce(0) { $0 + $1.0 * $1.1 })
        }.sorted()
        medianDeviation = deviations[deviations.count / 2]
        worstDeviation = deviations[deviations.count - 1]
    }
}
