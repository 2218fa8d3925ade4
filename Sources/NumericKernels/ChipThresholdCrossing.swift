/// One neuron between events in double precision, for finding when it crosses its threshold.
///
/// v(t) = v0 exp(-m t) + m [e0 g(a) - i0 g(b)],  g(s) = (exp(-s t) - exp(-m t)) / (m - s)
/// with the limit g = t exp(-m t) for s = m; times in ticks, rates per tick, potentials in LSB
/// relative to leak.
public struct ChipMembrane {
    public var potential: Double
    public var excitatory: Double
    public var inhibitory: Double
    public let rateMembrane: Double
    public let rateExcitatory: Double
    public let rateInhibitory: Double

    public init(
        potential: Double, excitatory: Double, inhibitory: Double, rateMembrane: Double,
        rateExcitatory: Double, rateInhibitory: Double
    ) {
        self.potential = potential
        self.excitatory = excitatory
        self.inhibitory = inhibitory
        self.rateMembrane = rateMembrane
        self.rateExcitatory = rateExcitatory
        self.rateInhibitory = rateInhibitory
    }

    /// The state after t ticks.
    @inline(__always)
    func after(_ t: Double) -> (potential: Double, excitatory: Double, inhibitory: Double) {
        let decay = chipExp(
            SIMD4(-rateMembrane * t, -rateExcitatory * t, -rateInhibitory * t, 0))
        let v =
            potential * decay[0] + rateMembrane
            * (excitatory * response(decay[1], decay[0], rateExcitatory, t)
                - inhibitory * response(decay[2], decay[0], rateInhibitory, t))
        return (v, excitatory * decay[1], inhibitory * decay[2])
    }

    /// g(s) above. Close rates make the difference lose digits, so there (|x| < 1e-3) it is
    /// t exp(-s t) (1 - x/2 + x^2/6 - x^3/24) with x = (m - s) t.
    @inline(__always)
    private func response(
        _ synaptic: Double, _ membrane: Double, _ rate: Double, _ t: Double
    ) -> Double {
        let difference = rateMembrane - rate
        let x = difference * t
        if abs(x) < 1e-3 {
            return t * synaptic * (1 - x * (0.5 - x * (1.0 / 6 - x / 24)))
        }
        return (synaptic - membrane) / difference
    }

    /// The first time in (0, duration] at which v reaches `threshold`, or nil; 0 if it starts
    /// there.
    ///
    /// A maximum inside the interval counts. With the threshold above leak and v0 below it, v has
    /// one crossing if it ends above (drive that rises again after falling is negative, so v cannot
    /// climb to a positive threshold a second time); a bracketed Newton iteration finds it.
    /// Otherwise the maximum is found first, or the interval is marched with a bound.
    public func firstCrossing(of threshold: Double, within duration: Double) -> Double? {
        firstCrossing(of: threshold, within: duration, ending: after(duration))
    }

    /// The same for a caller that knows the state at the end.
    @inline(__always)
    func firstCrossing(
        of threshold: Double, within duration: Double,
        ending end: (potential: Double, excitatory: Double, inhibitory: Double)
    ) -> Double? {
        if potential >= threshold { return 0 }
        guard duration > 0 else { return nil }
        let risesAtStart = excitatory - inhibitory > potential
        let driveAtEnd = end.excitatory - end.inhibitory
        let fallsAtEnd = driveAtEnd < end.potential
        guard threshold > 0 else { return march(to: threshold, within: duration) }
        if end.potential >= threshold {
            // The parabola through both ends with the slope at the start.
            let rise = threshold - potential
            let slope = rateMembrane * (excitatory - inhibitory - potential)
            let curvature =
                (end.potential - potential - slope * duration) / (duration * duration)
            let root2 = max(slope * slope + 4 * curvature * rise, 0).squareRoot()
            return root(of: threshold, below: duration, guess: 2 * rise / (slope + root2))
        }
        // A drive that never grows cannot turn a falling v around.
        let doesNotGrow =
            rateExcitatory * excitatory >= rateInhibitory * inhibitory
            && rateExcitatory * end.excitatory >= rateInhibitory * end.inhibitory
        if !risesAtStart && (!fallsAtEnd || doesNotGrow) { return nil }
        if risesAtStart && !fallsAtEnd && driveAtEnd >= 0 { return nil }
        if risesAtStart && fallsAtEnd {
            let slope = excitatory - inhibitory - potential
            let endSlope = driveAtEnd - end.potential
            let peak = maximum(below: duration, guess: duration * slope / (slope - endSlope))
            let height = after(peak).potential
            guard height >= threshold else { return nil }
            // The parabola with its top at the peak.
            let share = ((height - threshold) / (height - potential)).squareRoot()
            return root(of: threshold, below: peak, guess: peak * (1 - share))
        }
        return march(to: threshold, within: duration)
    }

    /// The crossing in an interval that starts below and ends at or above the threshold.
    private func root(of threshold: Double, below end: Double, guess: Double) -> Double {
        var low = 0.0
        var high = end
        var t = guess >= 0 && guess <= end ? guess : 0.5 * end
        for _ in 0..<60 {
            let state = after(t)
            let excess = state.potential - threshold
            if excess >= 0 { high = t } else { low = t }
            let slope = rateMembrane * (state.excitatory - state.inhibitory - state.potential)
            let step = excess / slope
            var next = t - step
            if !(next >= low && next <= high) { next = 0.5 * (low + high) }
            // The step after one of a tenth of a tick is far below the time grid.
            if abs(next - t) < 0.1 && abs(step) < 0.1 || high - low < 1e-3 { return next }
            t = next
        }
        return high
    }

    /// The zero of dv/dt in an interval where v first rises and at the end falls.
    private func maximum(below end: Double, guess: Double) -> Double {
        var low = 0.0
        var high = end
        var t = guess
        for _ in 0..<60 {
            let state = after(t)
            let drive = state.excitatory - state.inhibitory
            let slope = drive - state.potential
            if slope > 0 { low = t } else { high = t }
            let curvature =
                -rateExcitatory * state.excitatory + rateInhibitory * state.inhibitory
                - rateMembrane * slope
            var next = t - slope / curvature
            if !(next >= low && next <= high) { next = 0.5 * (low + high) }
            // A maximum is flat: a twentieth of a tick moves it by less than 1e-6 of its height.
            if abs(next - t) < 0.05 || high - low < 0.01 { return next }
            t = next
        }
        return t
    }

    /// Marches with steps that cannot pass a crossing: the drive on [t, t + h] is at most
    /// d = e(t) - i(t + h), so v stays below d + (v(t) - d) exp(-m s).
    private func march(to threshold: Double, within duration: Double) -> Double? {
        var t = 0.0
        let stride = duration / 8
        for _ in 0..<4096 {
            let state = after(t)
            if threshold - state.potential < 1e-7 { return t }
            let h = min(stride, duration - t)
            if h <= 0 { return nil }
            let bound = state.excitatory - after(t + h).inhibitory
            var step = h
            if bound > threshold {
                let ratio = (bound - state.potential) / (bound - threshold)
                step = min(h, Self.logarithmBelow(ratio) / rateMembrane)
            }
            t += step
        }
        // Steps that small mean a crossing that is touched within the rounding of v.
        return t
    }

    /// A lower bound of ln(ratio) for ratio > 1 that is tight close to 1: 2 (r - 1) / (r + 1).
    private static func logarithmBelow(_ ratio: Double) -> Double {
        2 * (ratio - 1) / (ratio + 1)
    }
}
