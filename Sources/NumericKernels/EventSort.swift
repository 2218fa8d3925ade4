/// Orders the input spikes of one tap window by time step.
///
/// Every encoding neuron of every tap fires at most once, so a window is given by one step per
/// input; `silent` marks an input without a spike.
public enum EventSort {
    public static let silent: UInt8 = 255

    /// Counting sort of the inputs by step, stable in the input index.
    ///
    /// - Parameters:
    ///   - steps: Time step of each input or `silent`, [input].
    ///   - offsets: Receives where the events of each step begin, [stepCount + 1].
    ///   - events: Receives the input indices in order of time, room for inputCount.
    /// - Returns: The number of events. Inputs at or beyond `stepCount` are left out.
    public static func sort(
        steps: UnsafePointer<UInt8>, inputCount: Int, stepCount: Int,
        offsets: UnsafeMutablePointer<Int32>, events: UnsafeMutablePointer<UInt16>
    ) -> Int {
        for t in 0...stepCount { offsets[t] = 0 }
        // The slot after a step counts its events, then holds its start, then its end.
        for n in 0..<inputCount {
            let t = Int(steps[n])
            if t < stepCount { offsets[t + 1] &+= 1 }
        }
        var total: Int32 = 0
        for t in 0..<stepCount {
            let count = offsets[t + 1]
            offsets[t + 1] = total
            total &+= count
        }
        for n in 0..<inputCount {
            let t = Int(steps[n])
            if t < stepCount {
                let slot = offsets[t + 1]
                events[Int(slot)] = UInt16(truncatingIfNeeded: n)
                offsets[t + 1] = slot &+ 1
            }
        }
        return Int(total)
    }
}
