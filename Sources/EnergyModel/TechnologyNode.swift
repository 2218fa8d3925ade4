/// A semiconductor technology, as far as the energy of switching depends on it.
public struct TechnologyNode: Sendable, Hashable, Codable {
    /// Feature size by which the technology is called, in nm.
    public var nodeInNanometres: Double
    /// Supply voltage, where known.
    public var supplyInVolts: Double?

    /// - Throws: `PriceListError` unless both are positive.
    public init(nodeInNanometres: Double, supplyInVolts: Double?) throws(PriceListError) {
        guard nodeInNanometres > 0, nodeInNanometres.isFinite, (supplyInVolts ?? 1) > 0 else {
            throw PriceListError(
                code: .invalidRange,
                message: "technology: node \(nodeInNanometres) nm, supply "
                    + "\(supplyInVolts.map { "\($0)" } ?? "not stated") V; both must be positive")
        }
        self.nodeInNanometres = nodeInNanometres
        self.supplyInVolts = supplyInVolts
    }

    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            nodeInNanometres: keys.decode(Double.self, forKey: .nodeInNanometres),
            supplyInVolts: keys.decodeIfPresent(Double.self, forKey: .supplyInVolts))
    }

    public enum CodingKeys: String, CodingKey, CaseIterable {
        case nodeInNanometres = "node_nm"
        case supplyInVolts = "supply_V"
    }

    /// Ratio of switching energies, `other` to this technology: (L'/L) (V'/V)^2.
    ///
    /// Energy per switching event is C V^2, and the capacitance C of a gate with its wires shrinks
    /// with the feature size L. Leakage and the slower shrinking of wires are left out, so the
    /// ratio is an estimate; nil if a supply voltage is unknown.
    public func energyRatio(to other: TechnologyNode) -> Double? {
        guard let supply = supplyInVolts, let otherSupply = other.supplyInVolts else { return nil }
        let voltageRatio = otherSupply / supply
        return other.nodeInNanometres / nodeInNanometres * voltageRatio * voltageRatio
    }
}

extension PriceList {
    /// The list as it would read on another technology, by the ratio of switching energies.
    ///
    /// Only the named operations are scaled: logic shrinks with the technology, converters and
    /// analog circuits do not. Scaled prices become estimates and say what was done to them.
    ///
    /// - Throws: `PriceListError` if either supply voltage is unknown.
    public func scaled(
        to other: TechnologyNode, operations: Set<PricedOperation>
    ) throws(PriceListError) -> PriceList {
        guard let ratio = technology.energyRatio(to: other) else {
            throw PriceListError(
                code: .missingSupply,
                message: "price list \(name): scaling needs supply_V of both technologies")
        }
        let remark =
            "scaled by \(ratio) from \(technology.nodeInNanometres) nm to "
            + "\(other.nodeInNanometres) nm, (L'/L)(V'/V)^2"
        var result = self
        result.name = "\(name) scaled to \(other.nodeInNanometres) nm"
        result.technology = other
        result.entries = entries.map { entry in
            guard operations.contains(entry.operation) else { return entry }
            var price = entry
            price.picojoules *= ratio
            price.lowPicojoules *= ratio
            price.highPicojoules *= ratio
            price.status = .estimate
            price.note = entry.note.isEmpty ? remark : "\(entry.note); \(remark)"
            return price
        }
        return result
    }
}
