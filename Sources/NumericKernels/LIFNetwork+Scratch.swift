extension LIFNetwork {
    /// Scratch memory of one sample, owned by the caller; every pointer refers to the number of
    /// vectors or elements given.
    public struct Scratch {
        /// Two states of the hidden layer, [2, hiddenVectors].
        public var hidden: UnsafeMutablePointer<Lanes>
        /// Input current going forward, adjoint of j going backward, [step + 1, hiddenVectors].
        public var drive: UnsafeMutablePointer<Lanes>
        /// v' of the hidden layer, [step, hiddenVectors].
        public var membraneTrace: UnsafeMutablePointer<Lanes>
        /// v' of the readouts going forward, adjoint of their j going backward, [step, quad].
        public var outputTrace: UnsafeMutablePointer<Quad>
        /// Who fired, [step, chunk, word], as `SpikePatterns` says.
        public var fired: UnsafeMutablePointer<UInt64>
        /// What an event of each step would gain by coming later, [step, hiddenVectors].
        public var delayGain: UnsafeMutablePointer<Lanes>
        /// Spiking hidden lanes in order of time, at most stepCount * hiddenLanes; as `listSpikes`
        /// leaves them.
        public var spikes: UnsafeMutablePointer<UInt16>
        /// Where the spikes of each step begin, [step + 1].
        public var spikeOffsets: UnsafeMutablePointer<Int32>

        /// Allocates what a network needs; `deallocate` gives it back.
        public init(_ network: LIFNetwork) {
            func allocate<Element>(_ count: Int, _ value: Element)
                -> UnsafeMutablePointer<Element>
            {
                let pointer = UnsafeMutablePointer<Element>.allocate(capacity: count)
                pointer.initialize(repeating: value, count: count)
                return pointer
            }
            let steps = network.stepCount
            hidden = allocate(2 * network.hiddenVectors, .zero)
            drive = allocate((steps + 1) * network.hiddenVectors, .zero)
            membraneTrace = allocate(steps * network.hiddenVectors, .zero)
            outputTrace = allocate(steps * network.outputQuads, .zero)
            fired = allocate(steps * network.chunkCount * network.patterns.words, 0)
            delayGain = allocate(steps * network.hiddenVectors, .zero)
            spikes = allocate(steps * network.hiddenLanes, 0)
            spikeOffsets = allocate(steps + 1, 0)
        }

        public func deallocate() {
            hidden.deallocate()
            drive.deallocate()
            membraneTrace.deallocate()
            outputTrace.deallocate()
            fired.deallocate()
            delayGain.deallocate()
            spikes.deallocate()
            spikeOffsets.deallocate()
        }
    }
}
