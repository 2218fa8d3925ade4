/// Input spikes of samples.
public struct SampleEvents: Sendable {
    public private(set) var inputs: [Int32] = []
    /// Time steps.
    public private(set) var steps: [Int32] = []
    /// Where each sample begins; one more than samples.
    public private(set) var offsets: [Int] = [0]

    public init() {}

    public var sampleCount: Int { offsets.count - 1 }

    mutating func append(input: Int, step: Int) {
        inputs.append(Int32(input))
        steps.append(Int32(step))
    }

    mutating func endSample() { offsets.append(inputs.count) }

    mutating func removeAll() {
        inputs.removeAll(keepingCapacity: true)
        steps.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        offsets.append(0)
    }
}

/// What a substrate made of samples.
public struct SubstrateResponse: Sendable {
    /// Hidden neurons that fired and the time steps they did in, sample by sample.
    public var neurons: [Int32] = []
    public var steps: [Int32] = []
    /// Where the spikes of each sample begin; one more than samples.
    public var offsets: [Int] = [0]
    /// [sample, output], in the units of the software network.
    public var scores: [Float] = []

    public init() {}
}

/// A substrate on which the forward pass of a training runs instead of in software, for instance a
/// chip in the loop: the gradient is that of the software network at the substrate's spikes and scores
/// (Schmitt et al. 2017; Cramer et al. 2022).
///
/// Every slice of a training has one of its own, used by one thread at a time.
public protocol ForwardSubstrate: AnyObject, Sendable {
    /// Takes the weights of the next samples.
    func configure(_ network: SpikingNetwork)
    /// - Parameter number: counts the calls of a training; noise belongs to it.
    func run(_ events: SampleEvents, number: Int, into response: inout SubstrateResponse)
}
