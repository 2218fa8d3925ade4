/// The 6-bit address a synapse compares with that of an event.
public struct SynapseLabel: ChipCoordinate {
    public static let count = 64
    public let index: Int
    public init(_ index: Int) { self.index = Self.check(index) }
}

/// An event as it travels on a PADI bus: bits 10...6 select the driver, bits 5...0 the synapses.
public struct PADIEvent: Sendable, Hashable, Codable {
    public let bus: PADIBus
    /// The 11-bit word.
    public let word: UInt16

    public init(bus: PADIBus, rowSelect: Int, label: SynapseLabel) {
        precondition(0 <= rowSelect && rowSelect < 32)
        self.bus = bus
        word = UInt16(rowSelect << 6 | label.index)
    }

    /// The event that reaches exactly one driver.
    public init(driver: SynapseDriver, label: SynapseLabel) {
        self.init(bus: driver.bus, rowSelect: driver.indexOnBus, label: label)
    }

    public var rowSelect: Int { Int(word >> 6) & 31 }
    public var label: SynapseLabel { SynapseLabel(Int(word) & 63) }

    /// The drivers that take this event under a row-address compare mask: a cleared bit of the mask
    /// is "don't care".
    public func drivers(compareMask: Int = 0b11111) -> [SynapseDriver] {
        (0..<32).filter { ($0 ^ rowSelect) & compareMask == 0 }
            .map { SynapseDriver(bus: bus, indexOnBus: $0) }
    }
}
