// Neurons that share one rate for membrane and both synaptic currents, as ideal circuits with equal
// targets do: the response to everything is one exponential times a line, so that a whole vector takes
// a single exponential and the extremum of a membrane is known in closed form.
//
// With the drive d = e - i at time 0, and u = rate t:
//     v(u) = (v0 + d u) exp(-u),   d(u) = d exp(-u),
// and v has its only extremum at u = 1 - v0 / d.

extension ChipNeuronGroup {
    /// The rate that all neurons share, per tick, or nil.
    var sharedRate: Float? {
        let rate = rateMembrane[0]
        for lane in 0..<neuronCount
        where rateMembrane[lane] != rate || rateExcitatory[lane] != rate
            || rateInhibitory[lane] != rate
        { return nil }
        return rate
    }

    func decay(rate: Float, ticks: Int32) -> Float {
        chipExp(-(ChipLanes(repeating: Float(ticks)) * ChipLanes(repeating: rate)))[0]
    }

    /// `advance` for neurons that share `rate`.
    @inline(__always)
    func advanceCommon(
        rate: Float, from start: Int32, to end: Int32, spikes: UnsafeMutablePointer<UInt64>,
        capacity: Int, spikeTotal: inout Int, tally: inout ChipKernelTally
    ) {
        let m = ChipLanes(repeating: rate)
        let total = ChipLanes(repeating: Float(end - start))
        let endTick = SIMD8<Int32>(repeating: end)
        let startTick = SIMD8<Int32>(repeating: start)
        let ticks = end - start
        let decayOfAll = ChipLanes(
            repeating: ticks < Self.decayCount
                ? decays[Int(ticks)] : decay(rate: rate, ticks: ticks))
        let zero = ChipLanes(repeating: 0)
        let one = ChipLanes(repeating: 1)
        let firstNew = spikeTotal
        var lane = 0
        while lane < laneCount {
            let held = load(refractoryUntil, lane)
            let v0 = load(potential, lane)
            let e0 = load(excitatory, lane)
            let i0 = load(inhibitory, lane)
            let e1 = e0 * decayOfAll
            let i1 = i0 * decayOfAll
            var u = total * m
            var decay = decayOfAll
            // Drive where the free part of the interval begins.
            var drive = e0 - i0
            let isHeld = held .> startTick
            if chipAny(isHeld) {
                let span = ChipLanes(
                    chipLarger(endTick &- chipLarger(held, startTick), SIMD8(repeating: 0)))
                u = span * m
                decay = chipExp(-u)
                // exp(-(total - span) m): what the currents lose before the release.
                drive *= decayOfAll / decay
            }
            let v1 = (u * (e1 - i1)).addingProduct(v0, decay)
            var result = v1
            if hasThresholds {
                let limit = load(presentThreshold, lane) - ChipLanes(repeating: 1e-3)
                // u exp(-u) is below 1/e, and v0 exp(-u) below v0 or 0.
                let bound =
                    chipLarger(v0, zero)
                    + chipLarger(drive, zero) * chipSmaller(u, ChipLanes(repeating: 0.3679))
                if chipAny(bound .>= limit) {
                    let isFree = u .> zero
                    var near = (v1 .>= limit) .| (v0 .>= limit)
                    // The extremum 1 - v0 / d lies inside; seldom in a short interval.
                    let rise = drive - v0
                    let hasPeak =
                        (drive .> zero) .& (rise .> zero) .& (rise .< u * drive)
                        .& (bound .>= limit) .& (.!near)
                    if chipAny(hasPeak) {
                        let place = (one - v0 / drive).replacing(with: 0, where: .!hasPeak)
                        near = near .| (hasPeak .& (drive * chipExp(-place) .>= limit))
                    }
                    near = near .& isFree
                    if chipAny(near) {
                        for k in 0..<8 where near[k] {
                            if let after = crossCommon(
                                lane: lane + k, rate: Double(rate),
                                endsAbove: v1[k] > limit[k] + 2e-3, from: start, to: end,
                                spikes: spikes, capacity: capacity, spikeTotal: &spikeTotal,
                                tally: &tally)
                            {
                                result[k] = after
                            }
                        }
                    }
                }
            }
            store(result, potential, lane)
            store(e1, excitatory, lane)
            store(i1, inhibitory, lane)
            lane += 8
        }
        tally.neuronUpdates += neuronCount
        if spikeTotal - firstNew > 1 { Self.sort(spikes, from: firstNew, to: spikeTotal) }
    }

