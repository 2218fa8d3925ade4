import EnergyModel

/// The table that ends an evaluation: what each receiver achieves, what it does, what it costs.
public struct ReceiverTable: Sendable {
    public static let maximumWidth = 110

    private let report: Report

    public init(_ report: Report) { self.report = report }

    /// The text, several lines, each at most `maximumWidth` characters.
    public var text: String {
        let level = report.levelText(report.referenceNoiseDB)
        var lines = receivers(level: level).lines(maximumWidth: Self.maximumWidth)
        lines += wrapped(
 (report.isReceivedPower
                ? "Level: mean optical power on the photodiode. "
                : "Noise level x dB: noise variance 10^(-x/10) per sample, three samples per symbol; "
                    + "not an SNR. ")
                + "BER with exact 95 % interval; the columns "
                + report.thresholds.map(\.key).joined(separator: ", ")
                + " give the level at which the curve crosses that threshold (-- not reached"
                + " within the measured levels).")
        let coded = report.codedReceivers
        if !coded.isEmpty {
            lines.append("")
            lines += codedTable(coded).lines(maximumWidth: Self.maximumWidth)
            lines += wrapped(
                "Frame: outer codeword, at \(level). Bound: exact, one-sided, 95 %. Estimate: "
                    + "extrapolated from the wrong symbols of all frames, range of sampling alone; "
                    + "counted: lost often enough to need none. Burstiness: lost frames over "
                    + "those of as many scattered wrong symbols.")
            for (receiver, point, codes) in coded {
                let sentences = ErrorCorrectionText.sentences(
                    point, codes, thresholds: report.thresholds)
                lines += wrapped("\(receiver.label): \(sentences.joined(separator: " "))")
            }
        }
        let energies = energyTable()
        if !energies.rows.isEmpty {
            lines.append("")
            lines += energies.lines(maximumWidth: Self.maximumWidth)
            lines += wrapped(
                "Range from the price bounds, all taken to the same side; est.: rests on at least "
                    + "one estimated price.")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func receivers(level: String) -> TextTable {
        var table = TextTable(
            columns: [
                .init("receiver", isFlexible: true), .init("on", isFlexible: true),
                .init("BER at \(level)\n[95 % interval]"),
            ]
                + report.thresholds.map { threshold in
                    // `hamming_kp4` or `hamming+kp4` becomes two lines: a narrow column.
                    let name = threshold.key.replacing("_", with: "\n")
                        .replacing("+", with: "\n+")
                    return .init("\(name)\n\(NumberText.scientific(threshold.ber))", .right)
                }
                + [.init("work\nper symbol", .right), .init("pJ/bit\n(first list)", .right)])
        for receiver in report.receivers {
            let point = receiver.record.point(atNoiseDB: report.referenceNoiseDB)
            let ber = point.map { NumberText.rate($0.ber, interval: $0.interval) } ?? "--"
            let crossings = report.thresholds.map { threshold in
                receiver.record.crossing(threshold.key).map {
                    NumberText.plain(0 - $0, decimals: 2)
                } ?? "--"
            }
            let row =
                [receiver.label, receiver.record.substrateText, ber] + crossings
                + [
                    point?.workText ?? "--",
                    receiver.energies.first.map(EnergyText.nominalPerBit) ?? "--",
                ]
            table.append(row)
        }
        return table
    }

    private func codedTable(
        _ coded: [
            (
                receiver: Report.Receiver, point: EvaluationRecord.Point,
                codes: [EvaluationRecord.CodedErrors]
            )
        ]
    ) -> TextTable {
        var table = TextTable(columns: [
            .init("decoded\nbits of", isFlexible: true), .init("code"),
            .init("frames", .right), .init("lost", .right),
            .init("bound of\nlost share", .right), .init("estimate of lost share\n[range]"),
            .init("bursti-\nness", .right),
        ])
        for (receiver, _, codes) in coded {
            for code in codes {
                table.append([
                    receiver.label, code.title, NumberText.count(Double(code.frames)),
                    NumberText.count(Double(code.frameErrors)), ErrorCorrectionText.bound(code),
                    ErrorCorrectionText.estimate(code), ErrorCorrectionText.burstiness(code),
                ])
            }
        }
        return table
    }

    private func energyTable() -> TextTable {
        var table = TextTable(columns: [
            .init("energy of", isFlexible: true), .init("price list", isFlexible: true),
            .init("pJ/symbol", .right), .init("pJ/bit"), .init("mostly", isFlexible: true),
        ])
        for receiver in report.receivers {
            for energy in receiver.energies {
                table.append([
                    receiver.label, energy.priceList,
                    NumberText.significant(energy.perSymbol.picojoules),
                    EnergyText.perBit(energy), EnergyText.dominant(energy),
                ])
            }
        }
        return table
    }

    private func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.count + word.count + 1 > Self.maximumWidth {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return lines + [line]
    }
}
