/// A program of the plasticity processor: observables in, weight changes out.
///
/// It sees what the processor sees: weight rows of its hemisphere, spike counters, CADC codes, a
/// block of memory written by the host, random numbers; and it pays for each access in cycles.
/// The chip itself, its deviations and true potentials stay out of reach.
public protocol PlasticityKernel {
    /// Called when its time has come: after a trial, or by a timer.
    mutating func update(on ppu: inout PPU)
}

/// A kernel that learns from trial to trial on one processor.
public protocol PlasticityRule: PlasticityKernel {
    /// The hemisphere on whose processor it runs.
    var hemisphere: Hemisphere { get }
    /// Called after each CADC conversion of a trial, in order.
    mutating func sample(_ index: Int, on ppu: inout PPU)
    /// How the correlation sensors are biased for it; nil for a rule that does not read them.
    var correlationTargets: CorrelationTargets? { get }
}

extension PlasticityRule {
    public var correlationTargets: CorrelationTargets? { nil }
}

/// The parts of a chip that its plasticity processors reach.
protocol PPUEnvironment: AnyObject {
    func withRow(
        _ hemisphere: Hemisphere, _ row: SynapseRow, _ body: (UnsafePointer<UInt8>) -> Void)
    func writeRow(
        _ hemisphere: Hemisphere, _ row: SynapseRow, _ parity: ColumnParity, _ values: PPUVector8)
    func counter(_ neuron: NeuronIndex) -> SpikeCounter
    func clearCounter(_ neuron: NeuronIndex)
    func fillSamples(
        _ sample: Int, _ hemisphere: Hemisphere, _ parity: ColumnParity,
        _ vector: inout PPUVector8)
    func readRandom(_ hemisphere: Hemisphere, _ parity: ColumnParity, steps: Int) -> PPUVector8
    func correlation(
        _ branch: CorrelationBranch, _ hemisphere: Hemisphere, _ row: SynapseRow,
        _ parity: ColumnParity) -> PPUVector8
    func resetCorrelation(_ hemisphere: Hemisphere, _ row: SynapseRow)
}

/// The two accumulators of a correlation sensor.
public enum CorrelationBranch: Int, Sendable, Hashable, Codable, CaseIterable {
    /// Presynaptic before postsynaptic.
    case causal
    /// Postsynaptic before presynaptic.
    case acausal
}

/// A plasticity processor as a rule meets it: accesses with their cycle account.
public struct PPU {
    public let hemisphere: Hemisphere
    public let costs: PPUCycleCosts
    /// Cycles spent so far.
    public private(set) var cycles = 0
    /// What the host wrote for this trial, for instance the number of the right answer.
    public let hostBlock: ArraySlice<UInt8>
    /// What the kernel put aside for the host in this run.
    public private(set) var recording: [UInt8] = []
    private let emulation: any PPUEnvironment
    private var lastConversion = -1
    private var convertedRow: SynapseRow?

    init(
        _ emulation: any PPUEnvironment, hemisphere: Hemisphere, costs: PPUCycleCosts,
        hostBlock: ArraySlice<UInt8>
    ) {
        self.emulation = emulation
        self.hemisphere = hemisphere
        self.costs = costs
        self.hostBlock = hostBlock
    }

    /// Charges work that the vector port does not see.
    public mutating func charge(_ cycles: Int) { self.cycles += cycles }

    /// A byte of the host's block.
    public mutating func hostByte(_ index: Int) -> UInt8 {
        cycles += costs.scalarLoad
        return hostBlock[hostBlock.startIndex + index]
    }

    /// The weights of the even or odd columns of a row, 0...63 in lanes of eight bits.
    public mutating func readWeights(_ row: SynapseRow, _ parity: ColumnParity) -> PPUVector8 {
        cycles += costs.weightRead
        var result = PPUVector8(repeating: 0)
        emulation.withRow(hemisphere, row) { weights in
            for lane in 0..<128 {
                result.lanes[lane] = Int8(bitPattern: weights[2 * lane + parity.rawValue])
            }
        }
        return result
    }

    /// Writes the weights of the even or odd columns of a row; the synapses keep six bits.
    public mutating func writeWeights(
        _ weights: PPUVector8, _ row: SynapseRow, _ parity: ColumnParity
    ) {
        cycles += costs.weightWrite
        emulation.writeRow(hemisphere, row, parity, weights)
    }

    /// The spike counter of a circuit for the last trial.
    public mutating func spikeCounter(_ neuron: NeuronIndex) -> SpikeCounter {
        cycles += costs.counterAccess
        return emulation.counter(neuron)
    }

    /// Sets the spike counter of a circuit to zero.
    public mutating func clearSpikeCounter(_ neuron: NeuronIndex) {
        cycles += costs.counterAccess
        emulation.clearCounter(neuron)
    }

    /// Puts bytes aside for the host.
    public mutating func record(_ values: [UInt8]) {
        // Stored a vector of 128 at a time.
        cycles += (values.count + 127) / 128 * costs.memoryStore
        recording += values
    }

    /// The codes of the correlation sensors of the even or odd columns of a row, unsigned bytes:
    /// they start near the upper end and fall with every pair.
    ///
    /// The first access to a row converts both branches of all columns; further ones read buffers.
    public mutating func correlation(
        _ branch: CorrelationBranch, _ row: SynapseRow, _ parity: ColumnParity
    ) -> PPUVector8 {
        if convertedRow != row {
            cycles += costs.cadcConversion
            convertedRow = row
        } else {
            cycles += costs.bufferedRead
        }
        return emulation.correlation(branch, hemisphere, row, parity)
    }

    /// Sets the correlation sensors of a row back to their baseline.
    public mutating func resetCorrelation(_ row: SynapseRow) {
        cycles += 2 * costs.weightWrite + costs.correlationReset
        convertedRow = nil
        emulation.resetCorrelation(hemisphere, row)
    }

    /// The CADC codes of a conversion for the even or odd columns, unsigned bytes; channels that
    /// are not recorded read 0.
    ///
    /// A conversion is charged once, with both reads; samples are visited in order.
    public mutating func cadc(_ sample: Int, _ parity: ColumnParity) -> PPUVector8 {
        if sample > lastConversion {
            cycles += costs.cadcConversion
            lastConversion = sample
        }
        var result = PPUVector8(repeating: 0)
        emulation.fillSamples(sample, hemisphere, parity, &result)
        return result
    }

    /// Eight random bits per even or odd column, after advancing the registers by `steps`.
    public mutating func randomBits(_ parity: ColumnParity, steps: Int = 1) -> PPUVector8 {
        precondition(steps >= 1)
        cycles += steps * costs.randomRead
        return emulation.readRandom(hemisphere, parity, steps: steps)
    }
}
