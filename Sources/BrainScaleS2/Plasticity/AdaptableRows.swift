/// How a weight of six bits holds changes smaller than its step.
public enum WeightArithmetic: String, Sendable, Hashable, Codable, CaseIterable {
    /// Rounded to the nearest weight: what is below half a step is lost.
    case nearest
    /// Up or down at random, right in the mean: no copy of the weights is needed, but the weights
    /// wander.
    case stochastic
    /// The rest that does not fit stays in the processor's memory, eight bits of it for each synapse:
    /// synapses hold the nearest weight of a sum in sixteen bits.
    case remainder
    /// The rest stays exactly, in floating point, which the processor does not have: an idealization
    /// that costs nothing, to compare with.
    case float
}

/// Signed weights of a projection as a processor changes them: positive ones in excitatory rows,
/// negative ones in inhibitory rows, and what six bits cannot hold according to the arithmetic.
///
/// Steps have eight fractional bits of a weight LSB. Each row and parity pays its reads, writes and
/// vector instructions, and a load and a store for its remainders.
struct AdaptableRows: Sendable {
    /// Sixteen-bit halves of the lanes of one parity.
    typealias Steps = (low: PPUVector16, high: PPUVector16)

    let arithmetic: WeightArithmetic
    /// Of each presynaptic partner.
    let drivers: [SynapseDriver]
    let columns: [SynapseColumn]
    let parities: [ColumnParity]
    /// Bits by which the random registers advance between draws; eight make them independent.
    let randomSteps: Int
    /// Which halves hold columns, [parity, half].
    private let usedHalves: [Bool]
    /// Lanes that are changed, [parity].
    private let masks: [PPUVector8]
    /// [row, parity]
    private(set) var remainders: [PPUVector8]
    /// For `.float`, [row, column].
    private var rests: [Double]

    init(
        drivers: [SynapseDriver], columns: [SynapseColumn], arithmetic: WeightArithmetic,
        randomSteps: Int
    ) {
        self.arithmetic = arithmetic
        self.drivers = drivers
        self.columns = columns
        self.randomSteps = randomSteps
        let present = Set(columns.map(\.parity))
        parities = ColumnParity.allCases.filter { present.contains($0) }
        var usedHalves = [Bool](repeating: false, count: 4)
        var masks = [PPUVector8](repeating: PPUVector8(repeating: 0), count: 2)
        for column in columns {
            usedHalves[2 * column.parity.rawValue + column.lane / 64] = true
            masks[column.parity.rawValue][column.lane] = 1
        }
        self.usedHalves = usedHalves
        self.masks = masks
        let keeps = arithmetic == .remainder
        remainders = Array(
            repeating: PPUVector8(repeating: 0), count: keeps ? 2 * drivers.count : 0)
        rests = Array(
            repeating: 0, count: arithmetic == .float ? drivers.count * columns.count : 0)
    }

    /// Bytes of the processor's memory for what six bits cannot hold.
    var memoryBytes: Int {
        arithmetic == .remainder ? drivers.count * parities.count * 128 : 0
    }

    /// Sixteen-bit halves of a parity that hold columns; instructions on others are left out.
    func usedHalfCount(_ parity: ColumnParity) -> Int {
        (usedHalves[2 * parity.rawValue] ? 1 : 0) + (usedHalves[2 * parity.rawValue + 1] ? 1 : 0)
    }

    /// Numbers by column in the lanes of a parity, zero elsewhere.
    func spread(_ values: [Int], _ parity: ColumnParity) -> Steps {
        var result = (low: PPUVector16(repeating: 0), high: PPUVector16(repeating: 0))
        for (column, value) in zip(columns, values) where column.parity == parity {
            if column.lane < 64 {
                result.low[column.lane] = Int16(value)
            } else {
                result.high[column.lane - 64] = Int16(value)
            }
        }
        return result
    }

    /// Adds steps to the weights of a row.
    mutating func add(_ steps: Steps, row: Int, _ parity: ColumnParity, on ppu: inout PPU) {
        let driver = drivers[row]
        let excitatory = ppu.readWeights(driver.excitatoryRow, parity)
        let inhibitory = ppu.readWeights(driver.inhibitoryRow, parity)
        let signed = excitatory.subtractingSaturating(inhibitory)
        let changed = changed(signed, steps, row, parity, on: &ppu)
        let mask = masks[parity.rawValue]
        let plus = mask.select(.notEqual, changed.saturatedWeight(), else: excitatory)
        let minus = mask.select(
            .notEqual, changed.negatedSaturating().saturatedWeight(), else: inhibitory)
        ppu.charge(6 * ppu.costs.vectorOperation)
        ppu.writeWeights(plus, driver.excitatoryRow, parity)
        ppu.writeWeights(minus, driver.inhibitoryRow, parity)
    }

