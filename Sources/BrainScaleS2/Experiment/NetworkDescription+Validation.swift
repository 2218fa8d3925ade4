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

    private static func checks(
        of cell: SteppedCell
    ) -> [(String, Double, ClosedRange<Double>, String)] {
        var checks: [(String, Double, ClosedRange<Double>, String)] = [
            ("constant drive", cell.constantDrive, -1000...1000, "-1000...1000 CADC LSB")
        ]
        if let term = cell.exponential {
            checks.append(("exponential slope", term.slope, 0.1...100, "0.1...100 CADC LSB"))
            checks.append(("exponential onset", term.onset, 0...255, "0...255 CADC LSB"))
        }
        if let adaptation = cell.adaptation {
            checks.append(
                (
                    "adaptation time constant", adaptation.timeConstant.microseconds, 1...10_000,
                    "1...10000 us"
                ))
            checks.append(("adaptation a", adaptation.a, -10...10, "-10...10"))
            checks.append(("adaptation b", adaptation.b, -255...255, "-255...255 CADC LSB"))
        }
        for input in [cell.excitatoryInput, cell.inhibitoryInput] {
            switch input {
            case .current(let limit?):
                checks.append(("input limit", limit, 1...10_000, "1...10000 CADC LSB"))
            case .current(nil): break
            case .conductance(let reversal):
                checks.append(
                    (
                        "distance of the reversal potential from leak",
                        abs(reversal - cell.targets.leak), 5...400, "5...400 CADC LSB"
                    ))
            }
        }
        return checks
    }

    /// Compartments lie side by side in one hemisphere's half, in circuits that share its line.
    static func validateCouplings(
        _ network: NetworkDescription, _ circuits: [[NeuronIndex]]
    ) throws(PlacementError) {
        for coupling in network.couplings {
            guard network.populations.indices.contains(coupling.population.index) else {
                throw .couplingOutOfRange(
                    population: "\(coupling.population.index)", reason: "there is no such population")
            }
            let population = network.populations[coupling.population.index]
            func fail(_ reason: String) -> PlacementError {
                .couplingOutOfRange(population: population.name, reason: reason)
            }
            guard population.cell.stepped != nil else {
                throw fail("compartments are stepped cells")
            }
            let members = 0..<population.count
            guard members.contains(coupling.first), members.contains(coupling.second),
                coupling.first != coupling.second
            else { throw fail("members \(coupling.first) and \(coupling.second) do not exist") }
            let written = (coupling.timeConstant.microseconds * 1e9).rounded() / 1e9
            guard (0.1...30).contains(written) else {
                throw fail("time constant \(written) us; allowed are 0.1...30 us")
            }
            let places = [coupling.first, coupling.second].map {
                circuits[coupling.population.index][$0]
            }
            guard places[0].quadrant == places[1].quadrant else {
                throw fail("members lie in different quarters of the chip")
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
        if let cell = population.cell.stepped { checks += Self.checks(of: cell) }
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
