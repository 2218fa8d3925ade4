public import EnergyModel
public import Reporting

/// One receiver's energy with its terms, for a terminal.
public enum EnergyListing {
    public static func text(_ record: EvaluationRecord, _ energy: EnergyEstimate) -> String {
        var lines = [
            "\(record.receiver.name) (\(record.substrateText)) under \(energy.priceList): "
                + EnergyText.range(energy.perBit, isEstimate: energy.isEstimate) + " pJ/bit"
        ]
        for term in energy.terms {
            lines.append(
                "  \(term.price.term): "
                    + EnergyText.range(term.perSymbol, isEstimate: term.price.status == .estimate)
                    + " pJ/symbol; \(term.price.status.rawValue); \(term.price.source)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
