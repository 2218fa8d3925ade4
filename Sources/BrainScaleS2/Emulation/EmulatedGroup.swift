import NumericKernels

/// What a kernel needs to know of neurons that are advanced together, wherever they lie.
struct GroupPlan {
    /// Numbers among all neurons of the network, by lane.
    var neurons: [Int]
    var models: [CircuitModel]
    var isRecurrent: Bool
    /// Afferent numbers by input row: all external sources in order, then all neurons.
    var afferents: [Int]
    /// Recorded lanes: first lane, count, first recorded neuron.
    var recordings: [(lane: Int, count: Int, channel: Int)]
    /// Factors by which the excitatory and the inhibitory synapse from an afferent to a lane deviate;
    /// nil where there is none.
    var synapses: (_ afferent: Int, _ lane: Int) -> (excitatory: Double, inhibitory: Double)?
}

/// One group of neurons of an emulation: its kernel arrays, its input rows and its readout.
final class EmulatedGroup {
    private(set) var kernel: ChipNeuronGroup
    let neurons: [Int]
    /// Afferent number by input row, and input row by afferent number (-1 for none).
    let afferents: [Int]
    let rows: [Int32]
    /// Drive per weight LSB, [row, lane].
    private let excitatoryGain: [Float]
    private let inhibitoryGain: [Float]
    let recordings: [(lane: Int, count: Int, channel: Int)]
    let readoutOffset: UnsafeMutablePointer<Float>
    let readoutGain: UnsafeMutablePointer<Float>
    /// Groups whose spikes arrive here.
    var upstream: [Int] = []
    var spikes: UnsafeMutablePointer<UInt64>
    let spikeCapacity: Int
    var spikeTotal = 0
    let samples: UnsafeMutablePointer<Float>

    init(
        _ plan: GroupPlan, sourceCount: Int, neuronCount: Int, sampleCount: Int,
        durationTicks: Int, packing: ChipLanePacking
    ) {
        neurons = plan.neurons
        afferents = plan.afferents
        recordings = plan.recordings
        var rows = [Int32](repeating: -1, count: sourceCount + neuronCount)
        for (row, afferent) in plan.afferents.enumerated() { rows[afferent] = Int32(row) }
        self.rows = rows
        kernel = ChipNeuronGroup(
            neuronCount: plan.neurons.count, rowCount: plan.afferents.count,
            hasThresholds: plan.models.contains { $0.threshold.isFinite },
            isRecurrent: plan.isRecurrent,
            latencyTicks: Int32(ChipEmulation.eventLatencyTicks), packing: packing)
        let lanes = kernel.laneCount
        readoutOffset = .allocate(capacity: lanes)
        readoutGain = .allocate(capacity: lanes)
        readoutOffset.initialize(repeating: 0, count: lanes)
        readoutGain.initialize(repeating: 0, count: lanes)
        var excitatory = [Float](repeating: 0, count: plan.afferents.count * lanes)
        var inhibitory = excitatory
        var shortestRefractory = Int.max
        for (lane, model) in plan.models.enumerated() {
            kernel.rateMembrane[lane] = Float(model.rateMembrane)
            kernel.rateExcitatory[lane] = Float(model.rateExcitatory)
            kernel.rateInhibitory[lane] = Float(model.rateInhibitory)
            kernel.threshold[lane] = Float(model.threshold)
            kernel.reset[lane] = Float(model.reset)
            kernel.refractoryTicks[lane] = Int32(model.refractoryTicks)
            readoutOffset[lane] = Float(model.readoutOffset)
            readoutGain[lane] = Float(model.readoutGain)
            if model.threshold.isFinite {
                shortestRefractory = min(shortestRefractory, model.refractoryTicks)
            }
            if plan.isRecurrent { kernel.recurrentRow[lane] = rows[sourceCount + neurons[lane]] }
            for (row, afferent) in plan.afferents.enumerated() {
                guard let factors = plan.synapses(afferent, lane) else { continue }
                excitatory[row * lanes + lane] = Float(model.excitatoryDrive * factors.excitatory)
                inhibitory[row * lanes + lane] = Float(model.inhibitoryDrive * factors.inhibitory)
            }
        }
        kernel.findCommonRate()
        excitatoryGain = excitatory
        inhibitoryGain = inhibitory
        let perNeuron =
            shortestRefractory == .max ? 0 : durationTicks / max(shortestRefractory, 1) + 2
        spikeCapacity = min(max(plan.neurons.count * perNeuron, 1), 1 << 22)
        spikes = .allocate(capacity: spikeCapacity)
        samples = .allocate(capacity: max(sampleCount, 1) * lanes)
    }

    deinit {
        kernel.deallocate()
        readoutOffset.deallocate()
        readoutGain.deallocate()
        spikes.deallocate()
        samples.deallocate()
    }

    /// Recomputes the drives of one input row.
    ///
    /// - Parameter weights: excitatory and inhibitory weight of a lane's synapses, nil for none.
    func refresh(row: Int, weights: (_ lane: Int) -> (excitatory: Int, inhibitory: Int)?) {
        let lanes = kernel.laneCount
        var active: Int32 = 0
        for lane in neurons.indices {
            guard let (excitatory, inhibitory) = weights(lane) else { continue }
            let place = row * lanes + lane
            kernel.excitatoryWeights[place] = Float(excitatory) * excitatoryGain[place]
            kernel.inhibitoryWeights[place] = Float(inhibitory) * inhibitoryGain[place]
            active += (excitatory != 0 ? 1 : 0) + (inhibitory != 0 ? 1 : 0)
        }
        kernel.activeSynapses[row] = active
    }
}
