// Places on the chip as types: a synapse row is not a column and not a neuron. Every conversion
// is a named property. Source: geometry of the public coordinate headers of the chip's software
// stack (halco-hicann-dls vx).

/// A place on the chip that is one number in a fixed range.
public protocol ChipCoordinate: Sendable, Hashable, Codable, Comparable {
    /// How many places there are.
    static var count: Int { get }
    /// The number of this place, in 0..<count.
    var index: Int { get }
    /// The place with a number known to be in range.
    ///
    /// - Precondition: 0 <= index < count.
    init(_ index: Int)
}

extension ChipCoordinate {
    public static func < (a: Self, b: Self) -> Bool { a.index < b.index }

    /// The place with this number, or nil if there is none.
    public init?(checking index: Int) {
        guard 0 <= index && index < Self.count else { return nil }
        self.init(index)
    }

    /// All places in order.
    public static var all: [Self] { (0..<count).map { Self($0) } }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let index = try container.decode(Int.self)
        guard 0 <= index && index < Self.count else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "\(Self.self) must be in 0...\(Self.count - 1), not \(index)")
        }
        self.init(index)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(index)
    }

    static func check(_ index: Int) -> Int {
        precondition(
            0 <= index && index < count, "\(Self.self) must be in 0...\(count - 1), not \(index)")
        return index
    }
}

/// The upper (0) or lower (1) half of the chip, each with a synapse array, a neuron row and a PPU.
public struct Hemisphere: ChipCoordinate {
    public static let count = 2
    public let index: Int
    public init(_ index: Int) { self.index = Self.check(index) }
    public static let top = Hemisphere(0)
    public static let bottom = Hemisphere(1)
}

/// A row of a synapse array.
public struct SynapseRow: ChipCoordinate {
    public static let count = 256
    public let index: Int
    public init(_ index: Int) { self.index = Self.check(index) }
    /// The driver that serves this row and its partner.
    public var driver: SynapseDriver { SynapseDriver(index / 2) }
}

/// Whether a column belongs to the even or the odd vector of a PPU row access.
public enum ColumnParity: Int, Sendable, Hashable, Codable, CaseIterable {
    case even = 0
    case odd = 1
}

/// A column of a synapse array: the inputs of one neuron circuit.
public struct SynapseColumn: ChipCoordinate {
    public static let count = 256
    public let index: Int
    public init(_ index: Int) { self.index = Self.check(index) }
    /// The vector in which the PPU sees this column, and the lane there.
    public var parity: ColumnParity { index % 2 == 0 ? .even : .odd }
    public var lane: Int { index / 2 }
    /// The column of a lane of the even or odd vector.
    public init(lane: Int, parity: ColumnParity) { self.init(2 * lane + parity.rawValue) }
    /// The column of an entry of a synapse quad: quads 0..31 hold even columns, 32..63 odd ones.
    public init(quad: Int, entry: Int) {
        precondition(0 <= quad && quad < 64 && 0 <= entry && entry < 4)
        self.init(((quad % 32) * 4 + entry) * 2 + quad / 32)
    }
}

/// A PADI (event) bus of one hemisphere; 32 drivers listen on each.
public struct PADIBus: ChipCoordinate {
    public static let count = 4
    public let index: Int
    public init(_ index: Int) { self.index = Self.check(index) }
}

/// A synapse driver of one hemisphere; it serves two neighboring rows.
public struct SynapseDriver: ChipCoordinate {
    public static let count = 128
    public let index: Int
    public init(_ index: Int) { self.index = Self.check(index) }
    public init(bus: PADIBus, indexOnBus: Int) {
        precondition(0 <= indexOnBus && indexOnBus < 32)
        self.init(4 * indexOnBus + bus.index)
    }
    public var bus: PADIBus { PADIBus(index % 4) }
    /// The value of the 5-bit row select that addresses this driver on its bus.
    public var indexOnBus: Int { index / 4 }
    /// The row this emulator drives excitatory in a signed pair.
    public var excitatoryRow: SynapseRow { SynapseRow(2 * index) }
    /// The row this emulator drives inhibitory in a signed pair.
    public var inhibitoryRow: SynapseRow { SynapseRow(2 * index + 1) }
}

/// One of the eight event outputs of the neurons; it collects 32 columns of both rows.
public struct NeuronEventOutput: ChipCoordinate {
    public static let count = 8
    public let index: Int
    public init(_ index: Int) { self.index = Self.check(index) }
    /// The one bus of each hemisphere that the crossbar can forward this output to.
    public var reachableBus: PADIBus { PADIBus(index % 4) }
}

/// A neuron circuit: 0..255 in the top row, 256..511 in the bottom row.
public struct NeuronIndex: ChipCoordinate {
    public static let count = 512
    public let index: Int
    public init(_ index: Int) { self.index = Self.check(index) }
    public init(hemisphere: Hemisphere, column: SynapseColumn) {
        self.init(256 * hemisphere.index + column.index)
    }
    public var hemisphere: Hemisphere { Hemisphere(index / 256) }
    public var column: SynapseColumn { SynapseColumn(index % 256) }
    public var eventOutput: NeuronEventOutput { NeuronEventOutput(column.index / 32) }
    /// The quarter of the chip with common analog parameters: hemisphere times left or right half.
    public var quadrant: Int { 2 * hemisphere.index + column.index / 128 }
}

/// A synapse of the whole chip.
public struct SynapseCoordinate: Sendable, Hashable, Codable {
    public let hemisphere: Hemisphere
    public let row: SynapseRow
    public let column: SynapseColumn
    public init(hemisphere: Hemisphere, row: SynapseRow, column: SynapseColumn) {
        self.hemisphere = hemisphere
        self.row = row
        self.column = column
    }
    /// Numbers synapses of the chip from 0 to 131 071.
    public var index: Int { (hemisphere.index * 256 + row.index) * 256 + column.index }
}
