extension HTMLReport {
    /// One card per receiver: what it is, how it was trained, every count, how to get it again.
    var cards: String {
        section("receivers", "Receivers", report.receivers.map(card).joined())
    }

    private func card(_ receiver: Report.Receiver) -> String {
        let record = receiver.record
        let levels = record.training.noiseDB.map { NumberText.count(0 - $0) + " dB" }
        let facts = HTML.facts([
            ("kind", [record.receiver.kind, record.receiver.summary]
                .filter { !$0.isEmpty }.joined(separator: ", ")),
            ("runs on", record.substrateText),
            ("taps", "\(record.receiver.taps)" + (record.receiver.samplesPerSymbol.map {
                ", \($0) samples per symbol"
            } ?? "")),
            ("looks ahead", lookAhead(record)),
            ("parameters", NumberText.count(Double(record.receiver.parameters))),
            ("training", record.training.policy),
            ("trained at", levels.joined(separator: ", ")),
            ("seed", "\(record.seed)"),
            ("counted on", record.stream.map { "\($0) stream" } ?? ""),
            ("chip seed", record.chipSeed.map { "\($0)" } ?? ""),
            ("channel", record.channel["name"]?.string ?? ""),
            ("revision", record.revision),
            ("toolchain", record.toolchain),
        ])
        return "<article class=\"card\">\n<h3>\(HTML.escape(receiver.label))</h3>\n" + facts
            + HTML.details("Counts at every noise level", counts(record))
            + reliabilities(record) + codedErrors(record) + HTML.command(receiver.command)
            + "</article>\n"
    }

    /// How long a decision waits for later samples, the least latency of any hardware, and how long
    /// a chip computes.
    private func lookAhead(_ record: EvaluationRecord) -> String {
        let symbols = Double(record.receiver.taps / 2) / Double(record.receiver.samplesPerSymbol ?? 1)
        var text = "\(NumberText.count(symbols)) symbols"
        if let rate = report.symbolsPerSecond {
            text += ", \(NumberText.significant(symbols / rate * 1e12)) ps"
        }
        if record.receiver.kind == "sequence" {
            text += " and the search's own depth"
        }
        let chip = record.points.map(\.operationsPerSymbol.hardwareNanoseconds).max() ?? 0
        return chip > 0
            ? text + "; the chip works \(NumberText.significant(chip / 1000)) us on a symbol" : text
    }

    /// Variance of the blocks over that of independent errors, `1.24 +- 0.05`.
    private static func scatter(_ point: EvaluationRecord.Point) -> String {
        guard let index = point.blocks?.dispersionIndex,
            let error = point.blocks?.dispersionStandardError
        else { return "--" }
        return "\(NumberText.plain(index, decimals: 2)) +- \(NumberText.plain(error, decimals: 2))"
    }

    private static func blockInterval(_ point: EvaluationRecord.Point) -> String {
        guard let ends = point.blocks?.ci95, ends.count == 2 else { return "--" }
        return "[\(NumberText.scientific(ends[0], decimals: 2)), "
            + "\(NumberText.scientific(ends[1], decimals: 2))]"
    }

    private static func rate(_ count: EvaluationRecord.Point.Count) -> String {
        NumberText.rate(count.ber, interval: count.ci95[0]...count.ci95[1])
    }

    private func counts(_ record: EvaluationRecord) -> String {
        let points = record.points.sorted { $0.noiseLevel < $1.noiseLevel }
        typealias Point = EvaluationRecord.Point
        let optional: [(String, (Point) -> Double)] = [
            ("input spikes", { $0.inputSpikesPerSymbol }),
            ("hidden spikes", { $0.hiddenSpikesPerSymbol }),
            ("MAC", { $0.operationsPerSymbol.multiplyAccumulates }),
            ("products", { $0.operationsPerSymbol.products }),
            ("activations", { $0.operationsPerSymbol.activations }),
            ("comparisons", { $0.operationsPerSymbol.comparisons }),
            ("synaptic events", { $0.operationsPerSymbol.synapticEvents }),
            ("neuron updates", { $0.operationsPerSymbol.neuronUpdates }),
            ("membrane conversions", { $0.operationsPerSymbol.membraneConversions }),
            ("plasticity cycles", { $0.operationsPerSymbol.plasticityCycles }),
            ("hardware ns", { $0.operationsPerSymbol.hardwareNanoseconds }),
        ]
        let hasFeedback = points.contains { $0.sentFedBack != nil }
        let hasBlocks = points.contains { $0.blocks?.dispersionIndex != nil }
        // Only the columns in which anything happened.
        let shown = optional.filter { column in points.contains { column.1($0) > 0 } }
        return HTML.table(
            [
                .init("noise level"), .init("bits", .figure),
                .init("bit errors", .figure), .init("symbol errors", .figure),
                .init("BER", .figure),
            ] + (hasBlocks ? [.init("scatter of blocks", .figure), .init("interval by blocks", .figure)] : [])
                + (hasFeedback ? [.init("BER, sent symbols fed back", .figure)] : [])
                + shown.map { .init("\($0.0)/symbol", .figure) },
            points.map { point in
                [
                    report.levelText(point.noiseDB),
                    NumberText.count(Double(point.bits)),
                    NumberText.count(Double(point.bitErrors)),
                    NumberText.count(Double(point.symbolErrors)),
                    NumberText.rate(point.ber, interval: point.interval),
                ] + (hasBlocks ? [Self.scatter(point), Self.blockInterval(point)] : [])
                    + (hasFeedback ? [point.sentFedBack.map(Self.rate) ?? "--"] : [])
                    + shown.map { NumberText.count($0.1(point)) }
            })
    }
}
