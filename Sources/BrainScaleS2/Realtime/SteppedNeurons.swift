import NumericKernels
import PhysicalQuantities

/// The neurons of a hemisphere that are integrated in fixed steps.
final class SteppedNeurons {
    let group: ChipSteppedGroup
    private let models: [CircuitModel]
    /// Drive per weight LSB, [row, lane].
    private var excitatoryGain: [Float]
    private var inhibitoryGain: [Float]

    /// - Parameter neurons: numbers among all neurons, by lane.
    init(
        _ neurons: [Int], _ hemisphere: Hemisphere, placed: PlacedNetwork, chip: ChipInstance,
        configuration: ChipConfiguration, rowAfferents: [Int]
    ) {
        let circuits = placed.circuits.flatMap { $0 }
        let cells = zip(placed.network.populations, placed.circuits).flatMap { population, list in
            Array(repeating: population.cell, count: list.count)
        }
        let models = neurons.map { chip.model(of: cells[$0], on: circuits[$0], configuration) }
        self.models = models
        let laneOf = Dictionary(uniqueKeysWithValues: neurons.enumerated().map { ($1, $0) })
        var couplings: [ChipSteppedGroup.Coupling] = []
        for coupling in placed.network.couplings {
            let first = placed.firstNeuron(of: coupling.population)
            guard let a = laneOf[first + coupling.first], let b = laneOf[first + coupling.second]
            else { continue }
            // A conductance G exchanges with C / G; the kernel wants G over the leak conductance, which
            // is tau_mem over that time.
            let rate = ChipTime.tickInMicroseconds / coupling.timeConstant.microseconds
            for (target, origin) in [(a, b), (b, a)] {
                couplings.append(
                    .init(
                        target: target, origin: origin,
                        conductance: Float(rate / models[target].rateMembrane)))
            }
        }
        group = ChipSteppedGroup(
            neuronCount: neurons.count, rowCount: rowAfferents.count,
            stepTicks: SteppedCell.stepTicks, couplings: couplings)
        let lanes = group.laneCount
        excitatoryGain = Array(repeating: 0, count: rowAfferents.count * lanes)
        inhibitoryGain = excitatoryGain
        for (lane, neuron) in neurons.enumerated() {
            guard let cell = cells[neuron].stepped else { continue }
            configure(lane, cell, models[lane])
            for (row, afferent) in rowAfferents.enumerated() {
                guard let driver = placed.drivers[hemisphere.index][afferent] else { continue }
                func factor(_ row: SynapseRow) -> Double {
                    chip.factor(
                        of: SynapseCoordinate(
                            hemisphere: hemisphere, row: row, column: circuits[neuron].column))
                }
                excitatoryGain[row * lanes + lane] = Float(
                    models[lane].excitatoryDrive * factor(driver.excitatoryRow))
                inhibitoryGain[row * lanes + lane] = Float(
                    models[lane].inhibitoryDrive * factor(driver.inhibitoryRow))
            }
        }
    }

    deinit { group.deallocate() }

    private func configure(_ lane: Int, _ cell: SteppedCell, _ model: CircuitModel) {
        group.rateMembrane[lane] = Float(model.rateMembrane)
        group.rateExcitatory[lane] = Float(model.rateExcitatory)
        group.rateInhibitory[lane] = Float(model.rateInhibitory)
        group.threshold[lane] = Float(model.threshold)
        group.reset[lane] = Float(model.reset)
        group.refractoryTicks[lane] = Int32(model.refractoryTicks)
        group.constant[lane] = Float(cell.constantDrive)
        if let term = cell.exponential {
            group.slope[lane] = Float(term.slope)
            group.onset[lane] = Float(term.onset - model.leak)
        }
        if let adaptation = cell.adaptation {
            group.rateAdaptation[lane] = Float(
                ChipTime.tickInMicroseconds / adaptation.timeConstant.microseconds)
            group.adaptationGain[lane] = Float(adaptation.a)
            group.adaptationStep[lane] = Float(adaptation.b)
        }
        switch cell.excitatoryInput {
        case .current(let limit): group.excitatoryLimit[lane] = Float(limit ?? .infinity)
        case .conductance(let reversal):
            group.excitatoryReversal[lane] = Float(reversal - model.leak)
            group.excitatoryDistance[lane] = Float(abs(reversal - cell.targets.leak))
        }
        switch cell.inhibitoryInput {
        case .current(let limit): group.inhibitoryLimit[lane] = Float(limit ?? .infinity)
        case .conductance(let reversal):
            group.inhibitoryReversal[lane] = Float(reversal - model.leak)
            group.inhibitoryDistance[lane] = Float(abs(reversal - cell.targets.leak))
        }
    }

    func setWeights(row: Int, lane: Int, _ excitatory: Int, _ inhibitory: Int) {
        let place = row * group.laneCount + lane
        group.excitatoryWeights[place] = Float(excitatory) * excitatoryGain[place]
        group.inhibitoryWeights[place] = Float(inhibitory) * inhibitoryGain[place]
    }

    /// Synapses are counted with those of the exact neurons.
    func deliver(row: Int, factor: Float) {
        var tally = ChipKernelTally()
        group.deliver(row: row, factor: factor, tally: &tally)
    }

    func perturb(_ lane: Int, by noise: Double) {
        group.threshold[lane] = Float(models[lane].threshold + noise)
    }

    func readout(_ lane: Int) -> Float {
        Float(models[lane].readoutOffset)
            + Float(models[lane].readoutGain) * group.potential[lane]
    }

    /// LSB.
    func potential(_ lane: Int) -> Double { models[lane].leak + Double(group.potential[lane]) }
}
