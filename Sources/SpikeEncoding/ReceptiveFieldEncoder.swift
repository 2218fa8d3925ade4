import NumericKernels

/// Turns one received sample into at most one spike per encoding neuron: the closer the sample to
/// the neuron's center, the earlier the spike.
///
/// Neuron n fires in time step floor(s_n |y - c_n|), with its center c_n in units of the sample
/// and its scale s_n in steps per unit. Spikes later than the last step are dropped, or put into
/// the last step.
///
/// Sources: arXiv 2412.03129 (dropped spikes, common scale), arXiv 2508.13783 (one spike each,
/// learned centers and scales).
public struct ReceptiveFieldEncoder: Sendable, Hashable, Codable {
    /// Centers, ascending is usual but not needed, [neuron].
    public let centers: [Double]
    /// Steps per unit of distance, [neuron].
    public let stepsPerUnit: [Double]
    /// Steps in which a spike may lie: 0..<lastStep + 1; below 255.
    public let stepCount: Int
    public let lateSpikes: LateSpikes

    /// What becomes of a spike that would come after the last step.
    public enum LateSpikes: String, Sendable, Hashable, Codable {
        case dropped
        case inLastStep
    }

    /// - Precondition: as many scales as centers, at least one, all finite, scales positive,
    ///   1 <= stepCount <= 254.
    public init(
        centers: [Double], stepsPerUnit: [Double], stepCount: Int, lateSpikes: LateSpikes
    ) {
        precondition(!centers.isEmpty && centers.count == stepsPerUnit.count)
        precondition(centers.allSatisfy(\.isFinite))
        precondition(stepsPerUnit.allSatisfy { $0.isFinite && $0 > 0 })
        precondition(stepCount >= 1 && stepCount <= 254)
        self.centers = centers
        self.stepsPerUnit = stepsPerUnit
        self.stepCount = stepCount
        self.lateSpikes = lateSpikes
    }

    /// Centers equally spaced from `first` to `last`, both included.
    public init(
        count: Int, from first: Double, to last: Double, stepsPerUnit: Double, stepCount: Int,
        lateSpikes: LateSpikes
    ) {
        let spacing = count > 1 ? (last - first) / Double(count - 1) : 0
        self.init(
            centers: (0..<count).map { first + Double($0) * spacing },
            stepsPerUnit: [Double](repeating: stepsPerUnit, count: count), stepCount: stepCount,
            lateSpikes: lateSpikes)
    }

    public var neuronCount: Int { centers.count }

    /// The step of every neuron's spike, or `EventSort.silent`.
    ///
    /// - Parameter steps: Receives one value per neuron.
    public func encode(_ sample: Double, into steps: UnsafeMutableBufferPointer<UInt8>) {
        precondition(steps.count == neuronCount)
        for n in 0..<neuronCount {
            let exact = stepsPerUnit[n] * abs(sample - centers[n])
            if exact < Double(stepCount) {
                steps[n] = UInt8(exact)
            } else {
                steps[n] =
                    lateSpikes == .dropped ? EventSort.silent : UInt8(stepCount - 1)
            }
        }
    }

    /// Encodes a run of samples, shape [sample, neuron].
    public func encode(_ samples: [Double]) -> [UInt8] {
        let n = neuronCount
        return [UInt8](unsafeUninitializedCapacity: samples.count * n) { buffer, filled in
            for (i, sample) in samples.enumerated() {
                encode(sample, into: UnsafeMutableBufferPointer(rebasing: buffer[i * n..<(i + 1) * n]))
            }
            filled = samples.count * n
        }
    }
}
