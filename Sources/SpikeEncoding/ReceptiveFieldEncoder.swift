/// At most one spike per encoding neuron: the closer the sample to the neuron's center, the
/// earlier the spike.
///
/// Neuron n of tap k fires in time step floor(s |y - c|), with its center c in units of the sample
/// and its scale s in steps per unit. Spikes later than the last step are dropped, or put into the
/// last step. Evaluated in single precision.
///
/// Sources: arXiv 2412.03129 (dropped spikes, common scale), arXiv 2508.13783 (one spike each,
/// learned centers and scales, the same for all taps).
public struct ReceptiveFieldEncoder: Sendable, Hashable, Codable {
    public let tapCount: Int
    /// Centers, [tap, neuron].
    public private(set) var centers: [Double]
    /// Steps per unit of distance, [tap, neuron].
    public private(set) var stepsPerUnit: [Double]
    /// Steps in which a spike may lie: 0..<stepCount; below 255.
    public let stepCount: Int
    public let lateSpikes: LateSpikes

    /// What becomes of a spike that would come after the last step.
    public enum LateSpikes: String, Sendable, Hashable, Codable {
        case dropped
        case inLastStep
    }

    /// - Precondition: as many scales as centers, a multiple of the taps, at least one, all finite,
    ///   scales positive, 1 <= stepCount <= 254.
    public init(
        tapCount: Int, centers: [Double], stepsPerUnit: [Double], stepCount: Int,
        lateSpikes: LateSpikes
    ) {
        precondition(tapCount > 0 && !centers.isEmpty && centers.count.isMultiple(of: tapCount))
        precondition(centers.count == stepsPerUnit.count)
        precondition(centers.allSatisfy(\.isFinite))
        precondition(stepsPerUnit.allSatisfy { $0.isFinite && $0 > 0 })
        precondition(stepCount >= 1 && stepCount <= 254)
        self.tapCount = tapCount
        self.centers = centers
        self.stepsPerUnit = stepsPerUnit
        self.stepCount = stepCount
        self.lateSpikes = lateSpikes
    }

    /// The same neurons for every tap, centers equally spaced from `first` to `last`.
    public init(
        tapCount: Int, count: Int, from first: Double, to last: Double, stepsPerUnit: Double,
        stepCount: Int, lateSpikes: LateSpikes
    ) {
        let spacing = count > 1 ? (last - first) / Double(count - 1) : 0
        let row = (0..<count).map { first + Double($0) * spacing }
        self.init(
            tapCount: tapCount, centers: (0..<tapCount).flatMap { _ in row },
            stepsPerUnit: [Double](repeating: stepsPerUnit, count: tapCount * count),
            stepCount: stepCount, lateSpikes: lateSpikes)
    }

    public var neuronsPerTap: Int { centers.count / tapCount }
    public var inputCount: Int { centers.count }

    /// Smallest scale that a training may reach, in steps per unit.
    static let smallestScale: Float = 0.1

    /// Centers, then scales, [2, tap, neuron].
    package var parameters: [Float] { (centers + stepsPerUnit).map(Float.init) }

    /// The same encoder with other centers and scales; scales are kept positive.
    package func with(parameters: [Float]) -> ReceptiveFieldEncoder {
        precondition(parameters.count == 2 * inputCount)
        var copy = self
        copy.centers = parameters[..<inputCount].map(Double.init)
        copy.stepsPerUnit = parameters[inputCount...].map { Double(max($0, Self.smallestScale)) }
        return copy
    }

    private enum CodingKeys: String, CodingKey {
        case tapCount, centers, stepsPerUnit, stepCount, lateSpikes
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let taps = try values.decode(Int.self, forKey: .tapCount)
        let centers = try values.decode([Double].self, forKey: .centers)
        let scales = try values.decode([Double].self, forKey: .stepsPerUnit)
        let steps = try values.decode(Int.self, forKey: .stepCount)
        guard taps > 0, !centers.isEmpty, centers.count.isMultiple(of: taps),
            scales.count == centers.count, centers.allSatisfy(\.isFinite),
            scales.allSatisfy({ $0.isFinite && $0 > 0 }), (1...254).contains(steps)
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .centers, in: values,
                debugDescription: "needs a center and a positive scale for each neuron of each tap")
        }
        self.init(
            tapCount: taps, centers: centers, stepsPerUnit: scales, stepCount: steps,
            lateSpikes: try values.decode(LateSpikes.self, forKey: .lateSpikes))
    }
}
