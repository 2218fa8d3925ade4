import Foundation
import OpticalLink
import PhysicalQuantities
import Reporting

/// Link descriptions with what follows from them.
public enum ChannelListing {
    public static func text(_ links: [LinkDescription]) -> String {
        links.map { link in
            let p = link.parameters
            let length = p.dispersionLengthInKilometres
            return """
                \(link.name)
                  \(link.description)
                  \(number(p.bitRateInGigabitsPerSecond)) Gbit/s, dispersion length \
                \(length.isFinite ? number(length) : "infinite") km for \
                \(number(p.fiberLength.kilometres)) km of fiber, about \
                \(number(p.memoryInSymbols)) symbols of memory

                """
        }.joined()
    }

    public static func json(_ links: [LinkDescription]) throws -> String {
        let values = links.map { link -> JSONValue in
            guard case .object(var members) = link.json else { return link.json }
            let p = link.parameters
            let length = p.dispersionLengthInKilometres
            members["derived"] = .object([
                "bit_rate_Gbit_per_s": .number(p.bitRateInGigabitsPerSecond),
                "dispersion_length_km": length.isFinite ? .number(length) : .null,
                "memory_symbols": .number(p.memoryInSymbols),
            ])
            return .object(members)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(values), as: UTF8.self) + "\n"
    }

    private static func number(_ value: Double) -> String { String(format: "%.4g", value) }
}
