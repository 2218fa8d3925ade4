/// An energy with its range, in pJ.
public struct EnergyRange: Sendable, Hashable, Codable {
    public var picojoules: Double
    public var lowPicojoules: Double
    public var highPicojoules: Double

    public init(picojoules: Double, lowPicojoules: Double, highPicojoules: Double) {
        self.picojoules = picojoules
        self.lowPicojoules = lowPicojoules
        self.highPicojoules = highPicojoules
    }

    public static func + (a: EnergyRange, b: EnergyRange) -> EnergyRange {
        EnergyRange(
            picojoules: a.picojoules + b.picojoules,
            lowPicojoules: a.lowPicojoules + b.lowPicojoules,
            highPicojoules: a.highPicojoules + b.highPicojoules)
    }

    public static func * (factor: Double, range: EnergyRange) -> EnergyRange {
        EnergyRange(
            picojoules: factor * range.picojoules, lowPicojoules: factor * range.lowPicojoules,
            highPicojoules: factor * range.highPicojoules)
    }

    enum CodingKeys: String, CodingKey {
        case picojoules
        case lowPicojoules = "low_picojoules"
        case highPicojoules = "high_picojoules"
    }
}

/// What one symbol costs a receiver under one price list, term by term.
public struct EnergyEstimate: Sendable, Hashable, Codable {
    /// One line of the bill.
    public struct Term: Sendable, Hashable, Codable {
        public var price: Price
        public var operationsPerSymbol: Double

        public init(price: Price, operationsPerSymbol: Double) {
            self.price = price
            self.operationsPerSymbol = operationsPerSymbol
        }

        /// Count times price.
        public var perSymbol: EnergyRange {
            operationsPerSymbol
                * EnergyRange(
                    picojoules: price.picojoules, lowPicojoules: price.lowPicojoules,
                    highPicojoules: price.highPicojoules)
        }

        enum CodingKeys: String, CodingKey {
            case price
            case operationsPerSymbol = "operations_per_symbol"
        }
    }

    /// Name of the price list.
    public var priceList: String
    public var bitsPerSymbol: Double
    public var terms: [Term]
    /// Operations the receiver does and the list leaves without a price, with the reason.
    public var leftOut: [String]
    /// What one unit of the hardware has to do, where its speed is known.
    public var loads: [Load] = []

    /// Work on hardware of known speed.
    public struct Load: Sendable, Hashable, Codable {
        public var capacity: UnitCapacity
        public var operationsPerSymbol: Double

        public init(capacity: UnitCapacity, operationsPerSymbol: Double) {
            self.capacity = capacity
            self.operationsPerSymbol = operationsPerSymbol
        }

        public func unitsNeeded(symbolsPerSecond: Double) -> Double {
            capacity.unitsNeeded(
                operationsPerSymbol: operationsPerSymbol, symbolsPerSecond: symbolsPerSecond)
        }

        enum CodingKeys: String, CodingKey {
            case capacity
            case operationsPerSymbol = "operations_per_symbol"
        }
    }

    public init(priceList: String, bitsPerSymbol: Double, terms: [Term], leftOut: [String]) {
        self.priceList = priceList
        self.bitsPerSymbol = bitsPerSymbol
        self.terms = terms
        self.leftOut = leftOut
    }

    /// Sum of the terms; low and high sum the bounds.
    public var perSymbol: EnergyRange {
        terms.reduce(EnergyRange(picojoules: 0, lowPicojoules: 0, highPicojoules: 0)) {
            $0 + $1.perSymbol
        }
    }

    public var perBit: EnergyRange { (1 / bitsPerSymbol) * perSymbol }

    /// The largest term, and its share of the total; nil if nothing was priced.
    public var dominant: (term: Term, share: Double)? {
        let total = perSymbol.picojoules
        guard total > 0,
            let largest = terms.max(by: { $0.perSymbol.picojoules < $1.perSymbol.picojoules })
        else { return nil }
        return (largest, largest.perSymbol.picojoules / total)
    }

    /// Whether any term that adds energy rests on an estimate.
    public var isEstimate: Bool {
        terms.contains { $0.price.status == .estimate && $0.perSymbol.highPicojoules > 0 }
    }

    /// Share of the total that rests on estimates, 0 to 1.
    public var estimatedShare: Double {
        let total = perSymbol.picojoules
        guard total > 0 else { return 0 }
        return terms.filter { $0.price.status == .estimate }
            .reduce(0) { $0 + $1.perSymbol.picojoules } / total
    }

    enum CodingKeys: String, CodingKey {
        case priceList = "price_list"
        case bitsPerSymbol = "bits_per_symbol"
        case terms
        case leftOut = "left_out"
        case loads
    }
}
