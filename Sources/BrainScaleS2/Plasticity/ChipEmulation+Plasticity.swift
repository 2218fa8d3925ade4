public import RandomStreams

extension ChipEmulation {
    /// Runs a block of trials with a rule that changes weights between them.
    ///
    /// Trials follow each other: the weights one leaves are those of the next. The rule works in
    /// the wait after a trial; what does not fit there prolongs it (counted as an overrun).
    ///
    /// - Parameters:
    ///   - rule: keeps its own memory between trials and calls.
    ///   - hostBlock: bytes the host writes to the processor, [trial, byte].
    public func run<Rule: PlasticityRule>(
        _ events: TrialEvents, stream: RandomStream, firstTrial: Int = 0, rule: inout Rule,
        hostBlock: [UInt8], into results: inout TrialResults
    ) {
        engine.prepare(&results, trials: events.trialCount)
        let trials = events.trialCount
        guard trials > 0 else { return }
        let bytes = hostBlock.count / trials
        precondition(bytes * trials == hostBlock.count, "the host block is [trial, byte]")
        prepareSensors(rule.correlationTargets)
        for trial in 0..<trials {
            let trialStream = stream.substream("trial", firstTrial + trial)
            engine.runTrial(events, trial, trialStream, into: &results)
            sense(events, trial, rule.hemisphere, trialStream)
            var ppu = PPU(
                self, hemisphere: rule.hemisphere, costs: .documented,
                hostBlock: hostBlock[trial * bytes..<(trial + 1) * bytes])
            for sample in engine.sampleTicks.indices { rule.sample(sample, on: &ppu) }
            let sampling = ppu.cycles
            rule.update(on: &ppu)
            flushRows()
            // Sampling runs during the trial, the update after it.
            let waiting = Double(engine.gapTicks) * 8
            let updating = Double(ppu.cycles - sampling) * PPUCycleCosts.cycleInNanoseconds
            if updating > waiting { results.health.ppuOverruns += 1 }
            results.health.ppuCycles += ppu.cycles
            let elapsed = Double(engine.durationTicks) * 8 + max(waiting, updating)
            results.health.hardwareNanoseconds += elapsed
            sensing?.begin += Int((elapsed / 8).rounded())
        }
    }
}

// MARK: - What the processor can reach

extension ChipEmulation: PPUEnvironment {

    func withRow(
        _ hemisphere: Hemisphere, _ row: SynapseRow, _ body: (UnsafePointer<UInt8>) -> Void
    ) {
        arrays[hemisphere.index].weights.withUnsafeBufferPointer { weights in
            if let base = weights.baseAddress { body(base + row.index * 256) }
        }
    }

    func counter(_ neuron: NeuronIndex) -> SpikeCounter {
        let number = neuronOfCircuit[neuron.index]
        return SpikeCounter(counting: number < 0 ? 0 : Int(engine.counts[number]))
    }

    /// Counters of a trial start at zero anyway.
    func clearCounter(_ neuron: NeuronIndex) {
        let number = neuronOfCircuit[neuron.index]
        if number >= 0 { engine.counts[number] = 0 }
    }

    /// Without a rule that reads them there are no sensors: they show the upper end of the range.
    func correlation(
        _ branch: CorrelationBranch, _ hemisphere: Hemisphere, _ row: SynapseRow,
        _ parity: ColumnParity
    ) -> PPUVector8 {
        guard let sensing else { return PPUVector8(repeating: -1) }
        return sensing.sensors[hemisphere.index].codes(branch, row, parity, tick: sensing.now)
    }

    func resetCorrelation(_ hemisphere: Hemisphere, _ row: SynapseRow) {
        guard let sensing else { return }
        sensing.sensors[hemisphere.index].reset(row, tick: sensing.now)
    }

    func fillSamples(
        _ sample: Int, _ hemisphere: Hemisphere, _ parity: ColumnParity,
        _ vector: inout PPUVector8
    ) {
        let first = sample * recordedNeurons.count
        for (channel, circuit) in recordedCircuits.enumerated()
        where circuit.hemisphere == hemisphere && circuit.column.parity == parity {
            vector.lanes[circuit.column.lane] = Int8(bitPattern: engine.codes[first + channel])
        }
    }

    func readRandom(
        _ hemisphere: Hemisphere, _ parity: ColumnParity, steps: Int
    ) -> PPUVector8 {
        for _ in 1..<max(steps, 1) { random[hemisphere.index].advance(parity) }
        return random[hemisphere.index].read(parity)
    }
}
