extension TrialResults {
    /// Scores of recorded outputs as the host computes them from 8-bit samples: the largest code
    /// of each output less its baseline, in quarters of an LSB.
    ///
    /// - Parameters:
    ///   - outputs: columns of `cadc` that are outputs.
    ///   - baseline: as for the rule that trained them.
    ///   - samples: samples per trial.
    ///   - recorded: recorded neurons.
    ///   - scores: receives [trial, output]; its memory is used again.
    public func scores(
        outputs: Range<Int>, baseline: ScoreBaseline, samples: Int, recorded: Int,
        into scores: inout [Int]
    ) {
        precondition(outputs.lowerBound >= 0 && outputs.upperBound <= recorded)
        precondition(cadc.count == trialCount * samples * recorded, "samples do not fit")
        scores.removeAll(keepingCapacity: true)
        for trial in 0..<trialCount {
            let first = trial * samples * recorded
            for (k, output) in outputs.enumerated() {
                var largest = 0
                for sample in 0..<samples {
                    largest = max(largest, Int(cadc[first + sample * recorded + output]))
                }
                switch baseline {
                case .firstSample:
                    scores.append(4 * (largest - Int(samples > 0 ? cadc[first + output] : 0)))
                case .measured(let codes): scores.append(4 * largest - codes[k])
                }
            }
        }
    }

    /// The output with the largest score in each trial; the first one if several have it.
    public func decisions(
        outputs: Range<Int>, baseline: ScoreBaseline, samples: Int, recorded: Int
    ) -> [Int] {
        var scores: [Int] = []
        self.scores(
            outputs: outputs, baseline: baseline, samples: samples, recorded: recorded,
            into: &scores)
        let count = outputs.count
        return (0..<trialCount).map { trial in
            var best = 0
            let first = trial * count
            for k in 1..<max(count, 1) where scores[first + k] > scores[first + best] { best = k }
            return best
        }
    }

    /// Resting codes of recorded outputs in quarters of an LSB: the mean over all samples of a
    /// block of trials without input, for `ScoreBaseline.measured`.
    public func restingCodes(outputs: Range<Int>, samples: Int, recorded: Int) -> [Int] {
        let total = trialCount * samples
        precondition(total > 0 && cadc.count == total * recorded, "samples do not fit")
        return outputs.map { output in
            let sum = (0..<total).reduce(0) { $0 + Int(cadc[$1 * recorded + output]) }
            return (8 * sum + total) / (2 * total)
        }
    }
}
