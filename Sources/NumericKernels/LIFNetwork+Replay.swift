extension LIFNetwork {
    /// Simulates one sample with the hidden spikes that another substrate produced for it, and keeps
    /// what `backward` needs: the gradient is then that of this network at those spikes.
    ///
    /// Where substrate and software disagree about a spike the membrane is moved to the threshold, just
    /// above it or at it: that is where the substrate must have been, and where the surrogate derivative
    /// is largest. Recurrence is not replayed.
    ///
    /// - Parameters:
    ///   - spikes: 1 where a neuron fired and 0 elsewhere, [step, hiddenVectors].
    ///   - scores: Receives the software's scores, [quad].
    /// - Returns: The number of hidden spikes.
    public func replay(
        events: Events, spikes: UnsafePointer<Lanes>, weights: Weights, scratch: Scratch,
        scores: UnsafeMutablePointer<Quad>
    ) -> Int {
        precondition(!isRecurrent)
        let pass = ForwardPass(events: events, weights: weights, scratch: scratch, scores: scores)
        return switch chunkWidth {
        case 1: replay(ChunkWidth<1>(), pass, spikes)
        case 2: replay(ChunkWidth<2>(), pass, spikes)
        case 3: replay(ChunkWidth<3>(), pass, spikes)
        case 4: replay(ChunkWidth<4>(), pass, spikes)
        default: replay(ChunkWidth<5>(), pass, spikes)
        }
    }

    @inline(always)
    private func replay<let width: Int>(
        _ chunk: ChunkWidth<width>, _ pass: ForwardPass, _ spikes: UnsafePointer<Lanes>
    ) -> Int {
        addInput(chunk, pass)
        let words = SpikePatterns(width: width).words
        let driven = drivenSteps(pass.events)
        for c in 0..<chunkCount {
            let offset = c * width
            var hidden = HiddenState<width>(self)
            hidden.proceed(pass.scratch.drive + offset)
            for t in 0..<stepCount {
                hidden.impose(spikes + t * hiddenVectors + offset)
                hidden.fire(
                    trace: pass.scratch.membraneTrace + t * hiddenVectors + offset,
                    into: pass.scratch.fired + (t * chunkCount + c) * words)
                if t + 1 < driven {
                    hidden.proceed(pass.scratch.drive + (t + 1) * hiddenVectors + offset)
                } else {
                    hidden.proceed()
                }
            }
        }
        return read(chunk, pass, keepsTraces: true)
    }
}
