/// Supervised learning of two layers on the plasticity processor: the delta rule for the readout, and
/// for the hidden layer the errors sent back through fixed weights.
///
/// With errors e_k of the delta rule, fixed feedback B[j, k] and input spikes of neuron i at times t_i,
///     w[i, j] += rate * L_j * sum_s h_j(t_s) psp(t_s - t_i),   L_j = sum_k e_k B[j, k]
/// over the CADC samples t_s of the hidden membranes, with h = max(0, width - |v - threshold|): the
/// closer a membrane is to its threshold, the more a change of its input changes its spikes. This is
/// the gradient of the cross entropy by surrogate derivatives, up to the shape of the readout's
/// response and with B for the readout weights (Lillicrap et al. 2016, feedback alignment; eligibility
/// as in e-prop, Bellec et al. 2020).
///
/// The processor sees no input spikes: the host, which sends them to the chip anyway, lists them in
/// its block. Hidden neurons are lanes of one vector, so a row costs as much for one neuron as for 64
/// of one parity.
///
/// 33 input spikes, as of a symbol of the LCD receiver, fit the 48 us wait after a trial; with many
/// readout rows to change as well an update runs over, which is counted.
public struct FeedbackAlignmentRule: PlasticityRule, Sendable {
    public struct Parameters: Sendable, Hashable, Codable {
        /// Changes are halved so often: (2 L_j E_ij / 65 536) / 2^shift steps of 1/256 weight LSB.
        public var shift: Int
        public var arithmetic: WeightArithmetic
        /// CADC code of a membrane at its threshold.
        public var threshold: Int
        /// CADC LSB from the threshold at which a membrane stops to matter, at most 63.
        public var width: Int
        /// Fixed feedback in readout weight LSB, [hidden, output].
        public var feedback: [Int]
        /// Response of a membrane to a spike, 0...31, by CADC samples since the slot of the spike;
        /// [0] is the sample that ends the slot.
        public var response: [Int]

        /// - Precondition: widths and responses that keep their sums in sixteen bits.
        public init(
            shift: Int, arithmetic: WeightArithmetic, threshold: Int, width: Int, feedback: [Int],
            response: [Int]
        ) {
            precondition((0...15).contains(shift) && (1...63).contains(width))
            precondition(response.allSatisfy { (0...31).contains($0) })
            precondition(width * response.reduce(0, +) < 32_768, "sums of sixteen bits")
            self.shift = shift
            self.arithmetic = arithmetic
            self.threshold = threshold
            self.width = width
            self.feedback = feedback
            self.response = response
        }
    }

    public var hemisphere: Hemisphere { readout.hemisphere }
    public let parameters: Parameters
    public private(set) var readout: SupervisedDeltaRule
    private var rows: AdaptableRows
    /// [output, parity]: feedback of the hidden neurons in the lanes.
    private let feedback: [AdaptableRows.Steps]
    /// Nearness to the threshold, [sample, parity].
    private var nearness: [PPUVector8]
    private let sampleCount: Int

    /// - Parameters:
    ///   - hidden: from sources to the recorded hidden population, on the hemisphere of the outputs.
    ///   - sampleCount: CADC samples of a trial.
    /// - Precondition: hidden and output populations lie on one hemisphere; at most 255 sources.
    public init(
        hidden: ProjectionID, readout: SupervisedDeltaRule, of placed: PlacedNetwork,
        sampleCount: Int, parameters: Parameters
    ) throws(PlasticitySetupError) {
        let p = placed.network.projections[hidden.index]
        guard placed.network.populations[p.target.index].isRecorded else {
            throw .targetNotRecorded
        }
        let neurons = placed.circuits[p.target.index]
        let hemisphere = readout.hemisphere
        guard try placed.hemisphere(of: p.target) == hemisphere else {
            throw .targetOnBothHemispheres
        }
        let drivers = placed.afferents(of: p.origin).compactMap {
            placed.drivers[hemisphere.index][$0]
        }
        precondition(drivers.count <= 255, "sources are numbered by bytes")
        let outputs = readout.columns.count
        precondition(parameters.feedback.count == neurons.count * outputs, "[hidden, output]")
        self.readout = readout
        self.parameters = parameters
        self.sampleCount = sampleCount
        let rows = AdaptableRows(
            drivers: drivers, columns: neurons.map(\.column), arithmetic: parameters.arithmetic,
            randomSteps: 1)
        self.rows = rows
        feedback = (0..<outputs).flatMap { k in
            ColumnParity.allCases.map { parity in
                rows.spread(
                    neurons.indices.map { parameters.feedback[$0 * outputs + k] }, parity)
            }
        }
        nearness = Array(repeating: PPUVector8(repeating: 0), count: 2 * sampleCount)
    }

    /// Bytes of the processor's memory that the rule keeps: feedback, nearness and remainders.
    ///
    /// Hidden neurons and outputs have columns of their own, so that a vector of remainders can hold a row
    /// of one layer in the lanes that the other leaves free: as many vectors are kept as the layer with
    /// more rows has.
    public var memoryBytes: Int {
        let vectors = rows.parities.count * (readout.columns.count + sampleCount)
        return 128 * vectors + max(rows.memoryBytes, readout.rows.memoryBytes)
    }

