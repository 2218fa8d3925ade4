/// How fast one piece of hardware of a price list works, which says how many of them a line rate
/// needs side by side.
public struct UnitCapacity: Sendable, Hashable, Codable {
    public var operation: PricedOperation
    /// What works so fast, in words: `multiplier at 1 GHz`, `chip`.
    public var unit: String
    public var operationsPerSecond: Double
    public var status: PriceStatus
    public var source: String

    /// - Throws: `PriceListError` unless the rate is positive.
    public init(
        operation: PricedOperation, unit: String, operationsPerSecond: Double,
        status: PriceStatus, source: String
    ) throws(PriceListError) {
        guard operationsPerSecond > 0, operationsPerSecond.isFinite else {
            throw PriceListError(
                code: .invalidRange,
                message: "capacity of \(unit): \(operationsPerSecond) operations per second; must "
                    + "be positive")
        }
        self.operation = operation
        self.unit = unit
        self.operationsPerSecond = operationsPerSecond
        self.status = status
        self.source = source
    }

    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            operation: keys.decode(PricedOperation.self, forKey: .operation),
            unit: keys.decode(String.self, forKey: .unit),
            operationsPerSecond: keys.decode(Double.self, forKey: .operationsPerSecond),
            status: keys.decode(PriceStatus.self, forKey: .status),
            source: keys.decode(String.self, forKey: .source))
    }

    public enum CodingKeys: String, CodingKey, CaseIterable {
        case operation, unit
        case operationsPerSecond = "per_second"
        case status, source
    }

    /// Units that keep up with a symbol rate, each busy all the time: operations per symbol x
    /// symbols per second / operations per second, not rounded.
    public func unitsNeeded(operationsPerSymbol: Double, symbolsPerSecond: Double) -> Double {
        operationsPerSymbol * symbolsPerSecond / operationsPerSecond
    }
}
