public import BrainScaleS2
public import Reporting

/// Where a network lies on the chip, for people.
public struct PlacementReport: Sendable {
    public let placed: PlacedNetwork

    public init(_ placed: PlacedNetwork) { self.placed = placed }

    public var text: String {
        var lines: [String] = []
        let network = placed.network
        for (population, circuits) in zip(network.populations, placed.circuits) {
            lines.append(
                "population '\(population.name)': \(circuits.count) circuits, "
                    + Self.places(circuits))
        }
        for source in network.sources {
            lines.append("source '\(source.name)': \(source.count), \(Self.kind(source.kind))")
        }
        for hemisphere in Hemisphere.all {
            let drivers = placed.drivers[hemisphere.index].compactMap { $0 }
            guard !drivers.isEmpty else { continue }
            let buses = PADIBus.all.map { bus in drivers.count { $0.bus == bus } }
            let synapses = network.projections.reduce(0) { sum, projection in
                let posts = placed.circuits[projection.target.index].count {
                    $0.hemisphere == hemisphere
                }
                return sum + projection.weights.count
                    / max(1, placed.circuits[projection.target.index].count) * posts
            }
            lines.append(
                "synapse array \(hemisphere.index): \(drivers.count) of 128 drivers "
                    + "(by bus \(buses.map(String.init).joined(separator: ", "))), "
                    + "\(synapses) signed synapses on \(2 * synapses) of 65 536")
        }
        for generator in placed.generators {
            lines.append(
                "background generator \(generator.index): \(generator.count) sources, "
                    + "\(Int(generator.generator.meanRate)) events/s")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func kind(_ kind: SourceKind) -> String {
        switch kind {
        case .external: "off the chip"
        case .poisson(let rate, _): "Poisson, \(rate) events/s each"
        case .regular(let rate): "regular, \(rate) events/s"
        }
    }

    /// Runs of neighboring circuits.
    private static func places(_ circuits: [NeuronIndex]) -> String {
        var runs: [ClosedRange<Int>] = []
        for index in circuits.map(\.index).sorted() {
            if let last = runs.last, last.upperBound + 1 == index, index != 256 {
                runs[runs.count - 1] = last.lowerBound...index
            } else {
                runs.append(index...index)
            }
        }
        return runs.map { run in
            let half = run.lowerBound < 256 ? "top" : "bottom"
            let (a, b) = (run.lowerBound % 256, run.upperBound % 256)
            return a == b ? "\(half) column \(a)" : "\(half) columns \(a)-\(b)"
        }.joined(separator: ", ")
    }

    /// Rows and columns of the synapses that hold a weight; the bottom array hangs below the top one.
    public var plot: Plot {
        var excitatory: [Plot.Point] = []
        var inhibitory: [Plot.Point] = []
        for hemisphere in Hemisphere.all {
            let array = placed.arrays[hemisphere.index]
            for case let driver? in placed.drivers[hemisphere.index] {
                for column in SynapseColumn.all {
                    for (row, isExcitatory) in [
                        (driver.excitatoryRow, true), (driver.inhibitoryRow, false),
                    ] where array[row, column].index > 0 {
                        let y = Double(row.index) + 1
                        let point = Plot.Point(
                            Double(column.index), hemisphere == .top ? y : -y)
                        if isExcitatory {
                            excitatory.append(point)
                        } else {
                            inhibitory.append(point)
                        }
                    }
                }
            }
        }
        var plot = Plot(
            title: "Synapses in use",
            caption: "Rows above 0 are the top array, below 0 the bottom one; neurons lie between "
                + "them, one to a column in each. Excitatory and inhibitory rows alternate.",
            xAxis: .init("column", range: -4...259), yAxis: .init("row", range: -260...260),
            series: [
                .init("excitatory", .markers, color: 0, points: excitatory),
                .init("inhibitory", .markers, color: 3, points: inhibitory),
            ])
        plot.aspectRatio = 0.9
        return plot
    }
}
