import BrainScaleS2

extension PlacementReport {
    /// The chip as a picture: two synapse arrays with the neurons between them, two points to a row and
    /// a column; the synapses of a projection in the color of its target.
    public var picture: String {
        PlacementPicture(placed).svg
    }
}

private struct PlacementPicture {
    let placed: PlacedNetwork
    private var shapes: [String] = []

    private static let colors = [
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a6d3b", "#555555",
    ]
    private static let left = 90
    private static let top = 70
    private static let side = 512
    /// Height of a row of neurons, and of the space around it.
    private static let strip = 14

    private var topArray: Int { Self.top }
    private var neuronRows: Int { Self.top + Self.side + 6 }
    private var bottomArray: Int { neuronRows + 2 * Self.strip + 10 }

    init(_ placed: PlacedNetwork) {
        self.placed = placed
        frame()
        synapses()
        neurons()
        legend()
    }

    var svg: String {
        let height = bottomArray + Self.side + 40 + 22 * placed.network.populations.count + 50
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="700" height="\(height)" \
            font-family="sans-serif" font-size="14" fill="#222">
            <rect width="100%" height="100%" fill="#fff"/>
            <text x="\(Self.left)" y="32" font-size="18">The network on the chip</text>
            \(shapes.joined(separator: "\n"))
            </svg>

            """
    }

    private static func color(_ population: Int) -> String { colors[population % colors.count] }

    private mutating func rectangle(
        _ x: Int, _ y: Int, _ width: Int, _ height: Int, _ color: String, opacity: Double = 1
    ) {
        shapes.append(
            "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" "
                + "fill=\"\(color)\"" + (opacity < 1 ? " fill-opacity=\"\(opacity)\"" : "") + "/>")
    }

    private mutating func text(_ x: Int, _ y: Int, _ text: String, anchor: String = "start") {
        let safe = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        shapes.append("<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\">\(safe)</text>")
    }

    private mutating func frame() {
        for y in [topArray, bottomArray] {
            rectangle(Self.left, y, Self.side, Self.side, "#f2f2f2")
        }
        for row in 0..<2 {
            rectangle(
                Self.left, neuronRows + row * (Self.strip + 2), Self.side, Self.strip, "#dddddd")
        }
        for column in stride(from: 0, through: 256, by: 64) {
            text(Self.left + 2 * column, Self.top - 8, "\(column)", anchor: "middle")
        }
        for row in stride(from: 0, to: 256, by: 64) {
            text(Self.left - 8, topArray + Self.side - 2 * row, "row \(row)", anchor: "end")
            text(Self.left - 8, bottomArray + 2 * row + 12, "row \(row)", anchor: "end")
        }
        text(Self.left - 8, neuronRows + 20, "neurons", anchor: "end")
    }

    /// Runs of synapses that hold a weight, row by row.
    private mutating func synapses() {
        var owner = [Int](repeating: -1, count: NeuronIndex.count)
        for (population, circuits) in placed.circuits.enumerated() {
            for circuit in circuits { owner[circuit.index] = population }
        }
        for hemisphere in Hemisphere.all {
            let h = hemisphere.index
            for case let driver? in placed.drivers[h] {
                for row in [driver.excitatoryRow, driver.inhibitoryRow] {
                    let y =
                        h == 0
                        ? topArray + Self.side - 2 * (row.index + 1) : bottomArray + 2 * row.index
                    var column = 0
                    while column < 256 {
                        let population = owner[256 * h + column]
                        guard population >= 0,
                            placed.arrays[h][row, SynapseColumn(column)].index > 0
                        else {
                            column += 1
                            continue
                        }
                        var end = column + 1
                        while end < 256, owner[256 * h + end] == population,
                            placed.arrays[h][row, SynapseColumn(end)].index > 0
                        { end += 1 }
                        rectangle(
                            Self.left + 2 * column, y, 2 * (end - column), 2,
                            Self.color(population), opacity: row == driver.excitatoryRow ? 1 : 0.45)
                        column = end
                    }
                }
            }
        }
    }

    private mutating func neurons() {
        for (population, circuits) in placed.circuits.enumerated() {
            for circuit in circuits {
                rectangle(
                    Self.left + 2 * circuit.column.index,
                    neuronRows + circuit.hemisphere.index * (Self.strip + 2), 2, Self.strip,
                    Self.color(population))
            }
        }
    }

    private mutating func legend() {
        var y = bottomArray + Self.side + 30
        for (number, population) in placed.network.populations.enumerated() {
            rectangle(Self.left, y - 12, 24, 14, Self.color(number))
            text(
                Self.left + 34, y,
                "\(population.name): \(population.count) neurons and the synapses onto them")
            y += 22
        }
        text(
            Self.left, y + 6,
            "Full color: excitatory rows; pale: inhibitory rows. Only synapses that hold a weight.")
    }
}