    /// Follows one lane through its crossings in the interval; its potential at the end, or nil if it did
    /// not cross.
    ///
    /// - Parameter endsAbove: known to end above the threshold unless it crosses before.
    private func crossCommon(
        lane: Int, rate: Double, endsAbove: Bool, from start: Int32, to end: Int32,
        spikes: UnsafeMutablePointer<UInt64>, capacity: Int, spikeTotal: inout Int,
        tally: inout ChipKernelTally
    ) -> Float? {
        var begin = max(start, refractoryUntil[lane])
        var v = Double(potential[lane])
        var drive = Double(excitatory[lane] - inhibitory[lane])
        if begin > start { drive *= chipExp(-rate * Double(begin - start)) }
        var crossed = false
        var isAboveAtEnd = endsAbove
        while begin < end {
            let threshold = Double(presentThreshold[lane])
            let u = rate * Double(end - begin)
            guard
                let crossing = ChipCommonMembrane(potential: v, drive: drive)
                    .firstCrossing(of: threshold, within: u, isAboveAtEnd: isAboveAtEnd)
            else { break }
            crossed = true
            isAboveAtEnd = false
            let stamp = begin + Int32((crossing / rate).rounded(.up))
            record(lane, stamp, spikes, capacity, &spikeTotal, &tally)
            let release = refractoryUntil[lane]
            if release >= end { return reset[lane] }
            drive *= chipExp(-rate * Double(release - begin))
            v = Double(reset[lane])
            begin = release
        }
        guard crossed else { return nil }
        let u = rate * Double(end - begin)
        return Float((v + drive * u) * chipExp(-u))
    }

    /// Notes a spike: list, counter, the next threshold, and how long the neuron is held.
    @inline(__always)
    func record(
        _ lane: Int, _ stamp: Int32, _ spikes: UnsafeMutablePointer<UInt64>, _ capacity: Int,
        _ spikeTotal: inout Int, _ tally: inout ChipKernelTally
    ) {
        if spikeTotal < capacity {
            spikes[spikeTotal] = UInt64(stamp) << 32 | UInt64(lane)
            spikeTotal += 1
        } else {
            tally.spikesDropped += 1
        }
        spikeCount[lane] += 1
        presentThreshold[lane] =
            threshold[lane] + thresholdNoise[Int(spikeCount[lane] & 3) * laneCount + lane]
        refractoryUntil[lane] = stamp + refractoryTicks[lane]
    }
}

/// One neuron of a shared rate between events; times in units of its time constant.
struct ChipCommonMembrane {
    let potential: Double
    let drive: Double

    /// The first u in (0, duration] at which (v + d u) exp(-u) reaches the threshold, or nil; 0 if it
    /// starts there.
    ///
    /// Up to its maximum v is concave, so Newton steps from the left never pass the crossing.
    ///
    /// - Parameter isAboveAtEnd: known to be; false where it is not known.
    @inline(__always)
    func firstCrossing(
        of threshold: Double, within duration: Double, isAboveAtEnd: Bool
    ) -> Double? {
        if potential >= threshold { return 0 }
        guard duration > 0 else { return nil }
        let slope = drive - potential
        guard slope > 0 else {
            // It falls, to turn around once below: it can only end above.
            guard (potential + drive * duration) * chipExp(-duration) >= threshold else { return nil }
            return root(of: threshold, from: 0, below: duration)
        }
        var last = duration
        if drive > 0, slope < drive * duration {
            last = slope / drive
            guard isAboveAtEnd || drive * chipExp(-last) >= threshold else { return nil }
        } else if !isAboveAtEnd,
            (potential + drive * duration) * chipExp(-duration) < threshold {
            return nil
        }
        // The parabola of the first two derivatives at the start.
        let rise = threshold - potential
        let curvature = 0.5 * potential - drive
        let square = slope * slope + 4 * curvature * rise
        let guess = square > 0 ? 2 * rise / (slope + square.squareRoot()) : rise / slope
        return root(of: threshold, from: min(guess, last), below: last)
    }

    private func root(of threshold: Double, from guess: Double, below end: Double) -> Double {
        var low = 0.0
        var high = end
        var u = guess
        for _ in 0..<60 {
            let decay = chipExp(-u)
            let value = (potential + drive * u) * decay
            let excess = value - threshold
            if excess >= 0 { high = u } else { low = u }
            // Halley's step, with both derivatives at hand.
            let slope = drive * decay - value
            let step = excess * slope / (slope * slope - 0.5 * excess * (value - 2 * drive * decay))
            var next = u - step
            if !(next >= low && next <= high) { next = 0.5 * (low + high) }
            // Errors fall with the third power: that after a step of 2e-3 is far below the grid.
            if abs(next - u) < 2e-3 && abs(step) < 2e-3 || high - low < 1e-7 { return next }
            u = next
        }
        return high
    }
}
