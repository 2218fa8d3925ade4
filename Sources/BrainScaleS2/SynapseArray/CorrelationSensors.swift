import RandomStreams
import RealModule

/// What the biases of the correlation sensors aim at, the same for all synapses of a chip.
///
/// Source: ranges and defaults of the public calibration (calix, correlation).
public struct CorrelationTargets: Sendable, Hashable, Codable {
    /// CADC LSB a pair at dt = 0, 0.2...2.
    public let amplitude: Double
    /// us, 2...30.
    public let timeConstant: Double

    /// - Precondition: within the ranges.
    public init(amplitude: Double = 0.5, timeConstant: Double = 5) {
        precondition((0.2...2).contains(amplitude), "0.2 to 2 LSB a pair")
        precondition((2...30).contains(timeConstant), "2 to 30 us")
        self.amplitude = amplitude
        self.timeConstant = timeConstant
    }
}

/// The correlation sensors of one hemisphere: two analog accumulators in every synapse.
///
/// A presynaptic event (its label must be that of the synapse) starts a trace exp(-t / tau) in the
/// causal branch; the next spike of the column's neuron adds eta times the trace to the causal store.
/// The acausal branch is the same with the roles exchanged. Pairs are nearest neighbors: each event is
/// paired with the latest partner since the last event of its own kind, once.
///
/// A reset sets the store to a baseline near the upper end of the CADC; every pair lowers it, down to
/// an edge, and it leaks.
///
/// Baseline, edge, leakage and spread are estimates:
/// public tests ask for the 30th, 50th and 70th percentiles of eta and tau within a factor of two of the
/// target. Trims of single synapses are not modeled.
/// Source: correlation sensors of the public calibration and headers (calix, haldls vx).
final class CorrelationSensors {
    static let baseline: Float = 200
    static let edge: Float = 20
    /// LSB per ms.
    static let leakage = 0.3
    /// Of log amplitude and log time constant; of the baseline, LSB.
    static let amplitudeSpread = 0.4
    static let timeConstantSpread = 0.3
    static let baselineSpread = 5.0

    /// [row * 256 + column].
    private var stores: [[Float]]
    private var amplitudes: [[Float]]
    /// 1 / tau per tick.
    private var rates: [[Float]]
    private var baselines: [Float]
    private let labels: [UInt8]
    private let leakagePerTick: Float
    private let noise: Float
    private let number: Int
    private var random: RandomStream
    private var lastPre = [Int](repeating: .min, count: SynapseRow.count)
    private var preLabel = [UInt8](repeating: 0, count: SynapseRow.count)
    private var lastPost = [Int](repeating: .min, count: SynapseColumn.count)
    private var resetTick = [Int](repeating: 0, count: SynapseRow.count)
    private var usedRows: [Int] = []
    private var usedColumns: [Int] = []

    init(
        _ hemisphere: Hemisphere, _ array: SynapseArray, _ chip: ChipInstance,
        _ stream: RandomStream, targets: CorrelationTargets = CorrelationTargets()
    ) {
        let count = SynapseRow.count * SynapseColumn.count
        labels = array.labels
        stores = Array(repeating: Array(repeating: 0, count: count), count: 2)
        baselines = Array(repeating: Self.baseline, count: count)
        let rate = Float(ChipTime.tickInMicroseconds / targets.timeConstant)
        amplitudes = Array(repeating: Array(repeating: Float(targets.amplitude), count: count), count: 2)
        rates = Array(repeating: Array(repeating: rate, count: count), count: 2)
        let deviates = chip.fidelity != .ideal
        if deviates {
            let root = RandomStream(seed: chip.seed).substream("chip")
            for i in 0..<count {
                var draw = root.substream("correlation", hemisphere.index * count + i)
                for branch in 0..<2 {
                    let (a, t) = draw.gaussianPair()
                    amplitudes[branch][i] *= Float(Double.exp(Self.amplitudeSpread * a))
                    rates[branch][i] *= Float(Double.exp(Self.timeConstantSpread * t))
                }
                baselines[i] += Float(Self.baselineSpread * draw.gaussian())
            }
        }
        leakagePerTick = deviates ? Float(Self.leakage * 8e-6) : 0
        noise = chip.fidelity == .full ? Float(chip.noise.conversion) : 0
        number = hemisphere.index
        random = stream
        drawNoise(from: stream)
    }

    /// Takes the noise of the next readings from a stream.
    func drawNoise(from stream: RandomStream) {
        random = stream.substream("correlation readout", number)
    }

    /// An event on a row.
    func pre(_ row: SynapseRow, _ label: SynapseLabel, tick: Int) {
        let r = row.index
        if lastPre[r] == .min { usedRows.append(r) }
        let previous = lastPre[r]
        lastPre[r] = tick
        preLabel[r] = UInt8(label.index)
        let base = r * 256
        for column in usedColumns where lastPost[column] > previous {
            guard labels[base + column] == preLabel[r] else { continue }
            add(1, base + column, tick - lastPost[column])
        }
    }

    /// A spike of the neuron of a column.
    func post(_ column: SynapseColumn, tick: Int) {
        let c = column.index
        if lastPost[c] == .min { usedColumns.append(c) }
        let previous = lastPost[c]
        lastPost[c] = tick
        for r in usedRows where lastPre[r] > previous {
            let i = r * 256 + c
            guard labels[i] == preLabel[r] else { continue }
            add(0, i, tick - lastPre[r])
        }
    }

    private func add(_ branch: Int, _ i: Int, _ ticks: Int) {
        stores[branch][i] += amplitudes[branch][i] * Float.exp(-Float(ticks) * rates[branch][i])
    }

    /// Codes of every second column of a row.
    func codes(
        _ branch: CorrelationBranch, _ row: SynapseRow, _ parity: ColumnParity, tick: Int
    ) -> PPUVector8 {
        var result = PPUVector8(repeating: 0)
        let leaked = leakagePerTick * Float(tick - resetTick[row.index])
        for lane in 0..<128 {
            let i = row.index * 256 + 2 * lane + parity.rawValue
            var value = max(baselines[i] - stores[branch.rawValue][i] - leaked, Self.edge)
            if noise > 0 { value += noise * Float(random.gaussian()) }
            let code = UInt8(min(max(value.rounded(), 0), 255))
            result.lanes[lane] = Int8(bitPattern: code)
        }
        return result
    }

    /// Both branches of a row back to their baseline; traces stay.
    func reset(_ row: SynapseRow, tick: Int) {
        for branch in 0..<2 {
            for column in 0..<256 { stores[branch][row.index * 256 + column] = 0 }
        }
        resetTick[row.index] = tick
    }
}
