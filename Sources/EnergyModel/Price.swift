/// How well a price is known.
public enum PriceStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// Measured on silicon by the source.
    case measured
    /// Stated by the source, from a model, a simulation or a survey.
    case published
    /// Quoted at second hand, from memory, derived or assumed.
    case estimate
}

/// The energy of one operation on one technology, with its range and where it comes from.
public struct Price: Sendable, Hashable, Codable {
    public var operation: PricedOperation
    /// What is priced, in words; several terms may price one operation, their sum counts.
    public var term: String
    /// Energy per operation in pJ; for hardware nanoseconds, the power in mW.
    public var picojoules: Double
    public var lowPicojoules: Double
    public var highPicojoules: Double
    /// Word length in bits, where the source states one.
    public var bitWidth: Int?
    /// Feature size of the silicon that the figure stems from, in nm.
    public var nodeInNanometres: Double?
    public var year: Int?
    public var status: PriceStatus
    /// The source, verbatim.
    public var source: String
    /// How the price and its bounds follow from the source.
    public var note: String

    /// - Throws: `PriceListError` unless 0 <= low <= nominal <= high, all finite.
    public init(
        operation: PricedOperation, term: String, picojoules: Double, lowPicojoules: Double,
        highPicojoules: Double, bitWidth: Int? = nil, nodeInNanometres: Double? = nil,
        year: Int? = nil, status: PriceStatus, source: String, note: String = ""
    ) throws(PriceListError) {
        guard
            lowPicojoules >= 0, lowPicojoules <= picojoules, picojoules <= highPicojoules,
            highPicojoules.isFinite
        else {
            throw PriceListError(
                code: .invalidRange,
                message: "\(operation.rawValue) (\(term)): low \(lowPicojoules), nominal "
                    + "\(picojoules), high \(highPicojoules) pJ; allowed is "
                    + "0 <= low <= nominal <= high")
        }
        guard !source.isEmpty else {
            throw PriceListError(
                code: .missingSource,
                message: "\(operation.rawValue) (\(term)): source is empty; every price states one")
        }
        self.operation = operation
        self.term = term
        self.picojoules = picojoules
        self.lowPicojoules = lowPicojoules
        self.highPicojoules = highPicojoules
        self.bitWidth = bitWidth
        self.nodeInNanometres = nodeInNanometres
        self.year = year
        self.status = status
        self.source = source
        self.note = note
    }

    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            operation: keys.decode(PricedOperation.self, forKey: .operation),
            term: keys.decode(String.self, forKey: .term),
            picojoules: keys.decode(Double.self, forKey: .picojoules),
            lowPicojoules: keys.decode(Double.self, forKey: .lowPicojoules),
            highPicojoules: keys.decode(Double.self, forKey: .highPicojoules),
            bitWidth: keys.decodeIfPresent(Int.self, forKey: .bitWidth),
            nodeInNanometres: keys.decodeIfPresent(Double.self, forKey: .nodeInNanometres),
            year: keys.decodeIfPresent(Int.self, forKey: .year),
            status: keys.decode(PriceStatus.self, forKey: .status),
            source: keys.decode(String.self, forKey: .source),
            note: keys.decodeIfPresent(String.self, forKey: .note) ?? "")
    }

    /// The keys of the price files.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case operation, term, picojoules
        case lowPicojoules = "low_picojoules"
        case highPicojoules = "high_picojoules"
        case bitWidth = "bit_width"
        case nodeInNanometres = "node_nm"
        case year, status, source, note
    }
}
