import RandomStreams

/// The correlation sensors of a chip that runs one trial after the other.
struct TrialSensing {
    let targets: CorrelationTargets
    /// [hemisphere]
    let sensors: [CorrelationSensors]
    /// When the present trial began, ticks since the first.
    var begin = 0
    /// When its neurons stopped.
    var now = 0
}

extension ChipEmulation {
    /// Gives the chip sensors with these biases; none where nobody reads them.
    ///
    /// What they hold stays from one run to the next.
    func prepareSensors(_ targets: CorrelationTargets?) {
        guard let targets else {
            sensing = nil
            return
        }
        guard sensing?.targets != targets else { return }
        sensing = TrialSensing(
            targets: targets,
            sensors: Hemisphere.all.map {
                CorrelationSensors(
                    $0, arrays[$0.index], chip, RandomStream(seed: chip.seed), targets: targets)
            })
    }

    /// Shows the sensors of a hemisphere what arrived at its rows and what its neurons fired in the
    /// trial that has just run.
    ///
    /// An event that arrives at the tick of a spike comes first.
    func sense(
        _ events: TrialEvents, _ trial: Int, _ hemisphere: Hemisphere, _ stream: RandomStream
    ) {
        guard let sensing else { return }
        let sensors = sensing.sensors[hemisphere.index]
        sensors.drawNoise(from: stream)
        let duration = engine.durationTicks
        // tick, whether it is a spike, number: in order of time.
        var keys: [UInt64] = []
        func note(_ tick: Int, isSpike: Bool, _ number: Int) {
            guard tick >= 0, tick < duration else { return }
            keys.append(UInt64(tick) << 32 | (isSpike ? 1 << 31 : 0) | UInt64(number))
        }
        for k in events.offsets[trial]..<events.offsets[trial + 1] {
            let source = Int(events.sources[k])
            guard (0..<placed.sourceCount).contains(source) else { continue }
            note(Int(events.ticks[k]), isSpike: false, source)
        }
        for group in engine.groups {
            for k in 0..<group.spikeTotal {
                let neuron = group.neurons[Int(UInt32(truncatingIfNeeded: group.spikes[k]))]
                let tick = Int(group.spikes[k] >> 32)
                note(tick, isSpike: true, neuron)
                note(tick + Self.eventLatencyTicks, isSpike: false, placed.sourceCount + neuron)
            }
        }
        keys.sort()
        for key in keys {
            let tick = sensing.begin + Int(key >> 32)
            let number = Int(key & 0x7FFF_FFFF)
            if key & 1 << 31 != 0 {
                let circuit = circuit(ofNeuron: number)
                if circuit.hemisphere == hemisphere { sensors.post(circuit.column, tick: tick) }
            } else if let driver = placed.drivers[hemisphere.index][number] {
                sensors.pre(driver.excitatoryRow, placed.labels[number], tick: tick)
                sensors.pre(driver.inhibitoryRow, placed.labels[number], tick: tick)
            }
        }
        self.sensing?.now = sensing.begin + duration
    }
}
