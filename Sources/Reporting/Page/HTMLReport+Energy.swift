import EnergyModel

extension HTMLReport {
    /// Energy: the plot, the bill of every receiver and price list, and the prices with sources.
    var energy: String {
        let bills = report.receivers.flatMap { receiver in
            receiver.energies.map { (receiver.label, $0) }
        }
        guard !bills.isEmpty else { return "" }
        let overview = HTML.table(
            [
                .init("receiver"), .init("price list"), .init("pJ/symbol", .figure),
                .init("pJ/bit", .figure), .init("dominated by", .longText),
                .init("share of estimates", .figure),
                .init("side by side at the line rate", .figure),
            ],
            bills.map { label, energy in
                [
                    label, energy.priceList,
                    NumberText.significant(energy.perSymbol.picojoules, digits: 3),
                    EnergyText.perBit(energy), EnergyText.dominant(energy),
                    "\(NumberText.plain(100 * energy.estimatedShare, decimals: 0)) %",
                    unitsText(energy),
                ]
            })
        let details = bills.map { label, energy in
            HTML.details("\(label) on \(energy.priceList), term by term", bill(energy))
        }
        let sources = report.priceLists.map { list in
            HTML.details("Prices of \(list.name), with their sources", prices(list))
        }
        let fronts = report.energyLists.compactMap { front($0) }
        return section(
            "energy", "Energy",
            HTML.paragraph(
                "Operations are counted while the receivers run and multiplied by prices. These "
                    + "are model estimates, not measurements of a receiver.")
                + drawing("energy") + fronts.joined() + overview
                + HTML.paragraph(Self.unitsNote, style: "note") + details.joined()
                + sources.joined())
    }

    /// The cheapest receivers by the noise level they bear, under one price list.
    private func front(_ list: String) -> String? {
        for threshold in report.thresholds {
            let entries = report.paretoFront(at: threshold, under: list)
            guard entries.count >= 2 else { continue }
            return HTML.table(
                [
                    .init("cheapest at \(threshold.name), price list \(list)"),
                    .init("down to \(report.levelName)", .figure), .init("pJ/bit", .figure),
                    .init("times the cheapest", .figure), .init("dominated by", .longText),
                ],
                entries.map { entry in
                    [
                        entry.receiver.label,
                        NumberText.plain(0 - entry.noiseDB, decimals: 2),
                        EnergyText.perBit(entry.energy),
                        NumberText.significant(
                            entry.picojoulesPerBit / entries[0].picojoulesPerBit),
                        EnergyText.dominant(entry.energy),
                    ]
                })
                + HTML.paragraph(
                    "Each row is the cheapest receiver of all that reach the threshold at its "
                        + "noise level or with more noise.", style: "note")
        }
        return nil
    }

    private static let unitsNote =
        "Side by side: units of the named hardware that keep up with the symbol rate, each busy all "
        + "the time, were the work shared out perfectly. It says nothing of area, and for most lists "
        + "the speed of a unit is an estimate; the price list names its source."

    private func unitsText(_ energy: EnergyEstimate) -> String {
        guard let rate = report.symbolsPerSecond else { return "--" }
        let units = energy.loads.map { load in
            "\(NumberText.significant(load.unitsNeeded(symbolsPerSecond: rate))) x "
                + load.capacity.unit
        }
        return units.isEmpty ? "--" : units.joined(separator: ", ")
    }

    private func bill(_ energy: EnergyEstimate) -> String {
        let total = energy.perSymbol
        let rows =
            energy.terms.map { term in
                [
                    term.price.term,
                    NumberText.count(term.operationsPerSymbol) + " "
                        + term.price.operation.title,
                    NumberText.significant(term.price.picojoules, digits: 3),
                    EnergyText.range(term.perSymbol, isEstimate: false),
                    percent(term.perSymbol.picojoules, of: total.picojoules),
                    term.price.status.rawValue,
                ]
            } + [["total", "", "", EnergyText.range(total, isEstimate: false), "", ""]]
        return HTML.table(
            [
                .init("term"), .init("per symbol", .figure),
                .init("pJ each", .figure), .init("pJ/symbol", .figure),
                .init("share", .figure), .init("status"),
            ], rows)
            + (energy.leftOut.isEmpty
                ? "" : HTML.paragraph("Without a price of their own:", style: "note"))
            + HTML.list(energy.leftOut)
    }

    private func percent(_ part: Double, of total: Double) -> String {
        total > 0 ? "\(NumberText.plain(100 * part / total, decimals: 1)) %" : "--"
    }

    private func prices(_ list: PriceList) -> String {
        let rows = list.entries.map { price in
            [
                price.operation.title, price.term,
                EnergyText.range(
                    EnergyRange(
                        picojoules: price.picojoules, lowPicojoules: price.lowPicojoules,
                        highPicojoules: price.highPicojoules), isEstimate: false),
                price.nodeInNanometres.map { "\(NumberText.count($0)) nm" } ?? "--",
                price.bitWidth.map { "\($0) bit" } ?? "--",
                price.status.rawValue,
                origin(of: price),
            ]
        }
        return HTML.paragraph(list.description)
            + HTML.table(
                [
                    .init("operation"), .init("term"), .init("pJ", .figure),
                    .init("silicon", .figure), .init("width", .figure),
                    .init("status"), .init("source", .longText),
                ], rows)
            + heading(
                "Speed of its hardware",
                list.capacities.map {
                    "\($0.unit): \(NumberText.significant($0.operationsPerSecond)) "
                        + "\($0.operation.title) per second; \($0.status.rawValue); \($0.source)"
                })
            + heading("Assumptions", list.assumptions)
            + heading("Not included", list.notIncluded)
    }

    /// Source, its year where it does not say it itself, and how the price follows from it.
    private func origin(of price: Price) -> String {
        let year = price.year.map { " (\($0))" } ?? ""
        let dated = price.year.map { price.source.contains("\($0)") } ?? true
        return price.source + (dated ? "" : year) + (price.note.isEmpty ? "" : "; \(price.note)")
    }

    private func heading(_ title: String, _ items: [String]) -> String {
        items.isEmpty ? "" : "<h4>\(HTML.escape(title))</h4>\n" + HTML.list(items)
    }
}
