/// An input of the event crossbar: neuron outputs 0..7, off-chip inputs 8..11, background
/// generators 12..19.
public struct CrossbarInput: ChipCoordinate {
    public static let count = 20
    public let index: Int
    public init(_ index: Int) { self.index = Self.check(index) }
    public init(_ output: NeuronEventOutput) { self.init(output.index) }
    public static func offChip(_ channel: Int) -> CrossbarInput { CrossbarInput(8 + channel) }
    public static func background(_ generator: Int) -> CrossbarInput {
        CrossbarInput(12 + generator)
    }
}

/// An output of the event crossbar: top PADI buses 0..3, bottom 4..7, off-chip outputs 8..11.
public struct CrossbarOutput: ChipCoordinate {
    public static let count = 12
    public let index: Int
    public init(_ index: Int) { self.index = Self.check(index) }
    public init(_ hemisphere: Hemisphere, _ bus: PADIBus) {
        self.init(4 * hemisphere.index + bus.index)
    }
    public static func offChip(_ channel: Int) -> CrossbarOutput { CrossbarOutput(8 + channel) }
}

/// The sparse event crossbar: which input can reach which output, and what passes a node.
public enum Crossbar {
    /// Whether the node exists; 76 of the 240 pairs do.
    ///
    /// Neuron output i reaches bus i mod 4 of both hemispheres and off-chip output i mod 4;
    /// off-chip input j reaches all buses and off-chip output j; background generator k of a
    /// hemisphere reaches its bus k mod 4 there and off-chip output k mod 4.
    public static func hasNode(from input: CrossbarInput, to output: CrossbarOutput) -> Bool {
        let i = input.index
        let o = output.index
        switch i {
        case 0..<8: return i % 4 == o % 4
        case 8..<12: return o < 8 || o == i
        default:
            let generator = i - 12
            return o == generator || o == 8 + generator % 4
        }
    }

    /// What a node lets through: labels with (label AND mask) == target, both of 14 bits.
    public struct Node: Sendable, Hashable, Codable {
        public let mask: UInt16
        public let target: UInt16
        /// - Precondition: both fit 14 bits.
        public init(mask: UInt16, target: UInt16) {
            precondition(mask < 0x4000 && target < 0x4000)
            self.mask = mask
            self.target = target
        }
        public static let passAll = Node(mask: 0, target: 0)
        public static let dropAll = Node(mask: 0, target: 0x3FFF)
        public func passes(_ label: UInt16) -> Bool { label & 0x3FFF & mask == target }
    }
}