    /// The host's block of a trial: the target, the number of spikes, then source and slot of each, slot
    /// s being the time between samples s - 1 and s; the rest is filled up with zeros.
    ///
    /// - Parameter spikes: in order of slots.
    public static func hostBlock(
        target: UInt8, spikes: [(source: Int, slot: Int)], length: Int
    ) -> [UInt8] {
        var block: [UInt8] = [target, 0]
        for spike in spikes where block.count + 2 <= length && block[1] < 255 {
            block[1] += 1
            block.append(UInt8(spike.source))
            block.append(UInt8(spike.slot))
        }
        block.append(contentsOf: repeatElement(0, count: length - block.count))
        return block
    }

    // MARK: - Sampling

    public mutating func sample(_ index: Int, on ppu: inout PPU) {
        readout.sample(index, on: &ppu)
        // Codes shifted to signed bytes: v - threshold without overflow, then its distance.
        let threshold = PPUVector8(repeating: Int8(clamping: parameters.threshold - 128))
        let width = PPUVector8(repeating: Int8(parameters.width))
        for parity in rows.parities {
            let difference = ppu.cadc(index, parity).contiguousExchanged()
                .subtractingSaturating(threshold)
            let distance = difference.maximum(difference.negatedSaturating())
            nearness[2 * index + parity.rawValue] = width.subtractingSaturating(distance)
                .maximum(PPUVector8(repeating: 0))
            ppu.charge(7 * ppu.costs.vectorOperation + ppu.costs.memoryStore)
        }
    }

    // MARK: - Learning

    public mutating func update(on ppu: inout PPU) {
        // The errors are those before the readout changes.
        readout.update(on: &ppu)
        guard !readout.errors.isEmpty, readout.isIntolerable else { return }
        let count = Int(ppu.hostByte(1))
        guard count > 0 else { return }
        for parity in rows.parities { change(parity, spikes: count, on: &ppu) }
    }

    private mutating func change(
        _ parity: ColumnParity, spikes: Int, on ppu: inout PPU
    ) {
        let halves = rows.usedHalfCount(parity)
        let signal = self.signal(parity, on: &ppu)
        var slot = -1
        var step = (low: PPUVector16(repeating: 0), high: PPUVector16(repeating: 0))
        for spike in 0..<spikes {
            let source = Int(ppu.hostByte(2 + 2 * spike))
            let next = Int(ppu.hostByte(3 + 2 * spike))
            if next != slot {
                slot = next
                step = self.step(slot, signal, parity, on: &ppu)
            }
            // Random bits below the step make it right in the mean.
            let random = ppu.randomBits(parity)
            ppu.charge(halves * 3 * ppu.costs.vectorOperation)
            rows.add(
                (shifted(step.low, random.widenedUnsigned(half: 0)),
                 shifted(step.high, random.widenedUnsigned(half: 1))),
                row: source, parity, on: &ppu)
        }
    }

    /// A step divided by 2^shift, up or down at random.
    private func shifted(_ step: PPUVector16, _ random: PPUVector16) -> PPUVector16 {
        let shift = parameters.shift
        let below = random.shiftedModular(left: shift - 8)
        return step.addingSaturating(below).shiftedFractional(left: -shift)
    }

    /// L_j with eight fractional bits; both |e| and |B| are so bounded that sixteen bits hold it.
    private func signal(_ parity: ColumnParity, on ppu: inout PPU) -> AdaptableRows.Steps {
        var sum = (low: PPUVector16(repeating: 0), high: PPUVector16(repeating: 0))
        let halves = rows.usedHalfCount(parity)
        for (k, error) in readout.errors.enumerated() {
            let factor = PPUVector16(repeating: Int16(error))
            let weights = feedback[2 * k + parity.rawValue]
            sum.low = sum.low.addingSaturating(weights.low.multipliedModular(by: factor))
            sum.high = sum.high.addingSaturating(weights.high.multipliedModular(by: factor))
            ppu.charge(ppu.costs.memoryLoad + halves * 3 * ppu.costs.vectorOperation)
        }
        return sum
    }

    /// L_j times the eligibility of spikes in a slot.
    private func step(
        _ slot: Int, _ signal: AdaptableRows.Steps, _ parity: ColumnParity, on ppu: inout PPU
    ) -> AdaptableRows.Steps {
        var sum = (low: PPUVector16(repeating: 0), high: PPUVector16(repeating: 0))
        let halves = rows.usedHalfCount(parity)
        for sample in slot..<max(slot, min(sampleCount, slot + parameters.response.count)) {
            let near = nearness[2 * sample + parity.rawValue]
            let factor = PPUVector16(repeating: Int16(parameters.response[sample - slot]))
            sum.low = sum.low.addingModular(
                near.widenedModular(half: 0).multipliedModular(by: factor))
            sum.high = sum.high.addingModular(
                near.widenedModular(half: 1).multipliedModular(by: factor))
            ppu.charge(ppu.costs.memoryLoad + halves * 3 * ppu.costs.vectorOperation)
        }
        ppu.charge(halves * ppu.costs.vectorOperation)
        return (
            sum.low.multipliedFractional(by: signal.low),
            sum.high.multipliedFractional(by: signal.high)
        )
    }
}
