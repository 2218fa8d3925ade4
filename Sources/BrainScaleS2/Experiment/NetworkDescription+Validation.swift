import PhysicalQuantities

extension NetworkDescription {
    /// "origin -> target" for messages.
    func title(of projection: Int) -> String {
        let p = projections[projection]
        return "'\(name(of: p.origin))' -> '\(populations[p.target.index].name)'"
    }
}

extension PlacedNetwork {
    /// Checks sizes, weights and targets against the ranges of the public calibration.
    static func validate(_ network: NetworkDescription) throws(PlacementError) {
        for source in network.sources {
            guard source.count >= 1 else { throw .emptyPopulation(name: source.name) }
            try validate(source)
        }
        for population in network.populations {
            guard population.count >= 1 else { throw .emptyPopulation(name: population.name) }
            try validate(population)
        }
        for (number, projection) in network.projections.enumerated() {
            let isKnown: Bool
            switch projection.origin {
            case .source(let id): isKnown = id.index < network.sources.count
            case .population(let id): isKnown = id.index < network.populations.count
            }
            guard isKnown, projection.target.index < network.populations.count else {
                throw .unknownReference(projection: "\(number)")
            }
            let title = network.title(of: number)
            let posts = network.populations[projection.target.index].count
            let expected = network.count(of: projection.origin) * posts
            guard projection.weights.count == expected else {
                throw .weightShape(
                    projection: title, expected: expected, found: projection.weights.count)
            }
            for (k, weight) in projection.weights.enumerated() where abs(weight) > 63 {
                throw .weightOutOfRange(
                    projection: title, pre: k / posts, post: k % posts, value: weight)
            }
        }
    }

    private static func validate(_ source: NetworkDescription.Source) throws(PlacementError) {
        let (rate, range): (Double, ClosedRange<Double>)
        switch source.kind {
        case .external: return
        case .poisson(let value, _): (rate, range) = (value, PlacedGenerator.poissonRates)
        case .regular(let value): (rate, range) = (value, PlacedGenerator.regularRates)
        }
        guard range.contains(rate) else {
            throw .rateOutOfRange(
                source: source.name, rate: rate,
                allowed: "\(Int(range.lowerBound))...\(Int(range.upperBound))")
        }
    }

    private static func validate(
        _ population: NetworkDescription.Population
    ) throws(PlacementError) {
        let targets = population.cell.targets
        var checks: [(String, Double, ClosedRange<Double>, String)] = [
            ("leak", targets.leak, 50...160, "50...160 CADC LSB"),
            (
                "membrane time constant", targets.membraneTimeConstant.microseconds, 0.5...60,
                "0.5...60 us"
            ),
            (
                "excitatory time constant", targets.excitatoryTimeConstant.microseconds, 0.3...30,
                "0.3...30 us"
            ),
            (
                "inhibitory time constant", targets.inhibitoryTimeConstant.microseconds, 0.3...30,
                "0.3...30 us"
            ),
        ]
        // What circuits reach is up to the chip; its calibration says whether they did.
        checks.append(
            (
                "synaptic strength", ChipConfiguration.relativeStrength(population.cell), 0...100,
                "0...100 times that of the defaults at this membrane time constant"
            ))
        if let spiking = population.cell.spiking {
            checks.append(("threshold", spiking.threshold, 50...220, "50...220 CADC LSB"))
            checks.append(("reset", spiking.reset, 50...160, "50...160 CADC LSB"))
            checks.append(
                (
                    "refractory time", spiking.refractoryTime.microseconds, 0.04...32,
                    "0.04...32 us"
                ))
        }
        for (parameter, value, range, allowed) in checks {
            // Units were converted: a limit itself must pass and read as it was written.
            let written = (value * 1e9).rounded() / 1e9
            guard range.contains(written) else {
                throw .targetOutOfRange(
                    population: population.name, parameter: parameter, value: written,
                    allowed: allowed)
            }
        }
    }
}