    private mutating func changed(
        _ signed: PPUVector8, _ steps: Steps, _ row: Int, _ parity: ColumnParity,
        on ppu: inout PPU
    ) -> PPUVector8 {
        let zero = PPUVector16(repeating: 0)
        let uses = (
            low: usedHalves[2 * parity.rawValue], high: usedHalves[2 * parity.rawValue + 1]
        )
        func sums(_ body: (Int, PPUVector16) -> PPUVector16) -> (PPUVector16, PPUVector16) {
            (
                uses.low ? body(0, steps.low) : zero, uses.high ? body(1, steps.high) : zero
            )
        }
        let halves = usedHalfCount(parity)
        let operation = ppu.costs.vectorOperation
        switch arithmetic {
        case .nearest:
            ppu.charge(halves * 7 * operation)
            let (low, high) = sums { half, steps in
                signed.widenedFractional(half: half).addingSaturating(steps)
                    .roundedToNearest(lowBits: 8)
            }
            return PPUVector8(highBytes: low, high)
        case .stochastic:
            let random = ppu.randomBits(parity, steps: randomSteps)
            ppu.charge(halves * 7 * operation)
            let (low, high) = sums { half, steps in
                signed.widenedFractional(half: half).addingSaturating(steps)
                    .roundedStochastically(
                        lowBits: 8, random: random.widenedUnsigned(half: half), randomBits: 8)
            }
            return PPUVector8(highBytes: low, high)
        case .remainder:
            ppu.charge(ppu.costs.memoryLoad + ppu.costs.memoryStore)
            let rest = remainders[2 * row + parity.rawValue]
            // Clamped to the largest weight, so that nothing piles up beyond it.
            let largest = PPUVector16(repeating: 63 << 8)
            let smallest = PPUVector16(repeating: -(63 << 8))
            let (low, high) = sums { half, steps in
                let sum = signed.widenedFractional(half: half)
                    .addingSaturating(rest.widenedModular(half: half)).addingSaturating(steps)
                return sum.minimum(largest).maximum(smallest)
            }
            let whole = PPUVector8(
                highBytes: low.roundedToNearest(lowBits: 8), high.roundedToNearest(lowBits: 8))
            // The low byte of the sum, as a signed number, is the sum less its nearest multiple.
            remainders[2 * row + parity.rawValue] = PPUVector8(lowBytes: low, high)
            // One more to pack, and one to leave lanes alone in which others keep theirs.
            ppu.charge((halves * 10 + 2) * operation)
            return whole
        case .float:
            var result = signed
            for (column, coordinate) in columns.enumerated() where coordinate.parity == parity {
                let lane = coordinate.lane
                let step = lane < 64 ? steps.low[lane] : steps.high[lane - 64]
                result[lane] = addFloat(Double(step) / 256, to: signed[lane], row, column)
            }
            return result
        }
    }

    /// The same with steps that are not rounded at all, by column in weight LSB.
    mutating func addFloat(_ steps: [Double], row: Int, on ppu: inout PPU) {
        let driver = drivers[row]
        for parity in parities {
            var excitatory = ppu.readWeights(driver.excitatoryRow, parity)
            var inhibitory = ppu.readWeights(driver.inhibitoryRow, parity)
            for (column, coordinate) in columns.enumerated() where coordinate.parity == parity {
                let lane = coordinate.lane
                let weight = addFloat(
                    steps[column], to: excitatory[lane] - inhibitory[lane], row, column)
                excitatory[lane] = max(weight, 0)
                inhibitory[lane] = max(-weight, 0)
            }
            ppu.writeWeights(excitatory, driver.excitatoryRow, parity)
            ppu.writeWeights(inhibitory, driver.inhibitoryRow, parity)
        }
    }

    private mutating func addFloat(
        _ step: Double, to weight: Int8, _ row: Int, _ column: Int
    ) -> Int8 {
        let index = row * columns.count + column
        let sum = min(max(Double(weight) + rests[index] + step, -63), 63)
        let whole = sum.rounded()
        rests[index] = sum - whole
        return Int8(whole)
    }
}
