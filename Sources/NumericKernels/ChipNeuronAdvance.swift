extension ChipNeuronGroup {
    /// Advances all lanes from tick `start` to tick `end` exactly and collects the spikes between.
    ///
    /// The free part of the interval of a lane begins where its refractory period ends; with
    /// currents written as their values at the end, the response of the membrane to each input is
    /// rate * span * current(end) * phi((rateMembrane - rate) * span), no matter when it began.
    ///
    /// A lane can only have reached its threshold if the bound v0 x + d (1 - x) does, with
    /// x = exp(-rate * span) and d the excitatory drive at the start less the inhibitory one at the
    /// end; only those lanes go to the exact search.
    ///
    /// - Parameters:
    ///   - spikes: keys tick * 2^32 + lane, appended in order of time.
    ///   - spikeTotal: how many are in the list.
    @inline(__always)
    func advance(
        from start: Int32, to end: Int32, spikes: UnsafeMutablePointer<UInt64>,
        capacity: Int, spikeTotal: inout Int, tally: inout ChipKernelTally
    ) {
        if commonRate > 0 {
            advanceCommon(
                rate: commonRate, from: start, to: end, spikes: spikes, capacity: capacity,
                spikeTotal: &spikeTotal, tally: &tally)
            return
        }
        let total = ChipLanes(repeating: Float(end - start))
        let endTick = SIMD8<Int32>(repeating: end)
        let startTick = SIMD8<Int32>(repeating: start)
        let firstNew = spikeTotal
        var lane = 0
        while lane < laneCount {
            let held = load(refractoryUntil, lane)
            let span = ChipLanes(
                chipLarger(endTick &- chipLarger(held, startTick), SIMD8(repeating: 0)))
            let m = load(rateMembrane, lane)
            let a = load(rateExcitatory, lane)
            let b = load(rateInhibitory, lane)
            let v0 = load(potential, lane)
            let e0 = load(excitatory, lane)
            let i0 = load(inhibitory, lane)
            let decay = chipExp(-(span * m))
            let e1 = e0 * chipExp(-(total * a))
            let i1 = i0 * chipExp(-(total * b))
            let xe = span * (m - a)
            let xi = span * (m - b)
            var v1: ChipLanes
            let small = ChipLanes(repeating: 0.75)
            let isSmall = (xe .<= small) .& (xe .>= -small) .& (xi .<= small) .& (xi .>= -small)
            if chipAll(isSmall) {
                let drive = (e1 * chipPhiSeries(xe)).addingProduct(-i1, chipPhiSeries(xi))
                v1 = (span * m * drive).addingProduct(v0, decay)
            } else {
                let waited = total - span
                v1 = v0 * decay
                v1 += m * Self.farResponse(
                    current: e0 * chipExp(-(waited * a)), atEnd: e1, span, xe, decay,
                    chipExp(-(span * a)))
                v1 -= m * Self.farResponse(
                    current: i0 * chipExp(-(waited * b)), atEnd: i1, span, xi, decay,
                    chipExp(-(span * b)))
                if packing == .independent {
                    let drive = (e1 * chipPhiSeries(xe)).addingProduct(-i1, chipPhiSeries(xi))
                    v1 = v1.replacing(
                        with: (span * m * drive).addingProduct(v0, decay), where: isSmall)
                }
            }
            if hasThresholds {
                let limit = load(presentThreshold, lane) - ChipLanes(repeating: 1e-3)
                let drive = e0 - i1
                let bound = chipLarger(v0, drive.addingProduct(v0 - drive, decay))
                let zero = ChipLanes(repeating: 0)
                var near = (bound .>= limit) .& (span .> zero)
                if chipAny(near) {
                    near = near .& Self.mayCross(
                        limit: limit, v0: v0, v1: v1, start: (e0, i0), end: (e1, i1),
                        rates: (a, b), rateSpan: span * m)
                }
                if chipAny(near) {
                    for k in 0..<8 where near[k] {
                        let i = lane + k
                        if let after = cross(
                            lane: i, from: start, to: end,
                            ending: (Double(v1[k]), Double(e1[k]), Double(i1[k])), spikes: spikes,
                            capacity: capacity, spikeTotal: &spikeTotal, tally: &tally)
                        {
                            v1[k] = after
                        }
                    }
                }
            }
            store(v1, potential, lane)
            store(e1, excitatory, lane)
            store(i1, inhibitory, lane)
            lane += 8
        }
        tally.neuronUpdates += neuronCount
        if spikeTotal - firstNew > 1 { Self.sort(spikes, from: firstNew, to: spikeTotal) }
    }

    /// A sharper second look at lanes near their threshold.
    ///
    /// A lane that ends below can only have been above if v has a maximum inside. If the drive does
    /// not grow (its derivative is not positive at either end, hence nowhere), v must first rise
    /// and at the end fall: up to the maximum it rises at most with m (upper - v0), after it falls
    /// at most with m (bound - lower), and the two lines meet above the maximum. Lanes with a
    /// growing drive keep the wider limits e0 - i1 and e1 - i0; thresholds below leak always pass.
    @inline(__always)
    private static func mayCross(
        limit: ChipLanes, v0: ChipLanes, v1: ChipLanes, start: (ChipLanes, ChipLanes),
        end: (ChipLanes, ChipLanes), rates: (ChipLanes, ChipLanes), rateSpan: ChipLanes
    ) -> SIMDMask<SIMD8<Int32>> {
        let zero = ChipLanes(repeating: 0)
        let driveAtStart = start.0 - start.1
        let driveAtEnd = end.0 - end.1
        let doesNotGrow =
            (rates.0 * start.0 .>= rates.1 * start.1) .& (rates.0 * end.0 .>= rates.1 * end.1)
        let upper = (start.0 - end.1).replacing(with: driveAtStart, where: doesNotGrow)
        let lower = (end.0 - start.1).replacing(with: driveAtEnd, where: doesNotGrow)
        let rises = driveAtStart .> v0
        let falls = driveAtEnd .< v1
        let up = rateSpan * (upper - v0)
        let down = rateSpan * (chipLarger(v0 + up, v1) - lower)
        let peak = (up * (v1 + down)).addingProduct(down, v0) / (up + down)
        let isLowBump = rises .& falls .& (peak .< limit)
        let isRise = rises .& (.!falls) .& (driveAtEnd .>= zero)
        let isFall = (.!rises) .& (doesNotGrow .| (.!falls))
        return (v1 .>= limit) .| (v0 .>= limit) .| (limit .<= zero)
            .| (.!(isLowBump .| isRise .| isFall))
    }

    /// The same response where |x| is large: the plain difference of exponentials.
    @inline(__always)
    private static func farResponse(
        current: ChipLanes, atEnd: ChipLanes, _ span: ChipLanes, _ x: ChipLanes,
        _ membrane: ChipLanes, _ synaptic: ChipLanes
    ) -> ChipLanes {
        let small = ChipLanes(repeating: 0.75)
        let isClose = (x .<= small) .& (x .>= -small)
        let close = span * atEnd * chipPhiSeries(x.replacing(with: 0, where: .!isClose))
        let divisor = x.replacing(with: 1, where: isClose)
        let far = current * (synaptic - membrane) * span / divisor
        return far.replacing(with: close, where: isClose)
    }

    /// Follows one lane through its crossings in the interval; its potential at the end, or nil if
    /// it did not cross.
    private func cross(
        lane: Int, from start: Int32, to end: Int32, ending: (Double, Double, Double),
        spikes: UnsafeMutablePointer<UInt64>, capacity: Int, spikeTotal: inout Int,
        tally: inout ChipKernelTally
    ) -> Float? {
        var begin = max(start, refractoryUntil[lane])
        var membrane = self.membrane(lane: lane, from: start, at: begin)
        var crossed = false
        var ending = ending
        while let t = membrane.firstCrossing(
            of: Double(presentThreshold[lane]), within: Double(end - begin), ending: ending)
        {
            crossed = true
            let stamp = begin + Int32(t.rounded(.up))
            record(lane, stamp, spikes, capacity, &spikeTotal, &tally)
            let release = refractoryUntil[lane]
            if release >= end { return reset[lane] }
            let later = membrane.after(Double(release - begin))
            membrane.potential = Double(reset[lane])
            membrane.excitatory = later.excitatory
            membrane.inhibitory = later.inhibitory
            begin = release
            ending = membrane.after(Double(end - begin))
        }
        return crossed ? Float(ending.0) : nil
    }

    /// The time stamp of the earliest spike in the interval, or nil, without changing any state.
    func earliestSpike(from start: Int32, to end: Int32) -> Int32? {
        var earliest: Int32?
        for lane in 0..<neuronCount {
            let begin = max(start, refractoryUntil[lane])
            guard begin < end else { continue }
            let membrane = self.membrane(lane: lane, from: start, at: begin)
            let limit = Double(presentThreshold[lane])
            // Drive cannot exceed its excitatory part; v cannot exceed the larger of both.
            guard max(membrane.potential, membrane.excitatory) >= limit else { continue }
            let horizon = min(end, earliest ?? end)
            if let t = membrane.firstCrossing(of: limit, within: Double(horizon - begin)) {
                earliest = min(earliest ?? .max, begin + Int32(t.rounded(.up)))
            }
        }
        return earliest
    }

    @inline(__always)
    private func membrane(lane: Int, from start: Int32, at begin: Int32) -> ChipMembrane {
        var membrane = ChipMembrane(
            potential: Double(potential[lane]), excitatory: Double(excitatory[lane]),
            inhibitory: Double(inhibitory[lane]), rateMembrane: Double(rateMembrane[lane]),
            rateExcitatory: Double(rateExcitatory[lane]),
            rateInhibitory: Double(rateInhibitory[lane]))
        if begin > start {
            let later = membrane.after(Double(begin - start))
            membrane.excitatory = later.excitatory
            membrane.inhibitory = later.inhibitory
        }
        return membrane
    }

    /// Insertion sort: few elements, nearly in order.
    @inline(__always)
    static func sort(_ keys: UnsafeMutablePointer<UInt64>, from first: Int, to end: Int) {
        var i = first + 1
        while i < end {
            let key = keys[i]
            var j = i
            while j > first && keys[j - 1] > key {
                keys[j] = keys[j - 1]
                j -= 1
            }
            keys[j] = key
            i += 1
        }
    }
}

@inline(__always)
func load(_ pointer: UnsafeMutablePointer<Float>, _ lane: Int) -> ChipLanes {
    UnsafeRawPointer(pointer + lane).loadUnaligned(as: ChipLanes.self)
}

@inline(__always)
func load(_ pointer: UnsafeMutablePointer<Int32>, _ lane: Int) -> SIMD8<Int32> {
    UnsafeRawPointer(pointer + lane).loadUnaligned(as: SIMD8<Int32>.self)
}

@inline(__always)
func store(_ value: ChipLanes, _ pointer: UnsafeMutablePointer<Float>, _ lane: Int) {
    UnsafeMutableRawPointer(pointer + lane).storeBytes(of: value, as: ChipLanes.self)
}
