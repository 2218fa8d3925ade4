import RealModule

extension ChipSteppedGroup {
    /// Advances all neurons from tick `start` to tick `end` in equal steps of at most `stepTicks`.
    ///
    /// - Parameters:
    ///   - spikes: keys tick * 2^32 + lane, appended in order of time.
    ///   - spikeTotal: how many are in the list.
    public func advance(
        from start: Int32, to end: Int32, spikes: UnsafeMutablePointer<UInt64>, capacity: Int,
        spikeTotal: inout Int, tally: inout ChipKernelTally
    ) {
        guard end > start else { return }
        let steps = (end - start + stepTicks - 1) / stepTicks
        for step in 0..<steps {
            let from = start + Int32(Int64(end - start) * Int64(step) / Int64(steps))
            let to = start + Int32(Int64(end - start) * Int64(step + 1) / Int64(steps))
            advanceOnce(
                from: from, to: to, spikes: spikes, capacity: capacity, spikeTotal: &spikeTotal,
                tally: &tally)
        }
        tally.neuronUpdates += neuronCount * Int(steps)
    }

    /// One step of the midpoint rule, then resets.
    private func advanceOnce(
        from start: Int32, to end: Int32, spikes: UnsafeMutablePointer<UInt64>, capacity: Int,
        spikeTotal: inout Int, tally: inout ChipKernelTally
    ) {
        let n = laneCount
        let h = Float(end - start)
        let before = work + 4 * n
        // A neuron that is held is free from its release on.
        for lane in 0..<neuronCount where refractoryUntil[lane] > start {
            potential[lane] = reset[lane]
        }
        before.update(from: potential, count: n)
        // Middle of the step: v, w, e, i.
        derive(potential, adaptation, excitatory, inhibitory, into: work + 5 * n)
        for lane in 0..<neuronCount {
            let dv = (work + 5 * n)[lane]
            let free = self.free(lane, start, end)
            work[lane] = potential[lane] + 0.5 * free * dv
            (work + n)[lane] =
                adaptation[lane]
                + 0.5 * h * rateAdaptation[lane]
                * (adaptationGain[lane] * potential[lane] - adaptation[lane])
            let middle = h - 0.5 * free
            (work + 2 * n)[lane] = excitatory[lane] * Float.exp(-middle * rateExcitatory[lane])
            (work + 3 * n)[lane] = inhibitory[lane] * Float.exp(-middle * rateInhibitory[lane])
        }
        derive(work, work + n, work + 2 * n, work + 3 * n, into: work + 5 * n)
        let first = spikeTotal
        for lane in 0..<neuronCount {
            excitatory[lane] *= Float.exp(-h * rateExcitatory[lane])
            inhibitory[lane] *= Float.exp(-h * rateInhibitory[lane])
            adaptation[lane] +=
                h * rateAdaptation[lane] * (adaptationGain[lane] * work[lane] - (work + n)[lane])
            let free = self.free(lane, start, end)
            potential[lane] += free * (work + 5 * n)[lane]
            guard free > 0, potential[lane] >= threshold[lane] else { continue }
            let rise = potential[lane] - before[lane]
            let share = rise > 0 ? min(max((threshold[lane] - before[lane]) / rise, 0), 1) : 0
            let stamp = end - Int32(((1 - share) * free).rounded(.down))
            if spikeTotal < capacity {
                spikes[spikeTotal] = UInt64(stamp) << 32 | UInt64(lane)
                spikeTotal += 1
            } else {
                tally.spikesDropped += 1
            }
            fire(lane, at: stamp)
        }
        for lane in 0..<neuronCount where master[lane] >= 0 {
            let other = Int(master[lane])
            if refractoryUntil[other] > end, refractoryUntil[lane] < refractoryUntil[other] {
                potential[lane] = reset[lane]
                refractoryUntil[lane] = refractoryUntil[other]
            }
        }
        if spikeTotal - first > 1 { ChipNeuronGroup.sort(spikes, from: first, to: spikeTotal) }
    }

    /// Ticks of a step in which a neuron is not held.
    private func free(_ lane: Int, _ start: Int32, _ end: Int32) -> Float {
        Float(end - min(max(refractoryUntil[lane], start), end))
    }

    private func fire(_ lane: Int, at stamp: Int32) {
        spikeCount[lane] += 1
        potential[lane] = reset[lane]
        adaptation[lane] += adaptationStep[lane]
        refractoryUntil[lane] = stamp + refractoryTicks[lane]
    }

    /// dv/dt per tick.
    private func derive(
        _ v: UnsafeMutablePointer<Float>, _ w: UnsafeMutablePointer<Float>,
        _ e: UnsafeMutablePointer<Float>, _ i: UnsafeMutablePointer<Float>,
        into derivative: UnsafeMutablePointer<Float>
    ) {
        for lane in 0..<neuronCount {
            var drive = constant[lane] - v[lane] - w[lane]
            drive += Self.input(
                e[lane], v[lane], excitatoryLimit[lane], excitatoryReversal[lane],
                excitatoryDistance[lane])
            if inhibitoryDistance[lane] != 0 {
                drive += Self.input(
                    i[lane], v[lane], inhibitoryLimit[lane], inhibitoryReversal[lane],
                    inhibitoryDistance[lane])
            } else {
                drive -= Self.input(i[lane], v[lane], inhibitoryLimit[lane], 0, 0)
            }
            if slope[lane] > 0 {
                // Beyond ten slopes above the onset the neuron is firing anyway.
                let x = min((v[lane] - onset[lane]) / slope[lane], 10)
                drive += slope[lane] * Float.exp(x)
            }
            derivative[lane] = rateMembrane[lane] * drive
        }
        for coupling in couplings {
            derivative[coupling.target] +=
                rateMembrane[coupling.target] * coupling.conductance
                * (v[coupling.origin] - v[coupling.target])
        }
    }

    private static func input(
        _ x: Float, _ v: Float, _ limit: Float, _ reversal: Float, _ distance: Float
    ) -> Float {
        if distance != 0 { return x * (reversal - v) / distance }
        return limit.isFinite ? limit * Float.tanh(x / limit) : x
    }
}
