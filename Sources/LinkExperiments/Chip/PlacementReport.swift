public import BrainScaleS2

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
}
