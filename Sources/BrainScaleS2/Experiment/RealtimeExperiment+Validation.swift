import PhysicalQuantities

/// Why an experiment cannot run, naming what is wrong and what would be right.
public enum ExperimentError: Error, Sendable, Hashable, CustomStringConvertible {
    case placement(PlacementError)
    case noSnippets
    case durationOutOfRange(seconds: Double)
    case writeOutOfRange(snippet: Int, reason: String)
    case timerOutOfRange(kernel: String, reason: String)
    case unknownKernel(name: String, known: [String])
    case converterBusy
    case recorderOutOfRange(reason: String)
    case inputCount(expected: Int, found: Int)

    public var description: String {
        switch self {
        case .placement(let error): "\(error)"
        case .noSnippets: "the experiment has no snippets; at least one is needed"
        case .durationOutOfRange(let seconds):
            "snippets take \(seconds) s in all; allowed are 8 ns each to 16 s in all"
        case .writeOutOfRange(let snippet, let reason): "snippet \(snippet): \(reason)"
        case .timerOutOfRange(let kernel, let reason): "timer of '\(kernel)': \(reason)"
        case .unknownKernel(let name, let known):
            "there is no plasticity kernel '\(name)'; given are "
                + (known.isEmpty ? "none" : known.sorted().joined(separator: ", "))
        case .converterBusy:
            "the CADC cannot record membranes while plasticity runs: one conversion engine serves both"
        case .recorderOutOfRange(let reason): "the MADC \(reason)"
        case .inputCount(let expected, let found):
            "input for \(found) snippets; the experiment has \(expected)"
        }
    }
}

extension RealtimeExperiment {
    /// Checks what does not depend on places.
    func validate() throws(ExperimentError) {
        guard !snippets.isEmpty else { throw .noSnippets }
        var total = 0.0
        for snippet in snippets {
            guard snippet.duration.seconds >= 8e-9 else {
                throw .durationOutOfRange(seconds: snippet.duration.seconds)
            }
            total += snippet.duration.seconds
        }
        guard total <= Self.longestDuration.seconds else {
            throw .durationOutOfRange(seconds: total)
        }
        for (number, snippet) in snippets.enumerated() {
            for write in snippet.writes { try validate(write, of: snippet, number) }
        }
        for timer in timers {
            guard timer.start.seconds >= 0, timer.start.seconds <= 16 else {
                throw .timerOutOfRange(
                    kernel: timer.kernel, reason: "starts at \(timer.start.seconds) s; 0 s to 16 s")
            }
            guard timer.period.seconds >= 4e-9, timer.period.seconds <= 16 else {
                throw .timerOutOfRange(
                    kernel: timer.kernel,
                    reason: "has a period of \(timer.period.seconds) s; 4 ns to 16 s")
            }
            guard timer.count >= 1, timer.count <= 1 << 31 else {
                throw .timerOutOfRange(
                    kernel: timer.kernel, reason: "runs \(timer.count) times; at least once")
            }
        }
        guard timers.isEmpty || cadc == nil else { throw .converterBusy }
        try validateMADC()
    }

    private func validateMADC() throws(ExperimentError) {
        guard let madc else { return }
        guard (1...2).contains(madc.channels.count) else {
            throw .recorderOutOfRange(
                reason: "has \(madc.channels.count) channels; one, or one even and one odd column")
        }
        for channel in madc.channels {
            guard network.populations.indices.contains(channel.population.index),
                (0..<network.populations[channel.population.index].count).contains(channel.member)
            else {
                throw .recorderOutOfRange(reason: "is to record a neuron that does not exist")
            }
        }
        guard (1...MADCRecorder.largestSampleCount).contains(madc.sampleCount) else {
            throw .recorderOutOfRange(
                reason: "takes 1 to \(MADCRecorder.largestSampleCount) samples, "
                    + "not \(madc.sampleCount)")
        }
        guard madc.start.seconds >= 0, madc.start.seconds <= 16 else {
            throw .recorderOutOfRange(reason: "starts at \(madc.start.seconds) s; 0 s to 16 s")
        }
    }

    private func validate(
        _ write: Snippet.WeightWrite, of snippet: Snippet, _ number: Int
    ) throws(ExperimentError) {
        guard write.time.seconds >= 0, write.time.seconds < snippet.duration.seconds else {
            throw .writeOutOfRange(
                snippet: number,
                reason: "weights are written at \(write.time.microseconds) us; "
                    + "0 us to \(snippet.duration.microseconds) us")
        }
        guard network.projections.indices.contains(write.projection.index) else {
            throw .writeOutOfRange(
                snippet: number, reason: "there is no projection \(write.projection.index)")
        }
        let projection = network.projections[write.projection.index]
        guard write.weights.count == projection.weights.count else {
            throw .writeOutOfRange(
                snippet: number,
                reason: "\(write.weights.count) weights for \(projection.weights.count) synapses "
                    + "of \(network.title(of: write.projection.index))")
        }
        if let weight = write.weights.first(where: { abs($0) > 63 }) {
            throw .writeOutOfRange(
                snippet: number, reason: "weight \(weight); synapses hold -63...63")
        }
    }
}
