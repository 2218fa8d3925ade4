/// What operations cost on one technology: the contents of a file under `prices/`.
///
/// A list prices an operation, or names it under `unpriced` with the reason (it is part of another
/// term, or left out on purpose). Anything else makes pricing fail: a total that silently misses
/// work would be worse than none.
public struct PriceList: Sendable, Hashable, Codable {
    public var name: String
    /// One sentence: which hardware this stands for.
    public var description: String
    public var technology: TechnologyNode
    /// What a reader has to accept to use these prices.
    public var assumptions: [String]
    /// Parts of a receiver that no entry covers.
    public var notIncluded: [String]
    /// Operations without a price of their own, and why.
    public var unpriced: [PricedOperation: String]
    public var entries: [Price]
    /// How fast its hardware is, as far as that is known.
    public var capacities: [UnitCapacity]

    /// - Throws: `PriceListError` for contradicting entries.
    public init(
        name: String, description: String, technology: TechnologyNode, assumptions: [String],
        notIncluded: [String], unpriced: [PricedOperation: String], entries: [Price],
        capacities: [UnitCapacity] = []
    ) throws(PriceListError) {
        var seen: Set<String> = []
        for entry in entries {
            guard seen.insert("\(entry.operation.rawValue)\n\(entry.term)").inserted else {
                throw PriceListError(
                    code: .contradiction,
                    message: "price list \(name): \(entry.operation.rawValue) "
                        + "(\(entry.term)) appears twice")
            }
            guard unpriced[entry.operation] == nil else {
                throw PriceListError(
                    code: .contradiction,
                    message: "price list \(name): \(entry.operation.rawValue) is both under "
                        + "entries and under unpriced")
            }
        }
        self.name = name
        self.description = description
        self.technology = technology
        self.assumptions = assumptions
        self.notIncluded = notIncluded
        self.unpriced = unpriced
        self.entries = entries
        self.capacities = capacities
    }

    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            name: keys.decode(String.self, forKey: .name),
            description: keys.decode(String.self, forKey: .description),
            technology: keys.decode(TechnologyNode.self, forKey: .technology),
            assumptions: keys.decodeIfPresent([String].self, forKey: .assumptions) ?? [],
            notIncluded: keys.decodeIfPresent([String].self, forKey: .notIncluded) ?? [],
            unpriced: keys.decodeIfPresent([PricedOperation: String].self, forKey: .unpriced)
                ?? [:],
            entries: keys.decode([Price].self, forKey: .entries),
            capacities: keys.decodeIfPresent([UnitCapacity].self, forKey: .capacities) ?? [])
    }

    /// The keys of the price files.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case name, description, technology, assumptions
        case notIncluded = "not_included"
        case unpriced, entries, capacities
    }

    /// The operations of a workload that the list neither prices nor leaves out on purpose.
    public func missingPrices(for workload: Workload) -> [PricedOperation] {
        let known = Set(entries.map(\.operation)).union(unpriced.keys)
        return PricedOperation.allCases.filter { workload[$0] > 0 && !known.contains($0) }
    }

    /// Prices one symbol of a receiver's work.
    ///
    /// E = sum over terms of (operations per symbol) x (pJ per operation); the low and high totals
    /// take every term at its own bound, as if all prices erred to the same side.
    ///
    /// - Throws: `PriceListError` if the receiver does something without a price.
    public func estimate(
        of workload: Workload, bitsPerSymbol: Double
    ) throws(PriceListError) -> EnergyEstimate {
        precondition(bitsPerSymbol > 0, "a symbol carries bits")
        let missing = missingPrices(for: workload)
        guard missing.isEmpty else {
            let names = missing.map(\.rawValue).joined(separator: ", ")
            throw PriceListError(
                code: .unpricedOperation,
                message: "price list \(name) has no price for \(names)")
        }
        let terms = entries.compactMap { price -> EnergyEstimate.Term? in
            let count = workload[price.operation]
            return count > 0 ? EnergyEstimate.Term(price: price, operationsPerSymbol: count) : nil
        }
        let leftOut = PricedOperation.allCases.compactMap { operation in
            workload[operation] > 0
                ? unpriced[operation].map { "\(operation.title): \($0)" } : nil
        }
        var estimate = EnergyEstimate(
            priceList: name, bitsPerSymbol: bitsPerSymbol, terms: terms, leftOut: leftOut)
        estimate.loads = capacities.compactMap { capacity in
            let count = workload[capacity.operation]
            return count > 0
                ? EnergyEstimate.Load(capacity: capacity, operationsPerSymbol: count) : nil
        }
        return estimate
    }
}
