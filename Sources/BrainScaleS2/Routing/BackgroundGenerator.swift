/// One of the eight on-chip sources of background events.
///
/// Every `period` cycles of 125 MHz the generator may emit an event. Regular ones always do. Random ones
/// draw eight bits r and emit if r <= rate, so with probability (rate + 1) / 256; a rate of zero turns
/// the generator off. Bits of the label under `mask` are replaced by random bits: 2^k sources share one
/// generator. The first event comes after one whole period.
///
/// Two facts stay open in the public headers: whether a regular generator needs period or period + 1
/// cycles (here: period), and whether the probability is (rate + 1)/256 or rate/255 (here the first, as
/// PyNN has it; they differ by 0.4 %). The register is modeled as 32 bits with feedback from bits 32,
/// 22, 2 and 1, sixteen steps a draw, whose low byte decides and whose next byte fills the mask; the
/// chip's own polynomial is not public.
///
/// Source: background event source of the public headers (haldls vx).
public struct BackgroundGenerator: Sendable, Hashable, Codable {
    /// Cycles of 8 ns between chances, 1...65535.
    public let period: Int
    /// 0...255; of a random generator.
    public let rate: UInt8
    public let isRandom: Bool
    /// 14-bit label of its events.
    public let label: UInt16
    /// Low bits of the label that are random.
    public let mask: UInt8
    private var register: UInt32
    private var nextTick: Int

    /// - Precondition: a period of 1...65535 and a label of 14 bits.
    public init(
        period: Int, rate: UInt8, isRandom: Bool, label: UInt16, mask: UInt8 = 0, seed: UInt32
    ) {
        precondition((1...65535).contains(period) && label < 0x4000)
        self.period = period
        self.rate = rate
        self.isRandom = isRandom
        self.label = label
        self.mask = mask
        // A register of zeros would stay there.
        register = seed == 0 ? 1 : seed
        nextTick = period
    }

    /// An event on the 8-ns grid.
    public struct Event: Sendable, Hashable {
        public var tick: Int
        public var label: UInt16
    }

    /// Mean events per second.
    public var meanRate: Double {
        let probability = isRandom ? (rate == 0 ? 0 : (Double(rate) + 1) / 256) : 1
        return 125e6 / Double(period) * probability
    }

    /// Events before `tick` that have not been handed out.
    public mutating func events(before tick: Int) -> [Event] {
        var events: [Event] = []
        while nextTick < tick {
            if let label = draw() { events.append(Event(tick: nextTick, label: label)) }
            nextTick += period
        }
        return events
    }

    private mutating func draw() -> UInt16? {
        guard isRandom else { return label }
        for _ in 0..<16 {
            let feedback = (register >> 31 ^ register >> 21 ^ register >> 1 ^ register) & 1
            register = register << 1 | feedback
        }
        let bits = UInt16(truncatingIfNeeded: register)
        guard rate > 0, UInt8(truncatingIfNeeded: bits) <= rate else { return nil }
        let random = bits >> 8 & UInt16(mask)
        return label & ~UInt16(mask) | random
    }
}
